//! Starts and stops the emulator of the service.

use crate::command::program;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};

/// A running emulator. It ends with this program, even after a crash, because its stdin ends.
pub struct Emulator {
    /// Its address, such as `http://127.0.0.1:8787`.
    pub address: String,
    program: Child,
    _input: Option<ChildStdin>,
}

impl Emulator {
    /// Starts the program and waits until it listens.
    pub fn start(path: &Path, arguments: &[&str]) -> Result<Emulator> {
        let mut program = program(path)
            .args(arguments)
            .arg("--until-stdin-ends")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("The emulator could not be started")?;
        let output = program.stdout.take();
        let _input = program.stdin.take();
        let mut emulator = Emulator {
            address: String::new(),
            program,
            _input,
        };
        let mut line = String::new();
        if let Some(output) = output {
            BufReader::new(output).read_line(&mut line)?;
        }
        match line.trim().strip_prefix("sandbox listening on ") {
            Some(address) => address.clone_into(&mut emulator.address),
            None => bail!("The emulator did not start."),
        }
        Ok(emulator)
    }

    /// Waits until it ends. It does not end by itself.
    pub fn wait(&mut self) -> Result<()> {
        let status = self.program.wait()?;
        if !status.success() {
            bail!("The emulator ended with {status}.");
        }
        Ok(())
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
