//! The programs of the documentation, run against the sandbox with only the base URL changed.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::client::{KEY, Sandbox};

/// Runs a fixture against the sandbox. `None` if a program that it needs is missing.
fn run(fixture: &str, interpreter: &str, needs: &[&str]) -> Option<(Sandbox, Output)> {
    for program in needs {
        if Command::new(program).arg("--version").output().is_err() {
            eprintln!("skipped: {program} is not installed");
            return None;
        }
    }
    let sandbox = Sandbox::with(sandbox::Config {
        speed: 20.0,
        ..sandbox::Config::default()
    });
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(fixture)).unwrap();
    assert!(text.contains("https://seegen.ai/api/v1"));
    let text = text.replace("https://seegen.ai", &format!("http://{}", sandbox.address));
    let file = std::env::temp_dir().join(format!("{}-{fixture}", std::process::id()));
    fs::write(&file, text).unwrap();
    let output = Command::new(interpreter)
        .arg(&file)
        .env("API_KEY", KEY)
        .output()
        .unwrap();
    fs::remove_file(file).unwrap();
    Some((sandbox, output))
}

#[test]
fn the_quick_start_works() {
    let Some((_, output)) = run("quickstart.sh", "bash", &["bash", "curl", "jq"]) else {
        return;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("Task created: task_"), "{text}");
    assert!(text.contains("Status: COMPLETED"), "{text}");
    assert!(text.contains("-1280x720.mp4\""), "{text}");
}

#[test]
fn the_full_example_works() {
    let Some((sandbox, output)) = run("example.mjs", "node", &["node"]) else {
        return;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(errors, "");
    assert!(text.starts_with("Credits: 5000\nTask: task_"), "{text}");
    assert!(
        text.contains(&format!("Video: http://{}/videos/task_", sandbox.address)),
        "{text}"
    );
    assert_eq!(sandbox.credits(KEY), [4800, 4800]);
}
