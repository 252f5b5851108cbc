//! Finds the service's message in a response of any shape. Never HTML.

use crate::rules::node::Node;
use crate::text;

/// The fields in which services put the reason of a failure, the most specific first.
const REASONS: [&str; 6] = ["message", "error", "detail", "title", "msg", "errors"];

/// How many bytes of the service's message an error quotes.
const QUOTE_LIMIT: usize = 500;

/// The reason in a response, for quoting: from its JSON, or from its text if it is not JSON. For HTML, only says that it is a page.
/// `None` if there is nothing to quote.
pub fn of_answer<'a, N: Node<'a>>(value: Option<N>, body: &'a str, status: u16) -> Option<&'a str> {
    let body = body.trim_ascii();
    let said = match value {
        _ if body.is_empty() => Some("no reason given").filter(|_| status >= 400),
        // In a malformed success, most strings are not reasons.
        Some(value) if status < 300 => reason(value),
        Some(value) => words(value),
        // Truncated JSON.
        None if matches!(body.as_bytes().first(), Some(b'{' | b'[')) => None,
        None => Some(readable(body).unwrap_or("a page instead of a reason")),
    };
    said.map(quote).filter(|said| !said.is_empty())
}

/// The reason for a failed task, for quoting.
pub fn of_task<'a>(task: impl Node<'a>) -> &'a str {
    let said = task.get("error").and_then(words).or_else(|| reason(task));
    quote(said.unwrap_or("no reason given"))
}

fn quote(said: &str) -> &str {
    text::trim_end(text::head(said, QUOTE_LIMIT), b'.')
}

/// The message in an error response or in a task's `error`.
fn words<'a>(value: impl Node<'a>) -> Option<&'a str> {
    reason(value)
        .or_else(|| any_text(value, true))
        .or_else(|| any_text(value, false))
}

/// The string in one of the usual fields, or in the first item of a list that has one.
fn reason<'a>(value: impl Node<'a>) -> Option<&'a str> {
    if let Some(text) = value.as_str() {
        return readable(text);
    }
    let in_field = || REASONS.iter().find_map(|name| value.get(name).and_then(reason));
    in_field().or_else(|| (0..value.length()).find_map(|index| value.item(index).and_then(reason)))
}

/// The first string anywhere, or the first with a space. Never a URL, which is no reason and may be signed.
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

/// The trimmed text, unless it is blank or HTML.
fn readable(text: &str) -> Option<&str> {
    Some(text::trim(text)).filter(|text| !text.is_empty() && !is_html(text))
}

/// Whether a text contains a tag.
fn is_html(text: &str) -> bool {
    let is_tag = |pair: &[u8]| matches!(pair, [b'<', next] if next.is_ascii_alphabetic() || b"/!?".contains(next));
    text.as_bytes().windows(2).any(is_tag)
}
