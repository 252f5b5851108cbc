//! Writes the JavaScript module with the texts to which Rust refers by number.

use sd2_client::catalog::MAX_RUNNING;
use sd2_client::error::{CODES, Code};
use sd2_client::service::endpoint::Endpoint;
use sd2_client::service::options::BASE_URL;
use sd2_client::words::{TEXTS, Words};
use serde_json::json;

/// The source of the module.
pub fn module() -> String {
    let retryable = CODES.iter().position(|name| *name == Code::ConcurrencyLimit.name());
    let endpoints = [
        Endpoint::CreateTask,
        Endpoint::QueryTask,
        Endpoint::Credits,
        Endpoint::Cancel,
    ]
    .map(Endpoint::name);
    let constants = [
        ("WORDS", json!(TEXTS)),
        ("MAY_BE_CHARGED", json!(Words::MayBeCharged as u8)),
        ("CODES", json!(CODES)),
        ("RETRYABLE", json!(retryable)),
        ("ENDPOINTS", json!(endpoints)),
        ("BASE_URL", json!(BASE_URL)),
        ("MAX_RUNNING", json!(MAX_RUNNING)),
    ];
    let lines = constants.map(|(name, value)| format!("export const {name} = {value};\n"));
    format!(
        "// Written by xtask/src/words.rs from the Rust that it names.\n{}",
        lines.concat()
    )
}
