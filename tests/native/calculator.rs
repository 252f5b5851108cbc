//! Prices of one request, of a list, and of all configurations.

use crate::support::json::{Json, json, seen, value};
use proptest::prelude::*;
use sd2_client::calculator::{estimate, table};
use sd2_client::error::{Code, Error};
use sd2_client::value::{Foreign, Value};

fn one(input: &Json) -> Json {
    seen(&estimate(&value(input), false).expect("a price"))
}

fn many(inputs: Json) -> Vec<Json> {
    let prices = seen(&estimate(&value(&inputs), true).expect("prices"));
    prices.as_array().expect("a list").clone()
}

fn refused(inputs: Json, is_list: bool) -> Box<Error> {
    estimate(&value(&inputs), is_list).expect_err("no price")
}

fn paths(error: &Error) -> Json {
    let issues = seen(error.details.get("issues").expect("issues"));
    issues
        .as_array()
        .expect("a list")
        .iter()
        .map(|issue| issue["path"].clone())
        .collect()
}

fn rows(credits: f64) -> Vec<Json> {
    let rows = seen(&table(&Value::Number(credits)).expect("a table"));
    rows.as_array().expect("a list").clone()
}

#[test]
fn a_single_input_gives_a_single_price() {
    let expected = json!({
        "total": 400, "base": 200, "videoReference": 0, "upscale": 200,
        "durationSeconds": 5, "creditsPerSecond": 80, "model": "sd2",
    });
    assert_eq!(
        one(&json!({ "model": "sd2", "duration": "5s", "upscaleResolution": "4k" })),
        expected
    );
}

#[test]
fn a_list_gives_prices_in_its_order() {
    let request = json!({ "model": "sd2", "inputs": { "prompt": "A cat", "duration": "15s" } });
    let inputs = [
        json!({ "model": "sd2-fast" }),
        request,
        json!({ "model": "sd2", "videoReference": true }),
    ];
    let prices = many(json!(inputs));
    assert_eq!(prices, inputs.each_ref().map(one));
    assert_eq!(
        prices.iter().map(|price| price["total"].clone()).collect::<Json>(),
        json!([160, 600, 400])
    );
}

#[test]
fn an_empty_list_gives_no_prices() {
    assert_eq!(many(json!([])), Vec::<Json>::new());
}

#[test]
fn issue_paths_of_a_single_input_begin_with_its_fields() {
    let error = refused(json!({ "model": "sd2", "inputs": { "duration": "3s" } }), false);
    assert_eq!(error.code, Code::InvalidRequest);
    assert_eq!(paths(&error), json!([["inputs", "prompt"], ["inputs", "duration"]]));
}

#[test]
fn issue_paths_of_a_list_begin_with_the_index() {
    let inputs = json!([{ "model": "x" }, { "model": "sd2" }, 7, { "model": "sd2", "inputs": { "duration": 5 } }]);
    let error = refused(inputs, true);
    assert_eq!(error.code, Code::InvalidRequest);
    let expected = json!([[0, "model"], [2], [3, "inputs", "prompt"], [3, "inputs", "duration"]]);
    assert_eq!(paths(&error), expected);
}

#[test]
fn the_message_contains_the_index_in_the_list() {
    let error = refused(json!([{ "model": "sd2" }, { "model": "x" }]), true);
    assert!(error.message.contains("1: model: model must be"), "{error}");
}

#[test]
fn a_request_with_warnings_has_a_price() {
    assert_eq!(
        many(json!([{ "model": "sd2", "inputs": { "prompt": "A cat", "seed": 7 } }])).len(),
        1
    );
}

#[test]
fn a_value_that_is_not_a_list_is_an_invalid_argument() {
    for input in [json!(null), json!({}), json!("sd2"), json!(5)] {
        assert_eq!(refused(input, true).code, Code::InvalidArgument);
    }
}

#[test]
fn a_list_as_a_single_input_is_refused() {
    assert_eq!(refused(json!([{ "model": "sd2" }]), false).code, Code::InvalidRequest);
}

#[test]
fn the_table_has_144_different_rows() {
    let mut seen: Vec<String> = Vec::new();
    for mut row in rows(0.0) {
        let fields = row.as_object_mut().expect("an object");
        fields.retain(|name, _| name != "total" && name != "count");
        seen.push(row.to_string());
    }
    assert_eq!(seen.len(), 144);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 144);
}

#[test]
fn the_table_is_ordered_by_model_length_upscale_and_reference() {
    let rows = rows(0.0);
    let expected = json!([
        ["sd2", "4s", null, false],
        ["sd2", "4s", null, true],
        ["sd2", "4s", "2k", false],
        ["sd2", "4s", "2k", true],
        ["sd2", "4s", "4k", false],
        ["sd2", "4s", "4k", true],
        ["sd2", "5s", null, false],
    ]);
    let ids = |row: &Json| {
        json!([
            row["model"],
            row["duration"],
            row["upscaleResolution"],
            row["videoReference"]
        ])
    };
    assert_eq!(rows[..7].iter().map(ids).collect::<Json>(), expected);
    assert_eq!(ids(&rows[143]), json!(["sd2-fast", "15s", "4k", true]));
}

#[test]
fn each_row_costs_what_its_configuration_costs() {
    for row in rows(0.0) {
        assert_eq!(one(&row)["total"], row["total"], "{row}");
    }
}

#[test]
fn zero_credits_pay_for_no_video() {
    assert!(rows(0.0).iter().all(|row| row["count"] == 0));
}

#[test]
fn credits_pay_for_a_video_from_its_exact_price_on() {
    let count = |credits: f64| rows(credits)[0]["count"].clone();
    assert_eq!(
        json!([count(159.0), count(159.99), count(160.0), count(319.0), count(320.0)]),
        json!([0, 0, 1, 1, 2])
    );
}

#[test]
fn credits_must_be_a_number_from_zero_up() {
    let numbers = [-1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(Value::Number);
    let others = [
        Value::Null,
        "5000".into(),
        Value::object(),
        Value::Foreign(Foreign::BigInt),
    ];
    for credits in numbers.into_iter().chain(others) {
        let error = table(&credits).expect_err("no balance");
        assert_eq!(error.code, Code::InvalidArgument, "{credits:?}");
    }
}

proptest! {
    #[test]
    fn the_count_is_the_number_of_videos_that_the_credits_pay_for(credits in 0u32..1_000_000) {
        for row in rows(credits.into()) {
            let total = row["total"].as_u64().expect("whole credits");
            let count = row["count"].as_u64().expect("whole videos");
            prop_assert!(count * total <= credits.into() && (count + 1) * total > credits.into(), "{}", row);
        }
    }
}
