//! Files that are made here, each for one behaviour.

use crate::support::{file, sized, unsized_};
use sd2_media::{Chunk, Kind, Sparse, Stop, probe};

fn atom(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = (body.len() as u32 + 8).to_be_bytes();
    [&size[..], name, body].concat()
}

/// The body of the first top-level box of this name.
fn body(file: &[u8], wanted: &[u8; 4]) -> Vec<u8> {
    let mut at = 0;
    while at + 8 <= file.len() {
        let size = u32::from_be_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]) as usize;
        if &file[at + 4..at + 8] == wanted {
            return file[at + 8..at + size].to_vec();
        }
        at += size;
    }
    panic!("there is no such box");
}

fn seconds(file: &[u8]) -> Result<f64, Stop> {
    sized(file).result.map(|facts| facts.seconds)
}

#[test]
fn a_box_with_a_64_bit_size_is_skipped() {
    let clip = file("mp4-moovend.mp4");
    let mdat = body(&clip, b"mdat");
    let mut large = [
        &1u32.to_be_bytes()[..],
        b"mdat",
        &(mdat.len() as u64 + 16).to_be_bytes(),
    ]
    .concat();
    large.extend(&mdat);
    let made = [
        atom(b"ftyp", &body(&clip, b"ftyp")),
        large,
        atom(b"moov", &body(&clip, b"moov")),
    ]
    .concat();
    assert_eq!(seconds(&made), Ok(2.0));
}

#[test]
fn hundreds_of_empty_boxes_are_skipped() {
    let clip = file("mp4-moovend.mp4");
    let made = [
        atom(b"ftyp", &body(&clip, b"ftyp")),
        atom(b"free", b"").repeat(500),
        atom(b"moov", &body(&clip, b"moov")),
    ];
    assert_eq!(seconds(&made.concat()), Ok(2.0));
}

#[test]
fn without_a_duration_in_the_movie_header_the_tracks_give_it() {
    let clip = file("mp4-moovend.mp4");
    for unknown in [[0u8; 4], [0xFF; 4]] {
        let mut moov = body(&clip, b"moov");
        let at = moov.windows(4).position(|name| name == b"mvhd").unwrap_or(0) + 20;
        moov[at..at + 4].copy_from_slice(&unknown);
        assert_eq!(seconds(&atom(b"moov", &moov)), Ok(2.0));
    }
}

#[test]
fn a_movie_without_a_brand_is_quicktime() {
    let clip = file("mp4-moovend.mp4");
    let made = [atom(b"wide", b""), atom(b"moov", &body(&clip, b"moov"))].concat();
    assert_eq!(sized(&made).result.map(|facts| facts.format), Ok("mov"));
}

#[test]
fn a_movie_that_ends_before_its_description_is_truncated() {
    let clip = file("mp4-moovend.mp4");
    let half = &clip[..clip.len() / 2];
    assert_eq!(sized(half).result, Err(Stop::Truncated));
    assert_eq!(unsized_(half).result, Err(Stop::Truncated));
}

#[test]
fn an_mp3_after_a_tag_and_zeros_is_found() {
    let sound = file("mp3-cbr-bare.mp3");
    let made = [b"ID3\x03\0\0\0\0\0\x0A".as_slice(), &[0; 70_000], &sound].concat();
    let found = seconds(&made).unwrap_or(0.0);
    assert!((found - 4.056).abs() < 0.06, "{found}");
}

#[test]
fn the_tag_at_the_end_of_a_constant_bitrate_mp3_does_not_count() {
    let sound = file("mp3-cbr-bare.mp3").repeat(8);
    let mut tag = b"TAG".to_vec();
    tag.resize(128, 0);
    let mut footer = [
        b"APETAGEX".as_slice(),
        &2000u32.to_le_bytes(),
        &400_032u32.to_le_bytes(),
    ]
    .concat();
    footer.resize(32, 0);
    let made = [&sound[..], &[0; 400_000], &footer, &tag].concat();
    let found = sized(&made);
    let seconds = found
        .result
        .map(|facts| (facts.seconds, facts.is_estimate))
        .unwrap_or_default();
    assert!((seconds.0 - 8.0 * 4.056).abs() < 0.1, "{seconds:?}");
}

