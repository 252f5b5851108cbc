//! The credits that a user may spend in a period.

use crate::host::Millis;
use serde::{Deserialize, Serialize};

const HOUR: Millis = 3_600_000.0;
const DAY: Millis = 24.0 * HOUR;

/// The budget of a user.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// The credits of each period.
    pub credits: f64,
    /// The period.
    pub per: Per,
}

/// The period of a budget, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Per {
    /// Each hour.
    Hour,
    /// Each day.
    Day,
    /// Each month of the calendar.
    Month,
    /// A single period without an end.
    Ever,
}

impl Per {
    /// The words after an amount of credits.
    pub fn words(self) -> &'static str {
        match self {
            Per::Hour => "an hour",
            Per::Day => "a day",
            Per::Month => "a month",
            Per::Ever => "in all",
        }
    }
}

/// The beginning of the period of `now`, and of the next one. A period without an end begins at 0.
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

/// The beginnings of the month of a day and of the next one. Days count from the beginning of 1970.
fn month(day: i64) -> (Millis, Option<Millis>) {
    // Here a year begins in March, so that a leap day is its last day: http://howardhinnant.github.io/date_algorithms.html
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
