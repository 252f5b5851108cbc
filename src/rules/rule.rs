//! The rules for requests, each with its code, severity and message.
//!
//! Only what the service's documentation rules out is an error. Where it is silent or contradicts itself, there is a warning,
//! which does not stop a call. Rust chooses a rule by its number. The build writes the messages into JavaScript, so that the
//! WebAssembly does not contain them.

/// The number of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule(u8);

/// The code and the message of a rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// What callers branch on.
    pub code: &'static str,
    /// What is wrong and what to do, as shown next to a form field. The subject replaces `{}`.
    pub message: &'static str,
}

impl Rule {
    /// Whether breaking it stops a call.
    pub fn is_error(self) -> bool {
        self.0 < ERRORS
    }

    /// Its index in [`WORDS`].
    pub fn number(self) -> u8 {
        self.0
    }

    /// The code and the message.
    pub fn words(self) -> &'static Words {
        const NONE: Words = Words { code: "", message: "" };
        WORDS.get(usize::from(self.0)).unwrap_or(&NONE)
    }
}

macro_rules! rules {
    (errors { $($error:ident = $error_code:literal, $error_message:literal;)* }
     warnings { $($warning:ident = $code:literal, $message:literal;)* }) => {
        #[expect(non_camel_case_types, reason = "it only counts the rules")]
        #[repr(u8)]
        enum Number { $($error,)* Errors, $($warning,)* }

        /// How many rules are errors. They come before the warnings.
        pub const ERRORS: u8 = Number::Errors as u8;

        $(#[doc = $error_message] pub const $error: Rule = Rule(Number::$error as u8);)*
        $(#[doc = $message] pub const $warning: Rule = Rule(Number::$warning as u8 - 1);)*

        /// The codes and messages, in the order of the numbers.
        pub static WORDS: &[Words] = &[
            $(Words { code: $error_code, message: $error_message },)*
            $(Words { code: $code, message: $message },)*
        ];
    };
}

rules! {
    errors {
        NOT_OBJECT = "not_object", "This must be an object with at least a model, not {}.";
        MODEL_MISSING = "missing", "model is missing: give \"sd2\" or \"sd2-fast\".";
        INPUTS_MISSING = "missing", "inputs is missing: give an object with at least a prompt or urls.";
        NOT_STRING = "wrong_type", "This must be a string, not {}.";
        NO_OBJECT = "wrong_type", "This must be an object, not {}.";
        NOT_URLS = "wrong_type", "This must be an array of URLs, not {}.";
        NOT_FLAG = "wrong_type", "This must be true or false, not {}.";
        NOT_SECONDS = "wrong_type", "This must be a string such as \"5s\", not {}.";
        NOT_JSON = "wrong_type", "This must be a JSON value, not {}.";
        UNKNOWN_MODEL = "unknown_model", "model must be \"sd2\" or \"sd2-fast\".";
        PROMPT_REQUIRED = "prompt_required", "Describe the video: without images, a prompt is required.";
        BAD_DURATION = "bad_duration", "duration must be whole seconds from \"4s\" to \"15s\".";
        BAD_RESOLUTION = "bad_resolution", "resolution must be one of 720x720, 720x960, 960x720, 1280x720, 720x1280, 1280x540.";
        RESOLUTION_REQUIRED = "resolution_required", "Reference mode needs a resolution: 720x720, 720x960, 960x720, 1280x720, 720x1280, 1280x540.";
        BAD_UPSCALE = "bad_upscale", "upscaleResolution must be \"2k\" or \"4k\"; leave it out for none.";
        BAD_MODE = "bad_mode", "videoInputMode must be \"keyframe\" or \"reference\".";
        TOO_MANY_FRAMES = "too_many", "At most 2 images, the first and the last frame. For more, set videoInputMode to \"reference\".";
        TOO_MANY_IMAGES = "too_many", "At most 9 images.";
        TOO_MANY_VIDEOS = "too_many", "At most 3 videos.";
        TOO_MANY_AUDIOS = "too_many", "At most 3 audio files.";
        TOO_MANY_FILES = "too_many", "At most 12 files in all: images, videos and audio together.";
        REFERENCE_ONLY = "reference_only", "{} works only with videoInputMode \"reference\".";
        BAD_IMAGE_URL = "bad_url", "Use an absolute http://, https:// or asset:// URL.";
        BAD_URL = "bad_url", "Use an absolute http:// or https:// URL.";
        LOCAL_URL = "bad_url", "The service cannot read data:, blob: or file: URLs. Host the file first.";
        MEDIA_TOO_SMALL = "media_too_small", "The shorter side of an image must have at least 400 pixels.";
        MEDIA_TOO_LONG = "media_too_long", "This file is too long: at most 15 seconds.";
        NOT_PRICED = "unknown_field", "The price does not depend on {}.";
        MISSPELT_FIELD = "unknown_field", "The documentation has no field {}. Use the suggested name, or leave it out.";
        MISPLACED_FIELD = "unknown_field", "{} is ignored here: model and callBackUrl belong next to inputs, all other fields inside.";
    }
    warnings {
        FRAME_TOO_SMALL = "media_too_small", "An image with a side under 400 pixels may be too small. The limit is documented only for references.";
        MEDIA_MAYBE_TOO_LONG = "media_too_long", "This file may be too long: at most 15 seconds.";
        MODE_IMPLIED = "mode_implied", "Two images become the first and the last frame. Set videoInputMode to make this explicit.";
        KEYFRAME_WITHOUT_IMAGES = "undocumented", "Keyframe mode is documented for two images, not for none.";
        KEYFRAME_WITH_ONE_IMAGE = "undocumented", "Keyframe mode is documented for two images, not for one.";
        RESOLUTION_OF_IMAGES = "undocumented", "resolution is not documented for videos from images.";
        ASSET_OF_CLIP = "undocumented", "asset:// is documented only for images.";
        NO_REFERENCES = "no_references", "Reference mode has no reference: add urls, videoUrls or audioUrls.";
        UNKNOWN_FIELD = "unknown_field", "The documentation has no field {}: the service may ignore it.";
        UNREACHABLE_URL = "unreachable_url", "The service cannot reach {} from the internet.";
    }
}
