//! The `sandbox` program.

use std::future::pending;
use std::io::{self, Write};
use std::process::ExitCode;

use sandbox::{Invocation, Server, USAGE};

fn main() -> ExitCode {
    let config = match Invocation::read(std::env::args().skip(1)) {
        Ok(Invocation::Serve(config)) => config,
        Ok(Invocation::Help) => {
            say(USAGE);
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("sandbox: {problem} `sandbox --help` lists the flags.");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = runtime.and_then(|runtime| {
        runtime.block_on(async {
            let port = config.port;
            let until_stdin_ends = config.until_stdin_ends;
            let server = Server::bind(config).await.map_err(|error| explain(port, error))?;
            // Listen for signals before printing the line that tells others that the program runs.
            let stop = told_to_stop();
            say(&format!("sandbox listening on http://{}", server.address()?));
            tokio::select! {
                () = server.run() => Ok(()),
                () = stop => Ok(()),
                () = stdin_ended(), if until_stdin_ends => Ok(()),
            }
        })
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a line and flushes it, because another program may wait for it. A closed stdout is no reason to stop.
fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn explain(port: u16, error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::AddrInUse => io::Error::other(format!(
            "port {port} is already in use; choose another with --port, or 0 for a free one."
        )),
        kind => io::Error::new(kind, format!("cannot listen on 127.0.0.1:{port}: {error}.")),
    }
}

/// Resolves when stdin ends. The thread that reads it may stay blocked until the process ends.
async fn stdin_ended() {
    let (sender, ended) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = sender.send(());
    });
    let _ = ended.await;
}

/// Returns a future that resolves on ctrl-c or SIGTERM. It listens from the call on.
#[cfg(unix)]
fn told_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async {
        match signals {
            (Ok(mut interrupt), Ok(mut terminate)) => {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
            }
            _ => pending().await,
        }
    }
}

/// Resolves on ctrl-c.
#[cfg(not(unix))]
async fn told_to_stop() {
    if tokio::signal::ctrl_c().await.is_err() {
        pending().await
    }
}
