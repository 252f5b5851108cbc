//! Starts and stops programs that listen on this machine.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// How long a server may take to end by itself, in tenths of a second.
const PATIENCE: u32 = 50;

/// A running server. It ends with this program, even after a crash, because its stdin ends.
pub struct Server {
    /// Its address, such as `http://127.0.0.1:8787`.
    pub address: String,
    name: &'static str,
    program: Child,
    input: Option<ChildStdin>,
}

impl Server {
    /// Starts the program, and waits until it says `… listening on <address>`. `name` is what it is called in errors.
    pub fn start(name: &'static str, command: &mut Command) -> Result<Server> {
        let mut program = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{name} could not be started"))?;
        let output = program.stdout.take();
        let input = program.stdin.take();
        let mut server = Server {
            address: String::new(),
            name,
            program,
            input,
        };
        let mut line = String::new();
        if let Some(output) = output {
            BufReader::new(output).read_line(&mut line)?;
        }
        match line.trim().split_once(" listening on ") {
            Some((_, address)) => address.clone_into(&mut server.address),
            None => bail!("{name} did not start."),
        }
        Ok(server)
    }

    /// Waits until it ends. It does not end by itself.
    pub fn wait(&mut self) -> Result<()> {
        let status = self.program.wait()?;
        if !status.success() {
            bail!("{} ended with {status}.", self.name);
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have started programs of its own, which it ends.
        self.input = None;
        for _ in 0..PATIENCE {
            if let Ok(Some(_)) = self.program.try_wait() {
                return;
            }
            sleep(Duration::from_millis(100));
        }
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
