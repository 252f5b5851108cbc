//! The service's own words in an answer, whatever shape they come in. Never HTML.

use crate::text;
use crate::value::Value;

/// The fields in which services put the reason of a failure; the more telling ones first.
const REASONS: [&str; 6] = ["message", "error", "detail", "title", "msg", "errors"];

/// As much of the service's own words as a message quotes, in bytes.
const QUOTE_LIMIT: usize = 500;

/// The reason that an answer gives, as a message quotes it: from its JSON, or from its text where it is not JSON. Of a page it is
/// only said that it is one. `None` if there is nothing to quote.
pub fn of_answer<'a>(value: Option<&'a Value>, body: &'a str, status: u16) -> Option<&'a str> {
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
pub fn of_task(task: &Value) -> &str {
    let said = task.get("error").and_then(words).or_else(|| reason(task));
    quote(said.unwrap_or("no reason given"))
}

fn quote(said: &str) -> &str {
    text::trim_end(text::head(said, QUOTE_LIMIT), b'.')
}

/// The words in an error answer or in a task's `error`.
fn words(value: &Value) -> Option<&str> {
    reason(value).or_else(|| {
        let is_sentence = |text: &str| text.bytes().any(|byte| byte == b' ');
        any_text(value, &is_sentence).or_else(|| any_text(value, &|_| true))
    })
}

/// The text in one of the usual fields, or in the first item of a list that has one.
fn reason(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => readable(text),
        Value::Object(_) => REASONS.iter().find_map(|name| value.get(name).and_then(reason)),
        Value::Array(items) => items.iter().find_map(reason),
        _ => None,
    }
}

/// The first wanted text anywhere. An address is no reason, and may be signed.
fn any_text<'a>(value: &'a Value, is_wanted: &dyn Fn(&str) -> bool) -> Option<&'a str> {
    let is_address = |text: &str| text.as_bytes().windows(3).any(|part| part == b"://");
    match value {
        Value::String(text) => readable(text).filter(|text| is_wanted(text) && !is_address(text)),
        Value::Object(fields) => fields.iter().find_map(|(_, field)| any_text(field, is_wanted)),
        Value::Array(items) => items.iter().find_map(|item| any_text(item, is_wanted)),
        _ => None,
    }
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
