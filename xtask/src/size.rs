//! Measures what the package adds to a program, as a user's bundler makes it.

use crate::command::{npm_program, output, program, root, step};
use crate::{install, package, setup};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

/// The most brotli bytes of the smallest useful program.
const BUDGET: &str = "size-budget.json";

/// Builds, packs, installs, measures.
pub fn size() -> Result<()> {
    setup::for_build()?;
    package::build()?;
    step("Packing and installing the package");
    measure(&install::install("size")?)
}

/// Measures the package that is installed in this project; fails above the budget.
pub fn measure(project: &Path) -> Result<()> {
    step("Measuring the smallest useful program");
    let mut files = Vec::new();
    for (entry, from) in [
        ("index", "sd2-client"),
        ("workerd", "sd2-client/workerd"),
        ("slim", "sd2-client/slim"),
    ] {
        let source = project.join(format!("smallest-{entry}.js"));
        let bundle = project.join(format!("smallest-{entry}.min.js"));
        fs::write(
            &source,
            format!(
                "import {{ Sd2Client }} from \"{from}\";\n\
                 new Sd2Client({{ apiKey: \"key\" }})\n\
                 \x20 .generate({{ model: \"sd2\", inputs: {{ prompt: \"A cat playing piano\" }} }});\n"
            ),
        )?;
        output(
            npm_program("esbuild")
                .arg(&source)
                .args([
                    "--bundle",
                    "--minify",
                    "--format=esm",
                    "--target=es2022",
                    "--external:*.wasm",
                    "--log-level=warning",
                ])
                .arg(format!("--outfile={}", bundle.display())),
        )?;
        files.push(bundle);
    }
    files.push(project.join("node_modules/sd2-client/dist/sd2_client.wasm"));
    let lines = output(program("node").arg("scripts/bytes.mjs").args(&files))?;
    let mut main = None;
    println!("{:34}{:>9}{:>9}{:>9}", "bytes", "raw", "gzip", "brotli");
    for (name, line) in [
        "sd2-client, WebAssembly included",
        "sd2-client/workerd, without .wasm",
        "sd2-client/slim, without .wasm",
        "sd2_client.wasm",
    ]
    .into_iter()
    .zip(lines.lines())
    {
        let numbers: Vec<u64> = line.split(' ').filter_map(|number| number.parse().ok()).collect();
        let [raw, gzip, brotli] = numbers[..] else {
            bail!("scripts/bytes.mjs printed `{line}`.");
        };
        println!("{name:34}{raw:>9}{gzip:>9}{brotli:>9}");
        main.get_or_insert(brotli);
    }
    let main = main.context("scripts/bytes.mjs printed nothing.")?;
    let budget = budget()?;
    if main > budget {
        bail!(
            "The smallest useful program has {main} bytes brotli: {} above the budget of {budget} in {BUDGET}.",
            main - budget
        );
    }
    println!("{} bytes brotli below the budget of {budget}.", budget - main);
    Ok(())
}

/// The number in `{ "brotli": 27000 }`.
fn budget() -> Result<u64> {
    let text = fs::read_to_string(root().join(BUDGET)).context(BUDGET)?;
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits
        .parse()
        .with_context(|| format!("{BUDGET} must hold one number: {{ \"brotli\": 27000 }}."))
}
