//! The price of a video, from the documentation's table and independent of the client library.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    Sd2,
    Sd2Fast,
}

impl Model {
    pub fn of(name: &str) -> Option<Self> {
        [Self::Sd2, Self::Sd2Fast]
            .into_iter()
            .find(|model| model.name() == name)
    }

    /// The name in requests and responses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sd2 => "sd2",
            Self::Sd2Fast => "sd2-fast",
        }
    }

    fn credits_per_second(self) -> u64 {
        match self {
            Self::Sd2 => 40,
            Self::Sd2Fast => 32,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upscale {
    TwoK,
    FourK,
}

impl Upscale {
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "2k" => Some(Self::TwoK),
            "4k" => Some(Self::FourK),
            _ => None,
        }
    }

    fn credits_per_second(self) -> u64 {
        match self {
            Self::TwoK => 20,
            Self::FourK => 40,
        }
    }
}

/// The credits for a video. A video reference doubles the base price, but not the upscale.
pub fn price(model: Model, seconds: u64, upscale: Option<Upscale>, video_reference: bool) -> u64 {
    let base = seconds * model.credits_per_second();
    let doubled = if video_reference { base * 2 } else { base };
    doubled + seconds * upscale.map_or(0, Upscale::credits_per_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The four rows of "Credits & Pricing", for both models.
    #[test]
    fn prices_match_every_row_of_the_documentation() {
        for (upscale, reference, sd2, fast) in [
            (None, false, 200, 160),
            (Some(Upscale::TwoK), false, 300, 260),
            (Some(Upscale::FourK), false, 400, 360),
            (None, true, 400, 320),
        ] {
            assert_eq!(price(Model::Sd2, 5, upscale, reference), sd2);
            assert_eq!(price(Model::Sd2Fast, 5, upscale, reference), fast);
        }
    }

    #[test]
    fn the_upscale_of_a_video_reference_is_not_doubled() {
        assert_eq!(price(Model::Sd2, 15, Some(Upscale::FourK), true), 1800);
        assert_eq!(price(Model::Sd2Fast, 4, Some(Upscale::TwoK), true), 336);
    }
}
