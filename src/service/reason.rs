//! The service's own words in an answer, whatever shape they come in. Never HTML.

use crate::rules::node::Node;
use crate::text;

/// The fields in which services put the reason of a failure; the more telling ones first.
const REASONS: [&str; 6] = ["message", "error", "detail", "title", "msg", "errors"];

/// As much of the service's own words as a message quotes, in bytes.
const QUOTE_LIMIT: usize = 500;

/// The reason that an answer gives, as a message quotes it: from its JSON, or from its text where it is not JSON. Of a page it is
/// only said that it is one. `None` if there is nothing to quote.
pub fn of_answer<'a, N: Node<'a>>(value: Option<N>, body: &'a str, status: u16) -> Option<&'a str> {
    let body = body.trim_ascii();
    let said = match value {
        _ if body.is_empty() => Some("no reason given").filter(|_| status >= 400),
        // Most texts in what is nearly an answer are not reasons.
        Some(value) if status < 300 => reason(value),
        Some(value) => words(value),
        // JSON that was cut or broke off.
        None if matches!(body.as_bytes().first(), Some(b'{' | b'[')) => None,
        None => Some(readable(body).unwrap_or("a page instead of a reason")),
    };
    said.map(quote).filter(|said| !said.is_empty())
}

/// Why a task failed, as a message quotes it.
pub fn of_task<'a>(task: impl Node<'a>) -> &'a str {
    let said = task.get("error").and_then(words).or_else(|| reason(task));
    quote(said.unwrap_or("no reason given"))
}

fn quote(said: &str) -> &str {
    text::trim_end(text::head(said, QUOTE_LIMIT), b'.')
}

/// The words in an error answer or in a task's `error`.
fn words<'a>(value: impl Node<'a>) -> Option<&'a str> {
    reason(value)
        .or_else(|| any_text(value, true))
        .or_else(|| any_text(value, false))
}

/// The text in one of the usual fields, or in the first item of a list that has one.
fn reason<'a>(value: impl Node<'a>) -> Option<&'a str> {
    if let Some(text) = value.as_str() {
        return readable(text);
    }
    let in_field = || REASONS.iter().find_map(|name| value.get(name).and_then(reason));
    in_field().or_else(|| (0..value.length()).find_map(|index| value.item(index).and_then(reason)))
}

/// The first text anywhere, or the first that is a sentence. An address is no reason, and may be signed.
fn any_text<'a>(value: impl Node<'a>, is_sentence: bool) -> Option<&'a str> {
    if let Some(text) = value.as_str() {
        let is_address = text.as_bytes().windows(3).any(|part| part == b"://");
        let is_wanted = !is_address && (!is_sentence || text.trim_ascii().bytes().any(|byte| byte == b' '));
        return readable(text).filter(|_| is_wanted);
    }
    (0..value.length()).find_map(|index| {
        let inner = value.item(index).or_else(|| value.field(index).map(|(_, field)| field));
        inner.and_then(|inner| any_text(inner, is_sentence))
    })
}

/// The text without white space around it, unless it is blank or HTML.
fn readable(text: &str) -> Option<&str> {
    Some(text::trim(text)).filter(|text| !text.is_empty() && !is_html(text))
}

/// Whether there is a tag in the text.
fn is_html(text: &str) -> bool {
    let is_tag = |pair: &[u8]| matches!(pair, [b'<', next] if next.is_ascii_alphabetic() || b"/!?".contains(next));
    text.as_bytes().windows(2).any(is_tag)
}
