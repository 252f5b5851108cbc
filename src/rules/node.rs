//! How the rules read a value, independent of its representation.

/// A JSON value, or a marker for something that JSON cannot represent.
pub trait Node<'a>: Copy {
    fn kind(self) -> Kind;
    /// The string, if it is one.
    fn as_str(self) -> Option<&'a str>;
    /// The number, if it is one.
    fn as_number(self) -> Option<f64>;
    /// The boolean, if it is one.
    fn as_bool(self) -> Option<bool>;
    /// How many items or fields it has.
    fn length(self) -> usize;
    fn item(self, index: usize) -> Option<Self>;
    fn field(self, index: usize) -> Option<(&'a str, Self)>;

    /// The field of this name. `None` also for `undefined`.
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

    /// The string in a field, if there is one.
    fn text(self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str()
    }

    /// The number in a field, if there is one.
    fn number(self, name: &str) -> Option<f64> {
        self.get(name)?.as_number()
    }
}

macro_rules! kinds {
    ($($kind:ident = $name:literal,)*) => {
        /// The type of a value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Kind {
            $(#[doc = concat!("Shown as \"", $name, "\".")] $kind,)*
        }

        impl Kind {
            /// The name in messages.
            pub fn name(self) -> &'static str {
                match self {
                    $(Kind::$kind => $name,)*
                }
            }

            /// All names, in order.
            pub const NAMES: &[&str] = &[$($name),*];
        }
    };
}

// The kinds that JSON cannot represent come last.
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
    TooLarge = "a cyclic or endless value",
    LongText = "a string that is too long",
    LocalUrl = "a data: URL that is too long",
    NotFinite = "NaN or Infinity",
}

/// The first kind inside a value that JSON cannot represent, if any. NaN and Infinity count.
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
