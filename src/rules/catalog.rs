//! What the service offers and allows: each fact stands here once.
//!
//! The validator, the calculator, the types and the README read these rows or are tested against them.
//! Source of every number: the service's documentation, "Parameters Reference", "Reference Constraints"
//! and "Credits & Pricing".

use super::text;

/// A model, and what a second of its video costs.
#[derive(Debug, PartialEq, Eq)]
pub struct Model {
    /// The name that a request gives.
    pub id: &'static str,
    /// Credits for one second of video.
    pub credits_per_second: u32,
}

/// The names of the models, the default of the documentation's examples first.
pub const MODEL_IDS: [&str; 2] = ["sd2", "sd2-fast"];

/// The models, in the order of their names.
pub static MODELS: [Model; 2] = [
    Model {
        id: MODEL_IDS[0],
        credits_per_second: 40,
    },
    Model {
        id: MODEL_IDS[1],
        credits_per_second: 32,
    },
];

/// A size to which the finished video is scaled up.
#[derive(Debug, PartialEq, Eq)]
pub struct Upscale {
    /// The name that a request gives.
    pub id: &'static str,
    /// Credits for one second of video, on top of the model's; the same for both models.
    pub credits_per_second: u32,
}

/// The names of the upscales, smallest first.
pub const UPSCALE_IDS: [&str; 2] = ["2k", "4k"];

/// The upscales, in the order of their names.
pub static UPSCALES: [Upscale; 2] = [
    Upscale {
        id: UPSCALE_IDS[0],
        credits_per_second: 20,
    },
    Upscale {
        id: UPSCALE_IDS[1],
        credits_per_second: 40,
    },
];

/// A reference video makes the base price this many times as high; the upscale's is not touched.
pub const VIDEO_REFERENCE_FACTOR: u32 = 2;

/// A size that a video can have; it also says the aspect ratio.
#[derive(Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The name that a request gives.
    pub id: &'static str,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

const fn size(id: &'static str, width: u32, height: u32) -> Resolution {
    Resolution { id, width, height }
}

/// The resolutions, in the documentation's order.
pub static RESOLUTIONS: [Resolution; 6] = [
    size("720x720", 720, 720),
    size("720x960", 720, 960),
    size("960x720", 960, 720),
    size("1280x720", 1280, 720),
    size("720x1280", 720, 1280),
    size("1280x540", 1280, 540),
];

/// The shortest video, in seconds.
pub const MIN_SECONDS: u32 = 4;
/// The longest video, in seconds.
pub const MAX_SECONDS: u32 = 15;
/// The length of a video whose request names none, in seconds.
pub const DEFAULT_SECONDS: u32 = 5;

/// Images in keyframe mode: the first and the last frame.
pub const KEYFRAME_IMAGES: usize = 2;
/// Images in reference mode.
pub const MAX_IMAGES: usize = 9;
/// Videos in reference mode.
pub const MAX_VIDEOS: usize = 3;
/// Audio files in reference mode.
pub const MAX_AUDIOS: usize = 3;
/// Files in reference mode, all together.
pub const MAX_FILES: usize = 12;
/// The shortest side that a reference image may have, in pixels.
pub const MIN_IMAGE_SIDE: u32 = 400;
/// The longest that a reference video or audio may be, in seconds.
pub const MAX_CLIP_SECONDS: u32 = 15;
/// Containers round lengths: up to here, a clip may be one of [`MAX_CLIP_SECONDS`].
pub const CERTAINLY_TOO_LONG_SECONDS: f64 = 15.1;

/// Tasks of one account that may run at once.
pub const MAX_RUNNING: u32 = 3;

/// The fields of a request, in the documentation's order.
pub const REQUEST_FIELDS: [&str; 3] = ["model", "inputs", "callBackUrl"];
/// The fields of `inputs`, in the documentation's order.
pub const INPUT_FIELDS: [&str; 8] = [
    "prompt",
    "urls",
    "videoUrls",
    "audioUrls",
    "duration",
    "resolution",
    "videoInputMode",
    "upscaleResolution",
];

/// How the names of files end in other services, and our list of them.
static FILE_NAMES: [(&str, &str); 7] = [
    ("image", "urls"),
    ("frame", "urls"),
    ("photo", "urls"),
    ("picture", "urls"),
    ("img", "urls"),
    ("video", "videoUrls"),
    ("audio", "audioUrls"),
];

/// What other services call our fields.
static OTHER_NAMES: [(&str, &str); 10] = [
    ("callback", "callBackUrl"),
    ("webhook", "callBackUrl"),
    ("aspectratio", "resolution"),
    ("ratio", "resolution"),
    ("size", "resolution"),
    ("second", "duration"),
    ("durationsecond", "duration"),
    ("mode", "videoInputMode"),
    ("inputmode", "videoInputMode"),
    ("text", "prompt"),
];

/// The field that this name of another service stands for, given in small letters without marks; or nothing.
pub fn meant_by(name: &[u8]) -> &'static str {
    let mut stem = name;
    for end in [b"s".as_slice(), b"uri", b"url", b"s"] {
        stem = stem.strip_suffix(end).unwrap_or(stem);
    }
    for (other, field) in &FILE_NAMES {
        if stem.ends_with(other.as_bytes()) {
            return field;
        }
    }
    for (other, field) in &OTHER_NAMES {
        if stem == other.as_bytes() {
            return field;
        }
    }
    ""
}

/// How a video is made; which of the fields apply follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// From a prompt alone.
    Text,
    /// From one image, its first frame.
    Image,
    /// From a first and a last frame.
    Keyframe,
    /// From reference images, videos and audio.
    Reference,
}

impl Mode {
    /// The name that callers see.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Text => "text",
            Mode::Image => "image",
            Mode::Keyframe => "keyframe",
            Mode::Reference => "reference",
        }
    }
}

/// The model of this name.
pub fn model(id: &str) -> Option<&'static Model> {
    MODELS.get(text::position(id, &MODEL_IDS)?)
}

/// The resolution of this name.
pub fn resolution(id: &str) -> Option<&'static Resolution> {
    RESOLUTIONS.iter().find(|resolution| resolution.id == id)
}

/// The upscale of this name.
pub fn upscale(id: &str) -> Option<&'static Upscale> {
    UPSCALES.get(text::position(id, &UPSCALE_IDS)?)
}

/// The lengths that a request can ask for, from [`MIN_SECONDS`] to [`MAX_SECONDS`].
static DURATIONS: [&str; 12] = [
    "4s", "5s", "6s", "7s", "8s", "9s", "10s", "11s", "12s", "13s", "14s", "15s",
];

/// The seconds of a `duration` such as `"5s"`, if it is one that the service takes.
pub fn seconds(duration: &str) -> Option<u32> {
    Some(MIN_SECONDS + text::position(duration, &DURATIONS)? as u32)
}

/// The `duration` that asks for this many seconds: `"5s"`; nothing if the service takes none such.
pub fn duration_id(seconds: u32) -> &'static str {
    let position = seconds.checked_sub(MIN_SECONDS);
    position
        .and_then(|position| DURATIONS.get(position as usize))
        .unwrap_or(&"")
}
