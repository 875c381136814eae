//! Compares received bytes with the digests that clients send. All digests of Box are SHA-1.

use axum::http::{HeaderName, StatusCode};
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use sha1::{Digest, Sha1};

use crate::box_api::error::BoxError;
use crate::box_api::error_code::BoxErrorCode;
use crate::http::request::ApiRequest;

/// Fails if a content does not match the header `content-md5`, which contains a hexadecimal SHA-1 despite its name.
pub(crate) fn check_upload(request: &ApiRequest, content: &[u8]) -> Result<(), BoxError> {
    let Some(header) = request.strict_header(HeaderName::from_static("content-md5"))? else { return Ok(()) };
    let expected = HEXLOWER_PERMISSIVE.decode(header.trim().as_bytes());
    let matches = expected.is_ok_and(|expected| expected == sha1(content));
    if matches { Ok(()) } else { Err(bad_digest("The specified content-md5 did not match what we received")) }
}

/// Parses the header `digest`, which chunked uploads require: `sha=` and a SHA-1 in Base64; box-node-sdk 3 writes
/// `SHA=`. Digests of other kinds in the same header are ignored (RFC 3230).
pub(crate) fn read_digest(request: &ApiRequest) -> Result<[u8; 20], BoxError> {
    let header = request.strict_header(HeaderName::from_static("digest"))?;
    let header = header.ok_or_else(|| BoxError::missing("digest"))?;
    let of_sha = |part: &str| {
        let (kind, digest) = part.trim().split_once('=')?;
        kind.trim().eq_ignore_ascii_case("sha").then(|| BASE64.decode(digest.trim().as_bytes()).ok())
    };
    let mut digests = header.split(',').filter_map(of_sha);
    let digest = digests.next().flatten().and_then(|digest| digest.try_into().ok());
    let is_one = digests.next().is_none();
    let invalid = || BoxError::invalid("digest", &header, "as in sha=fpRyg5eVQletdZqEKaFlqwBXJzM=");
    digest.filter(|_| is_one).ok_or_else(invalid)
}

/// Fails if a part has another digest.
///
/// ASSUMED: A part of a chunked upload with a wrong digest is 400 `bad_digest`, like a file in a simple upload (no
/// option: no other reading is known).
pub(crate) fn check_part(expected: [u8; 20], actual: [u8; 20]) -> Result<(), BoxError> {
    if expected == actual {
        Ok(())
    } else {
        Err(bad_digest("The specified digest did not match what we received"))
    }
}

/// Fails if a file of parts has another digest, as recorded (box-java-sdk issue 701, box-windows-sdk-v2 issue 767).
///
/// ASSUMED: In the error for a wrong digest, Box calls the digest of the received bytes the actual one, and that of the
/// client the expected one (no option: no other reading is known).
pub(crate) fn check_whole(expected: [u8; 20], actual: [u8; 20]) -> Result<(), BoxError> {
    if expected == actual {
        return Ok(());
    }
    let [expected, actual] = [expected, actual].map(|digest| BASE64.encode(&digest));
    let message = format!("File digest was incorrect. Actual: {actual} Expected: {expected}");
    Err(BoxError::new(StatusCode::BAD_REQUEST, BoxErrorCode::DigestMismatch, message))
}

/// Returns the SHA-1 of bytes.
pub(crate) fn sha1(bytes: &[u8]) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

/// Returns the SHA-1 of bytes in pieces.
pub(crate) fn sha1_of<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> [u8; 20] {
    pieces.fold(Sha1::new(), Sha1::chain_update).finalize().into()
}

fn bad_digest(message: &str) -> BoxError {
    BoxError::new(StatusCode::BAD_REQUEST, BoxErrorCode::BadDigest, message)
}
