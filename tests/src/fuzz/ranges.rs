//! Sends an upload in any ranges and compares the file that comes of it with what was sent.

use serde_json::json;

use super::world::World;
use crate::http::Request;

/// How many requests one input makes.
const MOST_REQUESTS: usize = 24;
/// How long a fragment is at most.
const MOST_BYTES: usize = 4 << 10;

/// Runs the lines as requests to the upload session of a new file. The first byte picks the service; each line begins
/// with what is done: `p` sends a fragment of as many bytes as the next byte says times 16, or as its range names where
/// that byte is `=`, the rest of the line being the `Content-Range`; `g` asks how far it is, `d` gives it up, `c` commits
/// it.
///
/// # Panics
/// When a check fails, a refused request moves the upload, or the file is another one than was sent.
pub fn upload_range(bytes: &[u8]) {
    let Some((&pick, rest)) = bytes.split_first() else { return };
    World::with_new(|world| {
        let is_of_box = pick % 2 == 1;
        let url = if is_of_box { of_box(world) } else { of_graph(world, pick / 2 % 2 == 1) };
        for line in rest.split(|&byte| byte == b'\n').take(MOST_REQUESTS) {
            step(world, &url, line, is_of_box);
        }
        let file = world.send(&Request::new("GET", "/v1.0/me/drive/root:/up.bin:/content"));
        if let Some(location) = file.header("location").filter(|_| file.status == 302) {
            let path = location.splitn(4, '/').nth(3).unwrap_or_default();
            let content = world.send(&Request::new("GET", format!("/{path}"))).body;
            assert_eq!(content, pattern(0, content.len()), "another file than was sent");
        }
    });
}

/// Opens a session of Graph and returns the path of its URL.
fn of_graph(world: &World, is_deferred: bool) -> String {
    let body = json!({ "deferCommit": is_deferred });
    let opened = Request::new("POST", "/v1.0/me/drive/root:/up.bin:/createUploadSession").json(&body);
    let url = world.send(&opened).json()["uploadUrl"].as_str().unwrap_or_default().to_owned();
    format!("/{}", url.splitn(4, '/').nth(3).unwrap_or_default())
}

/// Opens one of Box.
fn of_box(world: &World) -> String {
    let body = json!({ "folder_id": "0", "file_size": 20_000_000, "file_name": "up.bin" });
    let opened = world.send(&Request::new("POST", "/api/2.0/files/upload_sessions").json(&body)).json();
    format!("/api/2.0/files/upload_sessions/{}", opened["id"].as_str().unwrap_or_default())
}

fn step(world: &World, url: &str, line: &[u8], is_of_box: bool) {
    let Some((&what, rest)) = line.split_first() else { return };
    let before = progress(world, url);
    let request = match what {
        b'g' => Request::new("GET", url),
        b'd' => Request::new("DELETE", url),
        b'c' if is_of_box => Request::new("POST", format!("{url}/commit")).json(&json!({ "parts": [] })),
        b'c' => Request::new("POST", url),
        _ => {
            let Some((&length, range)) = rest.split_first() else { return };
            let range: String = range.iter().map(|byte| char::from((*byte).clamp(b' ', b'~'))).collect();
            let (start, named) = bounds(&range);
            let n_bytes = if length == b'=' { named } else { usize::from(length) * 16 };
            let request = Request::new("PUT", url).header("Content-Range", range.trim());
            let request = request.header("Digest", "sha=AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
            request
                .header("Content-Type", "application/octet-stream")
                .body(pattern(start, n_bytes.min(MOST_BYTES)))
        }
    };
    let answer = world.send(&request);
    if answer.status >= 400 {
        assert_eq!(progress(world, url), before, "{request:?}: {answer:?}");
    }
}

/// Returns how far an upload is.
fn progress(world: &World, url: &str) -> String {
    let answer = world.send(&Request::new("GET", url));
    let body = answer.json();
    format!("{} {} {}", answer.status, body["nextExpectedRanges"], body["num_parts_processed"])
}

/// Returns where a range begins and how many bytes it names, as far as it can be read.
fn bounds(range: &str) -> (usize, usize) {
    let numbers: Vec<usize> =
        range.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [start, end, ..] => (start, end.saturating_sub(start).saturating_add(1)),
        [start] => (start, 0),
        [] => (0, 0),
    }
}

/// Returns bytes of a file that are known from where they stand.
fn pattern(start: usize, n_bytes: usize) -> Vec<u8> {
    (0..n_bytes).map(|at| (start.wrapping_add(at) % 251) as u8).collect()
}
