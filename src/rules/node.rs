//! How the rules see a value, whoever holds it.

/// A value that can be looked into: of JSON, or the mark of something that is not.
pub trait Node<'a>: Copy {
    /// What it is.
    fn kind(self) -> Kind;
    /// The text, if it is one.
    fn as_str(self) -> Option<&'a str>;
    /// The number, if it is one.
    fn as_number(self) -> Option<f64>;
    /// The flag, if it is one.
    fn as_bool(self) -> Option<bool>;
    /// How many items or fields it has.
    fn length(self) -> usize;
    /// An item of a list.
    fn item(self, index: usize) -> Option<Self>;
    /// A field of an object.
    fn field(self, index: usize) -> Option<(&'a str, Self)>;

    /// The field of this name; `None` also for one that is `undefined`.
    fn get(self, name: &str) -> Option<Self> {
        let mut index = 0;
        while let Some((key, value)) = self.field(index) {
            if key == name {
                return Some(value).filter(|value| value.kind() != Kind::Undefined);
            }
            index += 1;
        }
        None
    }
}

macro_rules! kinds {
    ($($kind:ident = $name:literal,)*) => {
        /// What a value is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Kind {
            $(#[doc = concat!("Told as \"", $name, "\".")] $kind,)*
        }

        impl Kind {
            /// As a message names it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Kind::$kind => $name,)*
                }
            }

            /// The names of all, in their order.
            pub const NAMES: &[&str] = &[$($name),*];
        }
    };
}

// What JSON cannot carry comes last.
kinds! {
    Null = "null",
    Bool = "a boolean",
    Number = "a number",
    Text = "a string",
    List = "an array",
    Object = "an object",
    Undefined = "undefined",
    Function = "a function",
    Symbol = "a symbol",
    BigInt = "a BigInt",
    Unreadable = "something unreadable",
    TooLarge = "a cycle, or endless",
    LongText = "a text that is too long",
    LocalUrl = "a data: URL that is too long",
    NotFinite = "NaN or infinite",
}

/// What JSON cannot carry, if there is any in a value: also a number that is none.
pub fn foreign<'a, N: Node<'a>>(value: N) -> Option<Kind> {
    let kind = value.kind();
    if kind as u8 > Kind::Undefined as u8 {
        return Some(kind);
    }
    (0..value.length()).find_map(|index| {
        let field = value.field(index).map(|(_, field)| field);
        field.or(value.item(index)).and_then(foreign)
    })
}
