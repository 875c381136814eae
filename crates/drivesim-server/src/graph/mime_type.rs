//! Returns the MIME types of files.

use std::cell::Cell;

/// Returns the MIME type of a file.
///
/// ASSUMED: `mimeType` follows from the extension of the name (no option: no other reading is known).
pub(crate) fn of(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty());
    let extension = extension.map_or("", |(_, extension)| extension);
    // In a listing, most files have the extension of the file before them. Longer extensions are not cached.
    let mut key = NO_EXTENSION;
    let Some(bytes) = key.get_mut(..extension.len()) else { return type_of(extension) };
    bytes.copy_from_slice(extension.as_bytes());
    let (last, last_type) = LAST_TYPE.get();
    if last == key {
        return last_type;
    }
    let mime_type = type_of(extension);
    LAST_TYPE.set((key, mime_type));
    mime_type
}

thread_local! {
    /// The extension that was looked up last, and its type.
    static LAST_TYPE: Cell<([u8; 8], &'static str)> = const { Cell::new((NO_EXTENSION, UNKNOWN_TYPE)) };
}

/// A key that no extension has: it is not valid UTF-8.
const NO_EXTENSION: [u8; 8] = [0xFF; 8];
/// The type of files with an unknown extension.
const UNKNOWN_TYPE: &str = "application/octet-stream";

fn type_of(extension: &str) -> &'static str {
    mime_guess::from_ext(extension).first_raw().unwrap_or(UNKNOWN_TYPE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mime_type_follows_from_the_extension_whatever_is_cached() {
        for _ in 0..2 {
            for (name, expected) in [
                ("a.txt", "text/plain"),
                ("b.TXT", "text/plain"),
                ("c.d.png", "image/png"),
                ("none", UNKNOWN_TYPE),
                (".txt", UNKNOWN_TYPE),
                ("dot.", UNKNOWN_TYPE),
                ("f.unknownextension", UNKNOWN_TYPE),
                ("g.webmanifest", "application/manifest+json"),
                ("h.é", UNKNOWN_TYPE),
            ] {
                assert_eq!(of(name), expected, "{name}");
                assert_eq!(
                    of(name),
                    mime_guess::from_path(name).first_raw().unwrap_or(UNKNOWN_TYPE),
                    "{name}"
                );
            }
        }
    }
}
