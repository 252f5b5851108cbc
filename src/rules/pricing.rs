//! The price of a configuration, in whole credits.
//!
//! Source: the service's documentation, "Credits & Pricing".

use super::catalog::{self, Model, Upscale};

/// Everything that the price of a video depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// The model.
    pub model: &'static Model,
    /// The duration in seconds, from [`catalog::MIN_SECONDS`] to [`catalog::MAX_SECONDS`].
    pub seconds: u32,
    /// The upscale, if any.
    pub upscale: Option<&'static Upscale>,
    /// Whether there is a reference video. Reference images and audio are free.
    pub video_reference: bool,
}

/// A price with its parts: `total = base + video_reference + upscale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// The whole price.
    pub total: u32,
    /// Credits for the model.
    pub base: u32,
    /// Credits that a reference video adds.
    pub video_reference: u32,
    /// Credits that the upscale adds.
    pub upscale: u32,
    /// The duration in seconds.
    pub duration_seconds: u32,
    /// `total / duration_seconds`, always whole.
    pub credits_per_second: u32,
    /// The model.
    pub model: &'static Model,
}

impl Estimate {
    /// The price as numbers: the address and the length of the model's id, then total, base, video reference, upscale, seconds
    /// and credits per second.
    pub fn numbers(&self) -> [usize; 8] {
        let credits = [self.total, self.base, self.video_reference, self.upscale];
        let [total, base, video_reference, upscale] = credits.map(|credits| credits as usize);
        [
            self.model.id.as_ptr() as usize,
            self.model.id.len(),
            total,
            base,
            video_reference,
            upscale,
            self.duration_seconds as usize,
            self.credits_per_second as usize,
        ]
    }
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
