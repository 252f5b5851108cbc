//! Checks a value and reports every issue.
//!
//! Only what the documentation rules out is an error. Where it is silent or contradicts itself, there is a warning. A check
//! never fails, whatever the value.

use super::catalog::{self, Mode, Model, Upscale};
use super::guess;
use super::issue::{About, Issue, Meant, Place};
use super::node::{Kind, Node};
use super::pricing::Configuration;
use super::rule::{self, Rule};
use super::text;
use super::url::{self, Hostname};

/// What to check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Request,
    /// Anything with a price: a request or `{ model, duration?, upscaleResolution?, videoReference? }`.
    Price,
}

/// The result of a check, without its issues.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// How the video would be made, if known.
    pub mode: Option<Mode>,
    /// What the price depends on, if known.
    pub configuration: Option<Configuration>,
    /// Whether at least one issue is an error.
    pub has_error: bool,
}

/// Checks a value and reports each issue, in the order of the documented fields. Unknown fields come last.
///
/// `media` has facts about the files: `{ width, height }` in pixels or `{ durationSeconds, isEstimate? }`, by URL.
pub fn check<'a, N: Node<'a>>(
    value: N,
    media: Option<N>,
    scope: Scope,
    hostname: Hostname,
    report: impl FnMut(&Issue<'a>),
) -> Verdict {
    let mut checker = Checker {
        media,
        hostname,
        report,
        in_inputs: false,
        file: None,
        has_error: false,
    };
    let (mode, configuration) = if scope == Scope::Price && value.get("inputs").is_none() {
        (None, checker.configuration(value))
    } else {
        checker.request(value)
    };
    Verdict {
        mode,
        configuration,
        has_error: checker.has_error,
    }
}

const CONFIGURATION_FIELDS: [&str; 4] = ["model", "duration", "upscaleResolution", "videoReference"];
/// Fields of a request or of a row of the price table that a configuration may also have. They do not affect the price.
const UNPRICED_FIELDS: [&str; 8] = [
    "prompt",
    "urls",
    "audioUrls",
    "resolution",
    "videoInputMode",
    "callBackUrl",
    "total",
    "count",
];

/// How many bytes of a caller's value a message quotes.
const QUOTE_LIMIT: usize = 100;

pub(super) struct Checker<N, R> {
    pub(super) media: Option<N>,
    hostname: Hostname,
    report: R,
    /// Whether the current object is `inputs`.
    pub(super) in_inputs: bool,
    /// The current list of files, and the index in it.
    pub(super) file: Option<(&'static str, usize)>,
    has_error: bool,
}

impl<'a, N: Node<'a>, R: FnMut(&Issue<'a>)> Checker<N, R> {
    /// Reports an issue about a field of the current object. `None` is the object or file itself.
    #[inline(never)]
    pub(super) fn add_about(&mut self, field: Option<&'a str>, rule: Rule, about: About<'a>, meant: Meant<'a>) {
        self.has_error |= rule.is_error();
        (self.report)(&Issue {
            rule,
            place: Place {
                in_inputs: self.in_inputs,
                file: self.file,
                field,
            },
            about,
            meant,
        });
    }

    #[inline(never)]
    pub(super) fn add(&mut self, field: Option<&'a str>, rule: Rule, meant: &'a str) {
        self.add_about(field, rule, About::Nothing, meant.into());
    }

    #[inline(never)]
    pub(super) fn add_named(&mut self, field: Option<&'a str>, rule: Rule, name: &'a str, meant: &'a str) {
        self.add_about(field, rule, About::Text(text::head(name, QUOTE_LIMIT)), meant.into());
    }

    #[inline(never)]
    pub(super) fn wrong_type(&mut self, field: Option<&'a str>, rule: Rule, kind: Kind) {
        self.add_about(field, rule, About::Kind(kind), "".into());
    }

    /// The string in a field. Reports any other value.
    #[inline(never)]
    pub(super) fn string(&mut self, value: Option<N>, field: &'a str) -> Option<&'a str> {
        let value = value?;
        if value.as_str().is_none() {
            self.wrong_type(Some(field), rule::NOT_STRING, value.kind());
        }
        value.as_str()
    }

    fn request(&mut self, request: N) -> (Option<Mode>, Option<Configuration>) {
        if request.kind() != Kind::Object {
            self.wrong_type(None, rule::NOT_OBJECT, request.kind());
            return (None, None);
        }
        let [model, inputs, callback, ..] = self.fields(request, &catalog::REQUEST_FIELDS);
        let model = self.model(model);
        let result = match inputs {
            Some(inputs) if inputs.kind() == Kind::Object => {
                self.in_inputs = true;
                let result = self.inputs(inputs, model);
                self.in_inputs = false;
                result
            }
            Some(other) => {
                self.wrong_type(Some("inputs"), rule::NO_OBJECT, other.kind());
                (None, None)
            }
            None => {
                self.add(Some("inputs"), rule::INPUTS_MISSING, "");
                (None, None)
            }
        };
        if let Some(url) = self.string(callback, "callBackUrl") {
            match self.kind(url) {
                url::Kind::Http { host, .. } => self.reachable(Some("callBackUrl"), host),
                _ => self.bad_url(Some("callBackUrl"), rule::BAD_URL, url),
            }
        }
        self.unknown(
            request,
            &catalog::REQUEST_FIELDS,
            &catalog::INPUT_FIELDS,
            Scope::Request,
        );
        if let Some(inputs) = inputs {
            self.in_inputs = true;
            self.unknown(inputs, &catalog::INPUT_FIELDS, &catalog::REQUEST_FIELDS, Scope::Request);
        }
        result
    }

    fn configuration(&mut self, input: N) -> Option<Configuration> {
        if input.kind() != Kind::Object {
            self.wrong_type(None, rule::NOT_OBJECT, input.kind());
            return None;
        }
        let [model, duration, upscale, reference, ..] = self.fields(input, &CONFIGURATION_FIELDS);
        let model = self.model(model);
        let seconds = self.duration(duration);
        // Rows of the price table have null for no upscale.
        let upscale = self.upscale(upscale.filter(|upscale| upscale.kind() != Kind::Null));
        let video_reference = reference.map_or(Some(false), N::as_bool);
        if let (None, Some(other)) = (video_reference, reference) {
            self.wrong_type(Some("videoReference"), rule::NOT_FLAG, other.kind());
        }
        self.unknown(input, &CONFIGURATION_FIELDS, &UNPRICED_FIELDS, Scope::Price);
        if self.has_error {
            return None;
        }
        Some(Configuration {
            model: model?,
            seconds: seconds?,
            upscale: upscale?,
            video_reference: video_reference?,
        })
    }

    fn model(&mut self, model: Option<N>) -> Option<&'static Model> {
        if model.is_none() {
            self.add(Some("model"), rule::MODEL_MISSING, "");
        }
        let id = self.string(model, "model")?;
        let model = catalog::model(id);
        if model.is_none() {
            let meant = guess::nearest(id.as_bytes(), &catalog::MODEL_IDS);
            self.add(Some("model"), rule::UNKNOWN_MODEL, meant);
        }
        model
    }

    /// The duration in seconds, if valid or left out.
    #[inline(never)]
    pub(super) fn duration(&mut self, duration: Option<N>) -> Option<u32> {
        let Some(given) = duration else {
            return Some(catalog::DEFAULT_SECONDS);
        };
        let mut meant = 0;
        if let Some(id) = given.as_str() {
            let seconds = catalog::seconds(id);
            if seconds.is_some() {
                return seconds;
            }
            let (digits, _) = text::span(id, |byte| byte.is_ascii_digit());
            meant = text::whole(digits).unwrap_or_default();
        } else if let Some(number) = given.as_number() {
            if f64::from(number as u32) == number {
                meant = number as u32;
            }
        } else {
            self.wrong_type(Some("duration"), rule::NOT_SECONDS, given.kind());
            return None;
        }
        self.add(Some("duration"), rule::BAD_DURATION, catalog::duration_id(meant));
        None
    }

    /// `Some(None)` if left out, `None` if invalid.
    #[inline(never)]
    pub(super) fn upscale(&mut self, upscale: Option<N>) -> Option<Option<&'static Upscale>> {
        if upscale.is_none() {
            return Some(None);
        }
        let id = self.string(upscale, "upscaleResolution")?;
        let upscale = catalog::upscale(id);
        if upscale.is_none() {
            let id = text::trim(id);
            let meant = catalog::UPSCALE_IDS.iter().find(|known| known.eq_ignore_ascii_case(id));
            self.add(Some("upscaleResolution"), rule::BAD_UPSCALE, meant.unwrap_or(&""));
        }
        upscale.map(Some)
    }

    /// The kind of a URL. One with invisible characters around it is invalid, unless it is [`url::Kind::Local`].
    pub(super) fn kind(&self, url: &'a str) -> url::Kind<'a> {
        let trimmed = text::trim(url);
        match url::kind_with(trimmed, self.hostname) {
            url::Kind::Http { .. } | url::Kind::Asset if trimmed.len() < url.len() => url::Kind::Other,
            kind => kind,
        }
    }

    /// Reports an invalid URL. Suggests it without the invisible characters around it, or with a corrected scheme.
    #[inline(never)]
    pub(super) fn bad_url(&mut self, field: Option<&'a str>, rule: Rule, url: &'a str) {
        let trimmed = text::trim(url);
        let is_right = match url::kind_with(trimmed, self.hostname) {
            url::Kind::Http { .. } => true,
            url::Kind::Asset => rule == rule::BAD_IMAGE_URL,
            _ => false,
        };
        let meant = if is_right {
            trimmed.into()
        } else {
            guess::mend(trimmed, self.hostname)
        };
        self.add_about(field, rule, About::Nothing, meant);
    }

    pub(super) fn reachable(&mut self, field: Option<&'a str>, host: url::Host<'a>) {
        if url::is_unreachable(host) {
            self.add_named(field, rule::UNREACHABLE_URL, host.text, "");
        }
    }
}
