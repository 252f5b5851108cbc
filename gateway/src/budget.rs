//! What a user may spend in a time.

use crate::host::Millis;
use serde::{Deserialize, Serialize};

const HOUR: Millis = 3_600_000.0;
const DAY: Millis = 24.0 * HOUR;

/// A budget.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// In credits.
    pub credits: f64,
    /// The time in which they may be spent.
    pub per: Per,
}

/// The time of a budget, as UTC has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Per {
    /// From hour to hour.
    Hour,
    /// From midnight to midnight.
    Day,
    /// A month of the calendar.
    Month,
    /// Once and for all.
    Ever,
}

impl Per {
    /// As a sentence says it after an amount.
    pub fn words(self) -> &'static str {
        match self {
            Per::Hour => "an hour",
            Per::Day => "a day",
            Per::Month => "a month",
            Per::Ever => "in all",
        }
    }
}

/// The time to which `now` belongs: when it began, and when the next one begins. A budget for ever began at 0 and has no next.
pub fn window(per: Per, now: Millis) -> (Millis, Option<Millis>) {
    let whole = |span: Millis| {
        let start = (now / span).floor() * span;
        (start, Some(start + span))
    };
    match per {
        Per::Hour => whole(HOUR),
        Per::Day => whole(DAY),
        Per::Month => month((now / DAY).floor() as i64),
        Per::Ever => (0.0, None),
    }
}

/// The month of a day since the beginning of 1970.
fn month(day: i64) -> (Millis, Option<Millis>) {
    // A year begins in March here, so that a leap day is its last: http://howardhinnant.github.io/date_algorithms.html
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let first = |month: i64| (153 * month + 2) / 5;
    let is_leap = (year + 1) % 4 == 0 && ((year + 1) % 100 != 0 || (year + 1) % 400 == 0);
    let length = if month == 11 {
        28 + i64::from(is_leap)
    } else {
        first(month + 1) - first(month)
    };
    let start = era * 146_097 + of_era - of_year + first(month) - 719_468;
    (start as Millis * DAY, Some((start + length) as Millis * DAY))
}
