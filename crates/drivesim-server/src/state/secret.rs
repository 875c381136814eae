//! Signs URLs that need no token, so that clients cannot forge them.
//!
//! The name in such a URL is followed by the beginning of its HMAC-SHA-256 under the secret of the run. If tokens are
//! not checked, there is no signature: then everyone may read and write everything.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use hmac::digest::array::Array;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256, Sha512};

use crate::state::options::ServerOptions;
use crate::state::start_error::StartError;

/// The purpose of a signed URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Upload,
    Download,
    Monitor,
}

impl Purpose {
    fn word(self) -> &'static [u8] {
        match self {
            Purpose::Upload => b"upload ",
            Purpose::Download => b"download ",
            Purpose::Monitor => b"monitor ",
        }
    }
}

/// Separates a name from its signature.
const SEPARATOR: char = '.';
/// The number of bytes of the HMAC that are the signature.
const N_BYTES: usize = 16;
/// The number of characters that a signature adds to a URL.
pub(crate) const SIGNATURE_LENGTH: usize = SEPARATOR.len_utf8() + (N_BYTES * 8).div_ceil(5);

/// Signs URLs, and checks them. Does neither where no tokens are checked.
#[derive(Clone)]
pub(crate) struct Signer(Option<Hmac<Sha256>>);

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").finish_non_exhaustive()
    }
}

impl Signer {
    /// Creates the secret of a run: a random one, or that of the seed.
    pub(crate) fn of(options: &ServerOptions) -> Result<Signer, StartError> {
        if options.tokens.is_none() {
            return Ok(Signer(None));
        }
        let mut key = [0; 64];
        match options.url_seed {
            Some(seed) => key = Sha512::digest(format!("drivesim URLs of seed {seed}")).into(),
            None => getrandom::fill(&mut key).map_err(|error| StartError::Random { source: error.into() })?,
        }
        Ok(Signer(Some(Hmac::new(&Array::from(key)))))
    }

    /// Appends the signature of the name at the end of `url`.
    pub(crate) fn push_signature(&self, url: &mut String, purpose: Purpose, n_bytes_of_name: usize) {
        let Some(key) = &self.0 else { return };
        let name = &url[url.len().saturating_sub(n_bytes_of_name)..];
        let signature = mac(key, purpose, name).finalize().into_bytes();
        let mut text = [0; SIGNATURE_LENGTH - 1];
        let text = BASE32_NOPAD.encode_mut_str(&signature[..N_BYTES], &mut text);
        url.push(SEPARATOR);
        url.push_str(text);
    }

    /// Returns the name in a signed text; `None` if this server did not sign it for this purpose.
    pub(crate) fn verify<'a>(&self, purpose: Purpose, text: &'a str) -> Option<&'a str> {
        let Some(key) = &self.0 else { return Some(text) };
        let (name, signature) = text.rsplit_once(SEPARATOR)?;
        let signature = BASE32_NOPAD.decode(signature.as_bytes()).ok()?;
        let is_whole = signature.len() == N_BYTES;
        let is_ours = is_whole && mac(key, purpose, name).verify_truncated_left(&signature).is_ok();
        is_ours.then_some(name)
    }
}

fn mac(key: &Hmac<Sha256>, purpose: Purpose, name: &str) -> Hmac<Sha256> {
    let mut mac = key.clone();
    mac.update(purpose.word());
    mac.update(name.as_bytes());
    mac
}

/// Compares two secrets in constant time.
pub(crate) fn constant_time_eq(one: &str, other: &str) -> bool {
    let key = Hmac::<Sha256>::new(&Array::from([0; 64]));
    let mac = |text: &str| mac(&key, Purpose::Upload, text).finalize();
    mac(one) == mac(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(seed: Option<u64>) -> Signer {
        let options = ServerOptions::default().token("t", &["Files.Read"]);
        Signer::of(&ServerOptions { url_seed: seed, ..options }).unwrap()
    }

    fn signed(signer: &Signer, name: &str) -> String {
        let mut url = format!("http://x/{name}");
        signer.push_signature(&mut url, Purpose::Upload, name.len());
        url.split_off("http://x/".len())
    }

    #[test]
    fn only_the_signer_of_a_name_accepts_it() {
        let ours = signer(None);
        let text = signed(&ours, "a.b");
        assert_eq!(
            (text.len(), ours.verify(Purpose::Upload, &text)),
            ("a.b".len() + SIGNATURE_LENGTH, Some("a.b"))
        );
        let (name, signature) = text.rsplit_once('.').unwrap();
        for bad in [
            String::new(),
            name.to_owned(),
            format!("{name}."),
            format!("{name}.{}", &signature[1..]),
            format!("{name}.{}", &signature[..24]),
            format!("{name}.{signature}AA"),
            format!("{name}.{}", signature.to_lowercase()),
            format!("c.{signature}"),
            format!("{name}.\u{e9}"),
        ] {
            assert_eq!(ours.verify(Purpose::Upload, &bad), None, "{bad:?}");
        }
        assert_eq!(ours.verify(Purpose::Monitor, &text), None);
        assert_eq!(signer(None).verify(Purpose::Upload, &text), None);
    }

    #[test]
    fn the_same_seed_gives_the_same_signatures_and_another_does_not() {
        assert_eq!(signed(&signer(Some(7)), "a"), signed(&signer(Some(7)), "a"));
        assert_ne!(signed(&signer(Some(7)), "a"), signed(&signer(Some(8)), "a"));
        assert_ne!(signed(&signer(None), "a"), signed(&signer(None), "a"));
    }

    #[test]
    fn without_tokens_nothing_is_signed() {
        let none = Signer::of(&ServerOptions::default()).unwrap();
        assert_eq!(signed(&none, "a"), "a");
        assert_eq!(none.verify(Purpose::Upload, "a.b"), Some("a.b"));
    }

    #[test]
    fn secrets_are_the_same_or_not() {
        assert!(constant_time_eq("", "") && constant_time_eq("abc", "abc"));
        assert!(
            !constant_time_eq("abc", "abd") && !constant_time_eq("abc", "ab") && !constant_time_eq("", "a")
        );
    }
}
