//! The key leaves the library in requests only, whatever the service and the platform make of it.

use crate::support::json::{Json, json, value};
use crate::support::platform::{KEY, Platform, client};
use crate::support::service::{Reply, Service, ok, text};
use proptest::prelude::*;
use sd2_client::call::Method;
use sd2_client::client::Client;
use sd2_client::error::Error;
use sd2_client::host::{Failure, Listener, Response};
use sd2_client::options::Options;

/// A key of every kind of character that JSON or a service may escape.
const AWKWARD: &str = r#"sk/live+"quoted"\back<slash>&{}=="#;

fn thrown(key: &str) -> Json {
    json!({
        "name": key,
        "message": format!("Invalid header value: Bearer {key}"),
        "code": key,
        "cause": { "name": "Error", "message": format!("{key} and {key}"), "cause": { "message": key } },
    })
}

fn call(
    client: &Client,
    reply: Reply,
    method: Method,
) -> (
    Platform<'static, 'static>,
    Option<sd2_client::error::Result<sd2_client::value::Value>>,
) {
    let service: &'static Service<'static> = Box::leak(Box::new(Service::answering([reply])));
    let platform = Platform::new(service);
    let subject = match method {
        Method::CreateTask | Method::Generate => json!({ "model": "sd2", "inputs": { "prompt": "A cat" } }),
        _ => json!("task_abc123"),
    };
    let result = platform.call(client, method, subject, json!({ "timeoutMs": 5_000 }));
    (platform, result)
}

fn error(key: &str, reply: Reply, method: Method) -> Box<Error> {
    let client = client(json!({ "apiKey": key, "maxRetries": 0 }));
    let (_, result) = call(&client, reply, method);
    result.expect("not aborted").expect_err("a failure")
}

/// All that can be seen of an error.
fn everything(error: &Error) -> String {
    let json = |value| serde_json::to_string(value).expect("plain data");
    format!("{error} {error:?} {} {}", json(&error.details), json(&error.cause))
}

fn is_hidden(error: &Error, key: &str) {
    let text = everything(error);
    // Neither as it is, nor as Debug or JSON write it.
    let escaped = key.replace('\\', "\\\\").replace('"', "\\\"");
    assert!(!text.contains(key) && !text.contains(&escaped), "{text}");
    assert!(text.contains("[key]"), "{text}");
}

const METHODS: [Method; 3] = [Method::CreateTask, Method::QueryTask, Method::GetCredits];

#[test]
fn a_key_in_the_services_reason_is_hidden() {
    for status in [400, 401, 402, 403, 404, 429, 500, 302, 418] {
        for method in METHODS {
            for body in [
                json!({ "message": format!("Bad key {KEY}.") }),
                json!({ "error": { "message": KEY } }),
                json!(KEY),
                json!({ "message": "no", "request": { "headers": { "authorization": format!("Bearer {KEY}") } } }),
                json!({ (KEY): "as a name" }),
            ] {
                is_hidden(&error(KEY, text(status, &body.to_string()), method), KEY);
            }
        }
    }
}

#[test]
fn a_key_in_a_body_that_is_no_json_is_hidden() {
    for status in [200, 401, 500] {
        for method in METHODS {
            let body = format!("<pre>Authorization: Bearer {KEY}</pre><p>{KEY}{KEY}</p>");
            is_hidden(&error(KEY, text(status, &body), method), KEY);
        }
    }
}

#[test]
fn a_key_across_the_cut_of_a_long_body_is_hidden() {
    for before in 1_960..2_010 {
        let error = error(
            KEY,
            text(400, &format!("{}{KEY}", "x".repeat(before))),
            Method::GetCredits,
        );
        let seen = everything(&error);
        assert!(!seen.contains(&KEY[..6]), "{seen}");
    }
}

#[test]
fn a_key_that_the_platform_throws_is_hidden() {
    let cause = value(&thrown(KEY));
    for failure in [Failure::Lost(cause.clone()), Failure::NotConnected(cause.clone())] {
        for method in METHODS {
            let reply = Reply {
                after: 0.0,
                outcome: Err(failure.clone()),
            };
            is_hidden(&error(KEY, reply, method), KEY);
        }
    }
}

#[test]
fn a_key_that_is_thrown_while_a_body_is_read_is_hidden() {
    for status in [200, 401, 500] {
        for method in METHODS {
            let response = Response {
                status,
                retry_after: None,
                body: Err(value(&thrown(KEY))),
            };
            is_hidden(
                &error(
                    KEY,
                    Reply {
                        after: 0.0,
                        outcome: Ok(response),
                    },
                    method,
                ),
                KEY,
            );
        }
    }
}

#[test]
fn a_key_in_the_reason_of_a_failed_task_is_hidden() {
    for failed in [
        json!({ "taskId": "task_abc123", "status": "FAILED", "error": format!("Key {KEY} is blocked.") }),
        json!({ "taskId": "task_abc123", "status": "FAILED", "error": { "message": KEY }, "note": [KEY] }),
        json!({ "taskId": KEY, "status": "FAILED", "error": null }),
    ] {
        is_hidden(&error(KEY, ok(failed), Method::WaitForTask), KEY);
    }
}

