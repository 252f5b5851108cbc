//! The options of a client and of a call.

use crate::support::json::{Json, json, value};
use crate::support::platform::{Failure, KEY, from_mistake};
use sd2_client::error::Code;
use sd2_client::service::options::{CallOptions, Options};
use sd2_client::url;
use sd2_client::value::{Foreign, Value};

fn read(options: Json) -> Options {
    Options::read(&value(&options), url::alone).expect("the options are right")
}

fn refused(options: Json) -> Box<Failure> {
    let given = value(&options);
    let error = from_mistake(Options::read(&given, url::alone).expect_err("the options are wrong"));
    assert_eq!(error.code, Code::InvalidArgument, "{options}");
    assert!(!error.message.contains("{}"), "{error}");
    error
}

/// With a key, and this option.
fn with(name: &str, option: Json) -> Json {
    let mut options = json!({ "apiKey": KEY });
    options[name] = option;
    options
}

#[test]
fn the_defaults_are_those_of_the_contract() {
    let options = read(json!({ "apiKey": KEY }));
    assert!(!options.is_local);
    assert_eq!(options.timeout_ms, 30_000.0);
    assert_eq!(options.max_retries, 4);
    assert!(options.validate);
    assert_eq!(options.concurrency, 3);
}

#[test]
fn undefined_options_have_their_defaults() {
    let names = [
        "baseUrl",
        "headers",
        "timeoutMs",
        "maxRetries",
        "validate",
        "concurrency",
        "allowInsecure",
    ];
    let mut options = value(&json!({ "apiKey": KEY }));
    for name in names {
        options.put(name, Value::Foreign(Foreign::Undefined));
    }
    let read = Options::read(&options, url::alone).expect("the options are right");
    assert_eq!(
        format!("{read:?}"),
        format!("{:?}", self::read(json!({ "apiKey": KEY })))
    );
}

#[test]
fn a_missing_key_is_refused() {
    assert!(refused(json!({})).message.contains("apiKey is missing"));
    assert!(Options::read(&Value::Null, url::alone).is_err());
}

#[test]
fn a_gateway_needs_no_key() {
    read(json!({ "baseUrl": "https://gateway.example.com/v1" }));
}

#[test]
fn the_service_needs_a_key_even_if_base_url_names_it() {
    for base_url in ["https://seegen.ai/api/v1", "https://seegen.ai/api/v1/"] {
        assert!(
            refused(json!({ "baseUrl": base_url }))
                .message
                .contains("apiKey is missing")
        );
    }
}

#[test]
fn a_key_must_be_visible_ascii() {
    for key in [
        json!(""),
        json!("  "),
        json!("a b"),
        json!("a\nb"),
        json!("schlüssel"),
        json!("a\u{7f}b"),
        json!(null),
        json!(7),
    ] {
        assert!(refused(json!({ "apiKey": key })).message.contains("apiKey"), "{key}");
    }
}

#[test]
fn white_space_around_a_key_is_removed() {
    read(json!({ "apiKey": " key-123\r\n" }));
}

#[test]
fn the_error_about_a_wrong_key_does_not_contain_it() {
    let error = refused(json!({ "apiKey": "secret key" }));
    assert!(!format!("{error:?}").contains("secret"));
}

#[test]
fn headers_must_be_strings() {
    let headers = json!({ "X-Team": "film", "X-Trace": "1" });
    read(with("headers", headers));
    for headers in [
        json!("X: y"),
        json!([["X", "y"]]),
        json!(null),
        json!({ "X": 1 }),
        json!({ "X": null }),
    ] {
        assert!(refused(with("headers", headers)).message.contains("header"));
    }
}

#[test]
fn an_undefined_header_is_allowed() {
    let mut options = value(&json!({ "apiKey": KEY }));
    let headers = vec![
        ("A".into(), Value::Foreign(Foreign::Undefined)),
        ("B".into(), "b".into()),
    ];
    options.put("headers", Value::Object(headers));
    assert!(Options::read(&options, url::alone).is_ok());
}

#[test]
fn a_key_and_an_authorization_header_exclude_each_other() {
    for name in ["Authorization", "authorization", "AUTHORIZATION"] {
        let mut headers = json!({});
        headers[name] = "Bearer other-secret".into();
        let error = refused(with("headers", headers.clone()));
        assert!(!format!("{error:?}").contains("other-secret"));
        let gateway = json!({ "baseUrl": "https://gateway.example.com", "headers": headers });
        read(gateway);
    }
}

#[test]
fn a_timeout_must_be_above_zero() {
    assert_eq!(read(with("timeoutMs", json!(0.5))).timeout_ms, 0.5);
    for timeout in [json!(0), json!(-1), json!("30s"), json!(null), json!(true)] {
        assert!(refused(with("timeoutMs", timeout)).message.contains("timeoutMs"));
    }
    let nan = Value::Object(vec![
        ("apiKey".into(), KEY.into()),
        ("timeoutMs".into(), Value::Number(f64::NAN)),
    ]);
    assert!(Options::read(&nan, url::alone).is_err());
}

#[test]
fn max_retries_must_be_a_whole_number_from_zero() {
    assert_eq!(read(with("maxRetries", json!(0))).max_retries, 0);
    assert_eq!(read(with("maxRetries", json!(100))).max_retries, 100);
    for retries in [json!(-1), json!(1.5), json!("4"), json!(null), json!(4_294_967_296u64)] {
        let message = refused(with("maxRetries", retries)).message;
        assert_eq!(message, "maxRetries must be a whole number from 0.");
    }
}

#[test]
fn concurrency_must_be_a_whole_number_from_one() {
    assert_eq!(read(with("concurrency", json!(1))).concurrency, 1);
    assert_eq!(read(with("concurrency", json!(50))).concurrency, 50);
    for concurrency in [json!(0), json!(-3), json!(2.5), json!("3"), json!(null)] {
        let message = refused(with("concurrency", concurrency)).message;
        assert_eq!(message, "concurrency must be a whole number from 1.");
    }
}

#[test]
fn validate_must_be_a_boolean() {
    assert!(!read(with("validate", json!(false))).validate);
    assert!(read(with("validate", json!(true))).validate);
    for flag in [json!(0), json!("no"), json!(null)] {
        assert!(refused(with("validate", flag)).message.contains("validate"));
    }
}

#[test]
fn a_call_needs_no_options() {
    let none = CallOptions {
        timeout_ms: None,
        poll_interval_ms: None,
    };
    assert_eq!(CallOptions::read(&Value::object()), Ok(none));
    assert_eq!(CallOptions::read(&Value::Null), Ok(none));
}

#[test]
fn the_timeout_of_a_call_may_be_infinite() {
    let options = Value::Object(vec![("timeoutMs".into(), Value::Number(f64::INFINITY))]);
    assert_eq!(
        CallOptions::read(&options).expect("right").timeout_ms,
        Some(f64::INFINITY)
    );
}

#[test]
fn the_times_of_a_call_must_be_above_zero() {
    for name in ["timeoutMs", "pollIntervalMs"] {
        for time in [json!(0), json!(-5), json!("5s"), json!(null)] {
            let mut options = json!({});
            options[name] = time;
            let options = value(&options);
            let error = from_mistake(CallOptions::read(&options).expect_err("wrong"));
            assert_eq!(error.code, Code::InvalidArgument);
            assert!(error.message.contains(name), "{error}");
        }
    }
}

mod base_url;
