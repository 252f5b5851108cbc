//! `npm start`: makes a video with the emulator, and serves the demo page and a gateway.

use crate::command::{build_programs, built_program, program, root, run, step};
use crate::server::Server;
use crate::{install, package, setup};
use anyhow::{Context, Result, bail};
use lexopt::prelude::*;
use std::fs;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

/// How many times faster the emulator's clock runs. A video takes about ten seconds.
const SPEED: &str = "2";
/// A key of the emulator, not a secret.
const KEY: &str = "sandbox-key";

struct Options {
    once: bool,
    port: u16,
}

/// Builds everything, starts the emulator with the page, makes a video in the terminal, and keeps serving (unless `--once`).
pub fn start(arguments: &[String]) -> Result<()> {
    let Options { once, port } = read(arguments)?;
    // Before the builds, so that the error comes immediately.
    if let Err(error) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        let why = match error.kind() {
            ErrorKind::AddrInUse => "is already in use".to_owned(),
            _ => format!("cannot be used ({error})"),
        };
        bail!("Port {port} {why}. Choose another: npm start -- --port 8788 (or 0 for any free one).");
    }
    setup::for_build()?;
    step("Building the emulator of the service");
    build_programs(&["sandbox"])?;
    package::build()?;
    step("Packing the package and installing it into a project of its own");
    let project = install::install("start")?;

    step("Starting the emulator");
    let page = ["--www", "www", "--mount", "/dist=dist"];
    let port = port.to_string();
    let mut sandbox = Server::start(
        "The emulator",
        program(built_program("sandbox"))
            .args(["--port", &port, "--speed", SPEED, "--until-stdin-ends"])
            .args(page),
    )?;
    step("Making a video in the terminal (examples/terminal.mjs)");
    fs::copy(root().join("examples/terminal.mjs"), project.join("terminal.mjs")).context("examples/terminal.mjs")?;
    run(program("node")
        .arg("terminal.mjs")
        .current_dir(&project)
        .env("SD2_API_KEY", KEY)
        .env("SD2_BASE_URL", format!("{}/api/v1", sandbox.address)))
    .context("The video could not be made")?;

    step("Starting the gateway in a Worker (scripts/gateway.mjs)");
    let gateway = Server::start(
        "The gateway",
        program("node")
            .arg("scripts/gateway.mjs")
            .arg(&project)
            .arg(&sandbox.address)
            .env("SD2_API_KEY", KEY),
    )?;
    if once {
        return Ok(());
    }
    println!("\nThe page:     {}/", sandbox.address);
    println!("The API:      {}/api/v1, with the key {KEY}", sandbox.address);
    println!("The gateway:  {}, without a key", gateway.address);
    println!(
        "The page through the gateway: {}/?gateway={}&sandbox",
        sandbox.address, gateway.address
    );
    println!("Ctrl-C stops.");
    sandbox.wait()
}

fn read(arguments: &[String]) -> Result<Options> {
    let mut options = Options {
        once: false,
        port: 8787,
    };
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("once") => options.once = true,
            Long("port") => {
                let port = parser.value().ok().and_then(|port| port.parse().ok());
                options.port = port.context("--port needs a number from 0 to 65535.")?;
            }
            other => bail!("npm start takes --once and --port N: {}.", other.unexpected()),
        }
    }
    Ok(options)
}
