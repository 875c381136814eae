//! The only place that compares what came with the digest that the client sent beside it. All of Box's are SHA-1.

use axum::http::{HeaderName, StatusCode};
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use sha1::{Digest, Sha1};

use crate::box_api::refusal::Refusal;
use crate::call::Call;

/// Refuses a file that is not what `content-md5` says, which holds a SHA-1 in hexadecimal digits all the same.
pub(crate) fn check_upload(call: &Call, content: &[u8]) -> Result<(), Refusal> {
    let Some(given) = call.decisive(HeaderName::from_static("content-md5"))? else { return Ok(()) };
    let given = HEXLOWER_PERMISSIVE.decode(given.trim().as_bytes());
    let is_right = given.is_ok_and(|given| given == sha1(content));
    if is_right { Ok(()) } else { Err(bad("The specified content-md5 did not match what we received")) }
}

/// Reads `digest`, `sha=` and a SHA-1 in Base64, which chunked uploads must have.
pub(crate) fn given(call: &Call) -> Result<[u8; 20], Refusal> {
    let header = call.decisive(HeaderName::from_static("digest"))?;
    let header = header.ok_or_else(|| Refusal::missing("digest"))?;
    let of_sha = |part: &str| {
        let (kind, digest) = part.trim().split_once('=')?;
        let is_sha = ["sha", "sha1", "sha-1"].iter().any(|name| kind.trim().eq_ignore_ascii_case(name));
        let digest = is_sha.then(|| BASE64.decode(digest.trim().as_bytes()).ok()).flatten()?;
        digest.try_into().ok()
    };
    let digest = header.split(',').find_map(of_sha);
    digest.ok_or_else(|| Refusal::invalid("digest", &header, "as in sha=fpRyg5eVQletdZqEKaFlqwBXJzM="))
}

/// Refuses bytes that have another digest. That a chunked upload with a wrong digest is 400 `bad_digest`, as one of a
/// whole file is, is *assumed*.
pub(crate) fn check(given: [u8; 20], actual: [u8; 20]) -> Result<(), Refusal> {
    if given == actual { Ok(()) } else { Err(bad("The specified digest did not match what we received")) }
}

/// Returns the SHA-1 of bytes.
pub(crate) fn sha1(bytes: &[u8]) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

fn bad(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "bad_digest", message)
}
