//! The validator: each rule of the contract, and properties that hold for any value.

use crate::support::json::{Json, json, seen, value};
use crate::support::layout;
use sd2_client::validate::validate;
use sd2_client::value::Value;

/// The issues of a request as callers see them.
fn issues(request: &Json) -> Vec<Json> {
    issues_with(request, Json::Null)
}

/// The issues of a request whose files were probed.
fn issues_with(request: &Json, media: Json) -> Vec<Json> {
    let (request, media) = (value(request), value(&media));
    let verdict = seen(&validate(&request, &media).into_value());
    assert_eq!(verdict, layout::verdict(&request, &media), "both entries");
    verdict["issues"].as_array().expect("issues is a list").clone()
}

/// The codes of issues, in order.
fn codes(issues: &[Json]) -> Vec<&str> {
    issues.iter().filter_map(|issue| issue["code"].as_str()).collect()
}

/// The result for a value without the messages of its issues, which are only checked.
fn verdict(request: &Value) -> Json {
    let mut verdict = seen(&validate(request, &Value::Null).into_value());
    assert_eq!(verdict, layout::verdict(request, &Value::Null), "both entries");
    for issue in verdict["issues"].as_array_mut().expect("issues is a list") {
        let message = issue.as_object_mut().and_then(|issue| issue.remove("message"));
        let message = message.expect("each issue has a message").to_string();
        assert!(message.len() > 10 && !message.contains("{}"), "{message}");
    }
    verdict
}

/// The result of `verdict` for these issues. A price of 0 means no price.
fn expected(mode: &str, credits: u32, issues: Vec<Json>) -> Json {
    let valid = issues.iter().all(|issue| issue["severity"] == "warning");
    json!({
        "valid": valid,
        "mode": if mode == "none" { Json::Null } else { mode.into() },
        "issues": issues,
        "credits": if credits == 0 { Json::Null } else { credits.into() },
    })
}

/// Defines a test for each row: its name, the request, and the expected mode, credits and issues.
macro_rules! rows {
    ($($name:ident: $request:tt => $mode:ident $credits:literal
        $([$path:tt $severity:ident $code:ident $($suggestion:literal)?])*;)*) => {
        $(#[test]
        fn $name() {
            let issues = vec![$({
                #[allow(unused_mut, reason = "not every issue has a suggestion")]
                let mut issue = json!({
                    "path": $path,
                    "severity": stringify!($severity),
                    "code": stringify!($code),
                });
                $(issue["suggestion"] = $suggestion.into();)?
                issue
            }),*];
            let request = value(&json!($request));
            assert_eq!(verdict(&request), expected(stringify!($mode), $credits, issues));
        })*
    };
}

mod documented;
mod fields;
mod media;
mod modes;
mod order;
mod price;
mod properties;
mod strategies;
mod urls;
