//! What holds of the validator for every request, and for every value at all.

use crate::support::json::{Json, json, seen, value};
use crate::support::writer::write;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use sd2_client::catalog::{INPUT_FIELDS, Mode, REQUEST_FIELDS};
use sd2_client::validate::{configuration, validate};
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

/// The inputs that are particular to a mode, as the documentation has them.
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

/// A request made from the documented ranges, with its mode and its price by the documentation's formulas.
fn documented() -> impl Strategy<Value = (Json, Mode, u32)> {
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
        // Indexing has left a null behind.
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

/// What breaks one rule of any request: the change, the path and the code of the issue.
type Breakage = (fn(&mut Json), &'static [&'static str], &'static str);

const BREAKAGES: [Breakage; 18] = [
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

/// Texts made of what means something in a request.
const WORDS: &str =
    "(sd2|sd2-fast|5s|15s|0s|keyframe|reference|720x720|16:9|2k|asset://|https://|http://\\[::|data:|\\.local){1,3}";

/// Any value, with the names and texts of requests more often than chance would have them.
fn anything() -> impl Strategy<Value = Value> {
    let foreign = select(vec![
        Foreign::Undefined,
        Foreign::Function,
        Foreign::Symbol,
        Foreign::BigInt,
        Foreign::Unreadable,
        Foreign::TooLarge,
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

/// Anything as the fields of a request that is an object at least.
fn almost_a_request() -> impl Strategy<Value = Value> {
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

fn holds(request: &Value, media: &Value) -> Result<(), TestCaseError> {
    let validation = validate(request, media);
    // As text, because NaN does not equal itself.
    let verdict = write(&validation.clone().into_value());
    prop_assert_eq!(verdict, write(&validate(request, media).into_value()));

    let is_error = |issue: &&Value| issue.text("severity") == Some("error");
    prop_assert_eq!(
        validation.valid,
        !validation.issues.iter().any(|issue| is_error(&issue))
    );
    prop_assert_eq!(validation.valid, validation.credits.is_some());
    prop_assert_eq!(validation.valid, validation.configuration.is_some());
    let is_unknown = |issue: &Value| issue.text("code") == Some("unknown_field");
    let first_unknown = validation
        .issues
        .iter()
        .position(is_unknown)
        .unwrap_or(validation.issues.len());
    for issue in &validation.issues[first_unknown..] {
        prop_assert!(
            is_unknown(issue) || issue.text("code") == Some("wrong_type"),
            "{:?}",
            issue
        );
    }
    for issue in &validation.issues {
        prop_assert!(issue.text("message").is_some_and(|message| message.len() > 10));
        prop_assert!(issue.get("path").and_then(Value::as_array).is_some());
        prop_assert!(issue.text("suggestion") != Some(""));
    }
    if let Ok(configuration) = configuration(request, Some(0)) {
        prop_assert!(configuration.estimate().total > 0);
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_request_made_from_the_documented_ranges_is_valid_at_the_formulas_price((request, mode, price) in documented()) {
        let validation = validate(&value(&request), &Value::Null);
        prop_assert_eq!(validation.issues.iter().map(seen).collect::<Vec<Json>>(), Vec::<Json>::new());
        prop_assert!(validation.valid);
        prop_assert_eq!(validation.mode, Some(mode));
        prop_assert_eq!(validation.credits, Some(price));
    }

    #[test]
    fn one_broken_rule_is_reported_at_its_path(
        (mut request, _, _) in documented(),
        (break_it, path, code) in select(BREAKAGES.to_vec()),
    ) {
        break_it(&mut request);
        let validation = validate(&value(&request), &Value::Null);
        let is_it = |issue: &Value| {
            let issue = seen(issue);
            issue["path"] == json!(path) && issue["code"] == code && issue["severity"] == "error"
        };
        prop_assert!(validation.issues.iter().any(is_it), "{:?}", validation.issues);
        prop_assert!(!validation.valid);
        prop_assert_eq!(validation.credits, None);
    }

    #[test]
    fn a_broken_url_is_reported_at_its_place((mut request, _, _) in documented(), pick in any::<prop::sample::Index>()) {
        let mut places = Vec::new();
        for list in ["urls", "videoUrls", "audioUrls"] {
            let count = request["inputs"].get(list).and_then(Json::as_array).map_or(0, Vec::len);
            places.extend((0..count).map(|index| (list, index)));
        }
        prop_assume!(!places.is_empty());
        let (list, index) = places[pick.index(places.len())];
        request["inputs"][list][index] = json!("photo.jpg");
        let issues: Vec<Json> = validate(&value(&request), &Value::Null).issues.iter().map(seen).collect();
        prop_assert_eq!(issues.len(), 1);
        prop_assert_eq!(&issues[0]["path"], &json!(["inputs", list, index]));
        prop_assert_eq!(&issues[0]["code"], "bad_url");
    }

    #[test]
    fn the_verdict_on_any_value_is_whole_and_always_the_same(request in anything(), media in anything()) {
        holds(&request, &media)?;
    }

    #[test]
    fn the_verdict_on_any_fields_is_whole_and_always_the_same(request in almost_a_request(), media in anything()) {
        holds(&request, &media)?;
    }
}

#[test]
fn deep_nesting_is_no_problem() {
    let mut deep = Value::Null;
    for level in 0..1_000 {
        deep = if level % 2 == 0 {
            Value::Array(vec![deep])
        } else {
            Value::Object(vec![("inputs".into(), deep)])
        };
    }
    for name in ["urls", "prompt", "odd"] {
        let mut inputs = value(&json!({ "prompt": "A cat" }));
        inputs.put(name, deep.clone());
        let mut request = value(&json!({ "model": "sd2" }));
        request.put("inputs", inputs);
        holds(&request, &Value::Null).expect("the verdict is whole");
    }
}
