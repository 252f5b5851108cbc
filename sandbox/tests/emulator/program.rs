//! The program: what it prints, and how it ends.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

fn sandbox(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sandbox"));
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn the_program_prints_its_address_and_explains_a_port_in_use() {
    let mut first = sandbox(&["--port", "0"]).spawn().unwrap();
    let mut stdout = BufReader::new(first.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let port = line
        .trim_end()
        .strip_prefix("sandbox listening on http://127.0.0.1:")
        .unwrap();
    let second = sandbox(&["--port", port]).output().unwrap();
    first.kill().unwrap();
    first.wait().unwrap();
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "", "one line only");
    assert_eq!(second.status.code(), Some(1));
    let message = String::from_utf8(second.stderr).unwrap();
    assert!(message.contains("already in use"), "{message}");
    assert_eq!(message.lines().count(), 1);
}

#[test]
fn the_program_can_end_with_its_stdin() {
    let mut program = sandbox(&["--port", "0", "--until-stdin-ends"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    drop(program.stdin.take());
    assert_eq!(program.wait().unwrap().code(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_program_with_success() {
    for signal in ["-TERM", "-INT"] {
        let mut program = sandbox(&["--port", "0"]).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(program.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let id = program.id().to_string();
        Command::new("kill").args([signal, &id]).status().unwrap();
        assert_eq!(program.wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[test]
fn a_wrong_flag_exits_with_2_and_help_with_0() {
    let wrong = sandbox(&["--prot", "1"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("--prot"));
    let help = sandbox(&["--help"]).output().unwrap();
    assert_eq!(help.status.code(), Some(0));
    assert!(String::from_utf8(help.stdout).unwrap().contains("--mount PATH=DIR"));
}
