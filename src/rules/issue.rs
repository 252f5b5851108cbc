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

impl Issue<'_> {
    /// The issue as numbers: the rule; whether it is in `inputs`; the list, its length and the index; the field and its
    /// length; what the words are about; the scheme that is missing; what was meant. A text is an address and a length. The
    /// address of no list and no field is 0; a kind has the length -1.
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
