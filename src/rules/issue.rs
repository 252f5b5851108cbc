//! An issue in parts. Its message is composed elsewhere, by JavaScript or src/validate.rs.

use super::node::Kind;
use super::rule::Rule;

/// An error or a warning about a request or a configuration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Issue<'a> {
    pub rule: Rule,
    pub place: Place<'a>,
    /// What replaces the `{}` of the message.
    pub about: About<'a>,
    pub meant: Meant<'a>,
}

impl Issue<'_> {
    /// The issue as numbers: the rule; whether it is in `inputs`; the list and the index; the field; the subject of the message;
    /// the scheme and the rest of the suggestion. A string is its address and its length. Without a list or a field, the address
    /// is 0. A subject of length -1 is the number of a [`Kind`].
    pub fn numbers(&self) -> [usize; 12] {
        let place = |text: &str| (text.as_ptr() as usize, text.len());
        let (list, index) = self
            .place
            .file
            .map_or(((0, 0), 0), |(list, index)| (place(list), index));
        let field = self.place.field.map_or((0, 0), place);
        let about = match self.about {
            About::Nothing => (0, 0),
            About::Kind(kind) => (kind as usize, usize::MAX),
            About::Text(text) => place(text),
        };
        let meant = place(self.meant.text);
        [
            self.rule.number().into(),
            self.place.in_inputs.into(),
            list.0,
            list.1,
            index,
            field.0,
            field.1,
            about.0,
            about.1,
            self.meant.scheme as usize,
            meant.0,
            meant.1,
        ]
    }
}

/// The path to what is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place<'a> {
    /// Whether it is in `inputs`.
    pub in_inputs: bool,
    /// The list of files, and the index in it.
    pub file: Option<(&'static str, usize)>,
    /// The field; `None` if the object or file itself is wrong.
    pub field: Option<&'a str>,
}

/// What replaces the `{}` of a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum About<'a> {
    /// The message has no `{}`.
    Nothing,
    /// The type that was found.
    Kind(Kind),
    /// A name or a host.
    Text(&'a str),
}

/// A suggestion. There is none if the text is empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meant<'a> {
    /// The scheme to put before the text.
    pub scheme: Scheme,
    /// The suggestion without that scheme.
    pub text: &'a str,
}

/// The scheme to put before a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Scheme {
    None,
    Https,
    Http,
}

impl Scheme {
    /// The texts, in the order of the schemes.
    pub const TEXTS: [&'static str; 3] = ["", "https://", "http://"];

    pub fn text(self) -> &'static str {
        match self {
            Scheme::None => "",
            Scheme::Https => "https://",
            Scheme::Http => "http://",
        }
    }
}

impl<'a> From<&'a str> for Meant<'a> {
    fn from(text: &'a str) -> Meant<'a> {
        Meant {
            scheme: Scheme::None,
            text,
        }
    }
}
