//! Reads the body of createTask. Refuses what the documentation rules out, and accepts what it leaves open.

use serde_json::{Map, Value};

use crate::price::{Model, Upscale, price};

/// The documented values of `resolution`, each with its width and height.
pub const RESOLUTIONS: [(&str, (u32, u32)); 6] = [
    ("720x720", (720, 720)),
    ("720x960", (720, 960)),
    ("960x720", (960, 720)),
    ("1280x720", (1280, 720)),
    ("720x1280", (720, 1280)),
    ("1280x540", (1280, 540)),
];

/// The resolution of a request without one. The documentation does not give it.
const DEFAULT_RESOLUTION: &str = "1280x720";

/// A valid request for a video.
#[derive(Clone, Debug)]
pub struct Order {
    pub model: Model,
    pub seconds: u64,
    pub upscale: Option<Upscale>,
    /// A name in [`RESOLUTIONS`].
    pub resolution: &'static str,
    /// A video reference doubles the base price.
    pub video_reference: bool,
    pub prompt: String,
    /// The `callBackUrl`.
    pub callback: Option<String>,
}

impl Order {
    /// Reads a request body. The error is a sentence that names the field.
    pub fn read(body: &[u8]) -> Result<Self, String> {
        let body: Value =
            serde_json::from_slice(body).map_err(|error| format!("The request body is not valid JSON: {error}."))?;
        let body = body.as_object().ok_or("The request body must be a JSON object.")?;
        let model = match body.get("model") {
            None => return Err("model is required.".to_owned()),
            Some(model) => model
                .as_str()
                .and_then(Model::of)
                .ok_or("model must be \"sd2\" or \"sd2-fast\".")?,
        };
        let callback = text(body, "", "callBackUrl")?;
        if callback.is_some_and(|url| !is_http(url)) {
            return Err("callBackUrl must be an absolute http or https URL.".to_owned());
        }
        let inputs = match body.get("inputs") {
            None => return Err("inputs is required.".to_owned()),
            Some(inputs) => inputs.as_object().ok_or("inputs must be an object.")?,
        };
        Self::from_inputs(model, callback.map(str::to_owned), inputs)
    }

    fn from_inputs(model: Model, callback: Option<String>, inputs: &Map<String, Value>) -> Result<Self, String> {
        let prompt = text(inputs, "inputs.", "prompt")?.unwrap_or_default();
        let images = urls(inputs, "urls", true)?;
        let videos = urls(inputs, "videoUrls", false)?;
        let audios = urls(inputs, "audioUrls", false)?;
        let seconds = seconds(inputs)?;
        let resolution = resolution(inputs)?;
        let reference = match text(inputs, "inputs.", "videoInputMode")? {
            None | Some("keyframe") => false,
            Some("reference") => true,
            Some(_) => {
                return Err("inputs.videoInputMode must be \"keyframe\" or \"reference\".".to_owned());
            }
        };
        let upscale = match text(inputs, "inputs.", "upscaleResolution")? {
            None => None,
            Some(name) => Some(Upscale::of(name).ok_or("inputs.upscaleResolution must be \"2k\" or \"4k\".")?),
        };
        if reference {
            check_reference(images, videos, audios)?;
            if resolution.is_none() {
                return Err("inputs.resolution is required in reference mode.".to_owned());
            }
        } else {
            check_frames(images, videos, audios, prompt)?;
        }
        Ok(Self {
            model,
            seconds,
            upscale,
            resolution: resolution.unwrap_or(DEFAULT_RESOLUTION),
            video_reference: reference && videos > 0,
            prompt: prompt.to_owned(),
            callback,
        })
    }

    pub fn price(&self) -> u64 {
        price(self.model, self.seconds, self.upscale, self.video_reference)
    }

    /// The error message of a task that should fail, because its prompt contains `[fail]` or `[fail: message]`.
    pub fn failure(&self) -> Option<String> {
        let (_, rest) = self.prompt.split_once("[fail")?;
        let (inside, _) = rest.split_once(']')?;
        if inside.is_empty() {
            return Some("The video could not be generated.".to_owned());
        }
        inside.strip_prefix(':').map(|message| message.trim().to_owned())
    }
}

fn check_reference(images: usize, videos: usize, audios: usize) -> Result<(), String> {
    for (field, count, most) in [("urls", images, 9), ("videoUrls", videos, 3), ("audioUrls", audios, 3)] {
        if count > most {
            return Err(format!("inputs.{field} takes at most {most} files in reference mode."));
        }
    }
    if images + videos + audios > 12 {
        return Err("inputs.urls, inputs.videoUrls and inputs.audioUrls take at most 12 files together.".to_owned());
    }
    Ok(())
}

