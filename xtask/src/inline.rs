//! Writes a WebAssembly module as JavaScript text that stays small after compression.
//!
//! Base64 destroys the byte alignment that compressors need, and UTF-8 is escaped by some minifiers. Here
//! each byte is shifted by a constant, then written as one character out of [`ALPHABET`], or as one of two
//! escapes and a character. The characters are printable ASCII that no minifier has to escape and no HTML
//! parser stumbles over. `js/module/inline.js` reads it.

/// From `#` to `~` without `$ ' < \` and the backtick; it has 87 characters, of which 86 are used.
fn alphabet() -> Vec<char> {
    ('#'..='~').filter(|c| !"$'<\\`".contains(*c)).take(STRETCH).collect()
}

/// How many byte values one character tells apart.
const STRETCH: usize = 86;
/// The characters that say "the second stretch" and "the third stretch".
const ESCAPES: [char; 2] = [' ', '!'];

/// The JavaScript module that holds these bytes.
pub fn module(bytes: &[u8]) -> String {
    let shift = best_shift(bytes);
    let alphabet = alphabet();
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let value = usize::from(byte.wrapping_add(shift));
        if let Some(escape) = (value / STRETCH)
            .checked_sub(1)
            .and_then(|stretch| ESCAPES.get(stretch))
        {
            text.push(*escape);
        }
        text.extend(alphabet.get(value % STRETCH));
    }
    format!("export const shift = {shift};\nexport const text = \"{text}\";\n")
}

/// The shift with which the fewest bytes need an escape.
fn best_shift(bytes: &[u8]) -> u8 {
    let escapes = |shift: u8| {
        bytes
            .iter()
            .filter(|byte| usize::from(byte.wrapping_add(shift)) >= STRETCH)
            .count()
    };
    (0..=u8::MAX).min_by_key(|shift| escapes(*shift)).unwrap_or(0)
}
