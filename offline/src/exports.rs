//! The functions that JavaScript calls, and those that it provides.
#![expect(unsafe_code, reason = "JavaScript vouches for the addresses that it passes")]

use crate::memory::value;
use crate::rules::host::{HOST, Reach, reach_of};
use crate::rules::issue::Issue;
use crate::rules::node::Node;
use crate::rules::{self, Scope};

// JavaScript reads the numbers during the call.
#[link(wasm_import_module = "env")]
unsafe extern "C" {
    /// Reports an issue by the address of its numbers.
    fn issue(numbers: *const usize);
    /// Reports a price by the address of its numbers.
    fn price(numbers: *const usize);
    /// Writes the end of the normalized host of a URL and returns its length; 0 if the platform refuses the URL.
    fn host(url: *const u8, length: usize, end: *mut u8) -> usize;
}

fn hostname(url: &str, _: &str) -> Option<Reach> {
    let mut end = [0; HOST];
    // SAFETY: JavaScript only reads the URL, and writes at most `HOST` bytes.
    let length = unsafe { host(url.as_ptr(), url.len(), end.as_mut_ptr()) };
    let end = end.get(..length).filter(|end| !end.is_empty())?;
    Some(reach_of(end))
}

fn report(found: &Issue) {
    // SAFETY: JavaScript only reads the numbers.
    unsafe { issue(found.numbers().as_ptr()) }
}

/// Checks the value at an address with the options at another one, and reports its issues and its price. Returns the mode, plus
/// 8 if there is an error.
#[unsafe(no_mangle)]
pub extern "C" fn check(input: usize, options: usize, has_price: bool) -> u32 {
    // SAFETY: JavaScript has just laid out both values.
    let (input, options) = unsafe { (value(input), value(options)) };
    let scope = if has_price { Scope::Price } else { Scope::Request };
    let verdict = rules::check(input, options.get("media"), scope, hostname, report);
    if let Some(configuration) = verdict.configuration {
        // SAFETY: JavaScript only reads the numbers.
        unsafe { price(configuration.estimate().numbers().as_ptr()) }
    }
    verdict.mode.map_or(0, |mode| mode as u32 + 1) + 8 * u32::from(verdict.has_error)
}
