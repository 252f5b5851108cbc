//! What the service offers and allows. This is the only place of each fact: the validator, the calculator, the types and
//! the README use these rows or are tested against them.
//!
//! Source: the service's documentation, "Parameters Reference", "Reference Constraints" and "Credits & Pricing".

use super::text;

/// A model and its price.
#[derive(Debug, PartialEq, Eq)]
pub struct Model {
    /// The name that a request gives.
    pub id: &'static str,
    /// Credits for one second of video.
    pub credits_per_second: u32,
}

/// The ids of the models. The first one is that of the documentation's examples.
pub const MODEL_IDS: [&str; 2] = ["sd2", "sd2-fast"];

/// The models, in the order of their ids.
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

/// A size to which the finished video can be upscaled.
#[derive(Debug, PartialEq, Eq)]
pub struct Upscale {
    /// The name that a request gives.
    pub id: &'static str,
    /// Credits for one second of video, added to those of the model.
    pub credits_per_second: u32,
}

/// The ids of the upscales, smallest first.
pub const UPSCALE_IDS: [&str; 2] = ["2k", "4k"];

/// The upscales, in the order of their ids.
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

/// A reference video multiplies the base price, but not the price of the upscale, by this factor.
pub const VIDEO_REFERENCE_FACTOR: u32 = 2;

/// A size that a video can have. It also determines the aspect ratio.
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
/// The duration of a request without one, in seconds.
pub const DEFAULT_SECONDS: u32 = 5;

/// The number of images in keyframe mode: the first and the last frame.
pub const KEYFRAME_IMAGES: usize = 2;
/// The most images in reference mode.
pub const MAX_IMAGES: usize = 9;
/// The most videos in reference mode.
pub const MAX_VIDEOS: usize = 3;
/// The most audio files in reference mode.
pub const MAX_AUDIOS: usize = 3;
/// The most files in reference mode, of all kinds together.
pub const MAX_FILES: usize = 12;
/// The least width and height of a reference image, in pixels.
pub const MIN_IMAGE_SIDE: u32 = 400;
/// The longest duration of a reference video or audio file, in seconds.
pub const MAX_CLIP_SECONDS: u32 = 15;
/// Containers round durations, so a clip of up to this many seconds may still be within [`MAX_CLIP_SECONDS`].
pub const CERTAINLY_TOO_LONG_SECONDS: f64 = 15.1;

/// How many tasks of an account may run at once.
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

/// Last words of names for file fields in other services, and our field for them.
static FILE_NAMES: [(&str, &str); 7] = [
    ("image", "urls"),
    ("frame", "urls"),
    ("photo", "urls"),
    ("picture", "urls"),
    ("img", "urls"),
    ("video", "videoUrls"),
    ("audio", "audioUrls"),
];

/// Names in other services, and our field for them.
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

/// Our field for a name of another service, given in lower case without punctuation. Empty if there is none.
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

/// How a video is made. Determines which fields apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// From only a prompt.
    Text,
    /// From one image, which is the first frame.
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

/// The model with this id.
pub fn model(id: &str) -> Option<&'static Model> {
    MODELS.get(text::position(id, &MODEL_IDS)?)
}

/// The resolution with this id.
pub fn resolution(id: &str) -> Option<&'static Resolution> {
    RESOLUTIONS.iter().find(|resolution| resolution.id == id)
}

/// The upscale with this id.
pub fn upscale(id: &str) -> Option<&'static Upscale> {
    UPSCALES.get(text::position(id, &UPSCALE_IDS)?)
}

/// The values of `duration`, from [`MIN_SECONDS`] to [`MAX_SECONDS`].
static DURATIONS: [&str; 12] = [
    "4s", "5s", "6s", "7s", "8s", "9s", "10s", "11s", "12s", "13s", "14s", "15s",
];

/// The seconds of a valid `duration` such as `"5s"`.
pub fn seconds(duration: &str) -> Option<u32> {
    Some(MIN_SECONDS + text::position(duration, &DURATIONS)? as u32)
}

/// The `duration` for a number of seconds, such as `"5s"`. Empty if there is none.
pub fn duration_id(seconds: u32) -> &'static str {
    let position = seconds.checked_sub(MIN_SECONDS);
    position
        .and_then(|position| DURATIONS.get(position as usize))
        .unwrap_or(&"")
}
