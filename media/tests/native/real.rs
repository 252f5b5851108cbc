//! Files from real encoders, compared with what other tools say about them.

use crate::support::{file, folder, sized, unsized_};
use sd2_media::{Facts, Kind, Stop};
use serde_json::Value;

/// Every file with its true facts.
fn all() -> Vec<(String, Value)> {
    let text = std::fs::read_to_string(folder().join("truth.json")).unwrap_or_else(|error| panic!("{error}"));
    match serde_json::from_str(&text) {
        Ok(Value::Object(files)) => files.into_iter().collect(),
        other => panic!("{other:?}"),
    }
}

fn is_right(truth: &Value, result: &Result<Facts, Stop>) -> bool {
    match result {
        Ok(facts) => {
            let kind = match facts.kind {
                Kind::Image => "image",
                Kind::Video => "video",
                Kind::Audio => "audio",
            };
            let side = |name: &str| truth[name].as_u64().unwrap_or(0);
            let near = |seconds: &Value| {
                let off = (facts.seconds - seconds.as_f64().unwrap_or(-1.0)).abs();
                off <= 0.06 || off <= 0.004 * facts.seconds
            };
            truth["kind"] == kind
                && truth["format"] == facts.format
                && (side("width"), side("height")) == (facts.width, facts.height)
                && (kind == "image" || truth["seconds"].as_array().is_some_and(|known| known.iter().any(near)))
        }
        Err(Stop::Unsupported(name)) => truth["unsupported"] == *name,
        Err(_) => truth["unknown"] == true,
    }
}

fn wrong(wanted: impl Fn(&Value) -> bool) -> Vec<String> {
    let files = all().into_iter().filter(|(_, truth)| wanted(truth));
    let mut count = 0;
    let mut wrong = Vec::new();
    for (name, truth) in files {
        count += 1;
        let file = file(&name);
        for probed in [sized(&file), unsized_(&file)] {
            if !is_right(&truth, &probed.result) {
                wrong.push(format!("{name}: {:?} instead of {truth}", probed.result));
            }
        }
    }
    assert!(count > 10);
    wrong
}

#[test]
fn every_image_has_its_format_and_size() {
    assert_eq!(wrong(|truth| truth["kind"] == "image"), Vec::<String>::new());
}

#[test]
fn every_video_has_its_format_size_and_duration() {
    assert_eq!(wrong(|truth| truth["kind"] == "video"), Vec::<String>::new());
}

#[test]
fn every_audio_file_has_its_format_and_duration() {
    assert_eq!(wrong(|truth| truth["kind"] == "audio"), Vec::<String>::new());
}

#[test]
fn damaged_and_unsupported_files_have_no_facts() {
    assert_eq!(wrong(|truth| truth["kind"].is_null()), Vec::<String>::new());
}

#[test]
fn a_file_is_identified_by_its_bytes_and_not_by_its_name() {
    let format = |name| sized(&file(name)).result.map(|facts| facts.format);
    assert_eq!(format("jpg-named.png"), Ok("jpeg"));
    assert_eq!(format("mp3-named.wav"), Ok("mp3"));
}

#[test]
fn a_counted_duration_is_not_an_estimate() {
    let counted = sized(&file("mp3-vbr-bare.mp3")).result.map(|facts| facts.is_estimate);
    assert_eq!(counted, Ok(false));
}
