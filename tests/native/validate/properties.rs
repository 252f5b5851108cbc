//! Properties of the validator for every request and for every value.

use super::strategies::{BREAKAGES, almost_a_request, anything, documented};
use crate::support::json::{Json, json, seen, value};
use crate::support::layout;
use proptest::prelude::*;
use proptest::sample::select;
use sd2_client::validate::{configuration, validate};
use sd2_client::value::Value;

fn holds(request: &Value, media: &Value) -> Result<(), TestCaseError> {
    let validation = validate(request, media);
    prop_assert_eq!(&validate(request, media), &validation);

    // `sd2-client/offline` reads the value in place. Compared as JSON.
    prop_assert_eq!(seen(&validation.clone().into_value()), layout::verdict(request, media));

    let is_error = |issue: &&Value| issue.text("severity") == Some("error");
    prop_assert_eq!(
        validation.valid,
        !validation.issues.iter().any(|issue| is_error(&issue))
    );
    prop_assert!(!validation.valid || validation.credits.is_some());
    prop_assert_eq!(validation.credits.is_some(), validation.configuration.is_some());
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
    fn a_request_within_the_documented_ranges_is_valid_and_has_the_price_of_the_formulas((request, mode, price) in documented()) {
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
        let is_priced = !matches!(path.last(), Some(&("model" | "inputs" | "duration" | "upscaleResolution" | "videoUrls")));
        prop_assert_eq!(validation.credits.is_some(), is_priced);
    }

    #[test]
    fn a_bad_url_is_reported_at_its_path((mut request, _, _) in documented(), pick in any::<prop::sample::Index>()) {
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
    fn the_result_for_any_value_is_complete_and_repeatable(request in anything(), media in anything()) {
        holds(&request, &media)?;
    }

    #[test]
    fn the_result_for_any_fields_is_complete_and_repeatable(request in almost_a_request(), media in anything()) {
        holds(&request, &media)?;
    }
}

#[test]
fn deeply_nested_values_are_validated() {
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
        holds(&request, &Value::Null).expect("the result is complete");
    }
}
