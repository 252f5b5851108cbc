//! The fields of `inputs`, and the mode that follows from them.

use super::catalog::{self, Mode, Model};
use super::check::Checker;
use super::guess;
use super::issue::Issue;
use super::node::{Kind, Node};
use super::pricing::Configuration;
use super::rule;
use super::text;

/// The values of `videoInputMode`, and their indices.
const MODES: [&str; 2] = ["keyframe", "reference"];
const KEYFRAME: usize = 0;
const REFERENCE: usize = 1;

impl<'a, N: Node<'a>, R: FnMut(&Issue<'a>)> Checker<N, R> {
    /// Checks `inputs`. Returns the mode and what the price depends on.
    pub(super) fn inputs(&mut self, inputs: N, model: Option<&'static Model>) -> (Option<Mode>, Option<Configuration>) {
        let fields = self.fields(inputs, &catalog::INPUT_FIELDS);
        let [
            prompt,
            urls,
            video_urls,
            audio_urls,
            duration,
            resolution,
            named,
            upscale,
        ] = fields;
        // `None` if it is not a list.
        let frames = urls.map_or(Some(0), |urls| (urls.kind() == Kind::List).then(|| urls.length()));
        let name = named.and_then(N::as_str).and_then(|name| text::position(name, &MODES));
        let mode = match (name, frames) {
            (Some(REFERENCE), _) => Some(Mode::Reference),
            (None, _) if named.is_some() => None,
            (_, Some(0)) => Some(Mode::Text),
            (None, Some(1)) => Some(Mode::Image),
            (_, Some(_)) => Some(Mode::Keyframe),
            _ => None,
        };

        let is_blank = match self.string(prompt, "prompt") {
            Some(prompt) => prompt.chars().all(text::is_invisible),
            None => prompt.is_none(),
        };
        if mode == Some(Mode::Text) && is_blank {
            self.add(Some("prompt"), rule::PROMPT_REQUIRED, "");
        }
        let images = self.files(urls, 0, mode);
        let videos = self.files(video_urls, 1, mode);
        let audios = self.files(audio_urls, 2, mode);
        let total = images.unwrap_or(0) + videos.unwrap_or(0) + audios.unwrap_or(0);
        let seconds = self.duration(duration);
        self.resolution(resolution, mode);
        self.input_mode(named, name, frames);
        let upscale = self.upscale(upscale);
        if mode == Some(Mode::Reference) {
            if total > catalog::MAX_FILES {
                self.add(None, rule::TOO_MANY_FILES, "");
            }
            if total == 0 {
                self.add(None, rule::NO_REFERENCES, "");
            }
        }
        let configuration = || {
            Some(Configuration {
                model: model?,
                seconds: seconds?,
                upscale: upscale?,
                video_reference: videos? > 0,
            })
        };
        (mode, configuration())
    }

    fn resolution(&mut self, resolution: Option<N>, mode: Option<Mode>) {
        let field = "resolution";
        if mode == Some(Mode::Reference) && resolution.is_none() {
            self.add(Some(field), rule::RESOLUTION_REQUIRED, "");
        }
        let Some(id) = self.string(resolution, field) else {
            return;
        };
        if catalog::resolution(id).is_none() {
            self.add(Some(field), rule::BAD_RESOLUTION, guess::same_aspect(id));
        } else if matches!(mode, Some(Mode::Image | Mode::Keyframe)) {
            self.add(Some(field), rule::RESOLUTION_OF_IMAGES, "");
        }
    }

    fn input_mode(&mut self, mode: Option<N>, name: Option<usize>, frames: Option<usize>) {
        let field = "videoInputMode";
        let given = self.string(mode, field);
        let (rule, meant) = match (given, name, frames) {
            (None, _, Some(catalog::KEYFRAME_IMAGES)) if mode.is_none() => (rule::MODE_IMPLIED, "keyframe"),
            (_, Some(KEYFRAME), Some(0)) => (rule::KEYFRAME_WITHOUT_IMAGES, ""),
            (_, Some(KEYFRAME), Some(1)) => (rule::KEYFRAME_WITH_ONE_IMAGE, ""),
            (Some(id), None, _) => (rule::BAD_MODE, guess::nearest(id.as_bytes(), &MODES)),
            _ => return,
        };
        self.add(Some(field), rule, meant);
    }
}
