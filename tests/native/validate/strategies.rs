//! Random requests and values for the validator.

use crate::support::json::{Json, json};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use sd2_client::catalog::{INPUT_FIELDS, Mode, REQUEST_FIELDS};
use sd2_client::value::{Foreign, Value};

const RESOLUTIONS: [&str; 6] = ["720x720", "720x960", "960x720", "1280x720", "720x1280", "1280x540"];

fn clips(least: usize, most: usize) -> impl Strategy<Value = Vec<String>> {
    vec(
        "https?://[a-z]{1,8}\\.example/[a-z0-9%.]{0,12}(\\?[a-z=&]{0,8})?",
        least..=most,
    )
}

fn images(least: usize, most: usize) -> impl Strategy<Value = Vec<String>> {
    vec(
        "(https?://[a-z]{1,8}\\.example/[a-z0-9.]{0,12}|asset://[a-z0-9-]{1,20})",
        least..=most,
    )
}

/// The documented inputs that are specific to a mode.
fn inputs_by_mode() -> impl Strategy<Value = (Mode, Json)> {
    let resolution = || select(RESOLUTIONS.to_vec());
    prop_oneof![
        ("\\PC*[a-z]\\PC*", option::of(resolution())).prop_map(|(prompt, resolution)| {
            let mut inputs = json!({ "prompt": prompt });
            if let Some(resolution) = resolution {
                inputs["resolution"] = resolution.into();
            }
            (Mode::Text, inputs)
        }),
        images(1, 1).prop_map(|urls| (Mode::Image, json!({ "urls": urls }))),
        images(2, 2).prop_map(|urls| (Mode::Keyframe, json!({ "urls": urls, "videoInputMode": "keyframe" }))),
        (images(0, 9), clips(0, 3), clips(0, 3), resolution())
            .prop_filter("at least one file, at most twelve", |(images, videos, audios, _)| {
                (1..=12).contains(&(images.len() + videos.len() + audios.len()))
            })
            .prop_map(|(images, videos, audios, resolution)| {
                let inputs = json!({ "urls": images, "videoUrls": videos, "audioUrls": audios,
                    "videoInputMode": "reference", "resolution": resolution });
                (Mode::Reference, inputs)
            }),
    ]
}

/// A request within the documented ranges, with its mode and its price by the documented formulas.
pub fn documented() -> impl Strategy<Value = (Json, Mode, u32)> {
    let optional = (
        select(vec![("sd2", 40), ("sd2-fast", 32)]),
        option::of(4u32..=15),
        option::of(select(vec![("2k", 20), ("4k", 40)])),
        option::of(".*"),
        option::of("https://[a-z]{1,9}\\.example/[a-z]{0,9}"),
    );
    (optional, inputs_by_mode()).prop_map(|((model, seconds, upscale, prompt, callback), (mode, mut inputs))| {
        if let Some(prompt) = prompt.filter(|_| mode != Mode::Text) {
            inputs["prompt"] = prompt.into();
        }
        if let Some(seconds) = seconds {
            inputs["duration"] = format!("{seconds}s").into();
        }
        if let Some((id, _)) = upscale {
            inputs["upscaleResolution"] = id.into();
        }
        let has_video = inputs["videoUrls"].as_array().is_some_and(|videos| !videos.is_empty());
        let per_second = model.1 * if has_video { 2 } else { 1 } + upscale.map_or(0, |(_, credits)| credits);
        // Indexing inserts null for a missing field.
        inputs
            .as_object_mut()
            .expect("an object")
            .retain(|_, input| !input.is_null());
        let mut request = json!({ "model": model.0, "inputs": inputs });
        if let Some(callback) = callback {
            request["callBackUrl"] = callback.into();
        }
        (request, mode, per_second * seconds.unwrap_or(5))
    })
}

/// Breaks one rule of any request: the change, and the path and code of the issue.
pub type Breakage = (fn(&mut Json), &'static [&'static str], &'static str);

