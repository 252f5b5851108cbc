//! From a value to every problem that a request made of it would have.
//!
//! An error is only what the documentation rules out; where it is silent or contradicts itself there is a
//! warning. Nothing here can fail, whatever the value.

use crate::catalog::{self, Mode};
use crate::pricing::Configuration;
use crate::rule::{self, Rule};
use crate::text;
use crate::url;
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
    /// The price; `None` when there is an error.
    pub credits: Option<u32>,
    /// What the price depends on; `None` when there is an error.
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
/// `{ width, height }` in pixels or `{ durationSeconds }`.
pub fn validate(request: &Value, media: &Value) -> Validation {
    let mut checker = Checker::new(media);
    let (mode, configuration) = checker.request(request);
    let valid = !checker.has_error;
    let configuration = configuration.filter(|_| valid);
    Validation {
        valid,
        mode,
        issues: checker.issues,
        credits: configuration.map(|configuration| configuration.estimate().total),
        configuration,
    }
}

/// Reads what [`validate`] takes, or `{ model, duration?, upscaleResolution?, videoReference? }`, as a
/// configuration that has a price. `index` begins the paths of the issues.
pub fn configuration(input: &Value, index: Option<usize>) -> Result<Configuration, Vec<Value>> {
    let mut checker = Checker::new(&Value::Null);
    checker.index = index;
    let configuration = if input.get("inputs").is_some() {
        checker.request(input).1
    } else {
        checker.configuration(input)
    };
    match configuration {
        Some(configuration) if !checker.has_error => Ok(configuration),
        _ => Err(checker.issues),
    }
}

