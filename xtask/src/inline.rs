//! Writes a WebAssembly module as JavaScript text that compresses well.
//!
//! Base64 destroys the byte alignment that compressors need. UTF-8 is escaped by some minifiers and broken by pages in
//! another charset. Here a number is added to each byte, so that as many bytes as possible are below 86. Each of these becomes one
//! character, and each other byte an escape and a character. All characters are printable ASCII that needs no escaping in JavaScript
//! or HTML. `js/module/inline.js` decodes the text, `inline-fast.js` with the small module of `decode.wat`.
//! tests/matrix/rows/inlining.mjs compares the size with other encodings.

use crate::command::{npm_program, output, root, target};
use anyhow::Result;
use std::fs;

/// The characters from `#` to `~` without `$ ' < \` and the backtick: 86 of these 87.
fn alphabet() -> Vec<char> {
    ('#'..='~').filter(|c| !"$'<\\`".contains(*c)).take(STRETCH).collect()
}

/// How many byte values one character distinguishes.
const STRETCH: usize = 86;
/// The escapes for the second and the third stretch of byte values.
const ESCAPES: [char; 2] = [' ', '!'];

/// The variable that js/module/inline.js and inline-fast.js read.
const NAME: &str = "sd2_client_inlined";

/// The JavaScript module that exports the bytes of the decoder.
pub fn decoder() -> Result<String> {
    let wasm = target().join("decode.wasm");
    output(
        npm_program("wasm-opt")
            .arg(root().join("xtask/src/decode.wat"))
            .args(["-Oz", "--strip-debug", "--minify-imports-and-exports", "-o"])
            .arg(&wasm),
    )?;
    Ok(format!("export const decoder = {:?};\n", fs::read(wasm)?))
}

/// Adds a module to a bundle that uses it. It comes last, where it separates no code from other code: that compresses better, and
/// moves no line of the source map.
pub fn append(bundle: &mut String, bytes: &[u8]) {
    if bundle.contains(NAME) {
        let end = bundle.rfind("//# sourceMappingURL").unwrap_or(bundle.len());
        bundle.insert_str(end, &variable(bytes));
    }
}

/// The variable with the text and the number.
pub fn variable(bytes: &[u8]) -> String {
    let (shift, text) = literals(bytes);
    format!("var {NAME}=[{text},{shift}];\n")
}

/// Node prints the whole line that throws, so lines should be short.
const LINE: usize = 480;

/// The number that is added to each byte, and the text as a literal.
fn literals(bytes: &[u8]) -> (u8, String) {
    let alphabet = alphabet();
    let shift = shift(bytes);
    let written: Vec<String> = (0..=u8::MAX)
        .map(|byte| {
            let value = usize::from(byte.wrapping_add(shift));
            let escape = (value / STRETCH).checked_sub(1).and_then(|escape| ESCAPES.get(escape));
            escape.into_iter().chain(alphabet.get(value % STRETCH)).collect()
        })
        .collect();
    let mut text = String::from("\"");
    let mut length = LINE;
    for piece in bytes.iter().filter_map(|byte| written.get(usize::from(*byte))) {
        if length + piece.len() > LINE {
            // A backslash continues the string on the next line.
            text.push_str("\\\n");
            length = 0;
        }
        length += piece.len();
        text.push_str(piece);
    }
    text.push('"');
    (shift, text)
}

/// The number with which the fewest bytes need an escape.
fn shift(bytes: &[u8]) -> u8 {
    let escapes = |shift: &u8| {
        let is_escaped = |byte: &&u8| usize::from(byte.wrapping_add(*shift)) >= STRETCH;
        bytes.iter().filter(is_escaped).count()
    };
    (0..=u8::MAX).min_by_key(escapes).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads what [`literals`] wrote, as `js/module/inline.js` does.
    fn read(shift: u8, text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut stretch = 0;
        for letter in text.replace("\\\n", "").trim_matches('"').chars() {
            if let Some(escape) = ESCAPES.iter().position(|escape| *escape == letter) {
                stretch = escape + 1;
                continue;
            }
            let position = alphabet().iter().position(|other| *other == letter).unwrap();
            bytes.push(u8::try_from(STRETCH * stretch + position).unwrap().wrapping_sub(shift));
            stretch = 0;
        }
        bytes
    }

    #[test]
    fn every_byte_comes_back() {
        let bytes: Vec<u8> = (0..=255).chain([0, 0, 7, 255]).cycle().take(3_000).collect();
        let (shift, text) = literals(&bytes);
        assert_eq!(read(shift, &text), bytes);
    }

    #[test]
    fn frequent_bytes_take_one_character() {
        let (_, text) = literals(&[200; 40]);
        assert_eq!(text.len(), 40 + "\"\\\n\"".len());
    }

    #[test]
    fn no_character_must_be_escaped_and_no_line_is_long() {
        let bytes: Vec<u8> = (0..=255).cycle().take(5_000).collect();
        let (_, text) = literals(&bytes);
        assert!(text.lines().all(|line| line.len() <= LINE + 2));
        let inside = text.replace("\\\n", "");
        let inside = inside.trim_matches('"');
        assert!(
            inside
                .chars()
                .all(|letter| matches!(letter, ' '..='~') && !"\"$'<\\`".contains(letter))
        );
    }

    #[test]
    fn a_module_comes_before_the_comment_about_the_source_map() {
        let mut bundle = format!("use({NAME});\n//# sourceMappingURL=a.js.map\n");
        append(&mut bundle, &[1; 3]);
        let lines: Vec<&str> = bundle.lines().collect();
        assert!(lines[1].starts_with("var sd2_client_inlined=["));
        assert_eq!(lines.last(), Some(&"//# sourceMappingURL=a.js.map"));
        let mut other = "use();\n".to_owned();
        append(&mut other, &[1; 3]);
        assert_eq!(other, "use();\n");
    }
}
