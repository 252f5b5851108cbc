//! What a platform's `fetch` came to: above all, whether a request may have arrived.

use crate::support::json::{Json, json, value};
use sd2_client::host::{Failure, Response};

fn read(answer: Json) -> Result<Response, Failure> {
    Response::read(&value(&answer), "https://seegen.ai/api/v1/account/credits")
}

fn thrown(code: &str) -> Json {
    json!({ "name": "Error", "message": "it failed", "code": code })
}

#[test]
fn an_answer_has_its_status_its_header_and_its_body() {
    let answer = json!({ "status": 503, "retryAfter": "7", "body": "busy" });
    let expected = Response {
        status: 503,
        retry_after: Some("7".into()),
        body: Ok("busy".into()),
    };
    assert_eq!(read(answer), Ok(expected));
}

#[test]
fn an_answer_may_have_neither_header_nor_text() {
    let response = read(json!({ "status": 204, "retryAfter": null, "body": "" })).expect("an answer");
    assert_eq!((response.retry_after, response.body), (None, Ok(String::new())));
}

#[test]
fn a_body_that_breaks_off_is_still_an_answer() {
    let response = read(json!({ "status": 200, "thrown": thrown("ECONNRESET") })).expect("an answer");
    assert_eq!(response.status, 200);
    assert_eq!(response.body, Err(value(&thrown("ECONNRESET"))));
}

#[test]
fn a_hidden_redirect_is_an_answer() {
    assert_eq!(
        read(json!({ "status": 0, "body": "" })).map(|response| response.status),
        Ok(0)
    );
}

#[test]
fn without_an_answer_a_request_may_have_arrived() {
    for cause in [
        json!({ "name": "TypeError", "message": "Failed to fetch" }),
        thrown("ECONNRESET"),
        thrown("EPIPE"),
        thrown("ETIMEDOUT"),
        thrown("UND_ERR_SOCKET"),
        thrown("UND_ERR_HEADERS_TIMEOUT"),
        json!({ "message": "ECONNREFUSED" }),
        json!({ "code": 7 }),
        json!({}),
    ] {
        let expected = Err(Failure::Lost(value(&cause)));
        assert_eq!(read(json!({ "thrown": cause })), expected);
    }
    assert!(matches!(read(json!({})), Err(Failure::Lost(_))));
    assert!(matches!(read(json!(null)), Err(Failure::Lost(_))));
}

#[test]
fn what_the_platform_knows_to_be_no_connection_is_none() {
    for code in ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"] {
        let nested = json!({ "name": "TypeError", "message": "fetch failed", "cause": thrown(code) });
        let deeper = json!({ "name": "Error", "cause": nested });
        for cause in [thrown(code), nested, deeper] {
            let expected = Err(Failure::NotConnected(value(&cause)));
            assert_eq!(read(json!({ "thrown": cause })), expected);
        }
    }
}

#[test]
fn what_failed_at_the_connection_or_the_name_was_not_sent() {
    for (syscall, code) in [
        ("connect", "ENETUNREACH"),
        ("connect", "EHOSTUNREACH"),
        ("connect", "ETIMEDOUT"),
        ("connect", "ECONNRESET"),
        ("getaddrinfo", "EAI_FAIL"),
    ] {
        let mut cause = thrown(code);
        cause["syscall"] = syscall.into();
        let cause = json!({ "name": "TypeError", "message": "fetch failed", "cause": cause });
        let expected = Err(Failure::NotConnected(value(&cause)));
        assert_eq!(read(json!({ "thrown": cause })), expected);
    }
}

#[test]
fn what_failed_at_any_other_step_may_have_been_sent() {
    for (syscall, code) in [
        ("read", "ECONNRESET"),
        ("read", "ETIMEDOUT"),
        ("write", "EPIPE"),
        ("write", "EPROTO"),
        ("", "EHOSTUNREACH"),
    ] {
        let mut cause = thrown(code);
        cause["syscall"] = syscall.into();
        let expected = Err(Failure::Lost(value(&cause)));
        assert_eq!(read(json!({ "thrown": cause })), expected);
    }
}

#[test]
fn a_network_that_was_not_there_before_is_no_connection() {
    let cause = json!({ "name": "TypeError", "message": "Failed to fetch" });
    let answer = json!({ "offline": true, "thrown": cause });
    assert_eq!(read(answer), Err(Failure::NotConnected(value(&cause))));
}

#[test]
fn an_answer_counts_more_than_a_network_that_was_not_there() {
    let response = read(json!({ "offline": true, "status": 200, "thrown": thrown("ECONNREFUSED") }));
    assert_eq!(response.map(|response| response.status), Ok(200));
}
