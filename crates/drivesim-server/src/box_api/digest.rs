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

/// Reads `digest`, `sha=` and a SHA-1 in Base64, which chunked uploads must have; box-node-sdk 3 writes `SHA=`. Digests of
/// other kinds beside it are not looked at (RFC 3230).
pub(crate) fn given(call: &Call) -> Result<[u8; 20], Refusal> {
    let header = call.decisive(HeaderName::from_static("digest"))?;
    let header = header.ok_or_else(|| Refusal::missing("digest"))?;
    let of_sha = |part: &str| {
        let (kind, digest) = part.trim().split_once('=')?;
        kind.trim().eq_ignore_ascii_case("sha").then(|| BASE64.decode(digest.trim().as_bytes()).ok())
    };
    let mut digests = header.split(',').filter_map(of_sha);
    let digest = digests.next().flatten().and_then(|digest| digest.try_into().ok());
    let is_one = digests.next().is_none();
    let invalid = || Refusal::invalid("digest", &header, "as in sha=fpRyg5eVQletdZqEKaFlqwBXJzM=");
    digest.filter(|_| is_one).ok_or_else(invalid)
}

/// Refuses a part that has another digest. That a part of a chunked upload with a wrong digest is 400 `bad_digest`, as a
/// whole file is that is sent at once, is *assumed* (no option: no other reading is known).
pub(crate) fn check_part(given: [u8; 20], actual: [u8; 20]) -> Result<(), Refusal> {
    if given == actual { Ok(()) } else { Err(bad("The specified digest did not match what we received")) }
}

/// Refuses a file of parts that has another digest, as recorded (box-java-sdk issue 701, box-windows-sdk-v2 issue 767).
/// That Box names the digest of what came as the actual one, and that of the client as the expected one, is *assumed*
/// (no option: no other reading is known).
pub(crate) fn check_whole(given: [u8; 20], actual: [u8; 20]) -> Result<(), Refusal> {
    if given == actual {
        return Ok(());
    }
    let [given, actual] = [given, actual].map(|digest| BASE64.encode(&digest));
    let message = format!("File digest was incorrect. Actual: {actual} Expected: {given}");
    Err(Refusal::new(StatusCode::BAD_REQUEST, "digest_mismatch", message))
}

/// Returns the SHA-1 of bytes.
pub(crate) fn sha1(bytes: &[u8]) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

/// Returns the SHA-1 of bytes that come in pieces.
pub(crate) fn sha1_of<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> [u8; 20] {
    pieces.fold(Sha1::new(), Sha1::chain_update).finalize().into()
}

fn bad(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "bad_digest", message)
}
