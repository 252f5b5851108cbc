//! The commands of the project: `cargo xtask build` and others.

mod ai_sdk;
mod browser;
mod bundle;
mod check;
mod command;
mod emulator_entry;
mod example;
mod gateway;
mod glue;
mod inline;
mod install;
mod matrix;
mod media;
mod module;
mod offline;
mod package;
mod prices;
mod server;
mod setup;
mod size;
mod start;
mod words;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  build                     makes the package in dist/
  start [--once] [--port N] builds all, makes a video in the emulated service, serves the demo page
  test [WORD…]              checks everything, or runs the tests with one of the words in their path, title or module
  faults                    tests each fault in each call on each platform; writes tests/faults/README.md
  soak                      runs 10,000 tasks with faults and crashes, and checks the emulator's ledger
  size                      measures what the package adds to a program, and compares it with size-budget.json
  matrix [--quick] [WORD…]  tests the package with every tool that it supports, or with those that have one of the words
  browser NAME              installs Chromium, Firefox or WebKitGTK for tests, and prints its path
  example                   builds examples/rust, a crate that uses ours, into target/storyboard/

The scripts in package.json call these.";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next();
    let arguments: Vec<String> = arguments.collect();
    let result = match (command.as_deref(), arguments.is_empty()) {
        (Some("build"), true) => setup::for_build().and_then(|()| package::build()),
        (Some("start"), _) => start::start(&arguments),
        (Some("test"), true) => check::check(),
        (Some("test"), false) => check::some(&arguments),
        (Some(long @ ("faults" | "soak")), true) => check::long(long),
        (Some("size"), true) => size::size(),
        (Some("matrix"), _) => matrix::matrix(&arguments),
        (Some("example"), true) => example::build(),
        (Some("browser"), false) => browser::browser(&arguments.join(" ")),
        (Some("help" | "--help" | "-h"), _) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\x1b[31m{error:#}\x1b[0m");
            ExitCode::FAILURE
        }
    }
}
