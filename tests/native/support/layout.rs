//! Lays out values in memory like `js/memory.js`, so that the rules can read them in place.

use super::json::{Json, json};
use sd2_client::rules::node::Node;
use sd2_client::value::Value;
use sd2_offline::memory;
use sd2_offline::plain::{Field, Plain};
use sd2_offline::rules::issue::{About, Issue};
use sd2_offline::rules::{self, Scope, url};
use std::mem::size_of;

/// The size of an address: four bytes in WebAssembly, possibly eight here.
const WORD: usize = size_of::<usize>();
const VALUE: usize = size_of::<Plain>() / WORD;
const FIELD: usize = size_of::<Field>() / WORD;
/// The content of a value is at byte 8, whatever the size of an address.
const HELD: usize = 8 / WORD;

/// The validation result of `sd2-client/offline`, which reads values in place.
pub fn verdict(request: &Value, media: &Value) -> Json {
    let (memory, addresses) = Memory::of(&[request, media]);
    // SAFETY: the values have just been laid out, and `memory` keeps them.
    #[expect(unsafe_code, reason = "reading values in place is what is tested")]
    let [request, media] = [addresses[0], addresses[1]].map(|address| unsafe { memory::value(address) });
    let mut issues = Vec::new();
    let verdict = rules::check(request, Some(media), Scope::Request, url::alone, |issue| {
        issues.push(issue_json(issue))
    });
    drop(memory);
    json!({
        "valid": !verdict.has_error,
        "mode": verdict.mode.map(|mode| mode.name()),
        "issues": issues,
        "credits": verdict.configuration.map(|configuration| configuration.estimate().total),
    })
}

fn issue_json(issue: &Issue) -> Json {
    let mut path = Vec::new();
    if issue.place.in_inputs {
        path.push(json!("inputs"));
    }
    if let Some((list, index)) = issue.place.file {
        path.extend([json!(list), json!(index)]);
    }
    path.extend(issue.place.field.map(Json::from));
    let words = issue.rule.words();
    let about = match issue.about {
        About::Nothing => "",
        About::Kind(kind) => kind.name(),
        About::Text(text) => text,
    };
    let mut json = json!({
        "path": path,
        "code": words.code,
        "severity": if issue.rule.is_error() { "error" } else { "warning" },
        "message": words.message.replacen("{}", about, 1),
    });
    if !issue.meant.text.is_empty() {
        json["suggestion"] = [issue.meant.scheme.text(), issue.meant.text].concat().into();
    }
    json
}

/// Memory with values in it. Neither list grows, so that addresses stay valid.
pub struct Memory {
    words: Vec<usize>,
    texts: Vec<u8>,
    top: usize,
}

impl Memory {
    /// Writes values and returns their addresses.
    pub fn of(values: &[&Value]) -> (Memory, Vec<usize>) {
        let words = values.iter().map(|value| VALUE + room(value)).sum();
        let texts = values.iter().map(|value| text_room(value)).sum();
        let mut memory = Memory {
            words: vec![0; words],
            texts: Vec::with_capacity(texts),
            top: values.len() * VALUE,
        };
        for (index, value) in values.iter().enumerate() {
            memory.write(value, index * VALUE);
        }
        assert_eq!((memory.top, memory.texts.len()), (words, texts));
        let addresses = (0..values.len()).map(|index| memory.address(index * VALUE)).collect();
        (memory, addresses)
    }

    fn address(&self, word: usize) -> usize {
        self.words.as_ptr().expose_provenance() + word * WORD
    }

    fn write(&mut self, value: &Value, at: usize) {
        // The tag is the kind.
        self.words[at] = Node::kind(value) as usize;
        match value {
            Value::Null | Value::Foreign(_) => {}
            Value::Bool(flag) => {
                self.words[at + HELD] = usize::from(*flag);
            }
            Value::Number(number) => {
                for (index, half) in number.to_ne_bytes().chunks_exact(WORD).enumerate() {
                    self.words[at + HELD + index] = usize::from_ne_bytes(half.try_into().expect("a word"));
                }
            }
            Value::String(text) => {
                self.put(text, at + HELD);
            }
            Value::Array(items) => {
                let mut place = self.reserve(items.len(), VALUE, at);
                for item in items {
                    self.write(item, place);
                    place += VALUE;
                }
            }
            Value::Object(fields) => {
                let mut place = self.reserve(fields.len(), FIELD, at);
                for (name, field) in fields {
                    self.put(name, place);
                    self.write(field, place + FIELD - VALUE);
                    place += FIELD;
                }
            }
        }
    }

    fn put(&mut self, text: &str, at: usize) {
        self.words[at] = self.texts.as_ptr().expose_provenance() + self.texts.len();
        self.words[at + 1] = text.len();
        self.texts.extend_from_slice(text.as_bytes());
    }

    /// Reserves room for items, and writes its address at `at`.
    fn reserve(&mut self, count: usize, size: usize, at: usize) -> usize {
        let place = self.top;
        self.top += count * size;
        self.words[at + HELD] = self.address(place);
        self.words[at + HELD + 1] = count;
        place
    }
}

/// The number of words that the content of a value takes.
fn room(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(|item| VALUE + room(item)).sum(),
        Value::Object(fields) => fields.iter().map(|(_, field)| FIELD + room(field)).sum(),
        _ => 0,
    }
}

/// The number of bytes of all strings in a value.
fn text_room(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(text_room).sum(),
        Value::Object(fields) => fields.iter().map(|(name, field)| name.len() + text_room(field)).sum(),
        _ => 0,
    }
}
