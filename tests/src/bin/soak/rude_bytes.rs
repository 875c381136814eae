//! Lists the malformed and incomplete requests that rude clients send.

use drivesim_tests::random::Random;

/// Requests that never end.
pub const INCOMPLETE_REQUESTS: &[&str] = &[
    "GET /v1.0/me",
    "GET /v1.0/drives HTTP/1.1\r\nHost: 127.0.0.1\r\n",
    "PUT /v1.0/drives/rude/root:/half.bin:/content HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\nabc",
    "POST /_drivesim/drives HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000\r\n\r\n{",
    "PUT /v1.0/drives/rude/root:/half.bin:/content HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\nabc",
    "PUT /v1.0/drives/rude/root:/half.bin:/content HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
    "GET /2.0/_realtime?stream_position=now HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
];

/// Ranges that every upload rejects.
pub const INVALID_RANGES: &[&str] = &[
    "bytes 0-4/3",
    "bytes 4-0/5",
    "bytes -5/5",
    "bytes 0-5",
    "bytes 0-18446744073709551615/18446744073709551616",
    "bytes 5-9/10",
    "items 0-4/5",
    "bytes */5",
    "",
    "bytes 0-4/5, bytes 0-4/5",
];

/// The fragments of random input.
const PIECES: &[&str] = &[
    "GET ",
    "POST ",
    "PUT ",
    "DELETE ",
    "/v1.0/drives/rude/root",
    "/children",
    ":/",
    "%",
    "%00",
    " HTTP/1.1",
    "\r\n",
    "\r\n\r\n",
    "Host: 127.0.0.1\r\n",
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "5\r\nabcde\r\n",
    "0\r\n\r\n",
    "\0",
    "\u{feff}",
    "Connection: keep-alive\r\n",
    "Expect: 100-continue\r\n",
    "{",
    "}",
    "\"",
    ":",
];

/// Returns a random sequence of fragments and of bytes that are not text.
pub fn random_bytes(random: &mut Random) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..random.below(40) {
        if random.one_in(8) {
            bytes.push(random.number() as u8);
        } else {
            bytes.extend_from_slice(random.pick(PIECES).as_bytes());
        }
    }
    bytes
}
