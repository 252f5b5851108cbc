//! The rules of the contract that concern a mode.

use super::{expected, issues, verdict};
use crate::support::json::{Json, json, value};

rows! {
    a_prompt_is_enough: { "model": "sd2", "inputs": { "prompt": "A cat" } } => text 200;
    a_text_video_needs_a_prompt: { "model": "sd2", "inputs": {} } => text 200 [["inputs", "prompt"] error prompt_required];
    a_blank_prompt_counts_as_missing: { "model": "sd2", "inputs": { "prompt": " \n\u{3000}\t" } }
        => text 200 [["inputs", "prompt"] error prompt_required];
    a_prompt_of_invisible_characters_counts_as_missing: { "model": "sd2", "inputs": { "prompt": "\u{200b}" } }
        => text 200 [["inputs", "prompt"] error prompt_required];
    a_prompt_of_format_characters_counts_as_missing: { "model": "sd2", "inputs": { "prompt": "\u{feff}\u{2060}\u{ad} \u{e0020}" } }
        => text 200 [["inputs", "prompt"] error prompt_required];
    a_prompt_of_fillers_counts_as_missing: { "model": "sd2", "inputs": { "prompt": "\u{2800}\u{3164}\u{fe0f}" } }
        => text 200 [["inputs", "prompt"] error prompt_required];
    a_prompt_of_one_emoji_is_enough: { "model": "sd2", "inputs": { "prompt": "\u{1f408}\u{200d}\u{2b1b}" } } => text 200;
    an_empty_list_of_images_is_a_text_video: { "model": "sd2", "inputs": { "urls": [] } }
        => text 200 [["inputs", "prompt"] error prompt_required];
    a_text_video_may_have_a_resolution: { "model": "sd2", "inputs": { "prompt": "A cat", "resolution": "1280x540" } }
        => text 200;

    an_image_needs_no_prompt: { "model": "sd2-fast", "inputs": { "urls": ["https://example.com/a.png"] } } => image 160;
    an_image_may_have_a_blank_prompt: { "model": "sd2", "inputs": { "prompt": "", "urls": ["https://example.com/a.png"] } }
        => image 200;
    a_resolution_with_one_image_is_undocumented:
        { "model": "sd2", "inputs": { "urls": ["https://example.com/a.png"], "resolution": "720x720" } }
        => image 200 [["inputs", "resolution"] warning undocumented];

    two_images_are_taken_as_keyframes:
        { "model": "sd2", "inputs": { "urls": ["https://example.com/a.png", "https://example.com/b.png"] } }
        => keyframe 200 [["inputs", "videoInputMode"] warning mode_implied "keyframe"];
    two_images_in_keyframe_mode_are_valid:
        { "model": "sd2", "inputs": { "urls": ["https://example.com/a.png", "asset://b"], "videoInputMode": "keyframe" } }
        => keyframe 200;
    a_resolution_with_two_images_is_undocumented:
        { "model": "sd2", "inputs": { "urls": ["https://example.com/a.png", "https://example.com/b.png"],
            "videoInputMode": "keyframe", "resolution": "720x720" } }
        => keyframe 200 [["inputs", "resolution"] warning undocumented];
    keyframe_mode_with_one_image_is_undocumented:
        { "model": "sd2", "inputs": { "urls": ["https://example.com/a.png"], "videoInputMode": "keyframe" } }
        => keyframe 200 [["inputs", "videoInputMode"] warning undocumented];
    keyframe_mode_without_images_is_an_undocumented_text_video:
        { "model": "sd2", "inputs": { "prompt": "A cat", "videoInputMode": "keyframe" } }
        => text 200 [["inputs", "videoInputMode"] warning undocumented];
    keyframe_mode_without_images_still_needs_a_prompt:
        { "model": "sd2", "inputs": { "videoInputMode": "keyframe" } }
        => text 200 [["inputs", "prompt"] error prompt_required] [["inputs", "videoInputMode"] warning undocumented];
    a_null_mode_has_the_wrong_type_and_is_not_also_implied:
        { "model": "sd2", "inputs": { "urls": ["asset://a", "asset://b"], "videoInputMode": null } }
        => none 200 [["inputs", "videoInputMode"] error wrong_type];
    three_keyframes_are_too_many:
        { "model": "sd2", "inputs": { "urls": ["asset://a", "asset://b", "asset://c"], "videoInputMode": "keyframe" } }
        => keyframe 200 [["inputs", "urls"] error too_many];
    three_images_without_a_mode_are_too_many:
        { "model": "sd2", "inputs": { "urls": ["asset://a", "asset://b", "asset://c"] } }
        => keyframe 200 [["inputs", "urls"] error too_many];

    reference_mode_needs_a_resolution:
        { "model": "sd2", "inputs": { "urls": ["asset://a"], "videoInputMode": "reference" } }
        => reference 200 [["inputs", "resolution"] error resolution_required];
    reference_mode_needs_no_prompt:
        { "model": "sd2", "inputs": { "urls": ["asset://a"], "videoInputMode": "reference", "resolution": "720x720" } }
        => reference 200;
    reference_mode_without_files_is_a_warning:
        { "model": "sd2", "inputs": { "prompt": "A cat", "videoInputMode": "reference", "resolution": "720x720" } }
        => reference 200 [["inputs"] warning no_references];
    a_null_resolution_has_the_wrong_type_and_is_not_also_missing:
        { "model": "sd2", "inputs": { "urls": ["asset://a"], "videoInputMode": "reference", "resolution": null } }
        => reference 200 [["inputs", "resolution"] error wrong_type];

    videos_need_reference_mode:
        { "model": "sd2", "inputs": { "prompt": "A cat", "videoUrls": ["https://example.com/a.mp4"] } }
        => text 400 [["inputs", "videoUrls"] error reference_only];
    audio_needs_reference_mode:
        { "model": "sd2", "inputs": { "urls": ["asset://a"], "audioUrls": ["https://example.com/a.mp3"] } }
        => image 200 [["inputs", "audioUrls"] error reference_only];
    any_number_of_clips_outside_reference_mode_is_one_issue:
        { "model": "sd2", "inputs": { "prompt": "A cat", "videoUrls": [
            "https://example.com/a", "https://example.com/b", "https://example.com/c", "https://example.com/d"] } }
        => text 400 [["inputs", "videoUrls"] error reference_only];
    empty_lists_of_clips_are_valid_in_every_mode:
        { "model": "sd2", "inputs": { "prompt": "A cat", "videoUrls": [], "audioUrls": [] } } => text 200;
}

