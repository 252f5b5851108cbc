//! Which files are taken, and in which words the others are refused.

use sd2_gateway::{Facts, FileLimits, Holding, Refusal, admit_file, judge_file};
use serde_json::{Value, from_value, json};

const LIMITS: FileLimits = FileLimits {
    files: 2.0,
    file_bytes: 10e6,
    max_bytes: 8e6,
};

fn facts(value: Value) -> Facts {
    from_value(value).unwrap()
}

fn image(width: u32, height: u32, format: &str) -> Facts {
    let mime_type = ["image/", format].concat();
    facts(json!({ "kind": "image", "format": format, "mimeType": mime_type, "width": width, "height": height }))
}

fn clip(kind: &str, seconds: f64, is_estimate: bool) -> Facts {
    facts(
        json!({ "kind": kind, "format": "mp4", "mimeType": "video/mp4", "durationSeconds": seconds,
        "isEstimate": is_estimate }),
    )
}

fn code_of(refusal: &Refusal) -> &Value {
    &refusal.body["issues"][0]["code"]
}

#[test]
fn a_file_is_taken_up_to_each_limit() {
    let holding = |files, bytes| Holding {
        files,
        bytes,
        entries: files,
    };
    assert_eq!(admit_file(8e6, LIMITS, Holding::default()), None);
    assert_eq!(admit_file(8e6, LIMITS, holding(1.0, 2e6)), None);
    for (size, holding, status, words) in [
        (8e6 + 1.0, Holding::default(), 413, "8.1 MB, and 8 MB is the limit"),
        (1.0, holding(2.0, 2.0), 403, "You have 2 files here"),
        (8e6, holding(1.0, 2e6 + 1.0), 403, "have 2.1 MB, and 10 MB is the limit"),
    ] {
        let refusal = admit_file(size, LIMITS, holding).unwrap();
        let message = refusal.body["message"].as_str().unwrap();
        assert_eq!(refusal.status, status, "{message}");
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn a_file_is_refused_as_the_validator_refuses_a_reference() {
    for (facts, code) in [
        (image(399, 1000, "png"), "media_too_small"),
        (clip("video", 20.0, false), "media_too_long"),
        (clip("audio", 20.0, false), "media_too_long"),
    ] {
        let refusal = judge_file(Ok(facts)).unwrap_err();
        assert_eq!((refusal.status, code_of(&refusal)), (400, &json!(code)));
        assert_eq!(refusal.body["message"], refusal.body["issues"][0]["message"]);
        assert_eq!(refusal.body["issues"][0]["path"], json!([]));
    }
}

#[test]
fn what_may_be_wrong_is_a_warning() {
    let warning = |facts| judge_file(Ok(facts)).unwrap().issues;
    assert_eq!(warning(image(400, 400, "jpeg")), Vec::<Value>::new());
    assert_eq!(warning(clip("video", 15.0, false)), Vec::<Value>::new());
    assert_eq!(warning(clip("video", 20.0, true))[0]["code"], "media_too_long");
    let heic = warning(image(3024, 4032, "heic"));
    assert_eq!(heic[0]["severity"], "warning");
    assert!(heic[0]["message"].as_str().unwrap().contains("HEIC"));
}

#[test]
fn what_is_no_media_is_refused_in_the_words_of_the_probe() {
    let problem = json!({ "code": "media_unsupported", "message": "This is a web page, not a file." });
    let refusal = judge_file(Err(from_value(problem).unwrap())).unwrap_err();
    assert_eq!(
        (refusal.status, &refusal.body["code"]),
        (400, &json!("media_unsupported"))
    );
    assert_eq!(refusal.body["message"], "This is a web page, not a file.");
}

#[test]
fn a_name_ends_as_people_know_it() {
    let end = |format| judge_file(Ok(image(400, 400, format))).unwrap().extension;
    assert_eq!(
        [end("jpeg"), end("tiff"), end("png")],
        ["jpg".to_owned(), "tif".to_owned(), "png".to_owned()]
    );
    assert_eq!(judge_file(Ok(image(400, 400, "png"))).unwrap().mime_type, "image/png");
}

#[test]
fn a_user_who_has_deleted_many_files_waits() {
    let holding = |entries| Holding {
        entries,
        ..Holding::default()
    };
    assert_eq!(admit_file(1.0, LIMITS, holding(LIMITS.files + 99.0)), None);
    let refusal = admit_file(1.0, LIMITS, holding(LIMITS.files + 100.0)).unwrap();
    assert_eq!((refusal.status, refusal.retry_after), (429, Some(60)));
}
