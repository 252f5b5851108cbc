//! Writes a WebAssembly module as JavaScript text that stays small after compression.
//!
//! Base64 destroys the byte alignment that compressors need, and UTF-8 is escaped by some minifiers and broken by
//! pages in another charset. Here each byte becomes one character out of 86, if it is one of the 86 most frequent, or
//! one of two escapes and a character. The characters are printable ASCII that no minifier has to escape and no HTML
//! parser stumbles over. `js/module/inline.js` reads it; tests/matrix/rows/inlining.mjs measures it against others.

/// From `#` to `~` without `$ ' < \` and the backtick; it has 87 characters, of which 86 are used.
fn alphabet() -> Vec<char> {
    ('#'..='~').filter(|c| !"$'<\\`".contains(*c)).take(STRETCH).collect()
}

/// How many byte values one character tells apart.
const STRETCH: usize = 86;
/// The characters that say "the second stretch" and "the third stretch".
const ESCAPES: [char; 2] = [' ', '!'];

/// The JavaScript module that holds these bytes: `stretches` has a digit for each byte value. Within its stretch a
/// value keeps its order, so that what is alike stays alike.
pub fn module(bytes: &[u8]) -> String {
    let alphabet = alphabet();
    let stretches = stretches(bytes);
    let mut used = [0; 3];
    let written: Vec<String> = stretches
        .iter()
        .map(|stretch| {
            let escape = stretch.checked_sub(1).and_then(|escape| ESCAPES.get(escape));
            let position = used.get_mut(*stretch);
            let letter = position.and_then(|position| {
                *position += 1;
                alphabet.get(*position - 1)
            });
            escape.into_iter().chain(letter).collect()
        })
        .collect();
    let text: String = bytes
        .iter()
        .filter_map(|byte| written.get(usize::from(*byte)))
        .map(String::as_str)
        .collect();
    let digits: String = stretches.iter().map(usize::to_string).collect();
    format!("export const stretches = \"{digits}\";\nexport const text = \"{text}\";\n")
}

/// The stretch of each byte value: the most frequent ones are in the first.
fn stretches(bytes: &[u8]) -> Vec<usize> {
    let mut values: Vec<u8> = (0..=u8::MAX).collect();
    values.sort_by_cached_key(|value| (usize::MAX - bytes.iter().filter(|byte| *byte == value).count(), *value));
    let rank = |value| values.iter().position(|other| *other == value);
    (0..=u8::MAX).map(|value| rank(value).unwrap_or(0) / STRETCH).collect()
}