pub const BREAKAGES: [Breakage; 18] = [
    (
        |request| drop(request.as_object_mut().map(|fields| fields.remove("model"))),
        &["model"],
        "missing",
    ),
    (|request| request["model"] = json!("sd3"), &["model"], "unknown_model"),
    (|request| request["model"] = json!(null), &["model"], "wrong_type"),
    (
        |request| drop(request.as_object_mut().map(|fields| fields.remove("inputs"))),
        &["inputs"],
        "missing",
    ),
    (|request| request["inputs"] = json!("A cat"), &["inputs"], "wrong_type"),
    (
        |request| request["inputs"]["prompt"] = json!(1),
        &["inputs", "prompt"],
        "wrong_type",
    ),
    (
        |request| request["inputs"]["urls"] = json!("a"),
        &["inputs", "urls"],
        "wrong_type",
    ),
    (
        |request| request["inputs"]["videoUrls"] = json!({}),
        &["inputs", "videoUrls"],
        "wrong_type",
    ),
    (
        |request| request["inputs"]["audioUrls"] = json!(null),
        &["inputs", "audioUrls"],
        "wrong_type",
    ),
    (
        |request| request["inputs"]["urls"] = json!(vec!["asset://a"; 13]),
        &["inputs", "urls"],
        "too_many",
    ),
    (
        |request| request["inputs"]["duration"] = json!("16s"),
        &["inputs", "duration"],
        "bad_duration",
    ),
    (
        |request| request["inputs"]["duration"] = json!(5),
        &["inputs", "duration"],
        "bad_duration",
    ),
    (
        |request| request["inputs"]["resolution"] = json!("1x1x1"),
        &["inputs", "resolution"],
        "bad_resolution",
    ),
    (
        |request| request["inputs"]["videoInputMode"] = json!("frames"),
        &["inputs", "videoInputMode"],
        "bad_mode",
    ),
    (
        |request| request["inputs"]["upscaleResolution"] = json!("1k"),
        &["inputs", "upscaleResolution"],
        "bad_upscale",
    ),
    (
        |request| request["inputs"]["upscaleResolution"] = json!(2),
        &["inputs", "upscaleResolution"],
        "wrong_type",
    ),
    (
        |request| request["callBackUrl"] = json!("/hook"),
        &["callBackUrl"],
        "bad_url",
    ),
    (
        |request| request["callBackUrl"] = json!(false),
        &["callBackUrl"],
        "wrong_type",
    ),
];

/// Words that mean something in a request, as a regular expression.
const WORDS: &str =
    "(sd2|sd2-fast|5s|15s|0s|keyframe|reference|720x720|16:9|2k|asset://|https://|http://\\[::|data:|\\.local){1,3}";

/// Any value, often with the names and strings of requests.
pub fn anything() -> impl Strategy<Value = Value> {
    let foreign = select(vec![
        Foreign::Undefined,
        Foreign::Function,
        Foreign::Symbol,
        Foreign::BigInt,
        Foreign::Unreadable,
        Foreign::TooLarge,
        Foreign::LongText,
        Foreign::LocalUrl,
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<f64>().prop_map(Value::Number),
        (0u32..20).prop_map(|number| Value::Number(number.into())),
        ".*".prop_map(Value::String),
        WORDS.prop_map(Value::String),
        foreign.prop_map(Value::Foreign),
    ];
    let mut names: Vec<&str> = [&REQUEST_FIELDS[..], &INPUT_FIELDS[..]].concat();
    names.extend(["videoReference", "callbackUrl", ""]);
    leaf.prop_recursive(5, 64, 14, move |inner| {
        let name = prop_oneof![select(names.clone()).prop_map(str::to_owned), ".{0,9}"];
        prop_oneof![
            vec(inner.clone(), 0..14).prop_map(Value::Array),
            vec((name, inner), 0..12).prop_map(Value::Object),
        ]
    })
}

/// A request object with any values in its fields.
pub fn almost_a_request() -> impl Strategy<Value = Value> {
    let fields = |names: &'static [&'static str]| {
        vec(option::of(anything()), names.len()).prop_map(move |values| {
            let given = names
                .iter()
                .zip(values)
                .filter_map(|(name, value)| Some((name.to_string(), value?)));
            Value::Object(given.collect())
        })
    };
    (fields(&REQUEST_FIELDS), fields(&INPUT_FIELDS)).prop_map(|(mut request, inputs)| {
        if let Value::Object(fields) = &mut request {
            fields.retain(|(name, _)| name != "inputs");
        }
        request.put("inputs", inputs);
        request
    })
}
