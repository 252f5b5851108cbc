//! Configurations with a price: `{ model, duration?, upscaleResolution?, videoReference? }`, and incomplete requests.

use super::codes;
use crate::support::json::{Json, json, seen, value};
use sd2_client::validate::configuration;
use sd2_client::value::Value;

fn refused(input: Json) -> Vec<Json> {
    let issues = configuration(&value(&input), None).expect_err("no price");
    issues.iter().map(seen).collect()
}

fn price(input: Json) -> u32 {
    configuration(&value(&input), None).expect("a price").estimate().total
}

#[test]
fn a_model_alone_means_five_seconds() {
    assert_eq!(price(json!({ "model": "sd2" })), 200);
}

#[test]
fn a_model_is_required() {
    let issues = refused(json!({ "duration": "5s" }));
    assert_eq!(codes(&issues), ["missing"]);
    assert_eq!(issues[0]["path"], json!(["model"]));
}

#[test]
fn all_issues_of_a_configuration_are_reported_at_once() {
    let input = json!({
        "videoReference": "yes", "upscaleResolution": "2K", "duration": 5, "model": "sd3", "fps": 30,
    });
    let issues = refused(input);
    let expected = [
        "unknown_model",
        "bad_duration",
        "bad_upscale",
        "wrong_type",
        "unknown_field",
    ];
    assert_eq!(codes(&issues), expected);
    assert_eq!(issues[3]["path"], json!(["videoReference"]));
}

#[test]
fn a_value_that_is_not_an_object_has_no_price() {
    for input in [json!(null), json!([]), json!("sd2"), json!(5)] {
        assert_eq!(codes(&refused(input)), ["not_object"]);
    }
}

#[test]
fn an_unknown_field_has_no_price() {
    let issues = refused(json!({ "model": "sd2", "upscale": "4k" }));
    assert_eq!(codes(&issues), ["unknown_field"]);
    assert_eq!(issues[0]["severity"], "error");
    assert_eq!(issues[0]["suggestion"], "upscaleResolution");
}

#[test]
fn a_list_of_videos_suggests_the_flag() {
    let issues = refused(json!({ "model": "sd2", "videoUrls": ["https://example.com/a.mp4"] }));
    assert_eq!(issues[0]["suggestion"], "videoReference");
}

#[test]
fn fields_of_a_request_that_do_not_affect_the_price_are_accepted() {
    let input = json!({ "model": "sd2", "prompt": "A cat", "urls": [], "audioUrls": [], "resolution": "720x720",
        "videoInputMode": "reference", "callBackUrl": "https://example.com" });
    assert_eq!(price(input), 200);
}

#[test]
fn a_request_with_warnings_has_a_price() {
    assert_eq!(
        price(json!({ "model": "sd2", "inputs": { "prompt": "A cat", "seed": 1 } })),
        200
    );
}

#[test]
fn a_request_without_a_prompt_has_a_price() {
    assert_eq!(price(json!({ "model": "sd2", "inputs": { "duration": "9s" } })), 360);
}

#[test]
fn a_request_whose_errors_do_not_affect_the_price_has_one() {
    for inputs in [
        json!({ "prompt": 7, "resolution": "big", "videoInputMode": "magic", "urls": "photo.jpg" }),
        json!({ "urls": vec!["data:,x"; 20], "audioUrls": null, "image_url": "https://example.com/a.jpg" }),
    ] {
        assert_eq!(
            price(json!({ "model": "sd2", "inputs": inputs, "callBackUrl": "x" })),
            200
        );
    }
}

#[test]
fn fields_that_affect_the_price_must_be_valid() {
    for (field, wrong, code) in [
        ("duration", json!("5"), "bad_duration"),
        ("duration", json!(null), "wrong_type"),
        ("upscaleResolution", json!("8k"), "bad_upscale"),
        ("upscaleResolution", json!(null), "wrong_type"),
        ("videoUrls", json!("https://example.com/a.mp4"), "wrong_type"),
    ] {
        let issues = refused(json!({ "model": "sd2", "inputs": { "prompt": "A cat", field: wrong } }));
        assert_eq!(codes(&issues), [code], "{field}");
    }
}

#[test]
fn a_row_of_the_price_table_has_a_price() {
    let row = json!({ "model": "sd2", "duration": "5s", "upscaleResolution": null, "videoReference": true, "total": 1, "count": 2 });
    assert_eq!(price(row), 400);
}

#[test]
fn the_paths_of_a_listed_input_begin_with_its_index() {
    let configured = configuration(&value(&json!({ "duration": 1 })), Some(7)).expect_err("no price");
    let requested =
        configuration(&value(&json!({ "model": "sd2", "inputs": { "duration": 1 } })), Some(8)).expect_err("no price");
    let listed = configuration(&Value::Null, Some(9)).expect_err("no price");
    let paths = [configured, requested, listed].concat();
    let paths: Vec<Json> = paths.iter().map(|issue| seen(issue)["path"].clone()).collect();
    assert_eq!(
        json!(paths),
        json!([
            [7, "model"],
            [7, "duration"],
            [8, "inputs", "prompt"],
            [8, "inputs", "duration"],
            [9]
        ])
    );
}
