//! Packs the package and installs the tarball, so that tests use what users get.

use crate::command::{npm, output, root, run};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Creates `target/<name>/`, an empty project in which only the packed package is installed.
pub fn install(name: &str) -> Result<PathBuf> {
    let tarball = pack()?;
    let project = root().join("target").join(name);
    if project.exists() {
        fs::remove_dir_all(&project)?;
    }
    fs::create_dir_all(&project)?;
    fs::write(
        project.join("package.json"),
        "{ \"private\": true, \"type\": \"module\" }\n",
    )?;
    run(npm()
        .args(["install", "--silent", "--offline", "--ignore-scripts"])
        .arg(tarball)
        .current_dir(&project))
    .context("The packed package could not be installed")?;
    Ok(project)
}

/// Creates the tarball and returns its path.
pub fn pack() -> Result<PathBuf> {
    let folder = Path::new("target").join("pack");
    fs::create_dir_all(root().join(&folder))?;
    let name = output(
        npm()
            .args(["pack", "--silent", "--ignore-scripts", "--pack-destination"])
            .arg(&folder),
    )
    .context("The package could not be packed")?;
    let name = name.lines().last().unwrap_or_default();
    Ok(root().join(folder).join(name))
}
