//! `npm run test:matrix`: the packed package with every tool and platform that it supports. The rows are in tests/matrix/.

use crate::command::{build_programs, built_program, program, run, step};
use crate::setup::{self, Browser};
use crate::{install, package};
use anyhow::Result;

/// Builds and packs the package, then runs the rows that the arguments choose.
pub fn matrix(arguments: &[String]) -> Result<()> {
    let browser = setup::for_tests()?;
    step("Building the runner of the WebAssembly tests and the emulator");
    build_programs(&["sandbox", "test-runner"])?;
    package::build()?;
    // The tests of the demo page use this folder.
    install::install("installed")?;
    rows(&browser, arguments)
}

/// Packs the built package and runs the rows that the arguments choose.
pub fn rows(browser: &Browser, arguments: &[String]) -> Result<()> {
    run(program("node")
        .arg("tests/matrix/run.mjs")
        .args(arguments)
        .env("CHROMIUM", &browser.chromium)
        .env("CHROMEDRIVER", &browser.driver)
        .env("SANDBOX", built_program("sandbox"))
        .env("TEST_RUNNER", built_program("test-runner"))
        .env("TARBALL", install::pack()?)
        .env("XTASK", std::env::current_exe()?))
}
