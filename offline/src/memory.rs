//! The border to JavaScript, and all that is unsafe about it.
//!
//! `js/offline/memory.js` writes a value at an address and keeps everything there as it is until the call returns; nothing
//! in the module writes there. What it writes is what `Plain` says: whole tags, flags of 0 or 1, addresses within the
//! memory, lengths that end there, and UTF-8, because `encodeInto` writes nothing else. `tests/layout.rs` lays values out
//! in the same way, and runs under a sanitizer.
#![expect(unsafe_code, reason = "what JavaScript wrote is read where it lies")]

use crate::plain::Plain;

/// The value at an address.
///
/// # Safety
///
/// There must be one, as the module's documentation says, and it must stay for `'a`.
pub unsafe fn value<'a>(address: usize) -> &'a Plain<'a> {
    // SAFETY: the caller vouches for it.
    unsafe { &*core::ptr::with_exposed_provenance(address) }
}

#[cfg(target_arch = "wasm32")]
mod exports {
    use super::value;
    use crate::rules::host::{self, Reach};
    use crate::rules::issue::{About, Issue};
    use crate::rules::node::Node;
    use crate::rules::{self, Scope, pricing};

    /// As much of a host's end as tells from where it can be reached.
    const HOST: usize = 64;

    // JavaScript reads the texts during the call.
    unsafe extern "C" {
        /// A text is an address and a length. No list and no field have the address 0; what was found in place of
        /// something else is its kind, with the length -1.
        fn issue(
            rule: u32,
            in_inputs: bool,
            list: *const u8,
            list_length: usize,
            index: usize,
            field: *const u8,
            field_length: usize,
            about: usize,
            about_length: isize,
            scheme: u32,
            meant: *const u8,
            meant_length: usize,
        );
        fn price(
            model: *const u8,
            model_length: usize,
            total: u32,
            base: u32,
            video_reference: u32,
            upscale: u32,
            seconds: u32,
            per_second: u32,
        );
        /// Writes the end of the host of a URL, in its normal form, and gives its length; 0 if the platform refuses the URL.
        fn host(url: *const u8, length: usize, end: *mut u8) -> usize;
    }

    fn hostname(url: &str, _: &str) -> Option<Reach> {
        let mut end = [0; HOST];
        // SAFETY: the URL is only read, and what is written is no longer than this.
        let length = unsafe { host(url.as_ptr(), url.len(), end.as_mut_ptr()) };
        let end = end.get(..length).filter(|end| !end.is_empty())?;
        Some(host::reach_of(end))
    }

    fn tell(found: &Issue) {
        let (list, index) = found.place.file.unwrap_or_default();
        let list_start = found.place.file.map_or(core::ptr::null(), |_| list.as_ptr());
        let field = found.place.field.unwrap_or_default();
        let field_start = found.place.field.map_or(core::ptr::null(), str::as_ptr);
        let (about, about_length) = match found.about {
            About::Nothing => (0, 0),
            About::Kind(kind) => (kind as usize, -1),
            About::Text(text) => (text.as_ptr() as usize, text.len() as isize),
        };
        // SAFETY: the texts outlive the call, and JavaScript only reads them.
        unsafe {
            issue(
                found.rule.number().into(),
                found.place.in_inputs,
                list_start,
                list.len(),
                index,
                field_start,
                field.len(),
                about,
                about_length,
                found.meant.scheme as u32,
                found.meant.text.as_ptr(),
                found.meant.text.len(),
            );
        }
    }

    /// Checks the value at an address, with the options at another, and tells its issues and its price. Gives the mode, and
    /// 8 more if there is an error.
    #[unsafe(no_mangle)]
    pub extern "C" fn check(input: usize, options: usize, has_price: bool) -> u32 {
        // SAFETY: JavaScript has just laid them out.
        let (input, options) = unsafe { (value(input), value(options)) };
        let scope = if has_price { Scope::Price } else { Scope::Request };
        let verdict = rules::check(input, options.get("media"), scope, hostname, tell);
        if let Some(configuration) = verdict.configuration {
            let pricing::Estimate {
                model,
                total,
                base,
                video_reference,
                upscale,
                duration_seconds,
                credits_per_second,
            } = configuration.estimate();
            // SAFETY: the model's name is static.
            unsafe {
                price(
                    model.id.as_ptr(),
                    model.id.len(),
                    total,
                    base,
                    video_reference,
                    upscale,
                    duration_seconds,
                    credits_per_second,
                );
            }
        }
        verdict.mode.map_or(0, |mode| mode as u32 + 1) + 8 * u32::from(verdict.has_error)
    }
}
