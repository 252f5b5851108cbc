//! Conversions between the tests' JSON and the library's `Value`, and fixtures.

use sd2_client::value::Value;

pub use serde_json::{Value as Json, json};

/// The `Value` for JSON.
pub fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => Value::Number(number.as_f64().expect("JSON numbers are finite")),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(value).collect()),
        Json::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, field)| (name.clone(), value(field)))
                .collect(),
        ),
    }
}

/// The JSON that a caller sees. Whole numbers become integers, so that they equal those in tests.
pub fn seen(value: &Value) -> Json {
    match value {
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => json!(*number as i64),
        Value::Array(items) => items.iter().map(seen).collect(),
        Value::Object(fields) => {
            let plain = fields.iter().filter(|(_, field)| !matches!(field, Value::Foreign(_)));
            Json::Object(plain.map(|(name, field)| (name.clone(), seen(field))).collect())
        }
        other => serde_json::to_value(other).expect("a value can be written as JSON"),
    }
}

/// A file of `tests/fixtures`.
pub fn fixture_text(name: &str) -> String {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A JSON file of `tests/fixtures`.
pub fn fixture(name: &str) -> Json {
    serde_json::from_str(&fixture_text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The names and contents of the JSON files in a folder of `tests/fixtures`.
pub fn fixtures(folder: &str) -> Vec<(String, Json)> {
    let path = format!("{}/tests/fixtures/{folder}", env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let names = entries.map(|entry| entry.expect(&path).file_name().to_string_lossy().into_owned());
    names
        .map(|name| (name.clone(), fixture(&format!("{folder}/{name}"))))
        .collect()
}

/// The cells of a Markdown table in `tests/fixtures/tables`, by row.
pub fn table(name: &str) -> Vec<Vec<String>> {
    let text = fixture_text(&format!("tables/{name}"));
    let rows = text.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = |row: &str| {
        row.trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    rows.map(cells).collect()
}