fn check_frames(images: usize, videos: usize, audios: usize, prompt: &str) -> Result<(), String> {
    for (field, count) in [("videoUrls", videos), ("audioUrls", audios)] {
        if count > 0 {
            return Err(format!("inputs.{field} needs inputs.videoInputMode \"reference\"."));
        }
    }
    if images > 2 {
        return Err("inputs.urls takes at most 2 images: the first and the last frame.".to_owned());
    }
    if images == 0 && prompt.trim().is_empty() {
        return Err("inputs.prompt is required for text-to-video.".to_owned());
    }
    Ok(())
}

fn text<'a>(object: &'a Map<String, Value>, path: &str, field: &str) -> Result<Option<&'a str>, String> {
    match object.get(field) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{path}{field} must be a string.")),
    }
}

/// Checks a list of URLs and returns its length.
fn urls(inputs: &Map<String, Value>, field: &str, images: bool) -> Result<usize, String> {
    let list = match inputs.get(field) {
        None => return Ok(0),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(format!("inputs.{field} must be an array of strings.")),
    };
    for (index, entry) in list.iter().enumerate() {
        let url = entry
            .as_str()
            .ok_or_else(|| format!("inputs.{field}[{index}] must be a string."))?;
        // The documentation describes asset references only for images, but does not rule them out elsewhere.
        if !is_http(url) && !is_asset(url) {
            let or_asset = if images { " or an asset:// reference" } else { "" };
            return Err(format!(
                "inputs.{field}[{index}] must be an http or https URL{or_asset}."
            ));
        }
    }
    Ok(list.len())
}

fn seconds(inputs: &Map<String, Value>) -> Result<u64, String> {
    let sentence = "inputs.duration must be a string from \"4s\" to \"15s\".";
    match inputs.get("duration") {
        None => Ok(5),
        Some(duration) => duration
            .as_str()
            .and_then(|text| (4..=15).find(|seconds| format!("{seconds}s") == text))
            .ok_or_else(|| sentence.to_owned()),
    }
}

fn resolution(inputs: &Map<String, Value>) -> Result<Option<&'static str>, String> {
    match inputs.get("resolution") {
        None => Ok(None),
        Some(resolution) => {
            let names = RESOLUTIONS.map(|(name, _)| name);
            let known = names.into_iter().find(|name| resolution.as_str() == Some(name));
            let refusal = || format!("inputs.resolution must be one of {}.", names.join(", "));
            known.map(Some).ok_or_else(refusal)
        }
    }
}

fn is_asset(url: &str) -> bool {
    after_scheme(url, "asset").is_some_and(|id| !id.is_empty())
}

fn is_http(url: &str) -> bool {
    let rest = after_scheme(url, "https").or_else(|| after_scheme(url, "http"));
    rest.and_then(|rest| rest.split(['/', '?', '#']).next())
        .and_then(|authority| authority.rsplit('@').next())
        .is_some_and(|host| !host.is_empty() && !host.starts_with(':'))
}

