//! From a value to every problem that a request made of it would have.
//!
//! An error is only what the documentation rules out; where it is silent or contradicts itself there is a
//! warning. Nothing here can fail, whatever the value.

use crate::catalog::{self, Mode};
use crate::pricing::Configuration;
use crate::rule::{self, Rule};
use crate::text;
use crate::url::{self, Hostname};
use crate::value::{Foreign, Value};

/// What the validator has to say of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    /// Whether no issue is an error.
    pub valid: bool,
    /// How the video would be made; `None` where that cannot be told.
    pub mode: Option<Mode>,
    /// All problems, in the order of the documentation's fields, unknown fields last.
    /// Each is `{ path, code, severity, message, suggestion? }`.
    pub issues: Vec<Value>,
    /// The price, wherever there is one, also of a request with errors.
    pub credits: Option<u32>,
    /// What the price depends on.
    pub configuration: Option<Configuration>,
}

impl Validation {
    /// The verdict as callers see it.
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

/// Checks a request. `media` is what the caller knows of the files: an object from a URL to
/// `{ width, height }` in pixels or `{ durationSeconds, isEstimate? }`.
pub fn validate(request: &Value, media: &Value) -> Validation {
    validate_with(request, media, url::believe)
}

/// The same with the platform's URL parser for the hosts that [`url`] cannot read.
pub fn validate_with(request: &Value, media: &Value, hostname: Hostname) -> Validation {
    let mut checker = Checker::new(media, hostname);
    let (mode, configuration) = checker.request(request);
    Validation {
        valid: !checker.has_error,
        mode,
        issues: checker.issues,
        credits: configuration.map(|configuration| configuration.estimate().total),
        configuration,
    }
}

/// Reads what [`validate`] takes, or `{ model, duration?, upscaleResolution?, videoReference? }`, as a
/// configuration that has a price. `index` begins the paths of the issues.
pub fn configuration(input: &Value, index: Option<usize>) -> Result<Configuration, Vec<Value>> {
    let mut checker = Checker::new(&Value::Null, url::believe);
    checker.index = index;
    let configuration = if input.get("inputs").is_some() {
        checker.request(input).1
    } else {
        checker.configuration(input)
    };
    configuration.ok_or(checker.issues)
}

const CONFIGURATION_FIELDS: [&str; 4] = ["model", "duration", "upscaleResolution", "videoReference"];
/// Fields of a request that are welcome in a configuration, because they do not change the price.
const FREE_FIELDS: [&str; 8] = [
    "prompt",
    "urls",
    "audioUrls",
    "resolution",
    "videoInputMode",
    "callBackUrl",
    // Of a row of the price table.
    "total",
    "count",
];

/// As much of a caller's own words as a message quotes, in bytes.
const QUOTE_LIMIT: usize = 100;

struct Checker<'a> {
    /// The position in a list of requests.
    index: Option<usize>,
    /// Whether the object that is being checked is `inputs`.
    in_inputs: bool,
    /// The list of files that is being checked, and the position in it.
    file: Option<(&'static str, usize)>,
    issues: Vec<Value>,
    has_error: bool,
    media: &'a Value,
    hostname: Hostname,
}

/// The lists of files that a request can have.
#[derive(Clone, Copy, PartialEq)]
enum Files {
    Images,
    Videos,
    Audios,
}

impl Files {
    fn field(self) -> &'static str {
        match self {
            Files::Images => "urls",
            Files::Videos => "videoUrls",
            Files::Audios => "audioUrls",
        }
    }

    fn limit(self) -> (usize, &'static Rule) {
        match self {
            Files::Images => (catalog::MAX_IMAGES, &rule::TOO_MANY_IMAGES),
            Files::Videos => (catalog::MAX_VIDEOS, &rule::TOO_MANY_VIDEOS),
            Files::Audios => (catalog::MAX_AUDIOS, &rule::TOO_MANY_AUDIOS),
        }
    }
}

