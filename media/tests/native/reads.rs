//! How many reads a probe takes.

use crate::support::{file, sized};

fn reads(name: &str) -> Vec<(u64, u64)> {
    let probed = sized(&file(name));
    assert!(probed.result.is_ok(), "{name}: {probed:?}");
    probed.reads
}

#[test]
fn a_file_with_its_header_at_the_start_takes_one_read() {
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
fn an_mp4_with_its_moov_box_at_the_end_takes_two_reads() {
    assert_eq!(reads("mp4-moovend.mp4").len(), 2);
    assert_eq!(reads("mov-rot270.mov").len(), 2);
}

#[test]
fn a_fragmented_mp4_without_an_index_takes_at_most_two_reads_more_than_it_has_fragments() {
    // Four fragments of one second.
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
fn a_jpeg_with_a_large_profile_before_its_frame_takes_two_reads() {
    let photo = file("jpg-baseline.jpg");
    let mut segment = vec![0xFF, 0xE2, 0xFF, 0xFF];
    segment.extend(b"ICC_PROFILE\0");
    segment.resize(65_537, 0);
    let large = [&photo[..2], &segment.repeat(4), &photo[2..]].concat();
    let probed = sized(&large);
    assert_eq!(probed.result.map(|facts| (facts.width, facts.height)), Ok((641, 427)));
    assert_eq!(probed.reads.len(), 2);
}
