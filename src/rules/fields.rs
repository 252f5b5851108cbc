//! Known and unknown fields of an object.

use super::check::{Checker, Scope};
use super::guess;
use super::issue::Issue;
use super::node::{self, Kind, Node};
use super::rule;
use super::text;

/// The most fields of a documented object.
const MOST: usize = 8;

impl<'a, N: Node<'a>, R: FnMut(&Issue<'a>)> Checker<N, R> {
    /// The values of these fields, read in one pass. `None` also for `undefined`.
    #[inline(never)]
    pub(super) fn fields(&self, object: N, names: &[&str]) -> [Option<N>; MOST] {
        let mut values = [None; MOST];
        let mut index = 0;
        while let Some((name, value)) = object.field(index) {
            index += 1;
            if let Some(place @ None) = text::position(name, names).and_then(|place| values.get_mut(place)) {
                *place = Some(value);
            }
        }
        values.map(|value| value.filter(|value| value.kind() != Kind::Undefined))
    }

    /// Reports the unknown fields of an object. `elsewhere` has the fields of the other object of a request. For a price these are
    /// accepted, but no other field is, because ignoring it could make the price wrong.
    #[inline(never)]
    pub(super) fn unknown(&mut self, object: N, known: &[&'static str], elsewhere: &[&'static str], scope: Scope) {
        let mut index = 0;
        while let Some((name, value)) = object.field(index) {
            index += 1;
            if text::position(name, known).is_some() || value.kind() == Kind::Undefined {
                continue;
            }
            let is_elsewhere = text::position(name, elsewhere).is_some();
            let (rule, meant) = match node::foreign(value) {
                _ if scope == Scope::Price && is_elsewhere => continue,
                // In a configuration, the flag replaces the list.
                _ if scope == Scope::Price && name == "videoUrls" => (rule::NOT_PRICED, "videoReference"),
                _ if scope == Scope::Price => (rule::NOT_PRICED, guess::nearest(name.as_bytes(), known)),
                // It cannot be sent as JSON.
                Some(kind) => {
                    self.wrong_type(Some(name), rule::NOT_JSON, kind);
                    continue;
                }
                None if is_elsewhere => (rule::MISPLACED_FIELD, ""),
                None => match guess::field(name, value.kind(), known) {
                    "" => (rule::UNKNOWN_FIELD, ""),
                    meant => (rule::MISSPELT_FIELD, meant),
                },
            };
            self.add_named(Some(name), rule, name, meant);
        }
    }
}
