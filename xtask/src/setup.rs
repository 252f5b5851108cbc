//! Installs missing tools.

use crate::command::{npm, output, program, root, run, step, succeeds};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// The tools of the build.
pub fn for_build() -> Result<()> {
    node_modules()?;
    wasm_target()?;
    rust_source()
}

/// The tools of the tests.
pub fn for_tests() -> Result<Browser> {
    for_build()?;
    rust_components()?;
    databases();
    browser()
}

/// The paths of Chromium and its driver.
pub struct Browser {
    pub chromium: PathBuf,
    pub driver: PathBuf,
}

fn node_modules() -> Result<()> {
    packages(&root(), "the JavaScript tools")
}

/// `npm ci` in a folder, unless it already ran with this lockfile.
fn packages(folder: &Path, what: &str) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json")).context("package-lock.json could not be read")?;
    let stamp = folder.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    step(&format!("Installing {what} (npm ci)"));
    run(npm().arg("ci").current_dir(folder)).with_context(|| format!("{what} could not be installed"))?;
    fs::write(stamp, lock)?;
    Ok(())
}

/// Installs the databases for the gateway's tests. If that fails, the tests of a missing database are skipped.
fn databases() {
    let drivers = packages(&root().join("tests/databases"), "the drivers of SQLite and PostgreSQL");
    let is_there = || Path::new("/usr/lib/postgresql").is_dir().then_some(());
    for missing in [drivers, find_or_install(is_there, "PostgreSQL", &["postgresql"])] {
        if let Err(error) = missing {
            println!("  {error:#}");
        }
    }
}

fn wasm_target() -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    // Not rustup, which may be missing.
    let folder = output(program("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    if Path::new(&folder).is_dir() {
        return Ok(());
    }
    step("Installing Rust's WebAssembly target (rustup)");
    if !succeeds(program("rustup").arg("--version")) {
        bail!(
            "Rust's target {TARGET} is missing, and so is rustup, which installs it. \
             Install rustup from https://rustup.rs, or install the target in the way that Rust was installed."
        );
    }
    run(program("rustup").args(["target", "add", TARGET]))
}

/// The source of the standard library, which is compiled with the package.
fn rust_source() -> Result<()> {
    let sysroot = output(program("rustc").args(["--print", "sysroot"]))?;
    if Path::new(&sysroot)
        .join("lib/rustlib/src/rust/library/Cargo.lock")
        .is_file()
    {
        return Ok(());
    }
    step("Installing the source of Rust's standard library (rustup)");
    run(program("rustup").args(["component", "add", "rust-src"]))
        .context("Rust's component rust-src is missing and could not be installed")
}

fn rust_components() -> Result<()> {
    for (component, command) in [("rustfmt", "cargo-fmt"), ("clippy", "cargo-clippy")] {
        if succeeds(program(command).arg("--version")) {
            continue;
        }
        step(&format!("Installing {component} (rustup)"));
        run(program("rustup").args(["component", "add", component]))
            .with_context(|| format!("{component} is missing and could not be installed"))?;
    }
    Ok(())
}

/// Finds Chromium and chromedriver. Installs them if they are missing and the package manager is apt-get.
pub fn browser() -> Result<Browser> {
    find_or_install(
        find_browser,
        "Chromium and its driver",
        &["chromium", "chromium-driver"],
    )
    .context("Install Chromium or Chrome and its chromedriver, or set CHROMIUM and CHROMEDRIVER to their paths.")
}

/// Finds a program for the tests. If it is missing, installs Debian packages and tries again.
pub fn find_or_install<T>(find: impl Fn() -> Option<T>, what: &str, packages: &[&str]) -> Result<T> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if let Some(apt_get) = apt_get() {
        step(&format!("Installing {what} for the tests (apt-get)"));
        let apt_get = |arguments: &[&str]| {
            let mut words = apt_get.iter().copied();
            let mut command = program(words.next().unwrap_or_default());
            run(command
                .args(words)
                .args(arguments)
                .env("DEBIAN_FRONTEND", "noninteractive"))
        };
        // Outdated package lists may name deleted files. If the update fails, they may still work.
        let _ = apt_get(&["update", "--quiet=2"]);
        let _ = apt_get(&[&["install", "--quiet=2", "--yes", "--no-install-recommends"], packages].concat());
    }
    find().with_context(|| {
        let packages = packages.join(" ");
        format!("The tests need {what}, which is missing (on Debian: apt-get install {packages}).")
    })
}

fn find_browser() -> Option<Browser> {
    Some(Browser {
        chromium: find(
            "CHROMIUM",
            &[
                "chromium",
                "chromium-browser",
                "google-chrome",
                "google-chrome-stable",
                "chrome",
            ],
            &[
                "/snap/bin/chromium",
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
                "/Applications/Chromium.app/Contents/MacOS/Chromium",
                "C:/Program Files/Google/Chrome/Application/chrome.exe",
            ],
        )?,
        driver: find(
            "CHROMEDRIVER",
            &["chromedriver"],
            &[
                "/usr/lib/chromium/chromedriver",
                "/usr/lib/chromium-browser/chromedriver",
                "/snap/bin/chromium.chromedriver",
            ],
        )?,
    })
}

/// Finds a program by an environment variable, in `PATH`, or in one of the usual places.
pub fn find(variable: &str, names: &[&str], places: &[&str]) -> Option<PathBuf> {
    let given = std::env::var_os(variable).map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = names.iter().flat_map(|name| {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        std::env::split_paths(&path)
            .map(move |folder| folder.join(&name))
            .collect::<Vec<_>>()
    });
    let usual = places.iter().map(PathBuf::from);
    given
        .into_iter()
        .chain(in_path)
        .chain(usual)
        .find(|path| path.is_file())
}

/// The command for `apt-get`, if it exists and needs no password.
fn apt_get() -> Option<&'static [&'static str]> {
    if !succeeds(program("apt-get").arg("--version")) {
        None
    } else if output(program("id").arg("-u")).is_ok_and(|id| id == "0") {
        Some(&["apt-get"])
    } else if succeeds(program("sudo").args(["-n", "true"])) {
        Some(&["sudo", "-n", "apt-get"])
    } else {
        None
    }
}
