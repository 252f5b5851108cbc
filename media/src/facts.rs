//! The result of a probe, or why there is none.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A picture, possibly animated.
    Image,
    Video,
    /// Sound only.
    Audio,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    pub kind: Kind,
    /// The short name: `jpeg`, `mp4`, `matroska`.
    pub format: &'static str,
    /// The part of the media type after the slash: `quicktime` in `video/quicktime`.
    pub subtype: &'static str,
    /// In pixels as displayed: after cropping and rotation, with square pixels. 0 for sound.
    pub width: u64,
    pub height: u64,
    /// 0 for pictures.
    pub seconds: f64,
    /// Whether the duration was extrapolated from parts of the file.
    pub is_estimate: bool,
}

impl Facts {
    /// A picture. Its subtype is the format's name.
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

    /// A video, or sound if the width is 0.
    pub(crate) fn clip(format: &'static str, subtype: &'static str, size: (u64, u64), seconds: f64) -> Facts {
        Facts {
            kind: if size.0 > 0 { Kind::Video } else { Kind::Audio },
            subtype,
            seconds,
            ..Facts::image(format, size.0, size.1)
        }
    }
}

/// Why a probe stopped without facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stop {
    /// These bytes are needed; fewer will do if the file ends before.
    Need { at: u64, length: u64 },
    /// The file's size is needed.
    Size,
    /// The format's name.
    Unsupported(&'static str),
    #[default]
    Truncated,
    /// The reason as a sentence.
    Unknown(&'static str),
}

/// A parser stopped. The reason is kept in [`Sparse`](crate::Sparse), because an empty error keeps every read small.
#[derive(Clone, Copy, Debug)]
pub struct Halt;

pub type Result<T> = core::result::Result<T, Halt>;
