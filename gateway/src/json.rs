//! JSON as values of the rules and of the client.

use crate::rules::node::{Kind, Node};
use serde_json::Value;

impl<'a> Node<'a> for &'a Value {
    fn kind(self) -> Kind {
        match self {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Bool,
            Value::Number(_) => Kind::Number,
            Value::String(_) => Kind::Text,
            Value::Array(_) => Kind::List,
            Value::Object(_) => Kind::Object,
        }
    }

    fn as_str(self) -> Option<&'a str> {
        self.as_str()
    }

    fn as_number(self) -> Option<f64> {
        self.as_f64()
    }

    fn as_bool(self) -> Option<bool> {
        self.as_bool()
    }

    fn length(self) -> usize {
        match self {
            Value::Array(items) => items.len(),
            Value::Object(fields) => fields.len(),
            _ => 0,
        }
    }

    fn item(self, index: usize) -> Option<Self> {
        self.as_array()?.get(index)
    }

    fn field(self, index: usize) -> Option<(&'a str, Self)> {
        let (name, value) = self.as_object()?.iter().nth(index)?;
        Some((name.as_str(), value))
    }
}

/// Sets a field of an object.
pub fn put(object: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(name.into(), value.into());
    }
}

/// Converts JSON to a value of the client.
pub fn to_value(json: &Value) -> crate::value::Value {
    use crate::value::Value as Own;
    match json {
        Value::Null => Own::Null,
        Value::Bool(flag) => Own::Bool(*flag),
        Value::Number(number) => Own::Number(number.as_f64().unwrap_or_default()),
        Value::String(text) => Own::String(text.clone()),
        Value::Array(items) => Own::Array(items.iter().map(to_value).collect()),
        Value::Object(fields) => Own::Object(
            fields
                .iter()
                .map(|(name, item)| (name.clone(), to_value(item)))
                .collect(),
        ),
    }
}
