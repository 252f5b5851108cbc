//! Files made to break parsers. Each probe ends quickly and without facts.

use crate::support::{Probed, sized, unsized_};

fn atom(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = (body.len() as u32 + 8).to_be_bytes();
    [&size[..], name, body].concat()
}

fn refuses(file: &[u8]) {
    for Probed { result, reads } in [sized(file), unsized_(file)] {
        assert!(result.is_err(), "{result:?}");
        assert!(reads.len() < 48, "{} reads", reads.len());
    }
}

#[test]
fn a_box_of_2_to_the_64_bytes_ends_the_file() {
    for name in [b"free", b"moov", b"meta"] {
        for size in [u64::MAX, u64::MAX / 2, u64::MAX - 8, 1 << 62] {
            let made = [&1u32.to_be_bytes()[..], name, &size.to_be_bytes(), &[0; 100]].concat();
            refuses(&[atom(b"ftyp", b"isom"), made.clone()].concat());
            refuses(&[atom(b"ftyp", b"heic"), made].concat());
        }
    }
}

#[test]
fn a_box_smaller_than_its_header_ends_the_file() {
    refuses(&[&atom(b"ftyp", b"isom")[..], &3u32.to_be_bytes(), b"moov", &[0; 100]].concat());
}

#[test]
fn twenty_thousand_tracks_are_refused() {
    refuses(
        &[
            atom(b"ftyp", b"isom"),
            atom(b"moov", &atom(b"trak", b"").repeat(20_000)),
        ]
        .concat(),
    );
}

#[test]
fn four_thousand_nested_boxes_are_refused() {
    let mut nested = Vec::new();
    for name in [b"moov", b"trak", b"mdia"].iter().cycle().take(4_000) {
        nested = atom(name, &nested);
    }
    refuses(&[atom(b"ftyp", b"isom"), nested].concat());
}

#[test]
fn three_thousand_nested_elements_are_refused() {
    let mut nested: Vec<u8> = Vec::new();
    for _ in 0..3_000 {
        let size = (nested.len() as u64 | 1 << 56).to_be_bytes();
        nested = [b"\x15\x49\xA9\x66".as_slice(), &size, &nested].concat();
    }
    refuses(
        &[
            b"\x1A\x45\xDF\xA3\x87\x42\x82\x84webm\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF".as_slice(),
            &nested,
        ]
        .concat(),
    );
}

#[test]
fn an_element_of_2_to_the_56_bytes_ends_the_file() {
    let front = b"\x1A\x45\xDF\xA3\x87\x42\x82\x84webm\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF".as_slice();
    refuses(&[front, b"\x15\x49\xA9\x66\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFE", &[0; 50]].concat());
}

#[test]
fn a_probe_of_a_file_full_of_clusters_ends() {
    let front = b"\x1A\x45\xDF\xA3\x87\x42\x82\x84webm\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x16\x54\xAE\x6B\x85\xAE\x83\x83\x81\x02";
    let cluster = b"\x1F\x43\xB6\x75\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xE7\x81\0\xA3\x81\0";
    let made = [&front[..], &cluster.repeat(300_000)].concat();
    for probed in [sized(&made), unsized_(&made)] {
        assert!(probed.reads.len() < 48);
    }
}

#[test]
fn a_jpeg_of_fill_bytes_is_refused() {
    refuses(&[&[0xFF, 0xD8][..], &vec![0xFF; 5_000_000]].concat());
}

#[test]
fn an_orientation_outside_its_segment_is_ignored() {
    let exif = |place: &[u8; 4]| {
        let entry = b"\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let tiff = [b"MM\0*".as_slice(), place, entry].concat();
        [b"\xFF\xE1\0\x22Exif\0\0".as_slice(), &tiff].concat()
    };
    let frame = b"\xFF\xC0\0\x0B\x08\0\x10\0\x20\x01\x01\x11\0";
    let size = |place| {
        let made = [&[0xFF, 0xD8][..], &exif(place), frame].concat();
        sized(&made).result.map(|facts| (facts.width, facts.height))
    };
    assert_eq!(size(b"\0\0\0\x08"), Ok((16, 32)));
    assert_eq!(size(b"\xFF\xFF\xFF\xF0"), Ok((32, 16)));
    assert_eq!(size(b"\0\0\0\x40"), Ok((32, 16)));
}

#[test]
fn thousands_of_image_properties_are_refused() {
    let property = atom(b"free", b"");
    let ipco = atom(b"ipco", &property.repeat(30_000));
    let mut ipma = vec![0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 255];
    ipma.extend([0x7F, 0xFF].repeat(255));
    let iprp = atom(b"iprp", &[ipco, atom(b"ipma", &ipma)].concat());
    let meta = atom(
        b"meta",
        &[&[0; 4][..], &atom(b"pitm", &[0, 0, 0, 0, 0, 1]), &iprp].concat(),
    );
    refuses(&[atom(b"ftyp", b"heic"), meta].concat());
}

#[test]
fn a_w64_of_zeros_is_refused_at_the_first_of_them() {
    let made = w64(&[0; 1_000_000]);
    refuses(&made);
    assert_eq!(sized(&made).reads.len(), 1);
}

#[test]
fn a_w64_chunk_of_2_to_the_64_bytes_ends_the_file() {
    for size in [u64::MAX, u64::MAX - 40, u64::MAX - 56, 1 << 63] {
        refuses(&w64(&[&[1; 16][..], &size.to_le_bytes(), &[1; 100_000]].concat()));
    }
}

fn w64(chunks: &[u8]) -> Vec<u8> {
    let riff = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0";
    let wave = b"\0\0\0\0\0\0\0\0wave\xF3\xAC\xD3\x11\x8C\xD1\0\xC0\x4F\x8E\xDB\x8A";
    [&riff[..], wave, chunks].concat()
}
