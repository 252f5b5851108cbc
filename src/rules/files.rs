//! The lists of files in a request.

use super::catalog::{self, Mode};
use super::check::Checker;
use super::issue::Issue;
use super::node::{Kind, Node};
use super::rule::{self, Rule};
use super::url;

/// For each list: the field, the most files in reference mode, and the rule for too many.
const LISTS: [(&str, usize, Rule); 3] = [
    ("urls", catalog::MAX_IMAGES, rule::TOO_MANY_IMAGES),
    ("videoUrls", catalog::MAX_VIDEOS, rule::TOO_MANY_VIDEOS),
    ("audioUrls", catalog::MAX_AUDIOS, rule::TOO_MANY_AUDIOS),
];

impl<'a, N: Node<'a>, R: FnMut(&Issue<'a>)> Checker<N, R> {
    /// Checks a list of files and returns its length, or `None` if the value is not a list. The first list is the images.
    #[inline(never)]
    pub(super) fn files(&mut self, list: Option<N>, number: usize, mode: Option<Mode>) -> Option<usize> {
        let Some(list) = list else {
            return Some(0);
        };
        let (field, limit, rule) = *LISTS.get(number)?;
        let is_images = number == 0;
        if list.kind() != Kind::List {
            self.wrong_type(Some(field), rule::NOT_URLS, list.kind());
            return None;
        }
        let is_reference = mode == Some(Mode::Reference);
        let (limit, rule) = match mode {
            Some(Mode::Reference) => (limit, rule),
            Some(_) if is_images => (catalog::KEYFRAME_IMAGES, rule::TOO_MANY_FRAMES),
            _ => (usize::MAX, rule::TOO_MANY_FILES),
        };
        let count = list.length();
        if count > limit {
            self.add(Some(field), rule, "");
        }
        if !is_images && count > 0 && mode.is_some() && !is_reference {
            self.add_named(Some(field), rule::REFERENCE_ONLY, field, "");
        }
        // More files than any mode takes get one issue together.
        for index in 0..catalog::MAX_FILES {
            if let Some(file) = list.item(index) {
                self.file = Some((field, index));
                self.check_file(file, is_images, is_reference);
            }
        }
        self.file = None;
        Some(count)
    }

    fn check_file(&mut self, file: N, is_image: bool, is_reference: bool) {
        let Some(url) = file.as_str() else {
            return match file.kind() {
                Kind::LocalUrl => self.add(None, rule::LOCAL_URL, ""),
                kind => self.wrong_type(None, rule::NOT_STRING, kind),
            };
        };
        match self.kind(url) {
            url::Kind::Http { host, .. } => self.reachable(None, host),
            url::Kind::Asset if is_image => {}
            url::Kind::Asset => self.add(None, rule::ASSET_OF_CLIP, ""),
            url::Kind::Local => self.add(None, rule::LOCAL_URL, ""),
            url::Kind::Other if is_image => self.bad_url(None, rule::BAD_IMAGE_URL, url),
            url::Kind::Other => self.bad_url(None, rule::BAD_URL, url),
        }
        if let Some(known) = self.media.and_then(|media| media.get(url)) {
            self.probed(known, is_image, is_reference);
        }
    }

    /// Checks the caller's facts about a file.
    fn probed(&mut self, known: N, is_image: bool, is_reference: bool) {
        let number = |name| known.get(name).and_then(N::as_number);
        let rule = if is_image {
            let limit = f64::from(catalog::MIN_IMAGE_SIDE);
            let is_small = |side| number(side).is_some_and(|pixels| pixels < limit);
            match is_small("width") || is_small("height") {
                true if is_reference => rule::MEDIA_TOO_SMALL,
                true => rule::FRAME_TOO_SMALL,
                false => return,
            }
        } else {
            let seconds = number("durationSeconds").unwrap_or_default();
            let is_estimate = known.get("isEstimate").and_then(N::as_bool) == Some(true);
            match seconds > catalog::MAX_CLIP_SECONDS.into() {
                true if seconds > catalog::CERTAINLY_TOO_LONG_SECONDS && !is_estimate => rule::MEDIA_TOO_LONG,
                true => rule::MEDIA_MAYBE_TOO_LONG,
                false => return,
            }
        };
        self.add(None, rule, "");
    }
}
