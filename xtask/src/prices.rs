//! Builds `sd2-client/prices`, the calculator without WebAssembly, from the tables in Rust.

use crate::bundle::{MINIFY, bundle, copy_files};
use anyhow::Result;
use sd2_client::{catalog, rule};
use serde_json::json;

/// Bundles the entry, and copies its types and the calculator element.
pub fn build() -> Result<()> {
    bundle("js/prices.js", "prices", &MINIFY)?;
    // The element imports ./prices.js.
    copy_files(&["prices.d.ts", "calculator-element.js", "calculator-element.d.ts"])
}

/// The JavaScript module with the numbers and messages that prices need.
pub fn module() -> String {
    let models = catalog::MODELS.iter().map(|model| (model.id, model.credits_per_second));
    let upscales = catalog::UPSCALES
        .iter()
        .map(|upscale| (upscale.id, upscale.credits_per_second));
    let durations =
        (catalog::MIN_SECONDS..=catalog::MAX_SECONDS).map(|seconds| (catalog::duration_id(seconds), seconds));
    let default = catalog::duration_id(catalog::DEFAULT_SECONDS);
    let rule = |rule: rule::Rule| json!([rule.words().code, rule.words().message]).to_string();
    [
        ("MODELS", table(models)),
        ("UPSCALES", table(upscales)),
        ("DURATIONS", table(durations)),
        ("DEFAULT_DURATION", json!(default).to_string()),
        ("VIDEO_REFERENCE_FACTOR", catalog::VIDEO_REFERENCE_FACTOR.to_string()),
        ("NOT_OBJECT", rule(rule::NOT_OBJECT)),
        ("MODEL_MISSING", rule(rule::MODEL_MISSING)),
        (
            "WRONG_TYPE",
            json!([rule::NOT_STRING.words().code, "This must be {}."]).to_string(),
        ),
        ("UNKNOWN_MODEL", rule(rule::UNKNOWN_MODEL)),
        ("BAD_DURATION", rule(rule::BAD_DURATION)),
        ("BAD_UPSCALE", rule(rule::BAD_UPSCALE)),
        ("NOT_PRICED", rule(rule::NOT_PRICED)),
    ]
    .iter()
    .map(|(name, value)| format!("export const {name} = {value};\n"))
    .collect()
}

/// An object of numbers by name, in the order of the catalog.
fn table(rows: impl Iterator<Item = (impl AsRef<str>, u32)>) -> String {
    let fields: Vec<String> = rows
        .map(|(name, number)| format!("{}: {number}", json!(name.as_ref())))
        .collect();
    format!("{{ {} }}", fields.join(", "))
}