#[test]
fn the_duration_of_a_long_mp3_of_variable_bitrate_is_an_estimate() {
    let sound = file("mp3-vbr-bare.mp3");
    let long = sound.repeat(200);
    let facts = sized(&long).result.unwrap_or_else(|stop| panic!("{stop:?}"));
    assert!(facts.is_estimate);
    assert!((facts.seconds / (200.0 * 4.049) - 1.0).abs() < 0.05, "{facts:?}");
}

#[test]
fn the_duration_of_a_short_mp3_of_variable_bitrate_is_exact() {
    let sound = file("mp3-vbr-bare.mp3").repeat(10);
    let facts = sized(&sound).result.unwrap_or_else(|stop| panic!("{stop:?}"));
    assert!(!facts.is_estimate);
    assert!((facts.seconds - 40.49).abs() < 0.06, "{facts:?}");
}

#[test]
fn garbage_after_an_ogg_does_not_change_its_duration() {
    let made = [file("ogg-vorbis.ogg"), vec![0; 100_000]].concat();
    assert_eq!(seconds(&made), Ok(4.0));
}

#[test]
fn the_recordings_of_a_chained_ogg_add_up() {
    let found = seconds(&file("ogg-vorbis.ogg").repeat(3)).unwrap_or(0.0);
    assert!((found - 12.0).abs() < 0.06, "{found}");
}

#[test]
fn the_duration_of_a_truncated_wav_is_that_of_its_bytes() {
    let wav = |size: u32, bytes: usize| {
        let mut wav = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data".to_vec();
        wav.extend(size.to_le_bytes());
        wav.resize(44 + bytes, 0);
        wav
    };
    for size in [0, 64_000, u32::MAX] {
        assert_eq!(seconds(&wav(size, 32_000)), Ok(2.0), "{size}");
    }
    assert_eq!(seconds(&wav(32_000, 40_000)), Ok(2.0));
}

#[test]
fn a_w64_has_its_duration() {
    let guid = |name: &[u8; 4]| [&name[..], b"\xF3\xAC\xD3\x11\x8C\xD1\0\xC0\x4F\x8E\xDB\x8A"].concat();
    let riff = [
        b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0".as_slice(),
        &0u64.to_le_bytes(),
        &guid(b"wave"),
    ]
    .concat();
    let format = b"\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0";
    let fmt = [&guid(b"fmt ")[..], &40u64.to_le_bytes(), format].concat();
    let data = [&guid(b"data")[..], &(24u64 + 32_000).to_le_bytes(), &[0; 32_000]].concat();
    assert_eq!(seconds(&[riff, fmt, data].concat()), Ok(2.0));
}

#[test]
fn an_html_page_is_recognized_whatever_it_begins_with() {
    for page in [
        "<!doctype html>",
        "\u{FEFF}\n <HTML>",
        "<!-- x --><html lang=en>",
        "<head><title>404</title>",
    ] {
        assert_eq!(sized(page.as_bytes()).result, Err(Stop::Unsupported("html")), "{page}");
    }
}

#[test]
fn playlists_and_transport_streams_are_recognized() {
    assert_eq!(
        sized(b"#EXTM3U\n#EXT-X-VERSION:3\n").result,
        Err(Stop::Unsupported("m3u8"))
    );
    let mut stream = vec![0; 188 * 4];
    for packet in 0..4 {
        stream[188 * packet] = 0x47;
    }
    assert_eq!(sized(&stream).result, Err(Stop::Unsupported("ts")));
}

