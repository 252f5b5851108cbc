//! The facts of an attempt with `fetch`: above all, whether the request may have arrived.

use crate::support::clock::START;
use crate::support::json::{Json, json, value};
use sd2_client::service::answer::{Asked, Facts, Reply};
use sd2_client::service::endpoint::Endpoint;

fn read(answer: Json) -> Facts {
    let asked = Asked {
        endpoint: Endpoint::Credits,
        task_id: "",
        is_local: false,
    };
    Facts::read(asked, &value(&answer), START)
}

fn reply(answer: Json) -> Reply {
    read(answer).reply
}

fn thrown(code: &str) -> Json {
    json!({ "name": "Error", "message": "it failed", "code": code })
}

#[test]
fn a_response_has_its_status_and_retry_after() {
    let facts = read(json!({ "status": 503, "retryAfter": "7", "text": "busy" }));
    assert_eq!(
        (facts.status, facts.retry_after, facts.reply),
        (503, 7_000.0, Reply::Intercepted)
    );
}

#[test]
fn a_response_may_have_neither_header_nor_body() {
    let facts = read(json!({ "status": 503, "retryAfter": null, "text": "" }));
    assert_eq!((facts.retry_after, facts.reply), (0.0, Reply::Intercepted));
}

#[test]
fn only_a_json_refusal_comes_from_the_service_itself() {
    assert_eq!(
        reply(json!({ "status": 403, "value": { "message": "no" } })),
        Reply::Refused
    );
    assert_eq!(reply(json!({ "status": 403, "value": [] })), Reply::Refused);
    for value in [json!(null), json!("no"), json!(7)] {
        assert_eq!(reply(json!({ "status": 403, "value": value })), Reply::Intercepted);
    }
}

#[test]
fn a_response_whose_body_breaks_off_has_a_status() {
    let facts = read(json!({ "status": 200, "thrown": thrown("ECONNRESET") }));
    assert_eq!((facts.status, facts.reply), (200, Reply::BrokeOff));
}

#[test]
fn an_opaque_redirect_is_a_response() {
    assert_eq!(read(json!({ "status": 0, "text": "" })).status, 0);
    assert_eq!(reply(json!({ "status": 0, "text": "" })), Reply::Intercepted);
}

#[test]
fn without_a_response_a_request_may_have_arrived() {
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
        assert_eq!(reply(json!({ "thrown": cause })), Reply::Lost);
    }
    assert_eq!(reply(json!({})), Reply::Lost);
    assert_eq!(reply(json!(null)), Reply::Lost);
}

#[test]
fn a_platform_error_before_the_connection_is_not_connected() {
    for code in ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"] {
        let nested = json!({ "name": "TypeError", "message": "fetch failed", "cause": thrown(code) });
        let deeper = json!({ "name": "Error", "cause": nested });
        for cause in [thrown(code), nested, deeper] {
            assert_eq!(reply(json!({ "thrown": cause })), Reply::NotConnected);
        }
    }
}

#[test]
fn a_failed_connect_or_name_lookup_means_that_nothing_was_sent() {
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
        assert_eq!(reply(json!({ "thrown": cause })), Reply::NotConnected);
    }
}

#[test]
fn after_a_failure_at_any_other_step_a_request_may_have_been_sent() {
    for (syscall, code) in [
        ("read", "ECONNRESET"),
        ("read", "ETIMEDOUT"),
        ("write", "EPIPE"),
        ("write", "EPROTO"),
        ("", "EHOSTUNREACH"),
    ] {
        let mut cause = thrown(code);
        cause["syscall"] = syscall.into();
        assert_eq!(reply(json!({ "thrown": cause })), Reply::Lost);
    }
}

#[test]
fn an_offline_platform_is_not_connected() {
    let cause = json!({ "name": "TypeError", "message": "Failed to fetch" });
    assert_eq!(reply(json!({ "offline": true, "thrown": cause })), Reply::NotConnected);
}

#[test]
fn a_loopback_host_works_offline() {
    let asked = Asked {
        endpoint: Endpoint::CreateTask,
        task_id: "",
        is_local: true,
    };
    let answer = json!({ "offline": true, "thrown": { "message": "Failed to fetch" } });
    assert_eq!(Facts::read(asked, &value(&answer), START).reply, Reply::Lost);
}

#[test]
fn a_response_counts_even_if_the_platform_was_offline() {
    let facts = read(json!({ "offline": true, "status": 200, "thrown": thrown("ECONNREFUSED") }));
    assert_eq!(facts.status, 200);
}
