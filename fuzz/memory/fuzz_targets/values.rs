//! Values as `js/memory.js` lays them out, read in place under a sanitizer: each reader must stay within what was laid out, and
//! find what it finds in a value of its own.
#![no_main]

#[expect(dead_code, reason = "the native tests use more of it")]
#[path = "../../../tests/native/support/json.rs"]
mod json;
#[path = "../../../tests/native/support/layout.rs"]
mod layout;

use layout::Memory;
use sd2_client::memory;
use sd2_client::rules::{node, url};
use sd2_client::service::answer::{Asked, Facts};
use sd2_client::service::endpoint::Endpoint;
use sd2_client::service::options::{CallOptions, Options};
use sd2_client::service::{reason, task};
use sd2_client::validate;
use sd2_client::value::{Foreign, Value};

/// Texts that the readers look for; the rest is arbitrary.
const TEXTS: [&str; 50] = [
    "model",
    "inputs",
    "callBackUrl",
    "prompt",
    "urls",
    "videoUrls",
    "audioUrls",
    "duration",
    "resolution",
    "videoInputMode",
    "upscaleResolution",
    "media",
    "width",
    "height",
    "durationSeconds",
    "isEstimate",
    "sd2",
    "5s",
    "720x720",
    "2k",
    "reference",
    "keyframe",
    "https://example.com/a.png",
    "http://[::1]/a",
    "asset://a",
    "data:,a",
    "status",
    "value",
    "thrown",
    "offline",
    "retryAfter",
    "date",
    "taskId",
    "output",
    "url",
    "error",
    "message",
    "COMPLETED",
    "FAILED",
    "createTime",
    "completeTime",
    "credits",
    "availableCredits",
    "apiKey",
    "baseUrl",
    "headers",
    "timeoutMs",
    "code",
    "cause",
    "task_1",
];
const MAX_DEPTH: u32 = 5;

struct Source<'a>(&'a [u8]);

impl Source<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    fn text(&mut self) -> String {
        match self.byte() {
            known @ 0..200 => TEXTS[usize::from(known) % TEXTS.len()].into(),
            length => {
                let (text, rest) = self.0.split_at(self.0.len().min(usize::from(length - 200)));
                self.0 = rest;
                String::from_utf8_lossy(text).into_owned()
            }
        }
    }

    fn number(&mut self) -> f64 {
        match self.byte() {
            small @ 0..100 => small.into(),
            status @ 100..200 => f64::from(status) + 100.0,
            _ => f64::from_bits(u64::from_le_bytes(std::array::from_fn(|_| self.byte()))),
        }
    }

    fn value(&mut self, depth: u32) -> Value {
        match self.byte() % 12 {
            0 => Value::Null,
            1 => Value::Bool(self.byte() & 1 == 1),
            2 => Value::Number(self.number()),
            3 | 4 => Value::String(self.text()),
            5 | 6 if depth < MAX_DEPTH => Value::Array((0..self.byte() % 14).map(|_| self.value(depth + 1)).collect()),
            7..=10 if depth < MAX_DEPTH => {
                let fields = (0..self.byte() % 10).map(|_| (self.text(), self.value(depth + 1)));
                Value::Object(fields.collect())
            }
            _ => Value::Foreign(match self.byte() % 8 {
                0 => Foreign::Undefined,
                1 => Foreign::Function,
                2 => Foreign::Symbol,
                3 => Foreign::BigInt,
                4 => Foreign::Unreadable,
                5 => Foreign::TooLarge,
                6 => Foreign::LongText,
                _ => Foreign::LocalUrl,
            }),
        }
    }
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut source = Source(data);
    let (first, second) = (source.value(0), source.value(0));
    let media = if let Value::Object(_) = second {
        second.clone()
    } else {
        Value::object()
    };
    let found = json::seen(&validate(&first, &media).into_value());
    assert_eq!(layout::verdict(&first, &media), found);

    let (_memory, addresses) = Memory::of(&[&first, &second]);
    // SAFETY: both have just been laid out, and `_memory` keeps them.
    let [laid, other] = [addresses[0], addresses[1]].map(|address| unsafe { memory::value(address) });
    assert_eq!(node::foreign(laid), node::foreign(&first));
    assert_eq!(task::is_documented(laid), task::is_documented(&first));
    assert_eq!(reason::of_task(laid), reason::of_task(&first));
    assert_eq!(
        reason::of_answer(Some(laid), "{}", 500),
        reason::of_answer(Some(&first), "{}", 500)
    );
    for endpoint in [Endpoint::CreateTask, Endpoint::QueryTask, Endpoint::Credits] {
        let asked = Asked {
            endpoint,
            task_id: "task_1",
            is_local: false,
        };
        // NaN is not equal to itself.
        let [of_laid, of_value] =
            [Facts::read(asked, laid, 0.0), Facts::read(asked, &first, 0.0)].map(|facts| format!("{facts:?}"));
        assert_eq!(of_laid, of_value);
    }
    assert_eq!(
        format!("{:?}", Options::read(laid, url::alone)),
        format!("{:?}", Options::read(&first, url::alone))
    );
    assert_eq!(
        format!("{:?}", CallOptions::read(other)),
        format!("{:?}", CallOptions::read(&second))
    );
});
