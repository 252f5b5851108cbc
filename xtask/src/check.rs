//! `npm test`.

use crate::command::{build_programs, built_program, cargo, npm_program, program, root, run, step};
use crate::setup::Browser;
use crate::{install, matrix, package, setup, size};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

/// The folders of JavaScript tests, with their subfolders.
const FOLDERS: [&str; 4] = ["tests/page", "tests/package", "tests/faults", "tests/soak"];

const WASM: [&str; 2] = ["--target", "wasm32-unknown-unknown"];

/// Runs every check, quick ones first. Stops at the first failure.
pub fn check() -> Result<()> {
    let began = Instant::now();
    let browser = setup::for_tests()?;
    rust()?;
    boundary(&browser)?;
    packed(&browser)?;
    println!("\nAll checks passed ({} s).", began.elapsed().as_secs());
    Ok(())
}

fn rust() -> Result<()> {
    part("Formatting", || run(cargo().args(["fmt", "--all", "--check"])))?;
    part("Formatting and lints of JavaScript, CSS and JSON", || {
        run(npm_program("biome").args(["check", "--error-on-warnings"]))
    })?;
    part("Lints", || {
        let deny = ["--", "--deny", "warnings"];
        run(cargo()
            .args(["clippy", "--quiet", "--workspace", "--all-targets"])
            .args(deny))?;
        let wasm = ["clippy", "--quiet", "--package", "sd2-client", "--lib", "--tests"];
        run(cargo().args(wasm).args(WASM).args(deny))?;
        for member in ["emulator", "sd2-gateway", "sd2-media"] {
            let lib = ["clippy", "--quiet", "--package", member, "--lib"];
            run(cargo().args(lib).args(WASM).args(deny))?;
        }
        Ok(())
    })?;
    part("Rust tests", || run(cargo().args(["test", "--quiet", "--workspace"])))?;
    part("Rust documentation", || {
        let doc = ["doc", "--quiet", "--package", "sd2-client", "--no-deps"];
        run(cargo().args(doc).env("RUSTDOCFLAGS", "--deny warnings"))
    })
}

/// The tests of the boundary between Rust and JavaScript, compiled to WebAssembly.
fn boundary(browser: &Browser) -> Result<()> {
    // Built together, so that they share the dependencies of the Rust tests.
    step("Building the runner of the WebAssembly tests and the emulator");
    build_programs(&["sandbox", "test-runner"])?;
    let runner = built_program("test-runner");
    for (name, test) in [("Node", "wasm_node"), ("Chromium", "wasm_browser")] {
        part(&format!("WebAssembly tests in {name}"), || {
            // Without --quiet, which the runner does not support.
            run(cargo()
                .args(["test", "--package", "sd2-client", "--test", test])
                .args(WASM)
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner)
                .env("CHROMEDRIVER", &browser.driver))
        })?;
    }
    Ok(())
}

/// The tests of the installed tarball.
fn packed(browser: &Browser) -> Result<()> {
    package::build()?;
    step("Packing and installing the package");
    let project = install::install("installed")?;
    part("Size", || size::measure(&project))?;
    part("Package and page tests in Node, Chromium and workerd", || {
        let mut node = node_tests(browser);
        for folder in FOLDERS {
            node.args(tests(folder)?);
        }
        run(&mut node)
    })?;
    part("The quick rows of the matrix", || {
        matrix::rows(browser, &["--quick".into()])
    })
}

/// Runs the tests that one of the words chooses: a native test by its module or name, a JavaScript file by its path or a title.
pub fn some(words: &[String]) -> Result<()> {
    let browser = setup::for_tests()?;
    let mut files = Vec::new();
    for folder in FOLDERS {
        for file in tests(folder)? {
            let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
            if has(&file.to_string_lossy(), &text, words) {
                files.push(file);
            }
        }
    }
    part("Rust tests", || {
        run(cargo()
            .args(["test", "--quiet", "--package", "sd2-client", "--test", "native", "--"])
            .args(words))
    })?;
    if files.is_empty() {
        println!("The words choose no JavaScript test.");
        return Ok(());
    }
    build_programs(&["sandbox"])?;
    package::build()?;
    install::install("installed")?;
    part("Package and page tests", || run(node_tests(&browser).args(files)))
}

/// Whether the path or a title of a test file contains one of the words. Ignores case.
fn has(path: &str, text: &str, words: &[String]) -> bool {
    let titles = text
        .lines()
        .filter(|line| line.contains("test(") || line.contains("each"));
    let places: Vec<String> = titles.chain([path]).map(str::to_lowercase).collect();
    let is_there = |word: &String| places.iter().any(|place| place.contains(&word.to_lowercase()));
    words.iter().any(is_there)
}

/// The command of Node's test runner, without files.
fn node_tests(browser: &Browser) -> Command {
    let mut node = program("node");
    // More files at once than the machine has processors, because most tests wait.
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=4"])
        .env("CHROMIUM", &browser.chromium)
        .env("CHROMEDRIVER", &browser.driver)
        .env("SANDBOX", built_program("sandbox"));
    node
}

/// Runs all tests in a folder of `tests/`, including those that [`check`] leaves out.
pub fn long(folder: &str) -> Result<()> {
    let browser = setup::for_tests()?;
    build_programs(&["sandbox"])?;
    package::build()?;
    install::install("installed")?;
    run(program("node")
        .args(["--test", "--test-reporter=spec"])
        .args(tests(&format!("tests/{folder}"))?)
        .env("LONG", "1")
        .env("CHROMIUM", &browser.chromium)
        .env("SANDBOX", built_program("sandbox")))
}

/// Lists the test files in a folder and its subfolders, relative to the project's root, because `node --test FOLDER` differs between
/// versions of Node.
fn tests(folder: &str) -> Result<Vec<PathBuf>> {
    let mut tests = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(".test.mjs") {
                tests.push(path);
            }
        }
    }
    tests.sort();
    Ok(tests)
}

/// Runs a part under a heading and prints how long it took.
fn part(heading: &str, run: impl FnOnce() -> Result<()>) -> Result<()> {
    step(heading);
    let began = Instant::now();
    run().with_context(|| format!("{heading}: failed"))?;
    println!("  {:.1} s", began.elapsed().as_secs_f64());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{has, tests};
    use std::path::Path;

    #[test]
    fn words_choose_files_by_their_path_and_their_titles() {
        let text = "const answer = 1;\ntest(\"A lost create is not repeated\", () => {});";
        let has = |word: &str| has("tests/package/store/resume.test.mjs", text, &[word.to_owned()]);
        assert!(has("resume") && has("store/"));
        assert!(has("lost create") && has("LOST"));
        assert!(!has("answer"));
    }

    #[test]
    fn tests_are_found_in_subfolders_by_their_suffix() {
        let found = tests("tests/package").unwrap();
        assert!(found.contains(&Path::new("tests/package").join("store").join("resume.test.mjs")));
        let helpers = tests("tests/support").unwrap();
        assert!(helpers.is_empty(), "{helpers:?}");
    }
}
