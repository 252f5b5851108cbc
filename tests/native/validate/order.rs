//! All issues are reported at once, in the order of the documented fields.

use super::{codes, issues, verdict};
use crate::support::json::{Json, json, value};
use sd2_client::catalog::{INPUT_FIELDS, REQUEST_FIELDS};
use sd2_client::value::{Foreign, Value};

fn paths(issues: &[Json]) -> Vec<Json> {
    issues.iter().map(|issue| issue["path"].clone()).collect()
}

#[test]
fn all_issues_are_reported_in_the_order_of_the_fields() {
    let request = json!({
        "extra": 1,
        "callBackUrl": 2,
        "inputs": {
            "more": 3,
            "upscaleResolution": 4,
            "videoInputMode": "reference",
            "resolution": 5,
            "duration": "6s ",
            "audioUrls": 7,
            "videoUrls": [8],
            "urls": [9],
            "prompt": 10,
        },
    });
    let expected = [
        json!(["model"]),
        json!(["inputs", "prompt"]),
        json!(["inputs", "urls", 0]),
        json!(["inputs", "videoUrls", 0]),
        json!(["inputs", "audioUrls"]),
        json!(["inputs", "duration"]),
        json!(["inputs", "resolution"]),
        json!(["inputs", "upscaleResolution"]),
        json!(["callBackUrl"]),
        json!(["extra"]),
        json!(["inputs", "more"]),
    ];
    assert_eq!(paths(&issues(&request)), expected);
}

#[test]
fn issues_about_several_inputs_come_after_those_about_one() {
    let request = json!({ "model": "sd2", "callBackUrl": "x", "inputs": {
        "videoInputMode": "reference", "upscaleResolution": "8k", "odd": 1,
    }});
    let expected = [
        "resolution_required",
        "bad_upscale",
        "no_references",
        "bad_url",
        "unknown_field",
    ];
    assert_eq!(codes(&issues(&request)), expected);
}

#[test]
fn a_wrong_mode_is_reported_between_resolution_and_upscale() {
    let request = json!({ "model": "sd2", "inputs": {
        "videoInputMode": "x", "resolution": "x", "upscaleResolution": "x", "prompt": "A cat",
    }});
    assert_eq!(codes(&issues(&request)), ["bad_resolution", "bad_mode", "bad_upscale"]);
}

#[test]
fn one_file_can_have_several_issues() {
    let request = json!({ "model": "sd2", "inputs": { "urls": ["", 1, "data:image/png;base64,AAAA"] } });
    assert_eq!(
        codes(&issues(&request)),
        ["too_many", "bad_url", "wrong_type", "bad_url"]
    );
}

#[test]
fn the_order_of_the_fields_in_the_request_does_not_matter() {
    let request =
        json!({ "model": "x", "inputs": { "prompt": "", "duration": 1, "urls": 2 }, "callBackUrl": 3, "z": 4 });
    let mut reversed = value(&request);
    reverse(&mut reversed);
    assert_eq!(verdict(&reversed), verdict(&value(&request)));
}

fn reverse(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.reverse();
        fields.iter_mut().for_each(|(_, field)| reverse(field));
    }
}

#[test]
fn an_undefined_field_counts_as_missing() {
    let with_undefined = |names: &[&str], mut fields: Vec<(String, Value)>| {
        fields.extend(
            names
                .iter()
                .map(|name| (name.to_string(), Value::Foreign(Foreign::Undefined))),
        );
        Value::Object(fields)
    };
    let unused: Vec<&str> = INPUT_FIELDS.into_iter().filter(|name| *name != "prompt").collect();
    let inputs = with_undefined(
        &[&unused[..], &["odd"]].concat(),
        vec![("prompt".into(), "A cat".into())],
    );
    let request = with_undefined(
        &["callBackUrl", "odd"],
        vec![("model".into(), "sd2".into()), ("inputs".into(), inputs)],
    );
    assert_eq!(verdict(&request)["issues"], json!([]));
}

#[test]
fn a_value_that_json_cannot_represent_is_an_error_anywhere() {
    for foreign in [
        Foreign::Function,
        Foreign::Symbol,
        Foreign::BigInt,
        Foreign::Unreadable,
        Foreign::TooLarge,
        Foreign::LongText,
        Foreign::LocalUrl,
    ] {
        for name in INPUT_FIELDS {
            let inputs = Value::Object(vec![
                ("prompt".into(), "A cat".into()),
                (name.into(), Value::Foreign(foreign)),
            ]);
            // If there are two fields of one name, only the first is read.
            let inputs = if name == "prompt" {
                Value::Object(vec![(name.into(), Value::Foreign(foreign))])
            } else {
                inputs
            };
            let request = Value::Object(vec![("model".into(), "sd2".into()), ("inputs".into(), inputs)]);
            assert_wrong_type(&request, json!(["inputs", name]));
        }
        for name in REQUEST_FIELDS {
            let mut request = value(&json!({ "model": "sd2", "inputs": { "prompt": "A cat" } }));
            if let Value::Object(fields) = &mut request {
                fields.retain(|(key, _)| key != name);
            }
            request.put(name, Value::Foreign(foreign));
            assert_wrong_type(&request, json!([name]));
        }
    }
}

fn assert_wrong_type(request: &Value, path: Json) {
    let verdict = verdict(request);
    let wanted = json!({ "path": path, "code": "wrong_type", "severity": "error" });
    let issues = verdict["issues"].as_array().expect("a list");
    assert!(issues.contains(&wanted), "{path}: {issues:?}");
    assert_eq!(verdict["valid"], false);
}

#[test]
fn an_unknown_field_that_json_cannot_represent_is_an_error() {
    let mut request = value(&json!({ "model": "sd2", "inputs": { "prompt": "A cat" } }));
    let cycle = Value::Array(vec![Value::Object(vec![(
        "self".into(),
        Value::Foreign(Foreign::TooLarge),
    )])]);
    request.put("extra", cycle);
    assert_wrong_type(&request, json!(["extra"]));
}

#[test]
fn an_unknown_field_may_contain_undefined() {
    let mut request = value(&json!({ "model": "sd2", "inputs": { "prompt": "A cat" } }));
    request.put("extra", Value::Array(vec![Value::Foreign(Foreign::Undefined)]));
    let expected = json!([{ "path": ["extra"], "code": "unknown_field", "severity": "warning" }]);
    assert_eq!(verdict(&request)["issues"], expected);
}

#[test]
fn a_message_quotes_only_the_start_of_a_long_name() {
    let name = "é".repeat(10_000);
    let url = format!("https://{name}.local");
    let request = json!({ "model": "sd2", "inputs": { "prompt": "A cat" }, "callBackUrl": url, name: 1 });
    for issue in issues(&request) {
        let message = issue["message"].as_str().expect("a message");
        assert!(message.len() < 200 && message.contains("éé"), "{message}");
    }
}
