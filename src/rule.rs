//! The rules that a request can break: each stands here once, with its code, its severity and its words.
//!
//! An error is only what the service's documentation rules out. A warning is where it is silent or
//! contradicts itself; it does not stop a call.

/// A rule. The `{}` of its message is replaced where it is broken.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// What callers branch on.
    pub code: &'static str,
    /// Whether breaking it stops a call.
    pub is_error: bool,
    /// What is wrong and what to do, as one reads it under a form's field.
    pub message: &'static str,
}

const fn error(code: &'static str, message: &'static str) -> Rule {
    Rule {
        code,
        is_error: true,
        message,
    }
}

const fn warning(code: &'static str, message: &'static str) -> Rule {
    Rule {
        code,
        is_error: false,
        message,
    }
}

macro_rules! rules {
    ($($name:ident = $rule:expr;)*) => {
        $(#[doc = concat!("`", stringify!($name), "`: see its message.")] pub static $name: Rule = $rule;)*
        /// All rules.
        pub static ALL: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    NOT_OBJECT = error("not_object", "This must be an object with at least a model, not {}.");
    MODEL_MISSING = error("missing", "model is missing: give \"sd2\" or \"sd2-fast\".");
    INPUTS_MISSING = error("missing", "inputs is missing: give an object with at least a prompt or urls.");
    WRONG_TYPE = error("wrong_type", "This must be {}.");
    UNKNOWN_MODEL = error("unknown_model", "model must be \"sd2\" or \"sd2-fast\".");
    PROMPT_REQUIRED = error("prompt_required", "Describe the video: without images a prompt is needed.");
    BAD_DURATION = error("bad_duration", "duration must be whole seconds from \"4s\" to \"15s\".");
    BAD_RESOLUTION = error("bad_resolution", "resolution must be one of {}.");
    RESOLUTION_REQUIRED = error("resolution_required", "Reference mode needs a resolution: {}.");
    BAD_UPSCALE = error("bad_upscale", "upscaleResolution must be \"2k\" or \"4k\"; leave it out for none.");
    BAD_MODE = error("bad_mode", "videoInputMode must be \"keyframe\" or \"reference\".");
    TOO_MANY_FRAMES = error("too_many", "At most {} images, the first and the last frame. For more, set videoInputMode to \"reference\".");
    TOO_MANY_IMAGES = error("too_many", "At most {} images.");
    TOO_MANY_VIDEOS = error("too_many", "At most {} videos.");
    TOO_MANY_AUDIOS = error("too_many", "At most {} audio files.");
    TOO_MANY_FILES = error("too_many", "At most {} files in all: images, videos and audio together.");
    REFERENCE_ONLY = error("reference_only", "{} works only with videoInputMode \"reference\".");
    BAD_IMAGE_URL = error("bad_url", "Give an absolute http://, https:// or asset:// URL.");
    BAD_URL = error("bad_url", "Give an absolute http:// or https:// URL.");
    LOCAL_URL = error("bad_url", "The service cannot read data:, blob: or file: URLs. Host the file first.");
    MEDIA_TOO_SMALL = error("media_too_small", "The shortest side of an image needs at least {} pixels.");
    FRAME_TOO_SMALL = warning("media_too_small", "Under {} pixels on its shortest side, an image may be too small. The service documents this for references only.");
    MEDIA_TOO_LONG = error("media_too_long", "This file is too long: at most {} seconds.");
    MEDIA_MAYBE_TOO_LONG = warning("media_too_long", "This file may be too long: at most {} seconds.");
    NOT_PRICED = error("unknown_field", "The price does not depend on a field {}.");
    MODE_IMPLIED = warning("mode_implied", "Two images are taken as the first and the last frame. Say so with videoInputMode.");
    KEYFRAME_WITHOUT_IMAGES = warning("undocumented", "Keyframe mode is documented for two images, not for none.");
    KEYFRAME_WITH_ONE_IMAGE = warning("undocumented", "Keyframe mode is documented for two images, not for one.");
    RESOLUTION_OF_IMAGES = warning("undocumented", "resolution is not documented for videos from images.");
    ASSET_OF_CLIP = warning("undocumented", "asset:// is documented for images only.");
    NO_REFERENCES = warning("no_references", "Reference mode has no reference: add urls, videoUrls or audioUrls.");
    UNKNOWN_FIELD = warning("unknown_field", "The documentation has no field {}: the service may ignore it.");
    MISSPELT_FIELD = error("unknown_field", "The documentation has no field {}. Use the suggested one, or leave it out.");
    MISPLACED_FIELD = error("unknown_field", "{} is not read here: model and callBackUrl stand beside inputs, all else inside.");
    UNREACHABLE_URL = warning("unreachable_url", "The service cannot reach {} from the internet.");
}
