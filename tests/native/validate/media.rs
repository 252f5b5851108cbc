//! The caller's facts about files: pixels and seconds.

use super::{codes, issues_with};
use crate::support::json::{Json, json};

const IMAGE: &str = "https://example.com/a.png";
const VIDEO: &str = "https://example.com/a.mp4";
const AUDIO: &str = "https://example.com/a.mp3";

fn request() -> Json {
    json!({ "model": "sd2", "inputs": {
        "videoInputMode": "reference", "resolution": "720x720",
        "urls": [IMAGE], "videoUrls": [VIDEO], "audioUrls": [AUDIO],
    }})
}

fn probed(url: &str, media: Json) -> Vec<Json> {
    let mut known = json!({});
    known[url] = media;
    issues_with(&request(), known)
}

#[test]
fn a_reference_image_needs_400_pixels_on_its_shorter_side() {
    for media in [
        json!({ "width": 399, "height": 4000 }),
        json!({ "width": 4000, "height": 399 }),
    ] {
        let issues = probed(IMAGE, media);
        assert_eq!(codes(&issues), ["media_too_small"]);
        assert_eq!(issues[0]["severity"], "error");
        assert_eq!(issues[0]["path"], json!(["inputs", "urls", 0]));
    }
}

#[test]
fn a_smaller_image_outside_reference_mode_is_a_warning() {
    for inputs in [
        json!({ "urls": [IMAGE] }),
        json!({ "urls": ["https://example.com/b.png", IMAGE], "videoInputMode": "keyframe" }),
    ] {
        let index = inputs["urls"].as_array().unwrap().len() - 1;
        let request = json!({ "model": "sd2", "inputs": inputs });
        let issues = issues_with(&request, json!({ IMAGE: { "width": 399, "height": 4000 } }));
        assert_eq!(codes(&issues), ["media_too_small"]);
        assert_eq!(issues[0]["severity"], "warning");
        assert_eq!(issues[0]["path"], json!(["inputs", "urls", index]));
    }
}

#[test]
fn an_image_of_400_pixels_is_valid() {
    assert_eq!(codes(&probed(IMAGE, json!({ "width": 400, "height": 400 }))), [""; 0]);
}

#[test]
fn a_clip_may_last_fifteen_seconds() {
    for url in [VIDEO, AUDIO] {
        assert_eq!(codes(&probed(url, json!({ "durationSeconds": 15 }))), [""; 0]);
    }
}

#[test]
fn a_longer_clip_is_an_error() {
    for (url, list) in [(VIDEO, "videoUrls"), (AUDIO, "audioUrls")] {
        for seconds in [15.11, 16.0, 3600.0] {
            let issues = probed(url, json!({ "durationSeconds": seconds, "isEstimate": false }));
            assert_eq!(codes(&issues), ["media_too_long"]);
            assert_eq!(issues[0]["severity"], "error");
            assert_eq!(issues[0]["path"], json!(["inputs", list, 0]));
        }
    }
}

#[test]
fn a_clip_a_little_longer_than_fifteen_seconds_is_a_warning() {
    for (url, list) in [(VIDEO, "videoUrls"), (AUDIO, "audioUrls")] {
        for seconds in [15.0001, 15.05, 15.1] {
            let issues = probed(url, json!({ "durationSeconds": seconds }));
            assert_eq!(codes(&issues), ["media_too_long"]);
            assert_eq!(issues[0]["severity"], "warning");
            assert_eq!(issues[0]["path"], json!(["inputs", list, 0]));
        }
    }
}

#[test]
fn an_estimated_duration_is_only_a_warning() {
    for seconds in [15.05, 15.2, 60.0] {
        let issues = probed(AUDIO, json!({ "durationSeconds": seconds, "isEstimate": true }));
        assert_eq!(issues[0]["severity"], "warning");
    }
    assert_eq!(
        codes(&probed(AUDIO, json!({ "durationSeconds": 15, "isEstimate": true }))),
        [""; 0]
    );
}

#[test]
fn the_size_of_a_video_and_the_duration_of_an_image_do_not_matter() {
    assert_eq!(codes(&probed(VIDEO, json!({ "width": 10, "height": 10 }))), [""; 0]);
    assert_eq!(codes(&probed(IMAGE, json!({ "durationSeconds": 99 }))), [""; 0]);
}

#[test]
fn unknown_facts_about_a_file_are_not_an_issue() {
    for media in [
        json!(null),
        json!({}),
        json!({ "width": "10" }),
        json!({ "width": 500 }),
        json!(7),
    ] {
        assert_eq!(codes(&probed(IMAGE, media)), [""; 0]);
    }
    assert_eq!(
        codes(&probed(
            "https://example.com/other.png",
            json!({ "width": 1, "height": 1 })
        )),
        [""; 0]
    );
    assert_eq!(codes(&issues_with(&request(), json!([1, 2]))), [""; 0]);
}

#[test]
fn an_asset_can_be_probed_too() {
    let request = json!({ "model": "sd2", "inputs": {
        "videoInputMode": "reference", "resolution": "720x720", "urls": ["asset://a"],
    }});
    let issues = issues_with(&request, json!({ "asset://a": { "width": 1, "height": 1 } }));
    assert_eq!(codes(&issues), ["media_too_small"]);
}
