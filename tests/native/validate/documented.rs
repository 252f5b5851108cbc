//! The documented example requests.

use super::{expected, verdict};
use crate::support::json::{fixtures, value};

#[test]
fn the_documented_example_requests_are_valid() {
    let mut found = 0;
    for (name, request) in fixtures("requests") {
        let (mode, credits) = match name.as_str() {
            "quick-start.json" | "text.json" | "callback.json" => ("text", 200),
            "image.json" | "image-asset.json" | "full-example.json" => ("image", 200),
            "keyframe.json" => ("keyframe", 200),
            "reference.json" => ("reference", 400),
            other => panic!("unexpected {other}"),
        };
        assert_eq!(verdict(&value(&request)), expected(mode, credits, vec![]), "{name}");
        found += 1;
    }
    assert_eq!(found, 8);
}
