//! Measures what the package adds to a bundled program.

use crate::command::{npm_program, output, program, root, step};
use crate::{install, package, setup};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The file with the limits of each program, in brotli bytes.
const BUDGETS: &str = "size-budget.json";

/// The smallest program that generates a video.
const GENERATE: &str = r#"import { Sd2Client } from "ENTRY";
new Sd2Client({ apiKey: "key" }).generate({ model: "sd2", inputs: { prompt: "A cat playing piano" } });"#;

/// The smallest program that validates and estimates.
const CHECK: &str = r#"import { estimateCredits, validateRequest } from "ENTRY";
document.body.append(validateRequest({}).valid, estimateCredits({ model: "sd2", duration: "5s" }).total);"#;

/// The smallest program that estimates.
const ESTIMATE: &str = r#"import { estimateCredits } from "ENTRY";
document.body.append(estimateCredits({ model: "sd2", duration: "5s" }).total);"#;

/// The smallest program that probes a file. The default entry, which `sd2-client/media` imports, does not count, because most
/// programs import it anyway.
const PROBE: &str = r#"import { checkMedia, probeMedia } from "ENTRY";
document.body.append(probeMedia, checkMedia);"#;

/// The smallest useful program of each entry: its name in [`BUDGETS`], the entry, and the source with `ENTRY` as a placeholder.
const PROGRAMS: [(&str, &str, &str); 7] = [
    ("default", "sd2-client", GENERATE),
    ("workerd", "sd2-client/workerd", GENERATE),
    ("slim", "sd2-client/slim", GENERATE),
    ("offline", "sd2-client/offline", CHECK),
    ("prices", "sd2-client/prices", ESTIMATE),
    (
        "calculator-element",
        "sd2-client/calculator-element",
        "import \"ENTRY\";",
    ),
    ("media", "sd2-client/media", PROBE),
];

/// Builds, packs, installs and measures the package.
pub fn size() -> Result<()> {
    setup::for_build()?;
    package::build()?;
    step("Packing and installing the package");
    measure(&install::install("size")?)
}

/// Measures the package that is installed in a project. Fails if a program is above its budget.
pub fn measure(project: &Path) -> Result<()> {
    step("Measuring the smallest useful program of each entry");
    let mut names = Vec::new();
    let mut files = Vec::new();
    for (name, entry, source) in PROGRAMS {
        names.push((name, entry));
        files.push(bundle(project, name, &source.replace("ENTRY", entry))?);
    }
    // Files of the package. `ai-sdk.js` is what that entry adds to the default entry.
    let files_of_package = [
        ("", "sd2_client.wasm"),
        ("media.wasm", "media.wasm"),
        ("ai-sdk", "ai-sdk.js"),
    ];
    for (name, file) in files_of_package {
        names.push((name, file));
        files.push(project.join("node_modules/sd2-client/dist").join(file));
    }

    let mut budgets = budgets()?;
    let mut above = Vec::new();
    let lines = output(program("node").arg("scripts/bytes.mjs").args(&files))?;
    println!(
        "{:32}{:>9}{:>9}{:>9}   budget",
        "bytes, without .wasm files", "raw", "gzip", "brotli"
    );
    for ((name, entry), line) in names.into_iter().zip(lines.lines()) {
        let numbers: Vec<u64> = line.split(' ').filter_map(|number| number.parse().ok()).collect();
        let [raw, gzip, brotli] = numbers[..] else {
            bail!("scripts/bytes.mjs printed `{line}`.");
        };
        let budget = budgets.remove(name);
        let limit = budget.map(|bytes| bytes.to_string()).unwrap_or_default();
        println!("{entry:32}{raw:>9}{gzip:>9}{brotli:>9}   {limit}");
        if let Some(over) = budget
            .and_then(|budget| brotli.checked_sub(budget))
            .filter(|&over| over > 0)
        {
            above.push(format!("{entry} by {over} bytes"));
        }
    }
    if let Some(name) = budgets.keys().next() {
        bail!("{BUDGETS} names `{name}`, which xtask/src/size.rs does not measure.");
    }
    if !above.is_empty() {
        bail!("Above the budgets in {BUDGETS}: {}.", above.join(", "));
    }
    Ok(())
}

/// Bundles and minifies a program.
fn bundle(project: &Path, name: &str, source: &str) -> Result<PathBuf> {
    let program = project.join(format!("smallest-{name}.js"));
    let bundle = project.join(format!("smallest-{name}.min.js"));
    fs::write(&program, source)?;
    output(
        npm_program("esbuild")
            .arg(&program)
            .args([
                "--bundle",
                "--minify",
                "--format=esm",
                "--target=es2022",
                "--external:*.wasm",
                "--external:./index.js",
                "--log-level=warning",
            ])
            .arg(format!("--outfile={}", bundle.display())),
    )?;
    Ok(bundle)
}

/// The numbers in `{ "default": 36000, … }`.
fn budgets() -> Result<BTreeMap<String, u64>> {
    let text = fs::read_to_string(root().join(BUDGETS)).context(BUDGETS)?;
    serde_json::from_str(&text).with_context(|| format!("{BUDGETS} must be like {{ \"default\": 36000 }}"))
}
