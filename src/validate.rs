//! Applies the rules to a [`Value`], and writes issues as callers see them.

use crate::catalog::Mode;
use crate::pricing::Configuration;
use crate::rules::issue::{About, Issue};
use crate::rules::node::{Kind, Node};
use crate::rules::{self, Scope};
use crate::text;
use crate::url::{self, Hostname};
use crate::value::{Foreign, Value};

/// The result of validating a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    /// Whether no issue is an error.
    pub valid: bool,
    /// How the video would be made, if known.
    pub mode: Option<Mode>,
    /// Each is `{ path, code, severity, message, suggestion? }`. Sorted in the order of the documented fields, unknown fields
    /// last.
    pub issues: Vec<Value>,
    /// The price, if known. A request with errors may have one.
    pub credits: Option<u32>,
    /// What the price depends on.
    pub configuration: Option<Configuration>,
}

impl Validation {
    /// The result as an object for callers.
    pub fn into_value(self) -> Value {
        let mut value = Value::object();
        value.put("valid", Value::Bool(self.valid));
        value.put("mode", self.mode.map_or(Value::Null, |mode| mode.name().into()));
        value.put("issues", Value::Array(self.issues));
        value.put(
            "credits",
            self.credits
                .map_or(Value::Null, |credits| Value::Number(credits.into())),
        );
        value
    }
}

/// Validates a request. `media` has facts about the files: `{ width, height }` in pixels or `{ durationSeconds, isEstimate? }`,
/// by URL.
pub fn validate(request: &Value, media: &Value) -> Validation {
    validate_with(request, media, url::alone)
}

/// Like [`validate`], with the platform's URL parser for hosts that [`url`] cannot read.
pub fn validate_with(request: &Value, media: &Value, hostname: Hostname) -> Validation {
    check(request, media, Scope::Request, hostname, None)
}

/// Reads a request, or `{ model, duration?, upscaleResolution?, videoReference? }`, as a configuration with a price. The paths of
/// issues begin with `index`.
pub fn configuration(input: &Value, index: Option<usize>) -> Result<Configuration, Vec<Value>> {
    configuration_with(input, index, url::alone)
}

/// Like [`configuration`], with the platform's URL parser.
pub fn configuration_with(
    input: &Value,
    index: Option<usize>,
    hostname: Hostname,
) -> Result<Configuration, Vec<Value>> {
    let found = check(input, &Value::Null, Scope::Price, hostname, index);
    found.configuration.ok_or(found.issues)
}

fn check(input: &Value, media: &Value, scope: Scope, hostname: Hostname, index: Option<usize>) -> Validation {
    let mut issues = Vec::new();
    let verdict = rules::check(input, Some(media), scope, hostname, |issue| {
        issues.push(issue_value(issue, index));
    });
    Validation {
        valid: !verdict.has_error,
        mode: verdict.mode,
        issues,
        credits: verdict
            .configuration
            .map(|configuration| configuration.estimate().total),
        configuration: verdict.configuration,
    }
}

fn issue_value(issue: &Issue, index: Option<usize>) -> Value {
    let position = |index| Value::Number(index as f64);
    let mut path = Vec::new();
    path.extend(index.map(position));
    if issue.place.in_inputs {
        path.push("inputs".into());
    }
    if let Some((list, index)) = issue.place.file {
        path.push(list.into());
        path.push(position(index));
    }
    path.extend(issue.place.field.map(Value::from));
    let words = issue.rule.words();
    let about = match issue.about {
        About::Nothing => "",
        About::Kind(kind) => kind.name(),
        About::Text(text) => text,
    };
    let mut value = Value::object();
    value.put("path", Value::Array(path));
    value.put_text("code", words.code);
    value.put_text("severity", if issue.rule.is_error() { "error" } else { "warning" });
    value.put_text("message", &text::fill(words.message, about));
    if !issue.meant.text.is_empty() {
        value.put_text(
            "suggestion",
            &text::concat(&[issue.meant.scheme.text(), issue.meant.text]),
        );
    }
    value
}

impl<'a> Node<'a> for &'a Value {
    fn kind(self) -> Kind {
        match self {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Bool,
            Value::Number(number) if !number.is_finite() => Kind::NotFinite,
            Value::Number(_) => Kind::Number,
            Value::String(_) => Kind::Text,
            Value::Array(_) => Kind::List,
            Value::Object(_) => Kind::Object,
            Value::Foreign(Foreign::Undefined) => Kind::Undefined,
            Value::Foreign(Foreign::Function) => Kind::Function,
            Value::Foreign(Foreign::Symbol) => Kind::Symbol,
            Value::Foreign(Foreign::BigInt) => Kind::BigInt,
            Value::Foreign(Foreign::Unreadable) => Kind::Unreadable,
            Value::Foreign(Foreign::TooLarge) => Kind::TooLarge,
            Value::Foreign(Foreign::LongText) => Kind::LongText,
            Value::Foreign(Foreign::LocalUrl) => Kind::LocalUrl,
        }
    }

    fn as_str(self) -> Option<&'a str> {
        Value::as_str(self)
    }

    fn as_number(self) -> Option<f64> {
        Value::as_number(self)
    }

    fn as_bool(self) -> Option<bool> {
        match self {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    fn length(self) -> usize {
        match self {
            Value::Array(items) => items.len(),
            Value::Object(fields) => fields.len(),
            _ => 0,
        }
    }

    fn item(self, index: usize) -> Option<Self> {
        self.as_array()?.get(index)
    }

    fn field(self, index: usize) -> Option<(&'a str, Self)> {
        self.as_object()?.get(index).map(|(name, value)| (name.as_str(), value))
    }
}
