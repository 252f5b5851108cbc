//! How little is read.

use crate::support::{file, sized};

fn reads(name: &str) -> Vec<(u64, u64)> {
    let probed = sized(&file(name));
    assert!(probed.result.is_ok(), "{name}: {probed:?}");
    probed.reads
}

#[test]
fn one_window_is_enough_for_what_stands_in_front() {
    for name in [
        "jpg-exif6.jpg",
        "heic-thumb.heic",
        "mp3-vbr-xing.mp3",
        "webm-audio.webm",
        "mkv-audiolonger.mkv",
    ] {
        assert_eq!(reads(name).len(), 1, "{name}");
    }
}

#[test]
fn an_mp4_with_its_description_at_the_end_takes_two_reads() {
    assert_eq!(reads("mp4-moovend.mp4").len(), 2);
    assert_eq!(reads("mov-rot270.mov").len(), 2);
}

#[test]
fn an_mp4_in_fragments_without_an_index_takes_one_read_a_fragment_and_two() {
    // Four seconds, cut at each second.
    assert!(reads("mp4-frag-nomfra.mp4").len() <= 4 + 2);
}

#[test]
fn a_live_webm_is_read_at_both_ends() {
    assert_eq!(reads("webm-live-long.webm").len(), 2);
}

#[test]
fn an_ogg_is_read_at_both_ends() {
    assert_eq!(reads("ogv.ogv").len(), 2);
}

#[test]
fn a_jpeg_behind_a_large_profile_takes_two_reads() {
    let photo = file("jpg-baseline.jpg");
    let mut segment = vec![0xFF, 0xE2, 0xFF, 0xFF];
    segment.extend(b"ICC_PROFILE\0");
    segment.resize(65_537, 0);
    let large = [&photo[..2], &segment.repeat(4), &photo[2..]].concat();
    let probed = sized(&large);
    assert_eq!(probed.result.map(|facts| (facts.width, facts.height)), Ok((641, 427)));
    assert_eq!(probed.reads.len(), 2);
}
