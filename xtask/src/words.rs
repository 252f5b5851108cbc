//! Writes the sentences and names that Rust has by number as a JavaScript module.

use sd2_client::endpoint::Endpoint;
use sd2_client::error::{CODES, Code};
use sd2_client::words::TEXTS;
use serde_json::json;

/// The module's source.
pub fn module() -> String {
    let retryable = CODES.iter().position(|name| *name == Code::ConcurrencyLimit.name());
    let endpoints = [Endpoint::CreateTask, Endpoint::QueryTask, Endpoint::Credits].map(Endpoint::name);
    format!(
        "// Written from src/words.rs and src/error.rs.\n\
         export const WORDS = {};\nexport const CODES = {};\nexport const RETRYABLE = {};\nexport const ENDPOINTS = {};\n",
        json!(TEXTS),
        json!(CODES),
        json!(retryable),
        json!(endpoints),
    )
}
