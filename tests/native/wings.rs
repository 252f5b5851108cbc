//! Each of the four wings of `src/` uses only those after it.

use std::fs;
use std::path::Path;

const WINGS: [&str; 4] = ["client", "call", "service", "rules"];

#[test]
fn no_wing_imports_one_before_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = 0;
    for (index, wing) in WINGS.iter().enumerate() {
        for file in fs::read_dir(source.join(wing)).unwrap() {
            let path = file.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            files += 1;
            for before in &WINGS[..index] {
                let import = format!("crate::{before}::");
                assert!(!text.contains(&import), "{} uses {import}", path.display());
            }
        }
    }
    assert!(files > 20);
}