/// Inserts a box as the first child at a path of box names, and enlarges each box on the path.
fn insert(file: &mut Vec<u8>, path: &[&[u8; 4]], made: &[u8]) {
    for name in path {
        let at = file.windows(4).position(|window| window == *name).unwrap_or(0);
        let size = u32::from_be_bytes([file[at - 4], file[at - 3], file[at - 2], file[at - 1]]) + made.len() as u32;
        file.splice(at - 4..at, size.to_be_bytes());
        if path.last() == Some(name) {
            file.splice(at + 4..at + 4, made.iter().copied());
        }
    }
}

#[test]
fn a_declared_duration_does_not_count_if_all_fragments_are_in_memory() {
    let mut clip = file("m4a-frag.m4a");
    let exact = seconds(&clip);
    insert(
        &mut clip,
        &[b"moov", b"mvex"],
        &atom(b"mehd", &[0, 0, 0, 0, 0, 1, 0, 0]),
    );
    assert_eq!(seconds(&clip), exact);
}

#[test]
fn a_declared_duration_saves_the_reads_of_fragments() {
    let mut clip = file("mp4-frag-nomfra.mp4");
    insert(
        &mut clip,
        &[b"moov", b"mvex"],
        &atom(b"mehd", &[0, 0, 0, 0, 0, 0, 0x13, 0x88]),
    );
    let probed = sized(&clip);
    assert_eq!(probed.result.map(|facts| facts.seconds), Ok(5.0));
    assert_eq!(probed.reads.len(), 1);
}

#[test]
fn an_edit_list_for_reordered_frames_does_not_shorten_a_fragmented_video() {
    let mut clip = file("mp4-cmaf.mp4");
    // All of it is in memory, so the frames count and not the index.
    let seconds = |clip: &[u8]| {
        let chunks = [Chunk { at: 0, bytes: clip }];
        probe(&Sparse::new(&chunks, Some(clip.len() as u64))).map(|facts| facts.seconds)
    };
    // One edit of no duration, from tick 10,000 on.
    let edit = [0u32, 1, 0, 10_000, 1 << 16].map(u32::to_be_bytes).concat();
    insert(&mut clip, &[b"moov", b"trak"], &atom(b"edts", &atom(b"elst", &edit)));
    assert_eq!(seconds(&clip), Ok(4.0));
}

#[test]
fn a_movie_of_subtitles_is_neither_sound_nor_video() {
    let mut clip = file("m4a-frag.m4a");
    let at = clip.windows(4).position(|name| name == b"soun").unwrap_or(0);
    clip[at..at + 4].copy_from_slice(b"subt");
    assert!(matches!(sized(&clip).result, Err(Stop::Unknown(_))));
}

#[test]
fn garbage_before_a_jpeg_marker_is_skipped() {
    let size = |garbage: &[u8]| {
        let app = b"\xFF\xE0\0\x04AB";
        let frame = b"\xFF\xC0\0\x0B\x08\0\x10\0\x20\x01\x01\x11\0";
        let made = [b"\xFF\xD8", &app[..], garbage, frame, &[0; 20]].concat();
        sized(&made).result.map(|facts| (facts.width, facts.height))
    };
    // Zeros, data that is longer than its segment, a stuffed 255, and a frame header of no length.
    for garbage in [
        &b""[..],
        &[0; 3000],
        b"Adobe",
        b"\xFF\0",
        b"\xFF\xC0\0\0\x08\0\x63\0\x63",
    ] {
        assert_eq!(size(garbage), Ok((32, 16)), "{garbage:?}");
    }
}

#[test]
fn a_sequence_of_images_has_the_format_of_its_brand() {
    for (brands, format) in [
        (b"avis\0\0\0\0avis", "avif"),
        (b"msf1\0\0\0\0avis", "avif"),
        (b"msf1\0\0\0\0hevc", "heic"),
        (b"hevc\0\0\0\0msf1", "heic"),
    ] {
        let clip = file("mp4-moovend.mp4");
        let made = [atom(b"ftyp", brands), atom(b"moov", &body(&clip, b"moov"))].concat();
        let facts = sized(&made).result.unwrap();
        assert_eq!((facts.kind, facts.format), (Kind::Image, format));
    }
}
