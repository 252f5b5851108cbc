//! What browsers need: CORS, byte ranges, files with the right types.

use std::fs;
use std::io::Read;
use std::path::PathBuf;

use crate::client::{KEY, Sandbox};

#[test]
fn a_preflight_needs_no_key_and_allows_only_the_two_documented_headers() {
    let sandbox = Sandbox::start();
    let headers = [
        ("origin", "http://localhost:5173"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type,x-extra"),
    ];
    let reply = sandbox
        .send("OPTIONS", "/api/v1/jobs/createTask", &headers, "")
        .unwrap();
    assert_eq!(reply.status, 204);
    for (name, value) in [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-headers", "Authorization, Content-Type"),
        ("access-control-allow-methods", "GET, POST, OPTIONS"),
        ("access-control-max-age", "600"),
    ] {
        assert_eq!(reply.header(name), Some(value));
    }
    let seen = &sandbox.ledger()["preflights"]["createTask"];
    assert_eq!(seen["count"], 1);
    assert_eq!(
        seen["headers"],
        serde_json::json!(["authorization", "content-type", "x-extra"])
    );
}

#[test]
fn responses_and_errors_are_open_to_any_origin_but_not_those_of_admin() {
    let sandbox = Sandbox::start();
    for path in [
        "/api/v1/account/credits",
        "/api/nothing",
        "/videos/1280x720.mp4",
        "/samples/first.jpg",
    ] {
        let reply = sandbox.send("GET", path, &[], "").unwrap();
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"), "{path}");
        assert_eq!(reply.header("access-control-expose-headers"), Some("Retry-After"));
    }
    let ledger = sandbox.send("GET", "/admin/ledger", &[], "").unwrap();
    assert_eq!(ledger.header("access-control-allow-origin"), None);
}

#[test]
fn a_player_can_request_a_range_of_a_video() {
    let sandbox = Sandbox::start();
    let path = "/videos/720x720.mp4?token=x";
    let whole = sandbox.send("GET", path, &[], "").unwrap();
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let part = sandbox.send("GET", path, &[("range", "bytes=4-7")], "").unwrap();
    assert_eq!((part.status, part.body.as_slice()), (206, b"ftyp".as_slice()));
    let range = format!("bytes 4-7/{}", whole.body.len());
    assert_eq!(part.header("content-range"), Some(range.as_str()));
    let beyond = sandbox.send("GET", path, &[("range", "bytes=9999999-")], "").unwrap();
    assert_eq!(beyond.status, 416);
    let head = sandbox.send("HEAD", path, &[], "").unwrap();
    assert_eq!(head.header("content-length"), whole.header("content-length"));
    assert!(head.body.is_empty());
}

#[test]
fn the_samples_are_served() {
    let sandbox = Sandbox::start();
    for (name, content_type, start) in [
        ("first.jpg", "image/jpeg", b"\xff\xd8\xff".as_slice()),
        ("last.jpg", "image/jpeg", b"\xff\xd8\xff"),
        ("portrait.jpg", "image/jpeg", b"\xff\xd8\xff"),
        ("motion.mp4", "video/mp4", b"\0\0\0"),
        ("audio.mp3", "audio/mpeg", b""),
    ] {
        let reply = sandbox.send("GET", &format!("/samples/{name}"), &[], "").unwrap();
        assert_eq!(reply.status, 200, "{name}");
        assert_eq!(reply.header("content-type"), Some(content_type));
        assert!(reply.body.starts_with(start), "{name}");
    }
    assert_eq!(sandbox.send("GET", "/samples/none.jpg", &[], "").unwrap().status, 404);
    assert_eq!(sandbox.send("GET", "/videos/none.mp4", &[], "").unwrap().status, 404);
}

/// Creates a directory with a page and a module, and a secret file next to it.
fn site(name: &str) -> PathBuf {
    let root = std::env::temp_dir().join(format!("sandbox-{name}-{}", std::process::id()));
    fs::create_dir_all(root.join("www/docs")).unwrap();
    fs::write(root.join("www/index.html"), "home").unwrap();
    fs::write(root.join("www/docs/index.html"), "docs").unwrap();
    fs::write(root.join("www/a b.wasm"), "\0asm").unwrap();
    fs::write(root.join("secret"), "secret").unwrap();
    root
}

#[test]
fn pages_and_mounts_are_served_with_their_media_types() {
    let root = site("pages");
    let sandbox = Sandbox::with(sandbox::Config {
        www: Some(root.join("www")),
        mounts: vec![("/pkg".to_owned(), root.join("www"))],
        ..sandbox::Config::default()
    });
    for (path, status, content_type, body) in [
        ("/", 200, "text/html; charset=utf-8", "home"),
        ("/docs/", 200, "text/html; charset=utf-8", "docs"),
        ("/pkg/a%20b.wasm?v=1", 200, "application/wasm", "\0asm"),
        (
            "/pkgs",
            404,
            "application/json",
            "{\"message\":\"There is no such file.\"}",
        ),
    ] {
        let reply = sandbox.send("GET", path, &[], "").unwrap();
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(reply.header("content-type"), Some(content_type));
        assert_eq!(String::from_utf8(reply.body).unwrap(), body);
    }
    let page = sandbox.send("GET", "/", &[], "").unwrap();
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    let slash = sandbox.send("GET", "/pkg/docs", &[], "").unwrap();
    assert_eq!((slash.status, slash.header("location")), (307, Some("/pkg/docs/")));
    assert_eq!(sandbox.call("POST", "/index.html", KEY, "x").unwrap().status, 405);
    fs::remove_dir_all(root).unwrap();
}

#[test]
fn text_files_are_sent_as_brotli_or_gzip_if_accepted() {
    let root = site("compressed");
    let text = "the same words again and again ".repeat(200);
    fs::write(root.join("www/a.js"), &text).unwrap();
    fs::write(root.join("www/a.jpg"), &text).unwrap();
    let sandbox = Sandbox::with(sandbox::Config {
        www: Some(root.join("www")),
        ..sandbox::Config::default()
    });
    let get = |path, accepted| sandbox.send("GET", path, &[("accept-encoding", accepted)], "").unwrap();

    let brotli = get("/a.js", "gzip, deflate, br");
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    assert_eq!(brotli.header("vary"), Some("Accept-Encoding"));
    let mut plain = Vec::new();
    brotli::BrotliDecompress(&mut brotli.body.as_slice(), &mut plain).unwrap();
    assert_eq!(String::from_utf8(plain).unwrap(), text);

    let gzip = get("/a.js", "gzip, br;q=0");
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    let mut plain = String::new();
    flate2::read::GzDecoder::new(gzip.body.as_slice())
        .read_to_string(&mut plain)
        .unwrap();
    assert_eq!(plain, text);

    for reply in [
        get("/a.js", "identity"),
        get("/a.jpg", "br"),
        sandbox.send("GET", "/a.js", &[], "").unwrap(),
    ] {
        assert_eq!(reply.header("content-encoding"), None);
        assert_eq!(reply.body, text.as_bytes());
    }
    let part = sandbox
        .send("GET", "/a.js", &[("accept-encoding", "br"), ("range", "bytes=4-7")], "")
        .unwrap();
    assert_eq!((part.status, part.body.as_slice()), (206, b"same".as_slice()));
    fs::remove_dir_all(root).unwrap();
}

#[test]
fn files_outside_the_directory_are_not_served() {
    let root = site("outside");
    #[cfg(unix)]
    std::os::unix::fs::symlink(root.join("secret"), root.join("www/link")).unwrap();
    let sandbox = Sandbox::with(sandbox::Config {
        www: Some(root.join("www")),
        ..sandbox::Config::default()
    });
    for path in [
        "/../secret",
        "/docs/../../secret",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/%2e%2e%5csecret",
        "/link",
    ] {
        let reply = sandbox.send("GET", path, &[], "").unwrap();
        assert_eq!(reply.status, 404, "{path}");
    }
    fs::remove_dir_all(root).unwrap();
}
