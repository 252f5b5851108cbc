//! The option `baseUrl`.

use super::{read, refused, with};
use crate::support::json::{Json, json};
use crate::support::platform::KEY;

#[test]
fn http_is_allowed_for_loopback() {
    for base_url in [
        "http://localhost",
        "http://LOCALHOST:8080/v1",
        "http://localhost./v1",
        "http://app.localhost:3000",
        "http://127.0.0.1:8080/api/v1",
        "http://127.9.9.9",
        "http://[::1]:8080",
    ] {
        assert!(read(with("baseUrl", json!(base_url))).is_local);
    }
}

#[test]
fn http_is_refused_for_other_hosts() {
    for base_url in [
        "http://example.com",
        "http://192.168.0.1",
        "http://10.0.0.1",
        "http://128.0.0.1",
        "http://printer.local",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://notlocalhost",
        "http://[::2]",
        "http://[fe80::1]",
        "HTTP://example.com",
    ] {
        let error = refused(with("baseUrl", json!(base_url)));
        assert!(error.message.contains("allowInsecure"), "{error}");
    }
}

#[test]
fn allow_insecure_allows_http() {
    let options = json!({ "apiKey": KEY, "baseUrl": "http://10.0.0.1/v1", "allowInsecure": true });
    assert!(!read(options).is_local);
}

#[test]
fn allow_insecure_must_be_a_boolean() {
    for flag in [json!(1), json!("true"), json!(null)] {
        refused(json!({ "apiKey": KEY, "baseUrl": "http://10.0.0.1/v1", "allowInsecure": flag }));
    }
}

#[test]
fn a_base_url_must_be_absolute() {
    for base_url in [
        json!(""),
        json!("/"),
        json!("/\\seegen.ai/api/v1"),
        json!("seegen.ai/api/v1"),
        json!("//seegen.ai/api/v1"),
        json!("https://"),
        json!("ftp://example.com"),
        json!("asset://example.com"),
        json!("data:text/plain,x"),
        json!("https://exa mple.com"),
        json!(null),
        json!(7),
        json!({ "href": "https://example.com" }),
    ] {
        let error = refused(with("baseUrl", base_url));
        assert!(error.message.contains("absolute URL"), "{error}");
    }
}

#[test]
fn a_base_url_must_have_no_user_query_or_fragment() {
    for base_url in [
        "https://user@example.com",
        "https://user:password@example.com",
        "https://example.com?a=b",
        "https://example.com/v1?",
        "https://example.com/v1#top",
        "http://localhost@example.com",
        "http://localhost:80\\@example.com",
    ] {
        let error = refused(with("baseUrl", json!(base_url)));
        assert!(error.message.contains("no user, query or fragment"), "{error}");
        assert!(!error.message.contains("password"));
    }
}

#[test]
fn a_path_belongs_to_the_site_of_a_page_whose_network_may_be_this_machine() {
    for base_url in ["/api/sd2", "/api/sd2/", " /a "] {
        assert!(read(json!({ "baseUrl": base_url })).is_local);
        assert!(read(with("baseUrl", json!(base_url))).is_local);
    }
    let error = refused(with("baseUrl", json!("/api?key=1")));
    assert!(error.message.contains("no user, query or fragment"), "{error}");
}

#[test]
fn the_service_itself_is_no_gateway() {
    for base_url in [
        Json::Null,
        json!("https://seegen.ai/api/v1"),
        json!("https://seegen.ai/api/v1/"),
    ] {
        let mut options = with("gateway", json!(true));
        if !base_url.is_null() {
            options["baseUrl"] = base_url;
        }
        let error = refused(options);
        assert!(error.message.contains("baseUrl of a gateway"), "{error}");
    }
    assert!(read(json!({ "baseUrl": "/api/sd2", "gateway": true })).is_gateway);
    assert!(!read(json!({ "baseUrl": "/api/sd2" })).is_gateway);
    refused(json!({ "baseUrl": "/api/sd2", "gateway": "yes" }));
}