impl<'a> Checker<'a> {
    fn new(media: &'a Value, hostname: Hostname) -> Checker<'a> {
        Checker {
            index: None,
            in_inputs: false,
            file: None,
            issues: Vec::new(),
            has_error: false,
            media,
            hostname,
        }
    }

    /// Adds an issue at a field of the object that is being checked, or with `None` at what is being checked itself.
    fn add<'f>(&mut self, field: impl Into<Option<&'f str>>, rule: &Rule, argument: &str) {
        self.add_at(field.into(), rule, argument);
    }

    fn add_at(&mut self, field: Option<&str>, rule: &Rule, argument: &str) {
        let mut path = Vec::new();
        path.extend(self.index.map(position));
        if self.in_inputs {
            path.push("inputs".into());
        }
        if let Some((list, index)) = self.file {
            path.push(list.into());
            path.push(position(index));
        }
        path.extend(field.map(Value::from));
        self.has_error |= rule.is_error;
        let mut issue = Value::object();
        issue.put("path", Value::Array(path));
        issue.put_text("code", rule.code);
        issue.put_text("severity", if rule.is_error { "error" } else { "warning" });
        issue.put_text("message", &text::fill(rule.message, text::head(argument, QUOTE_LIMIT)));
        self.issues.push(issue);
    }

    /// Adds a suggestion to the issue that was added last.
    fn suggest(&mut self, suggestion: &str) {
        if let Some(issue) = self.issues.last_mut()
            && !suggestion.is_empty()
        {
            issue.put_text("suggestion", suggestion);
        }
    }

