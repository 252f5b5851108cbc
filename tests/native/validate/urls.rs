//! Which URLs the service can take, as far as can be told without fetching them.

use super::{codes, issues};
use crate::support::json::{Json, json};

fn image(url: &str) -> Json {
    json!({ "model": "sd2", "inputs": { "urls": [url] } })
}

fn clip(list: &str, url: &str) -> Json {
    let mut request = json!({ "model": "sd2", "inputs": { "videoInputMode": "reference", "resolution": "720x720" } });
    request["inputs"][list] = json!([url]);
    request
}

fn callback(url: &str) -> Json {
    json!({ "model": "sd2", "inputs": { "prompt": "A cat" }, "callBackUrl": url })
}

const EVERYWHERE: [fn(&str) -> Json; 4] = [
    image,
    |url| clip("videoUrls", url),
    |url| clip("audioUrls", url),
    callback,
];

/// Asserts that each of the URLs has just this problem at each place where a URL can stand.
fn everywhere(urls: &[&str], wanted: &[&str]) {
    for url in urls {
        for request in EVERYWHERE {
            assert_eq!(codes(&issues(&request(url))), wanted, "{url}");
        }
    }
}

#[test]
fn http_and_https_are_fine() {
    everywhere(
        &[
            "https://example.com/a.png",
            "http://example.com/a.png",
            "HTTPS://Example.COM",
            "https://example.com:8443/a?b=c#d",
            "https://user:pass@example.com/a",
            "https://93.184.216.34/a",
            "https://[2606:2800:220:1::1]/a",
            "https://[2606:2800:220:1::1]:8443/a",
            "https://bücher.example/ä.png",
        ],
        &[],
    );
}

#[test]
fn what_is_no_absolute_http_url_is_bad() {
    everywhere(
        &[
            "",
            " ",
            "photo.jpg",
            "/photo.jpg",
            "//example.com/photo.jpg",
            "example.com",
            "https:",
            "https://",
            "https:///photo.jpg",
            "https://:8080/photo.jpg",
            "https://user@/photo.jpg",
            "https://example.com:port/photo.jpg",
            "https://[::1/photo.jpg",
            "https://[::1]x/photo.jpg",
            "https://example.com/my photo.jpg",
            "https://example.com/\nphoto.jpg",
            "https://example.com/photo.jpg\u{7f}",
            "ftp://example.com/photo.jpg",
            "javascript:alert(1)",
            "asset:",
            "asset://",
            "asset:abc",
        ],
        &["bad_url"],
    );
}

#[test]
fn only_for_an_image_a_message_offers_an_asset() {
    for (request, offers) in [
        (image("x"), true),
        (clip("videoUrls", "x"), false),
        (clip("audioUrls", "x"), false),
        (callback("x"), false),
    ] {
        let issues = issues(&request);
        let message = issues[0]["message"].as_str().expect("a message");
        assert_eq!(message.contains("asset://"), offers, "{message}");
    }
}

#[test]
fn spaces_around_a_url_suggest_the_url() {
    for request in EVERYWHERE {
        let issues = issues(&request(" https://example.com/a\n"));
        assert_eq!(issues[0]["suggestion"], "https://example.com/a");
    }
}

#[test]
fn a_missing_scheme_suggests_https() {
    for request in EVERYWHERE {
        let issues = issues(&request("example.com/a.png"));
        assert_eq!(issues[0]["suggestion"], "https://example.com/a.png");
    }
}

#[test]
fn a_path_alone_suggests_nothing() {
    for url in ["/a.png", "./a.png", "a", "//example.com"] {
        assert_eq!(issues(&image(url))[0].get("suggestion"), None, "{url}");
    }
}

#[test]
fn files_of_this_machine_must_be_hosted_first() {
    for url in [
        "data:image/png;base64,AAAA",
        "blob:https://example.com/1",
        "file:///tmp/a.png",
        "DATA:,x",
    ] {
        for request in [image(url), clip("videoUrls", url), clip("audioUrls", url)] {
            let issues = issues(&request);
            assert_eq!(codes(&issues), ["bad_url"], "{url}");
            let message = issues[0]["message"].as_str().expect("a message");
            assert!(message.contains("Host the file first"), "{message}");
        }
    }
}

