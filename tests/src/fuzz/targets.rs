//! Turns bytes into requests: raw ones, and well-formed ones in which one part is arbitrary.

use super::routes::{self, Route};
use super::world::World;
use crate::http::Request;

/// Maximum number of bytes of an input that are used; more only takes time.
const MAX_BYTES: usize = 32 << 10;
/// Maximum number of consecutive requests to the admin API.
const MAX_CALLS: usize = 12;

/// Sends the bytes unchanged on a new connection.
pub fn raw_request(bytes: &[u8]) {
    let bytes = &bytes[..bytes.len().min(MAX_BYTES)];
    World::run(|world| world.send_bytes(bytes));
}

/// Returns the route that the first two bytes pick, and the rest.
fn routed(bytes: &[u8], filter: fn(&Route) -> bool) -> Option<(&'static Route, &[u8])> {
    let (pick, rest) = bytes.split_first_chunk::<2>()?;
    let mut routes: Vec<&Route> = routes::all_routes().iter().filter(|route| filter(route)).collect();
    let at = usize::from(u16::from_be_bytes(*pick)) % routes.len();
    Some((routes.swap_remove(at), &rest[..rest.len().min(MAX_BYTES)]))
}

/// Returns the path of a route with its placeholders filled.
fn filled(world: &World, route: &Route) -> String {
    if route.path.contains('{') { world.placeholders().fill(&route.path) } else { route.path.clone() }
}

/// Encodes bytes for a URL: what a URL cannot contain is percent-encoded, but percent signs stay.
fn in_url(bytes: &[u8]) -> String {
    let mut text = String::new();
    for &byte in bytes {
        match byte {
            b'#' | b'"' | b'<' | b'>' | b'`' | b'^' | b'{' | b'|' | b'}' | b'\\' => {
                text.push_str(&format!("%{byte:02X}"));
            }
            0x21..=0x7e => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// Sends the bytes after the first two as the body of a route that accepts JSON.
pub fn json_body(bytes: &[u8]) {
    let takes_json = |route: &Route| ["POST", "PUT", "PATCH", "OPTIONS"].contains(&route.method);
    let Some((route, body)) = routed(bytes, takes_json) else { return };
    World::run(|world| {
        let mut request = Request::new(route.method, filled(world, route));
        if let "/_drivesim/access" | "/_drivesim/members" = &*request.target {
            request.target.push_str("?drive=box&path=/Docs");
        }
        world.send(&request.header("Content-Type", "application/json").body(body));
    });
}

/// Sends the bytes after the first two as the query of a route.
pub fn query(bytes: &[u8]) {
    let Some((route, query)) = routed(bytes, |_| true) else { return };
    World::run(|world| {
        world.send(&Request::new(route.method, format!("{}?{}", filled(world, route), in_url(query))));
    });
}

/// Sends the bytes after the first as a path, alone or after a common prefix.
pub fn path(bytes: &[u8]) {
    const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"];
    const STARTS: [&str; 12] = [
        "/",
        "/v1.0/me/drive/root:/",
        "/v1.0/me/drive/items/",
        "/v1.0/drives/",
        "/v1.0/",
        "/drive/root:/",
        "/_api/v2.0/sites/s/drive/",
        "/2.0/files/",
        "/2.0/folders/",
        "/_download/",
        "/_upload/",
        "/_drivesim/",
    ];
    let Some((&pick, rest)) = bytes.split_first() else { return };
    let (method, start) = (METHODS[usize::from(pick) % 7], STARTS[usize::from(pick) / 7 % 12]);
    let rest = in_url(&rest[..rest.len().min(MAX_BYTES)]);
    World::run(|world| {
        world.send(&Request::new(method, format!("{start}{rest}")));
    });
}

/// Sends the bytes after the first as the body of an upload to Box with the boundary `x`, or also as its content type.
pub fn multipart(bytes: &[u8]) {
    let Some((&pick, rest)) = bytes.split_first() else { return };
    let rest = &rest[..rest.len().min(MAX_BYTES)];
    World::run(|world| {
        let is_version = pick % 2 == 1;
        let path = if is_version { "/api/2.0/files/{file-id}/content" } else { "/api/2.0/files/content" };
        let path = if is_version { world.placeholders().fill(path) } else { path.to_owned() };
        let mut parts = rest.splitn(2, |&byte| byte == b'\n');
        let (kind, body) = match (pick / 2 % 2, parts.next(), parts.next()) {
            // Other bytes cannot stand in a header; `raw_request` covers them.
            (1, Some(kind), Some(body)) if kind.iter().all(|byte| (b' '..=b'~').contains(byte)) => {
                (String::from_utf8_lossy(kind).into_owned(), body)
            }
            _ => ("multipart/form-data; boundary=x".to_owned(), rest),
        };
        world.send(&Request::new("POST", path).header("Content-Type", kind.trim()).body(body));
    });
}

/// Sends requests to the admin API, one per record; byte 0x1e separates records. The first byte picks the route. The
/// rest of the first line is the query, or the value of the route's placeholder. The lines after it are the body.
pub fn admin(bytes: &[u8]) {
    let routes: Vec<&Route> = routes::admin_routes().collect();
    let bytes = &bytes[..bytes.len().min(MAX_BYTES)];
    World::run_on_new(|world| {
        for record in bytes.split(|&byte| byte == 0x1e).take(MAX_CALLS) {
            let Some((&pick, rest)) = record.split_first() else { continue };
            let route = routes[usize::from(pick) % routes.len()];
            let mut parts = rest.splitn(2, |&byte| byte == b'\n');
            let (text, body) = (in_url(parts.next().unwrap_or_default()), parts.next().unwrap_or_default());
            let target = match route.path.split_once('{') {
                Some((before, after)) => {
                    let after = after.split_once('}').map_or("", |(_, after)| after);
                    format!("{before}{text}{after}")
                }
                None if text.is_empty() => route.path.clone(),
                None => format!("{}?{text}", route.path),
            };
            world.send(
                &Request::new(route.method, target).header("Content-Type", "application/json").body(body),
            );
        }
    });
}
