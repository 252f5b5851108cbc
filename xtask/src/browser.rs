//! Finds the browsers of the matrix, and installs missing ones.

use crate::command::{cargo, run, step, target};
use crate::setup;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::fs;
use std::path::PathBuf;

/// Debian has no package of geckodriver.
const GECKODRIVER: &str = "0.37.1";

/// A browser and its driver.
struct Driven {
    browser: PathBuf,
    driver: PathBuf,
    /// The command that starts the driver, if it needs a virtual screen.
    through: Vec<PathBuf>,
}

/// Prints the path of a browser as JSON. Installs it first if it is missing and the package manager is apt-get.
pub fn browser(name: &str) -> Result<()> {
    let found = match name {
        "chromium" => {
            let setup::Browser { chromium, driver } = setup::browser()?;
            Driven {
                browser: chromium,
                driver,
                through: Vec::new(),
            }
        }
        "firefox" => firefox()?,
        "webkitgtk" => webkit()?,
        other => bail!("Unknown browser `{other}`. Choose chromium, firefox or webkitgtk."),
    };
    let Driven {
        browser,
        driver,
        through,
    } = found;
    println!(
        "{}",
        json!({ "browser": browser, "driver": driver, "through": through })
    );
    Ok(())
}

fn firefox() -> Result<Driven> {
    let find = || setup::find("FIREFOX", &["firefox-esr", "firefox"], &[]);
    let browser = setup::find_or_install(find, "Firefox", &["firefox-esr"])?;
    let tools = target().join("tools");
    let built = tools.join("bin/geckodriver");
    let find = || setup::find("GECKODRIVER", &["geckodriver"], &[]).or_else(|| built.is_file().then(|| built.clone()));
    let driver = match find() {
        Some(driver) => driver,
        None => {
            step("Building the driver of Firefox (cargo install geckodriver)");
            run(cargo()
                .args([
                    "install",
                    "geckodriver",
                    "--locked",
                    "--quiet",
                    "--version",
                    GECKODRIVER,
                ])
                .arg("--root")
                .arg(&tools))?;
            find().context("geckodriver was built, but cannot be found")?
        }
    };
    Ok(Driven {
        browser,
        driver,
        through: Vec::new(),
    })
}

fn webkit() -> Result<Driven> {
    const PACKAGES: [&str; 3] = ["webkit2gtk-driver", "xvfb", "xauth"];
    let screen = setup::find_or_install(|| setup::find("XVFB_RUN", &["xvfb-run"], &[]), "a screen", &PACKAGES)?;
    let find = || setup::find("WEBKIT_DRIVER", &["WebKitWebDriver"], &[]);
    Ok(Driven {
        driver: setup::find_or_install(find, "WebKitGTK", &PACKAGES)?,
        browser: mini_browser().context("WebKitGTK's MiniBrowser cannot be found")?,
        through: vec![screen, "-a".into()],
    })
}

/// Debian installs it next to the library, in a folder with the processor's name.
fn mini_browser() -> Option<PathBuf> {
    let folders = |path: PathBuf| fs::read_dir(path).ok();
    let of_processor = folders("/usr/lib".into())?.flatten();
    let of_library = of_processor
        .filter_map(|entry| folders(entry.path()))
        .flatten()
        .flatten();
    of_library
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("webkit2gtk-"))
        .map(|entry| entry.path().join("MiniBrowser"))
        .find(|path| path.is_file())
}
