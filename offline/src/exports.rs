//! What JavaScript calls, and what it is told.
#![expect(unsafe_code, reason = "JavaScript vouches for the addresses that it passes")]

use crate::memory::value;
use crate::rules::host::{HOST, Reach, reach_of};
use crate::rules::issue::Issue;
use crate::rules::node::Node;
use crate::rules::{self, Scope};

// JavaScript reads what it is told during the call.
unsafe extern "C" {
    /// An issue: the address of its numbers.
    fn issue(numbers: *const usize);
    /// A price: the address of its numbers.
    fn price(numbers: *const usize);
    /// Writes the end of the host of a URL, in its normal form, and returns its length; 0 if the platform refuses the URL.
    fn host(url: *const u8, length: usize, end: *mut u8) -> usize;
}

fn hostname(url: &str, _: &str) -> Option<Reach> {
    let mut end = [0; HOST];
    // SAFETY: the URL is only read, and what is written is no longer than this.
    let length = unsafe { host(url.as_ptr(), url.len(), end.as_mut_ptr()) };
    let end = end.get(..length).filter(|end| !end.is_empty())?;
    Some(reach_of(end))
}

fn report(found: &Issue) {
    // SAFETY: JavaScript only reads them.
    unsafe { issue(found.numbers().as_ptr()) }
}

/// Checks the value at an address, with the options at another, and tells its issues and its price. Returns the mode, and 8
/// more if there is an error.
#[unsafe(no_mangle)]
pub extern "C" fn check(input: usize, options: usize, has_price: bool) -> u32 {
    // SAFETY: JavaScript has just laid them out.
    let (input, options) = unsafe { (value(input), value(options)) };
    let scope = if has_price { Scope::Price } else { Scope::Request };
    let verdict = rules::check(input, options.get("media"), scope, hostname, report);
    if let Some(configuration) = verdict.configuration {
        // SAFETY: JavaScript only reads them.
        unsafe { price(configuration.estimate().numbers().as_ptr()) }
    }
    verdict.mode.map_or(0, |mode| mode as u32 + 1) + 8 * u32::from(verdict.has_error)
}