const CONFIGURATION_FIELDS: [&str; 4] = ["model", "duration", "upscaleResolution", "videoReference"];
/// Fields of a request that are welcome in a configuration, because they do not change the price.
const FREE_FIELDS: [&str; 6] = [
    "prompt",
    "urls",
    "audioUrls",
    "resolution",
    "videoInputMode",
    "callBackUrl",
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
    fn new(media: &'a Value) -> Checker<'a> {
        Checker {
            index: None,
            in_inputs: false,
            file: None,
            issues: Vec::new(),
            has_error: false,
            media,
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
            match url::kind(url) {
                url::Kind::Http { host, .. } => self.reachable("callBackUrl", host),
                _ => {
                    self.add("callBackUrl", &rule::BAD_URL, "");
                    self.suggest(&absolute(url));
                }
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
        let upscale = self.upscale(input);
        let video_reference = match input.get("videoReference") {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(other) => {
                self.wrong_type("videoReference", "true or false", other);
                false
            }
        };
        for (name, value) in fields {
            let name = name.as_str();
            if value.is_undefined() || CONFIGURATION_FIELDS.contains(&name) || FREE_FIELDS.contains(&name) {
                continue;
            }
            // In a request an unknown field is a warning. Here it would be a price that is silently wrong.
            self.add(name, &rule::NOT_PRICED, name);
            self.suggest(match name {
                "videoUrls" => "videoReference",
                _ => nearest(name, &CONFIGURATION_FIELDS),
            });
        }
        Some(Configuration {
            model: model?,
            seconds,
            upscale,
            video_reference,
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
        let images = inputs
            .get("urls")
            .map_or(Some(0), |urls| urls.as_array().map(<[Value]>::len));
        let named = inputs
            .get("videoInputMode")
            .map(|mode| mode.as_str().unwrap_or_default());
        let mode = match (named, images) {
            (Some("reference"), _) => Some(Mode::Reference),
            (None | Some("keyframe"), Some(0)) => Some(Mode::Text),
            (None, Some(1)) => Some(Mode::Image),
            (None | Some("keyframe"), Some(_)) => Some(Mode::Keyframe),
            _ => None,
        };

        if mode == Some(Mode::Text)
            && inputs
                .get("prompt")
                .is_none_or(|prompt| prompt.as_str().is_some_and(is_blank))
        {
            self.add("prompt", &rule::PROMPT_REQUIRED, "");
        } else {
            self.string(inputs, "prompt");
        }

        let mut total = 0;
        let mut video_reference = false;
        for files in [Files::Images, Files::Videos, Files::Audios] {
            let count = self.files(inputs, files, mode);
            total += count;
            video_reference |= files == Files::Videos && count > 0;
        }
        let seconds = self.duration(inputs);
        self.resolution(inputs, mode);
        self.input_mode(inputs, images);
        let upscale = self.upscale(inputs);
        if mode == Some(Mode::Reference) {
            if total > catalog::MAX_FILES {
                self.add(None, &rule::TOO_MANY_FILES, &text::decimal(catalog::MAX_FILES as u64));
            }
            if total == 0 {
                self.add(None, &rule::NO_REFERENCES, "");
            }
        }
        let configuration = model.map(|model| Configuration {
            model,
            seconds,
            upscale,
            video_reference,
        });
        (mode, configuration)
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

    /// Checks a list of files, and counts them.
    fn files(&mut self, inputs: &Value, files: Files, mode: Option<Mode>) -> usize {
        let field = files.field();
        let list = match inputs.get(field) {
            None => return 0,
            Some(Value::Array(list)) => list,
            Some(other) => {
                self.wrong_type(field, "an array of URLs", other);
                return 0;
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
        list.len()
    }

    fn check_file(&mut self, file: &Value, files: Files, mode: Option<Mode>) {
        let Value::String(url) = file else {
            return self.wrong_type(None, "a string", file);
        };
        match url::kind(url) {
            url::Kind::Http { host, .. } => self.reachable(None, host),
            url::Kind::Asset if files == Files::Images => {}
            url::Kind::Asset => {
                self.add(None, &rule::ASSET_OF_CLIP, "");
            }
            url::Kind::Local => self.add(None, &rule::LOCAL_URL, ""),
            url::Kind::Other => {
                let rule = if files == Files::Images {
                    &rule::BAD_IMAGE_URL
                } else {
                    &rule::BAD_URL
                };
                self.add(None, rule, "");
                self.suggest(&absolute(url));
            }
        }
        self.probed(url, files, mode);
    }

    fn reachable<'f>(&mut self, field: impl Into<Option<&'f str>>, host: &str) {
        if url::is_unreachable(host) {
            self.add(field, &rule::UNREACHABLE_URL, host);
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
            if media
                .number("durationSeconds")
                .is_some_and(|seconds| seconds > limit.into())
            {
                self.add(None, &rule::MEDIA_TOO_LONG, &text::decimal(limit.into()));
            }
        }
    }

    /// The length in seconds; the default also where it is wrong.
    fn duration(&mut self, inputs: &Value) -> u32 {
        let suggestion = match inputs.get("duration") {
            None => return catalog::DEFAULT_SECONDS,
            Some(Value::String(duration)) => {
                if let Some(seconds) = catalog::seconds(duration) {
                    return seconds;
                }
                let digits = duration.bytes().take_while(u8::is_ascii_digit).count();
                text::whole(text::head(duration, digits))
            }
            Some(Value::Number(number)) => Some(*number as u32).filter(|whole| f64::from(*whole) == *number),
            Some(other) => {
                self.wrong_type("duration", "a string such as \"5s\"", other);
                return catalog::DEFAULT_SECONDS;
            }
        };
        self.add("duration", &rule::BAD_DURATION, "");
        let duration = suggestion.map(catalog::duration_id).unwrap_or_default();
        if catalog::seconds(&duration).is_some() {
            self.suggest(&duration);
        }
        catalog::DEFAULT_SECONDS
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

    /// The upscale; none also where it is wrong.
    fn upscale(&mut self, inputs: &Value) -> Option<&'static catalog::Upscale> {
        let field = "upscaleResolution";
        let id = self.string(inputs, field)?;
        let upscale = catalog::upscale(id);
        if upscale.is_none() {
            self.add(field, &rule::BAD_UPSCALE, "");
            if let Some(meant) = catalog::upscale(&id.trim_ascii().to_ascii_lowercase()) {
                self.suggest(meant.id);
            }
        }
        upscale
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
                self.add(name, &rule::UNKNOWN_FIELD, name);
                self.suggest(nearest(name, known));
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

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
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

/// The URL that was probably meant, or nothing: without the spaces around it, or with the `https://` that it lacks.
fn absolute(url: &str) -> String {
    let mut fixed = url.trim_ascii().to_owned();
    if text::split(&fixed, b':').is_none() && text::split(&fixed, b'.').is_some_and(|(host, _)| !host.is_empty()) {
        fixed.insert_str(0, "https://");
    }
    match url::kind(&fixed) {
        url::Kind::Http { .. } => fixed,
        _ => String::new(),
    }
}