    fn wrong_type<'f>(&mut self, field: impl Into<Option<&'f str>>, wanted: &str, value: &Value) {
        self.add(
            field,
            &rule::WRONG_TYPE,
            &text::concat(&[wanted, ", not ", value.kind()]),
        );
    }

    /// The text in a field; any other value there is an issue.
    fn string<'v>(&mut self, object: &'v Value, field: &str) -> Option<&'v str> {
        let value = object.get(field)?;
        if value.as_str().is_none() {
            self.wrong_type(field, "a string", value);
        }
        value.as_str()
    }

    fn request(&mut self, request: &Value) -> (Option<Mode>, Option<Configuration>) {
        let Some(fields) = request.as_object() else {
            self.add(None, &rule::NOT_OBJECT, request.kind());
            return (None, None);
        };
        let model = self.model(request);
        let mut mode = None;
        let mut configuration = None;
        let mut unknown = Vec::new();
        match request.get("inputs") {
            Some(inputs @ Value::Object(input_fields)) => {
                self.in_inputs = true;
                (mode, configuration) = self.inputs(inputs, model);
                let known = self.issues.len();
                self.unknown(input_fields, &catalog::INPUT_FIELDS, &catalog::REQUEST_FIELDS);
                unknown = self.issues.split_off(known);
                self.in_inputs = false;
            }
            Some(other) => self.wrong_type("inputs", "an object", other),
            None => self.add("inputs", &rule::INPUTS_MISSING, ""),
        }
        if let Some(url) = self.string(request, "callBackUrl") {
            match self.kind(url) {
                url::Kind::Http { host, .. } => self.reachable("callBackUrl", host),
                _ => self.bad_url(Some("callBackUrl"), &rule::BAD_URL, url),
            }
        }
        self.unknown(fields, &catalog::REQUEST_FIELDS, &catalog::INPUT_FIELDS);
        self.issues.append(&mut unknown);
        (mode, configuration)
    }

    fn configuration(&mut self, input: &Value) -> Option<Configuration> {
        let Some(fields) = input.as_object() else {
            self.add(None, &rule::NOT_OBJECT, input.kind());
            return None;
        };
        let model = self.model(input);
        let seconds = self.duration(input);
        // As in a row of the price table.
        let upscale = match input.get("upscaleResolution") {
            Some(Value::Null) => Some(None),
            _ => self.upscale(input),
        };
        let video_reference = match input.get("videoReference") {
            None => Some(false),
            Some(Value::Bool(flag)) => Some(*flag),
            Some(other) => {
                self.wrong_type("videoReference", "true or false", other);
                None
            }
        };

        for (name, value) in fields {
            let name = name.as_str();
            if value.is_undefined() || CONFIGURATION_FIELDS.contains(&name) || FREE_FIELDS.contains(&name) {
                continue;
            }
            // In a request an unknown field may be a warning. Here it would be a price that is silently wrong.
            self.add(name, &rule::NOT_PRICED, name);
            self.suggest(match name {
                "videoUrls" => "videoReference",
                _ => nearest(name, &CONFIGURATION_FIELDS),
            });
        }
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

    fn model(&mut self, request: &Value) -> Option<&'static catalog::Model> {
        if request.get("model").is_none() {
            self.add("model", &rule::MODEL_MISSING, "");
        }
        let id = self.string(request, "model")?;
        let model = catalog::model(id);
        if model.is_none() {
            self.add("model", &rule::UNKNOWN_MODEL, "");
            self.suggest(nearest(id, &catalog::MODELS.each_ref().map(|model| model.id)));
        }
        model
    }

    /// Checks `inputs`, and gives the mode and what the price depends on.
    fn inputs(
        &mut self,
        inputs: &Value,
        model: Option<&'static catalog::Model>,
    ) -> (Option<Mode>, Option<Configuration>) {
        // `None` if it is no list.
        let frames = inputs
            .get("urls")
            .map_or(Some(0), |urls| urls.as_array().map(<[Value]>::len));
        let named = inputs
            .get("videoInputMode")
            .map(|mode| mode.as_str().unwrap_or_default());
        let mode = match (named, frames) {
            (Some("reference"), _) => Some(Mode::Reference),
            (None | Some("keyframe"), Some(0)) => Some(Mode::Text),
            (None, Some(1)) => Some(Mode::Image),
            (None | Some("keyframe"), Some(_)) => Some(Mode::Keyframe),
            _ => None,
        };

        if mode == Some(Mode::Text)
            && inputs
                .get("prompt")
                .is_none_or(|prompt| prompt.as_str().is_some_and(|text| text.chars().all(text::is_invisible)))
        {
            self.add("prompt", &rule::PROMPT_REQUIRED, "");
        } else {
            self.string(inputs, "prompt");
        }

        let images = self.files(inputs, Files::Images, mode);
        let videos = self.files(inputs, Files::Videos, mode);
        let audios = self.files(inputs, Files::Audios, mode);
        let total: usize = [images, videos, audios].into_iter().flatten().sum();
        let seconds = self.duration(inputs);
        self.resolution(inputs, mode);
        self.input_mode(inputs, frames);
        let upscale = self.upscale(inputs);
        if mode == Some(Mode::Reference) {
            if total > catalog::MAX_FILES {
                self.add(None, &rule::TOO_MANY_FILES, &text::decimal(catalog::MAX_FILES as u64));
            }
            if total == 0 {
                self.add(None, &rule::NO_REFERENCES, "");
            }
        }
        let configuration = || {
            Some(Configuration {
                model: model?,
                seconds: seconds?,
                upscale: upscale?,
                video_reference: videos? > 0,
            })
        };
        (mode, configuration())
    }

    fn input_mode(&mut self, inputs: &Value, images: Option<usize>) {
        let field = "videoInputMode";
        let named = self.string(inputs, field);
        let rule = match (named, images) {
            (None, Some(catalog::KEYFRAME_IMAGES)) if inputs.get(field).is_none() => &rule::MODE_IMPLIED,
            (Some("keyframe"), Some(0)) => &rule::KEYFRAME_WITHOUT_IMAGES,
            (Some("keyframe"), Some(1)) => &rule::KEYFRAME_WITH_ONE_IMAGE,
            (None | Some("keyframe" | "reference"), _) => return,
            _ => &rule::BAD_MODE,
        };
        self.add(field, rule, "");
        self.suggest(match named {
            Some(id) if core::ptr::eq(rule, &rule::BAD_MODE) => nearest(id, &["keyframe", "reference"]),
            Some(_) => "",
            None => "keyframe",
        });
    }

    /// Checks a list of files, and counts them; `None` if it is no list.
    fn files(&mut self, inputs: &Value, files: Files, mode: Option<Mode>) -> Option<usize> {
        let field = files.field();
        let list = match inputs.get(field) {
            None => return Some(0),
            Some(Value::Array(list)) => list,
            Some(other) => {
                self.wrong_type(field, "an array of URLs", other);
                return None;
            }
        };
        let (limit, rule) = match mode {
            Some(Mode::Reference) => files.limit(),
            Some(_) if files == Files::Images => (catalog::KEYFRAME_IMAGES, &rule::TOO_MANY_FRAMES),
            _ => (usize::MAX, &rule::TOO_MANY_FILES),
        };
        if list.len() > limit {
            self.add(field, rule, &text::decimal(limit as u64));
        }
        if files != Files::Images && !list.is_empty() && mode.is_some_and(|mode| mode != Mode::Reference) {
            self.add(field, &rule::REFERENCE_ONLY, field);
        }
        // Beyond what any mode takes, one issue says enough.
        for (index, file) in list.iter().take(catalog::MAX_FILES).enumerate() {
            self.file = Some((field, index));
            self.check_file(file, files, mode);
        }
        self.file = None;
        Some(list.len())
    }

    fn check_file(&mut self, file: &Value, files: Files, mode: Option<Mode>) {
        let url = match file {
            Value::String(url) => url,
            Value::Foreign(Foreign::LocalUrl) => return self.add(None, &rule::LOCAL_URL, ""),
            _ => return self.wrong_type(None, "a string", file),
        };
        let is_image = files == Files::Images;
        match self.kind(url) {
            url::Kind::Http { host, .. } => self.reachable(None, host),
            url::Kind::Asset if is_image => {}
            url::Kind::Asset => self.add(None, &rule::ASSET_OF_CLIP, ""),
            url::Kind::Local => self.add(None, &rule::LOCAL_URL, ""),
            url::Kind::Other if is_image => self.bad_url(None, &rule::BAD_IMAGE_URL, url),
            url::Kind::Other => self.bad_url(None, &rule::BAD_URL, url),
        }
        self.probed(url, files, mode);
    }

    /// The kind of a URL. With something invisible around it, it is none but a [`url::Kind::Local`] one.
    fn kind<'u>(&self, url: &'u str) -> url::Kind<'u> {
        let trimmed = text::trim(url);
        match url::kind_with(trimmed, self.hostname) {
            url::Kind::Http { .. } | url::Kind::Asset if trimmed.len() < url.len() => url::Kind::Other,
            kind => kind,
        }
    }

    /// Adds the issue of a URL that is none, with what was probably meant: the URL without what is invisible around
    /// it, or with its scheme mended.
    fn bad_url(&mut self, field: Option<&str>, rule: &Rule, url: &str) {
        self.add(field, rule, "");
        let trimmed = text::trim(url);
        let mended = if trimmed.len() < url.len() && self.kind(trimmed) != url::Kind::Other {
            trimmed.to_owned()
        } else {
            mend(trimmed)
        };
        match self.kind(&mended) {
            url::Kind::Http { .. } => self.suggest(&mended),
            url::Kind::Asset if core::ptr::eq(rule, &rule::BAD_IMAGE_URL) => self.suggest(&mended),
            _ => {}
        }
    }

    fn reachable<'f>(&mut self, field: impl Into<Option<&'f str>>, host: url::Host) {
        if url::is_unreachable(host) {
            self.add(field, &rule::UNREACHABLE_URL, host.text);
        }
    }

    /// Checks what the caller knows of a file.
    fn probed(&mut self, url: &str, files: Files, mode: Option<Mode>) {
        let Some(media) = self.media.get(url) else {
            return;
        };
        if files == Files::Images {
            let limit = catalog::MIN_IMAGE_SIDE;
            let is_small = |side| media.number(side).is_some_and(|pixels| pixels < limit.into());
            if is_small("width") || is_small("height") {
                let rule = match mode {
                    Some(Mode::Reference) => &rule::MEDIA_TOO_SMALL,
                    _ => &rule::FRAME_TOO_SMALL,
                };
                self.add(None, rule, &text::decimal(limit.into()));
            }
        } else {
            let limit = catalog::MAX_CLIP_SECONDS;
            let seconds = media.number("durationSeconds").unwrap_or_default();
            let is_sure = seconds > catalog::CERTAINLY_TOO_LONG_SECONDS
                && !matches!(media.get("isEstimate"), Some(Value::Bool(true)));
            if seconds > limit.into() {
                let rule = if is_sure {
                    &rule::MEDIA_TOO_LONG
                } else {
                    &rule::MEDIA_MAYBE_TOO_LONG
                };
                self.add(None, rule, &text::decimal(limit.into()));
            }
        }
    }

    /// The length in seconds, if it is right or left out.
    fn duration(&mut self, inputs: &Value) -> Option<u32> {
        let suggestion = match inputs.get("duration") {
            None => return Some(catalog::DEFAULT_SECONDS),
            Some(Value::String(duration)) => {
                if let Some(seconds) = catalog::seconds(duration) {
                    return Some(seconds);
                }
                let digits = duration.bytes().take_while(u8::is_ascii_digit).count();
                text::whole(text::head(duration, digits))
            }
            Some(Value::Number(number)) => Some(*number as u32).filter(|whole| f64::from(*whole) == *number),
            Some(other) => {
                self.wrong_type("duration", "a string such as \"5s\"", other);
                return None;
            }
        };
        self.add("duration", &rule::BAD_DURATION, "");
        let duration = suggestion.map(catalog::duration_id).unwrap_or_default();
        if catalog::seconds(&duration).is_some() {
            self.suggest(&duration);
        }
        None
    }

    fn resolution(&mut self, inputs: &Value, mode: Option<Mode>) {
        let field = "resolution";
        let Some(id) = self.string(inputs, field) else {
            if mode == Some(Mode::Reference) && inputs.get(field).is_none() {
                self.add(field, &rule::RESOLUTION_REQUIRED, &resolutions());
            }
            return;
        };
        if catalog::RESOLUTIONS.iter().all(|resolution| resolution.id != id) {
            self.add(field, &rule::BAD_RESOLUTION, &resolutions());
            self.suggest(same_aspect(id));
        } else if matches!(mode, Some(Mode::Image | Mode::Keyframe)) {
            self.add(field, &rule::RESOLUTION_OF_IMAGES, "");
        }
    }

    /// The upscale, if it is right, or that there is none.
    fn upscale(&mut self, inputs: &Value) -> Option<Option<&'static catalog::Upscale>> {
        let field = "upscaleResolution";
        if inputs.get(field).is_none() {
            return Some(None);
        }
        let id = self.string(inputs, field)?;
        let upscale = catalog::upscale(id);
        if upscale.is_none() {
            self.add(field, &rule::BAD_UPSCALE, "");
            if let Some(meant) = catalog::upscale(&text::trim(id).to_ascii_lowercase()) {
                self.suggest(meant.id);
            }
        }
        upscale.map(Some)
    }

    fn unknown(&mut self, fields: &[(String, Value)], known: &[&'static str], elsewhere: &[&'static str]) {
        for (name, value) in fields {
            let name = name.as_str();
            if known.contains(&name) || value.is_undefined() {
                continue;
            }
            if let Some(foreign) = foreign(value) {
                // It could not be sent at all.
                self.wrong_type(name, "a JSON value", foreign);
            } else if elsewhere.contains(&name) {
                self.add(name, &rule::MISPLACED_FIELD, name);
            } else {
                let meant = meant(name, value, known);
                let rule = if meant.is_empty() {
                    &rule::UNKNOWN_FIELD
                } else {
                    &rule::MISSPELT_FIELD
                };
                self.add(name, rule, name);
                self.suggest(meant);
            }
        }
    }
}