#[test]
fn a_callback_cannot_go_to_a_file_or_an_asset() {
    for url in ["data:,x", "asset://abc"] {
        assert_eq!(codes(&issues(&callback(url))), ["bad_url"], "{url}");
    }
}

#[test]
fn an_asset_is_an_image() {
    assert_eq!(codes(&issues(&image("asset://asset-20260326-abc123"))), [""; 0]);
}

#[test]
fn an_asset_is_undocumented_for_videos_and_audio() {
    for list in ["videoUrls", "audioUrls"] {
        let issues = issues(&clip(list, "asset://asset-20260326-abc123"));
        assert_eq!(codes(&issues), ["undocumented"]);
        assert_eq!(issues[0]["severity"], "warning");
        assert_eq!(issues[0]["path"], json!(["inputs", list, 0]));
    }
}

#[test]
fn hosts_that_the_internet_does_not_reach_are_a_warning() {
    everywhere(
        &[
            "http://localhost/a",
            "http://LocalHost:3000/a",
            "http://localhost./a",
            "http://app.localhost/a",
            "http://127.0.0.1/a",
            "http://127.255.255.255/a",
            "http://0.0.0.0/a",
            "http://10.0.0.1/a",
            "http://172.16.0.1/a",
            "http://172.31.255.255/a",
            "http://192.168.1.1:8080/a",
            "http://169.254.169.254/a",
            "http://100.64.0.1/a",
            "http://100.127.0.1/a",
            "http://printer.local/a",
            "http://Printer.Local./a",
            "http://user@localhost/a",
            "http://[::1]/a",
            "http://[fc00::1]/a",
            "http://[fdff::1]/a",
            "http://[fe80::1]/a",
            "http://[febf::1]/a",
            "http://[::ffff:192.168.0.1]/a",
        ],
        &["unreachable_url"],
    );
}

#[test]
fn hosts_beside_the_private_ranges_are_fine() {
    everywhere(
        &[
            "http://localhost.example.com/a",
            "http://notlocalhost/a",
            "http://11.0.0.1/a",
            "http://126.0.0.1/a",
            "http://128.0.0.1/a",
            "http://172.15.0.1/a",
            "http://172.32.0.1/a",
            "http://192.167.1.1/a",
            "http://192.169.1.1/a",
            "http://169.253.0.1/a",
            "http://100.63.0.1/a",
            "http://100.128.0.1/a",
            "http://10.0.0.1.example.com/a",
            "http://10.0.0.256/a",
            "http://10.0.1/a.example",
            "http://fc00.example.com/a",
            "http://fe80.example.com/a",
            "http://local/a",
            "http://local.example.com/a",
            "http://[2a00:fe80::1]/a",
            "http://[2400::fc00]/a",
            "http://[::ffff:93.184.216.34]/a",
        ],
        &[],
    );
}

#[test]
fn an_unreachable_host_is_named_and_does_not_stop_a_call() {
    let issues = issues(&callback("http://192.168.0.7:3000/hook"));
    assert_eq!(issues[0]["severity"], "warning");
    assert_eq!(issues[0]["path"], json!(["callBackUrl"]));
    let message = issues[0]["message"].as_str().expect("a message");
    assert!(message.contains("192.168.0.7"), "{message}");
}

#[test]
fn each_url_is_told_at_its_place() {
    let inputs = json!({
        "videoInputMode": "reference", "resolution": "720x720",
        "urls": ["asset://a", "x"], "videoUrls": ["https://example.com", "x"], "audioUrls": ["x"],
    });
    let issues = issues(&json!({ "model": "sd2", "inputs": inputs }));
    let paths: Vec<&Json> = issues.iter().map(|issue| &issue["path"]).collect();
    assert_eq!(
        json!(paths),
        json!([
            ["inputs", "urls", 1],
            ["inputs", "videoUrls", 1],
            ["inputs", "audioUrls", 0]
        ])
    );
}
