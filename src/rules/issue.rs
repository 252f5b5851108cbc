//! One problem of a request, in parts: whoever shows it has the words.

use super::node::Kind;
use super::rule::Rule;

/// A problem of a request, or of a configuration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Issue<'a> {
    /// The rule that is broken.
    pub rule: Rule,
    /// Where.
    pub place: Place<'a>,
    /// What fills the `{}` of the rule's words.
    pub about: About<'a>,
    /// What was probably meant.
    pub meant: Meant<'a>,
}

/// The way from the whole to what is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place<'a> {
    /// Whether it leads through `inputs`.
    pub in_inputs: bool,
    /// The list of files, and the position in it.
    pub file: Option<(&'static str, usize)>,
    /// The field; `None` for what was reached so far.
    pub field: Option<&'a str>,
}

/// What fills the `{}` of a rule's words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum About<'a> {
    /// Nothing: there is none.
    Nothing,
    /// What was found in place of something else.
    Kind(Kind),
    /// A name or a host.
    Text(&'a str),
}

/// What was probably meant: nothing if the text is empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meant<'a> {
    /// What the text lacks at its beginning.
    pub scheme: Scheme,
    /// The rest.
    pub text: &'a str,
}

/// What a text lacks at its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Scheme {
    /// Nothing.
    None,
    /// `https://`
    Https,
    /// `http://`
    Http,
}

impl Scheme {
    /// The texts, in the order of the schemes.
    pub const TEXTS: [&'static str; 3] = ["", "https://", "http://"];

    /// The text itself.
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
