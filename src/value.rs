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

    /// Decodes the text that `encode` in `js/boundary.js` writes. `None` if it is malformed.
    ///
    /// A node is a tag and its content: `n` null, `t` true, `f` false, `d1072693248;0;` a number as the upper and the lower
    /// half of its bits, `s3:abc` a string with its length in UTF-16 units, `a2;…` a list with its number of items, `o1;…` an
    /// object with its number of fields (each a string node and a node), and `u` `F` `y` `b` `x` `z` `l` `L` for the [`Foreign`]
    /// values in their order.
    pub fn decode(text: &str) -> Option<Value> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(0)?;
        (reader.at == text.len()).then_some(value)
    }
}

/// Deeper than `encode` ever goes, and safe for the stack.
const MAX_DEPTH: u32 = 64;

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: u32) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        Some(match self.byte()? {
            b'n' => Value::Null,
            b't' => Value::Bool(true),
            b'f' => Value::Bool(false),
            b'd' => Value::Number(f64::from_bits(self.half()? << 32 | self.half()?)),
            b's' => Value::String(self.string()?),
            b'a' => {
                let length = self.length(b';')?;
                let mut items = Vec::new();
                for _ in 0..length {
                    items.push(self.value(depth + 1)?);
                }
                Value::Array(items)
            }
            b'o' => {
                let length = self.length(b';')?;
                let mut fields = Vec::new();
                for _ in 0..length {
                    let key = self.string()?;
                    fields.push((key, self.value(depth + 1)?));
                }
                Value::Object(fields)
            }
            b'u' => Value::Foreign(Foreign::Undefined),
            b'F' => Value::Foreign(Foreign::Function),
            b'y' => Value::Foreign(Foreign::Symbol),
            b'b' => Value::Foreign(Foreign::BigInt),
            b'x' => Value::Foreign(Foreign::Unreadable),
            b'z' => Value::Foreign(Foreign::TooLarge),
            b'l' => Value::Foreign(Foreign::LongText),
            b'L' => Value::Foreign(Foreign::LocalUrl),
            _ => return None,
        })
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.text.as_bytes().get(self.at).copied();
        self.at += 1;
        byte
    }

    /// Reads decimal digits up to `end`, and `end` itself.
    fn length(&mut self, end: u8) -> Option<usize> {
        let mut length = 0usize;
        loop {
            match self.byte()? {
                digit @ b'0'..=b'9' => {
                    length = length.checked_mul(10)?.checked_add((digit - b'0').into())?;
                }
                byte if byte == end => return Some(length),
                _ => return None,
            }
        }
    }

    /// Reads half of the bits of a number.
    fn half(&mut self) -> Option<u64> {
        u32::try_from(self.length(b';')?).ok().map(u64::from)
    }

    fn string(&mut self) -> Option<String> {
        let units = self.length(b':')?;
        let rest = self.text.get(self.at..)?;
        let text = match rest.get(..units) {
            // Fast path for ASCII, where a unit is a byte.
            Some(text) if text.is_ascii() => text,
            _ => units_of(rest, units)?,
        };
        self.at += text.len();
        Some(text.to_owned())
    }
}

/// The start of a text with this many UTF-16 units. `None` if the text is shorter or would be cut inside a character.
fn units_of(text: &str, units: usize) -> Option<&str> {
    let mut left = units;
    let mut end = 0;
    for byte in text.bytes() {
        // A character starts with any byte except 0x80 to 0xbf. From 0xf0 on, it has two units.
        let is_start = byte & 0xc0 != 0x80;
        if is_start && left == 0 {
            break;
        }
        left = left.checked_sub(usize::from(is_start) + usize::from(byte >= 0xf0))?;
        end += 1;
    }
    text.get(..end).filter(|_| left == 0)
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
