//! Builds `sd2-client/offline`, the validator and the prices in a module of their own.

use crate::bundle::{MINIFY, bundle_with, copy_files};
use crate::command::root;
use crate::module::{SMALLEST, compile, optimize};
use anyhow::Result;
use sd2_client::rules::{catalog, issue, node, rule};
use serde_json::json;
use std::fs;

/// Compiles the module and bundles an entry for each way to load WebAssembly.
pub fn build() -> Result<()> {
    let wasm = root().join("dist/sd2_offline.wasm");
    // The start of the memory for values.
    let made = compile("sd2-offline", &["--", "-Clink-arg=--export=__heap_base"])?;
    optimize(&made, &wasm, &SMALLEST)?;
    let module = fs::read(&wasm)?;
    let own = [
        "--external:./sd2_client.wasm*",
        "--alias:sd2-client-ask=./js/offline/ask.js",
    ];
    let options = [&MINIFY[..], &own].concat();
    for (entry, loader) in [
        ("offline", "inline"),
        ("offline-workerd", "workerd"),
        ("offline-edge-light", "edge-light"),
    ] {
        let bundle = bundle_with("js/offline/index.js", entry, loader, &options, &module)?;
        let text = fs::read_to_string(&bundle)?;
        fs::write(&bundle, text.replace("./sd2_client.wasm", "./sd2_offline.wasm"))?;
    }
    copy_files(&["offline.d.ts"])
}

/// The texts of the rules for JavaScript: one line for each rule. A code is written only before the first of the rules that share
/// it.
pub fn words() -> String {
    let mut last = "";
    let lines: Vec<String> = rule::WORDS
        .iter()
        .map(|words| {
            let code = if words.code == last {
                String::new()
            } else {
                format!("{}|", words.code)
            };
            last = words.code;
            code + words.message
        })
        .collect();
    let modes = [None, Some("text"), Some("image"), Some("keyframe"), Some("reference")];
    debug_assert_eq!(modes.last().copied().flatten(), Some(catalog::Mode::Reference.name()));
    [
        ("ERRORS", json!(rule::ERRORS)),
        ("RULES", json!(lines.join("\n"))),
        ("KINDS", json!(node::Kind::NAMES.join("|"))),
        ("SCHEMES", json!(issue::Scheme::TEXTS)),
        ("MODES", json!(modes)),
    ]
    .iter()
    .map(|(name, value)| format!("export const {name} = {value};\n"))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_a_line_and_a_code_is_written_once_in_a_row() {
        let module = words();
        let rules = module
            .lines()
            .find_map(|line| line.strip_prefix("export const RULES = "));
        let rules: String = serde_json::from_str(rules.unwrap().trim_end_matches(';')).unwrap();
        let mut code = "";
        let read: Vec<(&str, &str)> = rules
            .lines()
            .map(|line| {
                let (first, message) = line.split_once('|').unwrap_or((code, line));
                assert!(line == message || first != code, "{line}");
                code = first;
                (code, message)
            })
            .collect();
        let expected: Vec<(&str, &str)> = rule::WORDS.iter().map(|words| (words.code, words.message)).collect();
        assert_eq!(read, expected);
    }
}