/// A reference request with these numbers of images, videos and audio files.
fn references(images: usize, videos: usize, audios: usize) -> Json {
    let files = |count| vec!["https://example.com/file"; count];
    json!({ "model": "sd2", "inputs": {
        "videoInputMode": "reference", "resolution": "720x720",
        "urls": files(images), "videoUrls": files(videos), "audioUrls": files(audios),
    }})
}

fn too_many(images: usize, videos: usize, audios: usize) -> Vec<Json> {
    let issues = issues(&references(images, videos, audios));
    let too_many = issues
        .into_iter()
        .filter(|issue| issue["code"] == "too_many" && issue["severity"] == "error");
    too_many.map(|issue| issue["path"].clone()).collect()
}

#[test]
fn reference_mode_takes_nine_images_three_videos_and_three_audio_files() {
    for (images, videos, audios) in [(9, 0, 0), (9, 3, 0), (9, 0, 3), (6, 3, 3), (0, 3, 3)] {
        assert_eq!(issues(&references(images, videos, audios)), Vec::<Json>::new());
    }
}

#[test]
fn a_tenth_image_is_too_many() {
    assert_eq!(too_many(10, 0, 0), [json!(["inputs", "urls"])]);
}

#[test]
fn a_fourth_video_is_too_many() {
    assert_eq!(too_many(0, 4, 0), [json!(["inputs", "videoUrls"])]);
}

#[test]
fn a_fourth_audio_file_is_too_many() {
    assert_eq!(too_many(0, 0, 4), [json!(["inputs", "audioUrls"])]);
}

#[test]
fn a_thirteenth_file_is_too_many() {
    assert_eq!(too_many(9, 3, 1), [json!(["inputs"])]);
    assert_eq!(too_many(7, 3, 3), [json!(["inputs"])]);
}

#[test]
fn each_exceeded_limit_is_an_issue() {
    let expected = [
        json!(["inputs", "urls"]),
        json!(["inputs", "videoUrls"]),
        json!(["inputs", "audioUrls"]),
        json!(["inputs"]),
    ];
    assert_eq!(too_many(10, 4, 4), expected);
}

#[test]
fn the_message_contains_the_limit() {
    let issues = issues(&references(10, 0, 0));
    assert_eq!(issues[0]["message"], "At most 9 images.");
}

#[test]
fn the_message_contains_the_six_resolutions() {
    let six = "720x720, 720x960, 960x720, 1280x720, 720x1280, 1280x540.";
    for inputs in [
        json!({ "urls": ["asset://a"], "videoInputMode": "reference" }),
        json!({ "prompt": "A cat", "resolution": "big" }),
    ] {
        let issues = issues(&json!({ "model": "sd2", "inputs": inputs }));
        let message = issues[0]["message"].as_str().expect("a message");
        assert!(message.ends_with(six), "{message}");
    }
}

#[test]
fn a_list_of_a_million_bad_urls_gives_only_a_few_issues() {
    let request = json!({ "model": "sd2", "inputs": {
        "videoInputMode": "reference", "resolution": "720x720", "urls": vec![Json::Null; 1_000_000],
    }});
    assert!(issues(&request).len() < 20);
}

#[test]
fn the_message_about_a_wrong_type_names_the_right_one() {
    let issues = issues(&json!({ "model": null, "inputs": { "prompt": "A cat" } }));
    assert_eq!(issues[0]["message"], "This must be a string, not null.");
}
