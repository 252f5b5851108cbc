//! From a configuration to its price, in whole credits.
//!
//! Source: the service's documentation, "Credits & Pricing".

use super::catalog::{self, Model, Upscale};

/// All that the price of a video depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// The model.
    pub model: &'static Model,
    /// The length in seconds, from [`catalog::MIN_SECONDS`] to [`catalog::MAX_SECONDS`].
    pub seconds: u32,
    /// The upscale, if any.
    pub upscale: Option<&'static Upscale>,
    /// Whether a reference video is given. Reference images and audio cost nothing.
    pub video_reference: bool,
}

/// A price with its parts: `total = base + video_reference + upscale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Credits in all.
    pub total: u32,
    /// Credits for the seconds of the model.
    pub base: u32,
    /// Credits that a reference video adds.
    pub video_reference: u32,
    /// Credits that the upscale adds.
    pub upscale: u32,
    /// The length in seconds.
    pub duration_seconds: u32,
    /// `total / duration_seconds`, always whole.
    pub credits_per_second: u32,
    /// The model's name.
    pub model: &'static Model,
}

impl Configuration {
    /// The price of this configuration.
    pub fn estimate(&self) -> Estimate {
        let base = self.model.credits_per_second;
        let video_reference = if self.video_reference {
            base * catalog::VIDEO_REFERENCE_FACTOR - base
        } else {
            0
        };
        let upscale = self.upscale.map_or(0, |upscale| upscale.credits_per_second);
        let credits_per_second = base + video_reference + upscale;
        Estimate {
            total: credits_per_second * self.seconds,
            base: base * self.seconds,
            video_reference: video_reference * self.seconds,
            upscale: upscale * self.seconds,
            duration_seconds: self.seconds,
            credits_per_second,
            model: self.model,
        }
    }
}
