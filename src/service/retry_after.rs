//! The `Retry-After` header.

use crate::host::Millis;

/// How long a `Retry-After` header asks to wait. It has seconds or a date, which the platform parsed as `date`. `None` for anything
/// else.
pub fn span(header: &str, now: Millis, date: Option<Millis>) -> Option<Millis> {
    let header = header.trim_ascii();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = header
            .bytes()
            .fold(0.0, |sum, byte| sum * 10.0 + f64::from(byte - b'0'));
        return Some(seconds * 1000.0).filter(|span: &f64| span.is_finite());
    }
    // `Date.parse` accepts almost anything; HTTP dates end in GMT.
    if !header.ends_with("GMT") {
        return None;
    }
    date.filter(|at| at.is_finite()).map(|at| (at - now).max(0.0))
}