/// The rest after `scheme://`, if the URL contains no white space and no control characters.
fn after_scheme<'a>(url: &'a str, scheme: &str) -> Option<&'a str> {
    let (head, rest) = url.split_once("://")?;
    let clean = !url.contains(|c: char| c.is_whitespace() || c.is_control());
    (clean && head.eq_ignore_ascii_case(scheme)).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(inputs: Value) -> Result<Order, String> {
        Order::read(json!({ "model": "sd2", "inputs": inputs }).to_string().as_bytes())
    }

    #[test]
    fn the_five_documented_requests_are_accepted() {
        for (inputs, credits) in [
            (
                json!({"prompt": "A futuristic city", "duration": "5s", "resolution": "1280x720"}),
                200,
            ),
            (
                json!({"urls": ["https://example.com/photo.jpg"], "prompt": "x", "duration": "5s"}),
                200,
            ),
            (json!({"urls": ["asset://asset-20260326-abc123"]}), 200),
            (
                json!({"urls": ["https://example.com/a.jpg", "https://example.com/b.jpg"],
                "prompt": "x", "duration": "5s", "videoInputMode": "keyframe"}),
                200,
            ),
            (
                json!({"urls": ["https://example.com/ref1.jpg", "https://example.com/ref2.jpg"],
                "videoUrls": ["https://example.com/motion-ref.mp4"],
                "audioUrls": ["https://example.com/audio.mp3"], "prompt": "x", "duration": "5s",
                "videoInputMode": "reference", "resolution": "1280x720"}),
                400,
            ),
        ] {
            assert_eq!(read(inputs).map(|order| order.price()), Ok(credits));
        }
    }

    #[test]
    fn requests_that_the_documentation_leaves_open_are_accepted() {
        let image = "https://example.com/a.jpg";
        for inputs in [
            json!({"urls": [image], "resolution": "720x720"}),
            json!({"urls": [image, image]}),
            json!({"urls": [image], "videoInputMode": "keyframe"}),
            json!({"prompt": "x", "videoInputMode": "keyframe"}),
            json!({"prompt": "x", "seed": 1}),
            json!({"prompt": "x", "videoUrls": [], "audioUrls": []}),
            json!({"videoInputMode": "reference", "resolution": "720x720"}),
            json!({"videoInputMode": "reference", "resolution": "720x720", "videoUrls": ["asset://v"]}),
        ] {
            assert!(read(inputs.clone()).is_ok(), "{inputs}");
        }
    }

    #[test]
    fn every_refusal_names_its_field() {
        let image = "https://example.com/a.jpg";
        let many = |count: usize| vec![image; count];
        for (inputs, field) in [
            (json!({}), "inputs.prompt"),
            (json!({"prompt": " "}), "inputs.prompt"),
            (json!({"prompt": 1}), "inputs.prompt"),
            (json!({"prompt": null}), "inputs.prompt"),
            (json!({"prompt": "x", "duration": 5}), "inputs.duration"),
            (json!({"prompt": "x", "duration": "3s"}), "inputs.duration"),
            (json!({"prompt": "x", "duration": "16s"}), "inputs.duration"),
            (json!({"prompt": "x", "duration": "5.5s"}), "inputs.duration"),
            (json!({"prompt": "x", "duration": "05s"}), "inputs.duration"),
            (json!({"prompt": "x", "resolution": "1920x1080"}), "inputs.resolution"),
            (json!({"prompt": "x", "resolution": 720}), "inputs.resolution"),
            (
                json!({"prompt": "x", "upscaleResolution": "2K"}),
                "inputs.upscaleResolution",
            ),
            (
                json!({"prompt": "x", "upscaleResolution": 2}),
                "inputs.upscaleResolution",
            ),
            (
                json!({"prompt": "x", "videoInputMode": "image"}),
                "inputs.videoInputMode",
            ),
            (json!({"urls": image}), "inputs.urls"),
            (json!({"urls": [1]}), "inputs.urls[0]"),
            (json!({"urls": [image, "data:image/png;base64,AA"]}), "inputs.urls[1]"),
            (json!({"urls": ["ftp://example.com/a.jpg"]}), "inputs.urls[0]"),
            (json!({"urls": ["https://"]}), "inputs.urls[0]"),
            (json!({"urls": ["https://a b/"]}), "inputs.urls[0]"),
            (json!({"urls": many(3)}), "inputs.urls"),
            (json!({"urls": many(3), "videoInputMode": "keyframe"}), "inputs.urls"),
            (json!({"prompt": "x", "videoUrls": [image]}), "inputs.videoUrls"),
            (json!({"prompt": "x", "audioUrls": [image]}), "inputs.audioUrls"),
            (
                json!({"videoInputMode": "reference", "urls": [image]}),
                "inputs.resolution",
            ),
            (
                json!({"videoInputMode": "reference", "resolution": "720x720", "urls": many(10)}),
                "inputs.urls",
            ),
            (
                json!({"videoInputMode": "reference", "resolution": "720x720", "videoUrls": many(4)}),
                "inputs.videoUrls",
            ),
            (
                json!({"videoInputMode": "reference", "resolution": "720x720", "audioUrls": many(4)}),
                "inputs.audioUrls",
            ),
            (
                json!({"videoInputMode": "reference", "resolution": "720x720", "urls": many(9),
                "videoUrls": many(3), "audioUrls": many(1)}),
                "12 files",
            ),
        ] {
            let problem = read(inputs.clone()).map(|_| ()).unwrap_err();
            assert!(problem.contains(field), "{inputs}: {problem}");
        }
    }

    #[test]
    fn errors_outside_inputs_name_their_field() {
        let inputs = json!({"prompt": "x"});
        for (body, part) in [
            ("{".to_owned(), "JSON"),
            ("[]".to_owned(), "object"),
            (json!({"inputs": inputs}).to_string(), "model"),
            (json!({"model": "sd3", "inputs": inputs}).to_string(), "model"),
            (json!({"model": 2, "inputs": inputs}).to_string(), "model"),
            (json!({"model": "sd2"}).to_string(), "inputs"),
            (json!({"model": "sd2", "inputs": []}).to_string(), "inputs"),
            (
                json!({"model": "sd2", "inputs": inputs, "callBackUrl": "/hook"}).to_string(),
                "callBackUrl",
            ),
            (
                json!({"model": "sd2", "inputs": inputs, "callBackUrl": 1}).to_string(),
                "callBackUrl",
            ),
        ] {
            let problem = Order::read(body.as_bytes()).map(|_| ()).unwrap_err();
            assert!(problem.contains(part), "{body}: {problem}");
        }
    }

    #[test]
    fn fail_in_brackets_makes_the_task_fail() {
        let failure = |prompt: &str| read(json!({ "prompt": prompt })).ok().and_then(|o| o.failure());
        assert_eq!(failure("a cat"), None);
        assert_eq!(failure("[failure]"), None);
        assert_eq!(
            failure("a cat [fail] now").as_deref(),
            Some("The video could not be generated.")
        );
        assert_eq!(failure("[fail: No cats today]").as_deref(), Some("No cats today"));
    }
}
