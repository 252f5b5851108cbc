//! Error codes and reasons of responses: pure functions.

use crate::support::json::{Json, json, value};
use proptest::prelude::*;
use sd2_client::error::{Code, Problem};
use sd2_client::service::answer::{Facts, Reply};
use sd2_client::service::endpoint::Endpoint;
use sd2_client::service::reason;
use sd2_client::service::task::{is_id, is_safe};

const REFUSALS: [u16; 15] = [
    400, 401, 402, 403, 404, 405, 406, 411, 413, 414, 415, 422, 429, 431, 451,
];

/// The error code of a status, from the service or an intermediary.
fn code(endpoint: Endpoint, status: u16) -> Code {
    let codes = [Reply::Refused, Reply::Intercepted].map(|reply| {
        let facts = Facts {
            status,
            ..Facts::without_answer(reply)
        };
        Problem::of(endpoint, &facts).expect("a failure").code
    });
    assert_eq!(codes[0], codes[1], "{status}");
    codes[0]
}

/// The reason in a refusal.
fn words(said: &Json) -> Option<String> {
    reason::of_answer(Some(&value(said)), &said.to_string(), 400).map(str::to_owned)
}

#[test]
fn only_statuses_that_refuse_a_create_unprocessed_mean_that_there_is_no_task() {
    for status in (0..200).chain(300..=999) {
        assert_eq!(
            code(Endpoint::CreateTask, status) == Code::OutcomeUnknown,
            !REFUSALS.contains(&status),
            "{status}"
        );
    }
}

#[test]
fn no_status_of_a_read_is_outcome_unknown() {
    for endpoint in [Endpoint::QueryTask, Endpoint::Credits] {
        for status in 0..=999 {
            assert_ne!(code(endpoint, status), Code::OutcomeUnknown);
        }
    }
}

#[test]
fn the_most_specific_reason_is_preferred() {
    for (said, expected) in [
        (json!({ "title": "Bad Request", "detail": "why" }), Some("why")),
        (json!({ "error": "E1", "message": "why" }), Some("why")),
        (json!({ "errors": [{}, { "msg": "why" }] }), Some("why")),
        (json!({ "code": "E1", "reason": "it is why" }), Some("it is why")),
        (json!({ "code": "E1" }), Some("E1")),
        (json!({ "link": "https://example.com/" }), None),
        (json!({ "message": "<p>why</p>" }), None),
        (json!(" "), None),
        (json!(7), None),
    ] {
        assert_eq!(words(&said).as_deref(), expected, "{said}");
    }
}

#[test]
fn a_task_id_is_neither_blank_nor_too_long() {
    for (id, is_one) in [("task_abc123", true), ("", false), (" \t", false), ("\u{a0}", false)] {
        assert_eq!(is_id(id), is_one, "{id:?}");
    }
    assert!(is_id(&"x".repeat(200)) && !is_id(&"x".repeat(201)));
}

fn jsons() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<i32>().prop_map(Json::from),
        ".{0,8}".prop_map(Json::from)
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let name = prop_oneof![
            Just("message".to_owned()),
            Just("errors".to_owned()),
            Just("url".to_owned()),
            ".{0,4}"
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((name, inner), 0..4).prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_reason_is_never_blank_and_never_html(said in jsons()) {
        if let Some(words) = words(&said) {
            prop_assert!(!words.trim().is_empty());
            prop_assert!(!words.contains("</") && !words.contains("<a"), "{}", words);
        }
    }

    #[test]
    fn a_safe_output_has_only_http_urls(output in jsons()) {
        if is_safe(&value(&json!({ "output": output }))) {
            let videos = output.as_array().cloned().unwrap_or_default();
            prop_assert!(output.is_null() || output.is_array());
            for video in videos {
                prop_assert!(video.is_null() || video.is_object());
                let url = video["url"].as_str().unwrap_or("https:").to_ascii_lowercase();
                prop_assert!(url.starts_with("http") && (video["url"].is_null() || video["url"].is_string()));
            }
        }
    }
}
