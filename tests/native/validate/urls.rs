//! The URLs that the service can take, as far as is known without fetching them.

use super::{codes, issues};
use crate::support::json::{Json, json, value};
use sd2_client::rules::host::reach_of;
use sd2_client::url::Hostname;
use sd2_client::validate::{validate, validate_with};
use sd2_client::value::{Foreign, Value};

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

/// Asserts that each URL has exactly these issues in every field for URLs.
fn everywhere(urls: &[&str], wanted: &[&str]) {
    for url in urls {
        for request in EVERYWHERE {
            assert_eq!(codes(&issues(&request(url))), wanted, "{url}");
        }
    }
}

#[test]
fn http_and_https_are_valid() {
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
            "https:example.com",
            "https:/example.com/a",
            "https:///example.com/a",
            "https:\\\\example.com\\a",
            "ht\ntps://example.com/a",
            "https://example.com/my photo.jpg",
            "https://example.com/a\tb",
            "https://example.com:/a",
            "https://example.com:0065535/a",
            "https://a@b@example.com/a",
            "https://a..b/",
            "https://a_b.example/",
            "https://1.2.3.4.example/a",
            "https://[1:2:3:4:5:6:7::]/a",
            "https://[::2:3:4:5:6:7:8]/a",
            "https://[64:ff9b::1.2.3.4]/a",
        ],
        &[],
    );
}