#[test]
fn a_key_in_a_task_is_hidden_from_the_caller_and_the_listeners() {
    let task = json!({ "taskId": "task_abc123", "status": "COMPLETED", "note": KEY, (KEY): [{ "deep": KEY }],
        "output": [{ "url": format!("https://example.com/{KEY}.mp4") }] });
    let (platform, result) = call(&client(json!({})), ok(task), Method::WaitForTask);
    let result = result.expect("not aborted").expect("a task");
    let seen = format!(
        "{result:?} {} {}",
        json!(platform.told(Listener::Updated)),
        json!(platform.told(Listener::Logged))
    );
    assert!(!seen.contains(KEY) && seen.contains("[key]"), "{seen}");
}

#[test]
fn a_key_as_a_task_id_is_hidden_from_the_caller_and_the_listeners() {
    let (platform, result) = call(&client(json!({})), ok(json!({ "taskId": KEY })), Method::Generate);
    let told = json!(platform.told(Listener::Created)).to_string();
    assert!(!told.contains(KEY), "{told}");
    assert!(!format!("{result:?}").contains(KEY));
}

#[test]
fn a_key_that_json_escapes_is_hidden() {
    for status in [200, 400, 401, 500] {
        let escaped = json!({ "message": AWKWARD }).to_string();
        is_hidden(&error(AWKWARD, text(status, &escaped), Method::GetCredits), AWKWARD);
        // PHP writes each slash with a backslash.
        let slashes = escaped.replace('/', "\\/");
        let error = error(AWKWARD, text(status, &slashes), Method::GetCredits);
        is_hidden(&error, AWKWARD);
        assert!(!everything(&error).contains("sk\\"), "{error:?}");
    }
}

#[test]
fn a_key_that_is_quoted_twice_is_hidden() {
    let inner = json!({ "authorization": format!("Bearer {AWKWARD}") }).to_string();
    let body = json!({ "message": inner }).to_string();
    let error = error(AWKWARD, text(400, &body), Method::GetCredits);
    assert!(!everything(&error).contains("live+"), "{error:?}");
}

#[test]
fn just_the_key_is_replaced() {
    let body = json!({ "message": format!("<{KEY}>{KEY} and") }).to_string();
    let error = error(KEY, text(400, &body), Method::GetCredits);
    assert_eq!(error.details.text("body"), Some(r#"{"message":"<[key]>[key] and"}"#));
    assert!(error.message.contains(": <[key]>[key] and."), "{error}");
}

#[test]
fn a_key_that_json_escapes_by_number_is_hidden_in_a_task() {
    let escaped: String = KEY
        .chars()
        .map(|letter| format!("\\u{:04x}", u32::from(letter)))
        .collect();
    let body = format!(r#"{{"taskId":"task_abc123","status":"PENDING","notes":[["{escaped}"]],"note":"{escaped}"}}"#);
    let (_, result) = call(&client(json!({})), text(200, &body), Method::QueryTask);
    let task = result.expect("not aborted").expect("a task");
    assert_eq!(task.text("note"), Some("[key]"));
    assert!(!format!("{task:?}").contains(KEY));
}

#[test]
fn a_key_as_short_as_an_ordinary_word_is_not_looked_for() {
    let error = error("task", text(404, r#"{"message":"no such task"}"#), Method::QueryTask);
    assert!(error.message.contains("no such task"), "{error}");
}

#[test]
fn what_only_begins_like_the_key_stays() {
    let begins = &KEY[..KEY.len() - 1];
    let error = error(
        KEY,
        text(400, &json!({ "message": begins }).to_string()),
        Method::GetCredits,
    );
    assert!(error.message.contains(begins), "{error}");
}

#[test]
fn a_client_without_a_key_hides_nothing() {
    let options = value(&json!({ "baseUrl": "https://gateway.example.com" }));
    let client = Client::new(sd2_client::options::Options::read(&options).expect("right"));
    let (_, result) = call(&client, text(400, r#"{"message":"the reason"}"#), Method::GetCredits);
    let error = result.expect("not aborted").expect_err("a failure");
    assert!(error.message.contains("the reason"));
}

proptest! {
    #[test]
    fn any_key_in_any_text_is_hidden(key in "[!-~]{6,40}", before in "\\PC{0,20}", after in "\\PC{0,20}", status in 200u16..600) {
        prop_assume!(!"[key]no reason given".contains(&key));
        // Not those in quotes, or with a name before them.
        prop_assume!(Options::read(&value(&json!({ "apiKey": key }))).is_ok());
        let message = format!("{before}{key}{after}");
        for body in [json!({ "message": message }).to_string(), message] {
            let error = error(&key, text(status, &body), Method::GetCredits);
            let strings = [error.message.clone(), error.details.text("body").unwrap_or_default().into()];
            for string in strings {
                prop_assert!(!string.contains(&key), "{} in {}", key, string);
            }
        }
    }
}

#[test]
fn a_key_that_is_given_as_a_header_is_hidden_too() {
    let header = format!("Bearer {AWKWARD}");
    let options = json!({
        "baseUrl": "https://gateway.example.com",
        "headers": { "authorization": header },
        "maxRetries": 0,
    });
    let client = Client::new(Options::read(&value(&options)).expect("the options are right"));
    let failure = Reply {
        after: 0.0,
        outcome: Err(Failure::Lost(value(&thrown(AWKWARD)))),
    };
    let (_, result) = call(&client, failure, Method::GetCredits);
    is_hidden(&result.expect("not aborted").expect_err("a failure"), AWKWARD);
}