/// A step of a path into a list.
fn position(index: usize) -> Value {
    Value::Number(index as f64)
}

/// What JSON cannot carry, if there is any in a value.
pub(crate) fn foreign(value: &Value) -> Option<&Value> {
    match value {
        Value::Foreign(Foreign::Undefined) => None,
        Value::Foreign(_) => Some(value),
        Value::Number(number) => Some(value).filter(|_| !number.is_finite()),
        Value::Array(items) => items.iter().find_map(foreign),
        Value::Object(fields) => fields.iter().find_map(|(_, value)| foreign(value)),
        _ => None,
    }
}

/// The name that was probably meant, or nothing.
fn nearest(name: &str, names: &[&'static str]) -> &'static str {
    for known in names {
        if text::is_similar(name, known) || (name.len() >= 5 && known.starts_with(name)) {
            return known;
        }
    }
    ""
}

/// The resolution of the same aspect ratio, for `1920x1080` or `16:9`, or nothing.
fn same_aspect(id: &str) -> &'static str {
    let mut sides = [0u32; 2];
    let mut side = 0;
    for byte in id.bytes() {
        match (byte, sides.get_mut(side)) {
            (b'0'..=b'9', Some(pixels)) if *pixels < 10_000 => *pixels = *pixels * 10 + u32::from(byte - b'0'),
            (b'0'..=b'9', _) => return "",
            _ => side = usize::from(sides != [0, 0]),
        }
    }
    let [width, height] = sides;
    for known in &catalog::RESOLUTIONS {
        let a = width * known.height;
        let b = height * known.width;
        // 21:9 and 1280x540 are called the same, and differ by 1.6 %.
        if b > 0 && a.abs_diff(b) <= b / 50 {
            return known.id;
        }
    }
    ""
}

fn resolutions() -> String {
    let mut list = String::new();
    for resolution in &catalog::RESOLUTIONS {
        if !list.is_empty() {
            list.push_str(", ");
        }
        list.push_str(resolution.id);
    }
    list
}

/// The field that was probably meant, or nothing. A field that the service may add later must not look like one.
fn meant(name: &str, value: &Value, known: &[&'static str]) -> &'static str {
    let mut plain = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() {
            plain.push(byte.to_ascii_lowercase().into());
        }
    }
    let meant = catalog::meant_by(&plain);
    let fits = match value {
        Value::String(_) | Value::Array(_) => !meant.is_empty(),
        Value::Number(_) => meant == "duration",
        _ => false,
    };
    if fits { meant } else { nearest(&plain, known) }
}

/// A URL whose scheme is missing or misspelt, with the scheme that was probably meant; or nothing. Without a path, it
/// could as well be the name of a file.
fn mend(url: &str) -> String {
    let (word, rest) = text::span(url, |byte| byte.is_ascii_alphabetic());
    let (marks, after) = text::span(rest, |byte| matches!(byte, b':' | b';' | b',' | b'/' | b'\\' | b' '));
    // There are other schemes that look alike, such as ftp.
    let starts_right = matches!(word.as_bytes(), [b'h' | b'H' | b't' | b'T', ..]);
    let is_similar = text::is_similar(word, "https") || text::is_similar(word, "http");
    let is_scheme = starts_right && is_similar && !marks.is_empty();
    let is_http = is_scheme && !matches!(word.as_bytes(), [.., b's' | b'S']);
    let tail = if is_scheme { after } else { url };
    let (host, path) = text::span(tail, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | 0x80..)
    });
    let label = url::last_label(host);
    match path.as_bytes() {
        [b'/', ..] | [b':', b'0'..=b'9', ..] if host.len() > label.len() + 1 && label.len() > 1 => {
            text::concat(&[if is_http { "http://" } else { "https://" }, tail])
        }
        _ => String::new(),
    }
}