#[test]
fn a_url_that_is_not_absolute_http_is_bad() {
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
            "https://:8080/photo.jpg",
            "https://user@/photo.jpg",
            "https://example.com:port/photo.jpg",
            "https://[::1/photo.jpg",
            "https://[::1]x/photo.jpg",
            "https://exam ple.com/photo.jpg",
            "https://exa<mple.com/photo.jpg",
            "https://example.com^/photo.jpg",
            "https://[example.com]/photo.jpg",
            "https://a[::1]/photo.jpg",
            "https://example.com:65536/photo.jpg",
            "https://example.com:99999/photo.jpg",
            "https://example.com:8o80/photo.jpg",
            "https://1.2.3.4.5/photo.jpg",
            "https://1.2.3.256/photo.jpg",
            "https://1.2.3.08/photo.jpg",
            "https://example.0x1f/photo.jpg",
            "https://4294967296/photo.jpg",
            "https://[1:2:3:4:5:6:7]/photo.jpg",
            "https://[1::2::3]/photo.jpg",
            "https://[::12345]/photo.jpg",
            "https://[::1.2.3]/photo.jpg",
            "https://[::1.2.3.04]/photo.jpg",
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
fn only_the_message_about_an_image_mentions_assets() {
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
fn a_url_with_spaces_around_it_suggests_the_clean_url() {
    for request in EVERYWHERE {
        let issues = issues(&request(" https://example.com/a\n"));
        assert_eq!(issues[0]["suggestion"], "https://example.com/a");
    }
}

#[test]
fn a_url_with_invisible_characters_around_it_suggests_the_clean_url() {
    for invisible in [
        "\u{a0}", "\u{200b}", "\u{feff}", "\u{3000}", "\u{2028}", "\u{200e}", "\u{2060}", "\u{ad}", "\u{7f}", "\u{0}",
    ] {
        for url in [
            format!("https://example.com/a{invisible}"),
            format!("{invisible}https://example.com/a{invisible}"),
        ] {
            for request in EVERYWHERE {
                let issues = issues(&request(&url));
                assert_eq!(codes(&issues), ["bad_url"], "{url:?}");
                assert_eq!(issues[0]["suggestion"], "https://example.com/a", "{url:?}");
            }
        }
    }
}

#[test]
fn an_emoji_at_the_end_of_a_url_is_kept() {
    assert_eq!(codes(&issues(&image("https://example.com/\u{2764}\u{fe0f}"))), [""; 0]);
}

#[test]
fn an_asset_with_spaces_around_it_suggests_the_asset_only_for_images() {
    let issues_of = |request: Json| issues(&request);
    let found = issues_of(image("asset://asset-1 "));
    assert_eq!(codes(&found), ["bad_url"]);
    assert_eq!(found[0]["suggestion"], "asset://asset-1");
    assert_eq!(
        issues_of(clip("videoUrls", "asset://asset-1 "))[0].get("suggestion"),
        None
    );
}

#[test]
fn a_misspelt_scheme_suggests_the_right_one() {
    for (url, suggestion) in [
        ("https//e.com/a.jpg", "https://e.com/a.jpg"),
        ("http//e.com/a.jpg", "http://e.com/a.jpg"),
        ("https:://e.com/a.jpg", "https://e.com/a.jpg"),
        ("htps://e.com/a.jpg", "https://e.com/a.jpg"),
        ("ttps://e.com/a.jpg", "https://e.com/a.jpg"),
        ("https;//e.com/a.jpg", "https://e.com/a.jpg"),
        ("https ://e.com/a.jpg", "https://e.com/a.jpg"),
        ("hhttp://e.com:8080/a.jpg", "http://e.com:8080/a.jpg"),
        ("www.e.com/a.jpg", "https://www.e.com/a.jpg"),
        ("http.cat/404", "https://http.cat/404"),
        ("e.com:8080/a.jpg", "https://e.com:8080/a.jpg"),
    ] {
        for request in EVERYWHERE {
            assert_eq!(issues(&request(url))[0]["suggestion"], suggestion, "{url}");
        }
    }
}

#[test]
fn a_file_name_suggests_nothing() {
    for url in [
        "photo.jpg",
        "PHOTO.JPEG",
        "clip.final.mp4",
        "photo.png?size=2",
        "images/4.jpg",
        "C:\\photos\\a.png",
        "~/a.png",
        "../a.png",
        ".hidden/a.png",
        "e.com",
        "https//photo.jpg",
        "a b.com/c",
        "ftp://example.com/a.png",
        "mailto:someone@example.com",
        "https://",
        "https//photo",
    ] {
        for request in EVERYWHERE {
            assert_eq!(issues(&request(url))[0].get("suggestion"), None, "{url}");
        }
    }
}

#[test]
fn too_long_a_string_is_classified_by_its_start() {
    for (foreign, words) in [
        (Foreign::LocalUrl, "cannot read data:"),
        (Foreign::LongText, "a string that is too long"),
    ] {
        let mut inputs = Value::object();
        inputs.put("urls", Value::Array(vec![Value::Foreign(foreign)]));
        let mut request = value(&json!({ "model": "sd2" }));
        request.put("inputs", inputs);
        let issues = validate(&request, &Value::Null).issues;
        assert!(
            issues[0].text("message").is_some_and(|message| message.contains(words)),
            "{issues:?}"
        );
    }
}

#[test]
fn only_addresses_and_hosts_beyond_plain_ascii_are_passed_to_the_platform() {
    let platform: Hostname = |url, _| match url {
        "https://\u{ff11}\u{ff12}\u{ff17}.1/a" | "https://0x7f.1/a" => Some(reach_of(b"127.0.0.1")),
        "https://%6c%6fcalhost/a" | "https://local\nhost/a" => Some(reach_of(b"localhost")),
        "https://xn--bcher-kva.example/a" => Some(reach_of(b"xn--bcher-kva.example")),
        "https://[0:0::ffff:7f00:1]/a" => Some(reach_of(b"[::ffff:7f00:1]")),
        "https://xn--a/a" | "https://a%00b/a" | "https://1.2.3.4.5/a" => None,
        other => panic!("{other}"),
    };
    for (url, wanted) in [
        ("https://\u{ff11}\u{ff12}\u{ff17}.1/a", Some("unreachable_url")),
        ("https://%6c%6fcalhost/a", Some("unreachable_url")),
        ("https://local\nhost/a", Some("unreachable_url")),
        ("https://xn--bcher-kva.example/a", None),
        ("https://0x7f.1/a", Some("unreachable_url")),
        ("https://[0:0::ffff:7f00:1]/a", Some("unreachable_url")),
        ("https://1.2.3.4.5/a", Some("bad_url")),
        ("https://1.example/a", None),
        ("https://xn--a/a", Some("bad_url")),
        ("https://a%00b/a", Some("bad_url")),
        ("https://example.com/ä%20?é", None),
        ("https://ä:%20@example.com/", None),
    ] {
        let issues = validate_with(&value(&image(url)), &Value::Null, platform).issues;
        let codes: Vec<_> = issues.iter().filter_map(|issue| issue.text("code")).collect();
        assert_eq!(codes, wanted.into_iter().collect::<Vec<_>>(), "{url}");
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
fn local_files_must_be_hosted_first() {
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
fn an_asset_is_valid_as_an_image() {
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
fn unreachable_hosts_are_a_warning() {
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
            "http://127.1/a",
            "http://0x7f.1/a",
            "http://0X7F000001/a",
            "http://2130706433/a",
            "http://0177.0.0.01/a",
            "http://127.0.0.1./a",
            "http://10.1/a",
            "http://0xc0a80001/a",
            "http://192.168.257/a",
            "http://0/a",
            "http://host.docker.internal/a",
            "http://Metadata.Google.Internal./a",
            "http://[::]/a",
            "http://[0:0:0:0:0:0:0:1]/a",
            "http://[::ffff:7f00:1]/a",
            "http://[::ffff:a00:1]:8080/a",
            "http://[FE80::1]/a",
            "http://user:pass@app.local:8080/a",
            "http:\\\\localhost\\a",
            "http:localhost/a",
            "http:///localhost/a",
        ],
        &["unreachable_url"],
    );
}

#[test]
fn hosts_next_to_the_private_ranges_are_valid() {
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
            "http://0127.0.0.1/a",
            "http://010.0.0.1.example.com/a",
            "http://1127.0.0.1.nip.io/a",
            "http://internal/a",
            "http://docker.internal.example.com/a",
            "http://[::ffff:5db8:d822]/a",
            "http://[2001:4860:4860::8888]/a",
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
fn the_warning_about_an_unreachable_host_names_it() {
    let issues = issues(&callback("http://192.168.0.7:3000/hook"));
    assert_eq!(issues[0]["severity"], "warning");
    assert_eq!(issues[0]["path"], json!(["callBackUrl"]));
    let message = issues[0]["message"].as_str().expect("a message");
    assert!(message.contains("192.168.0.7"), "{message}");
}

#[test]
fn each_bad_url_is_reported_at_its_path() {
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
