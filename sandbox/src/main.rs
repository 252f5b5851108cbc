//! The `sandbox` program: reads its flags, listens, and serves until it is told to stop.

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
            say(&format!("sandbox listening on http://{}", server.address()?));
            tokio::select! {
                served = server.run() => served,
                () = told_to_stop() => Ok(()),
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

/// One line on stdout, at once: whoever started the program waits for it. A closed stdout is no reason to stop.
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

/// Ends with stdin. The thread that reads may stay blocked; the end of the process ends it.
async fn stdin_ended() {
    let (sender, ended) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = sender.send(());
    });
    let _ = ended.await;
}

/// Ends on ctrl-c, and on SIGTERM where it exists.
async fn told_to_stop() {
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = pending::<()>();
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
    };
    tokio::select! {
        () = terminated => {}
        () = interrupted => {}
    }
}
