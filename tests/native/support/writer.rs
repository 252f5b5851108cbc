//! The twin of `encode` in js/boundary.js: writes the tagged text that `Value::decode` reads.

use sd2_client::value::{Foreign, Value};

/// Writes a value as JavaScript would.
pub fn write(value: &Value) -> String {
    match value {
        Value::Null => "n".into(),
        Value::Bool(true) => "t".into(),
        Value::Bool(false) => "f".into(),
        Value::Number(number) => format!("d{};{};", number.to_bits() >> 32, number.to_bits() & 0xffff_ffff),
        Value::String(text) => format!("s{}", sized(text)),
        Value::Array(items) => format!("a{};{}", items.len(), items.iter().map(write).collect::<String>()),
        Value::Object(fields) => {
            let fields_text = fields.iter().map(|(name, field)| sized(name) + &write(field));
            format!("o{};{}", fields.len(), fields_text.collect::<String>())
        }
        Value::Foreign(Foreign::Undefined) => "u".into(),
        Value::Foreign(Foreign::Function) => "F".into(),
        Value::Foreign(Foreign::Symbol) => "y".into(),
        Value::Foreign(Foreign::BigInt) => "b".into(),
        Value::Foreign(Foreign::Unreadable) => "x".into(),
        Value::Foreign(Foreign::TooLarge) => "z".into(),
        Value::Foreign(Foreign::LongText) => "l".into(),
        Value::Foreign(Foreign::LocalUrl) => "L".into(),
    }
}

/// A text after its `length` in JavaScript.
fn sized(text: &str) -> String {
    format!("{}:{text}", text.encode_utf16().count())
}
