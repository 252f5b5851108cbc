//! The layout of a value in memory.

use crate::rules::node::{Kind, Node};

/// A JSON value, or a marker for something that JSON cannot represent: a tag of [`Kind`] at byte 0, the content at byte 8. The
/// content of a string, list or object is an address and a length.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, u32)]
#[expect(missing_docs, reason = "they are the kinds")]
pub enum Plain<'a> {
    Null,
    Bool(bool),
    Number(f64),
    Text(&'a str),
    List(&'a [Plain<'a>]),
    Object(&'a [Field<'a>]),
    Undefined,
    Function,
    Symbol,
    BigInt,
    Unreadable,
    TooLarge,
    LongText,
    LocalUrl,
    NotFinite(f64),
}

/// A field of an object: the address and the length of its name, then its value.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Field<'a> {
    pub name: &'a str,
    pub value: Plain<'a>,
}

impl<'a> Node<'a> for &'a Plain<'a> {
    fn kind(self) -> Kind {
        match self {
            Plain::Null => Kind::Null,
            Plain::Bool(_) => Kind::Bool,
            Plain::Number(_) => Kind::Number,
            Plain::Text(_) => Kind::Text,
            Plain::List(_) => Kind::List,
            Plain::Object(_) => Kind::Object,
            Plain::Undefined => Kind::Undefined,
            Plain::Function => Kind::Function,
            Plain::Symbol => Kind::Symbol,
            Plain::BigInt => Kind::BigInt,
            Plain::Unreadable => Kind::Unreadable,
            Plain::TooLarge => Kind::TooLarge,
            Plain::LongText => Kind::LongText,
            Plain::LocalUrl => Kind::LocalUrl,
            Plain::NotFinite(_) => Kind::NotFinite,
        }
    }

    fn as_str(self) -> Option<&'a str> {
        match self {
            Plain::Text(text) => Some(text),
            _ => None,
        }
    }

    fn as_number(self) -> Option<f64> {
        match self {
            Plain::Number(number) | Plain::NotFinite(number) => Some(*number),
            _ => None,
        }
    }

    fn as_bool(self) -> Option<bool> {
        match self {
            Plain::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    fn length(self) -> usize {
        match self {
            Plain::List(items) => items.len(),
            Plain::Object(fields) => fields.len(),
            _ => 0,
        }
    }

    fn item(self, index: usize) -> Option<Self> {
        match self {
            Plain::List(items) => items.get(index),
            _ => None,
        }
    }

    fn field(self, index: usize) -> Option<(&'a str, Self)> {
        match self {
            Plain::Object(fields) => fields.get(index).map(|field| (field.name, &field.value)),
            _ => None,
        }
    }
}
