//! What can be told about a file, and why not.

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A picture; it may move, as an animated GIF does.
    Image,
    /// A video, with or without sound.
    Video,
    /// Sound only.
    Audio,
}

/// What the bytes say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    /// What the file is for: the first half of its media type.
    pub kind: Kind,
    /// The format's short name: `jpeg`, `mp4`, `matroska`.
    pub format: &'static str,
    /// The second half of its media type, such as `quicktime` of `video/quicktime`.
    pub subtype: &'static str,
    /// Pixels as displayed: after rotation, cropping, and with square pixels. 0 for sound.
    pub width: u64,
    /// See `width`.
    pub height: u64,
    /// The duration in seconds; 0 for pictures.
    pub seconds: f64,
    /// Whether the duration was extrapolated from parts of the file.
    pub is_estimate: bool,
}

impl Facts {
    /// Facts of a picture; its subtype is the format's name.
    pub(crate) fn image(format: &'static str, width: u64, height: u64) -> Facts {
        Facts {
            kind: Kind::Image,
            format,
            subtype: format,
            width,
            height,
            seconds: 0.0,
            is_estimate: false,
        }
    }

    /// Facts of a video, or of sound if there is no width.
    pub(crate) fn clip(format: &'static str, subtype: &'static str, size: (u64, u64), seconds: f64) -> Facts {
        Facts {
            kind: if size.0 > 0 { Kind::Video } else { Kind::Audio },
            subtype,
            seconds,
            ..Facts::image(format, size.0, size.1)
        }
    }
}

/// Why there are no facts, or none yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stop {
    /// These bytes are needed; fewer if the file ends before.
    Need {
        /// Where they begin.
        at: u64,
        /// How many.
        length: u64,
    },
    /// The file's size is needed.
    Size,
    /// Another format, by its name.
    Unsupported(&'static str),
    /// The file ends before it has told.
    #[default]
    Truncated,
    /// The file does not tell, and why: a sentence.
    Unknown(&'static str),
}

/// That a parser stops. Why stands in [`Sparse`](crate::Sparse): every read may end so, and nothing is cheapest to hand on.
#[derive(Clone, Copy, Debug)]
pub struct Halt;

/// What a parser gives.
pub type Result<T> = core::result::Result<T, Halt>;
