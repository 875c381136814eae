//! Sends an upload in arbitrary ranges and compares the resulting file with the bytes sent.

use serde_json::json;

use super::world::World;
use crate::http::Request;

/// Maximum number of requests of one input.
const MAX_REQUESTS: usize = 24;
/// Maximum length of a fragment.
const MAX_BYTES: usize = 4 << 10;

/// Runs the lines as requests to the upload session of a new file. The first byte picks the service. The first byte of
/// each line picks the request: `g` gets the progress, `d` cancels the session, `c` commits it. Any other byte (`p` in
/// the seeds) sends a fragment: the next byte times 16 is its length, or its range gives the length if that byte is
/// `=`. The rest of the line is the `Content-Range`.
///
/// # Panics
/// If a check fails, a failed request changes the upload, or the file differs from the bytes sent.
pub fn upload_range(bytes: &[u8]) {
    let Some((&pick, rest)) = bytes.split_first() else { return };
    World::run_on_new(|world| {
        let is_box = pick % 2 == 1;
        let url = if is_box { open_in_box(world) } else { open_in_graph(world, pick / 2 % 2 == 1) };
        for line in rest.split(|&byte| byte == b'\n').take(MAX_REQUESTS) {
            step(world, &url, line, is_box);
        }
        let file = world.send(&Request::new("GET", "/v1.0/me/drive/root:/up.bin:/content"));
        if let Some(location) = file.header("location").filter(|_| file.status == 302) {
            let path = location.splitn(4, '/').nth(3).unwrap_or_default();
            let content = world.send(&Request::new("GET", format!("/{path}"))).body;
            assert_eq!(content, pattern(0, content.len()), "the file differs from the bytes sent");
        }
    });
}

/// Opens a session of Graph and returns the path of its URL.
fn open_in_graph(world: &World, is_deferred: bool) -> String {
    let body = json!({ "deferCommit": is_deferred });
    let opened = Request::new("POST", "/v1.0/me/drive/root:/up.bin:/createUploadSession").json(&body);
    let url = world.send(&opened).json()["uploadUrl"].as_str().unwrap_or_default().to_owned();
    format!("/{}", url.splitn(4, '/').nth(3).unwrap_or_default())
}

/// Opens a session of Box and returns the path of its URL.
fn open_in_box(world: &World) -> String {
    let body = json!({ "folder_id": "0", "file_size": 20_000_000, "file_name": "up.bin" });
    let opened = world.send(&Request::new("POST", "/api/2.0/files/upload_sessions").json(&body)).json();
    format!("/api/2.0/files/upload_sessions/{}", opened["id"].as_str().unwrap_or_default())
}

fn step(world: &World, url: &str, line: &[u8], is_box: bool) {
    let Some((&action, rest)) = line.split_first() else { return };
    let before = progress(world, url);
    let request = match action {
        b'g' => Request::new("GET", url),
        b'd' => Request::new("DELETE", url),
        b'c' if is_box => Request::new("POST", format!("{url}/commit")).json(&json!({ "parts": [] })),
        b'c' => Request::new("POST", url),
        _ => {
            let Some((&length, range)) = rest.split_first() else { return };
            let range: String = range.iter().map(|byte| char::from((*byte).clamp(b' ', b'~'))).collect();
            let (start, range_bytes) = bounds(&range);
            let n_bytes = if length == b'=' { range_bytes } else { usize::from(length) * 16 };
            let request = Request::new("PUT", url).header("Content-Range", range.trim());
            let request = request.header("Digest", "sha=AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
            request
                .header("Content-Type", "application/octet-stream")
                .body(pattern(start, n_bytes.min(MAX_BYTES)))
        }
    };
    let answer = world.send(&request);
    if answer.status >= 400 {
        assert_eq!(progress(world, url), before, "{request:?}: {answer:?}");
    }
}

/// Returns the progress of an upload.
fn progress(world: &World, url: &str) -> String {
    let answer = world.send(&Request::new("GET", url));
    let body = answer.json();
    format!("{} {} {}", answer.status, body["nextExpectedRanges"], body["num_parts_processed"])
}

/// Returns the start and the length of a range, or 0 for what cannot be parsed.
fn bounds(range: &str) -> (usize, usize) {
    let numbers: Vec<usize> =
        range.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [start, end, ..] => (start, end.saturating_sub(start).saturating_add(1)),
        [start] => (start, 0),
        [] => (0, 0),
    }
}

/// Returns bytes that depend only on their offset in the file.
fn pattern(start: usize, n_bytes: usize) -> Vec<u8> {
    (0..n_bytes).map(|at| (start.wrapping_add(at) % 251) as u8).collect()
}
