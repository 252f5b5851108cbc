//! The self-describing value that crosses the boundary.
//!
//! Requests from JavaScript and responses of the service are read into a [`Value`]. Reading never fails: what JSON cannot
//! represent becomes [`Value::Foreign`], so that the validator can name its place.

use crate::rules::node::Node;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A JSON value, or a marker for something that JSON cannot represent.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A JavaScript number, possibly NaN or infinite.
    Number(f64),
    /// Lone surrogates have become U+FFFD.
    String(String),
    /// A list.
    Array(Vec<Value>),
    /// The fields in their original order.
    Object(Vec<(String, Value)>),
    /// Something that JSON cannot represent.
    Foreign(Foreign),
}

/// What a [`Value::Foreign`] was in JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// `undefined`, also as the hole of a sparse array.
    Undefined,
    /// A function.
    Function,
    /// A symbol.
    Symbol,
    /// A BigInt.
    BigInt,
    /// A getter or a proxy threw when it was read.
    Unreadable,
    /// A cycle, or a structure that is too deep or too large. It was cut here.
    TooLarge,
    /// A string that is too long to copy.
    LongText,
    /// A `data:`, `blob:` or `file:` URL that is too long to copy.
    LocalUrl,
}

impl Value {
    /// An empty object. All results are built from one, because that takes less WebAssembly than a derived `Serialize` for each
    /// type.
    pub fn object() -> Value {
        Value::Object(Vec::new())
    }

    /// Adds a field to an object.
    #[inline(never)]
    pub fn put(&mut self, name: &str, value: Value) {
        if let Value::Object(fields) = self {
            fields.push((name.into(), value));
        }
    }

    /// Adds a string to an object.
    #[inline(never)]
    pub fn put_text(&mut self, name: &str, text: &str) {
        self.put(name, text.into());
    }

    /// Adds a number to an object.
    #[inline(never)]
    pub fn put_number(&mut self, name: &str, number: f64) {
        self.put(name, Value::Number(number));
    }

    /// A field of an object. `None` also for `undefined`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Object(fields) => fields
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value)
                .filter(|value| !value.is_undefined()),
            _ => None,
        }
    }

    /// The string, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if this is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The string in a field, if there is one.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// The number in a field, if there is one.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.get(name).and_then(Value::as_number)
    }

    /// The items, if this is a list.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The fields, if this is an object.
    pub fn as_object(&self) -> Option<&[(String, Value)]> {
        match self {
            Value::Object(fields) => Some(fields),
            _ => None,
        }
    }

    /// Whether this counts as a missing field.
    pub fn is_undefined(&self) -> bool {
        matches!(self, Value::Foreign(Foreign::Undefined))
    }

    /// The type as shown in messages: `a string`, `null`, …
    pub fn kind(&self) -> &'static str {
        Node::kind(self).name()
    }
}

impl Serialize for Value {
    /// Writes plain data. A [`Value::Foreign`] is left out of objects and becomes `null` in lists, like `undefined` in
    /// `JSON.stringify`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null | Value::Foreign(_) => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(value) => serializer.serialize_f64(*value),
            Value::String(value) => serializer.serialize_str(value),
            Value::Array(items) => serializer.collect_seq(items),
            Value::Object(fields) => {
                let mut map = serializer.serialize_map(None)?;
                for (key, value) in fields {
                    if !matches!(value, Value::Foreign(_)) {
                        map.serialize_entry(key, value)?;
                    }
                }
                map.end()
            }
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::String(text.into())
    }
}
