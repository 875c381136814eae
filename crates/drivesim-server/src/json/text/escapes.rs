//! Finds texts that need escapes in JSON, eight bytes at a time.

/// Returns whether a text contains a quotation mark, a backslash or a control character.
pub(super) fn needs_escapes(text: &[u8]) -> bool {
    // The last eight bytes are also examined at once, though some of them were examined before.
    if let Some(last) = text.last_chunk::<8>() {
        let mut chunks = text.chunks_exact(8).filter_map(|chunk| chunk.first_chunk::<8>());
        return any_rare(u64::from_ne_bytes(*last))
            || chunks.any(|chunk| any_rare(u64::from_ne_bytes(*chunk)));
    }
    match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            let [first, last] = [*first, *last].map(|half| u64::from(u32::from_ne_bytes(half)));
            any_rare(first | last << 32)
        }
        _ => text.iter().any(must_escape),
    }
}

pub(super) fn must_escape(byte: &u8) -> bool {
    *byte < 0x20 || *byte == b'"' || *byte == b'\\'
}

/// Returns the same for eight bytes at once. Subtraction borrows from the highest bit of a byte that is too small.
fn any_rare(bytes: u64) -> bool {
    const EACH: u64 = u64::MAX / 255;
    let is_zero = |bytes: u64| bytes.wrapping_sub(EACH) & !bytes;
    let is_control = bytes.wrapping_sub(EACH * 0x20) & !bytes;
    let found = is_control | is_zero(bytes ^ (EACH * b'"' as u64)) | is_zero(bytes ^ (EACH * b'\\' as u64));
    found & (EACH << 7) != 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_is_judged_as_its_single_bytes(text in "[ -~]{0,40}|\\PC{0,12}|[a-z\u{0}-\u{1f}]{0,20}") {
            prop_assert_eq!(needs_escapes(text.as_bytes()), text.bytes().any(|byte| must_escape(&byte)));
        }

        #[test]
        fn eight_bytes_are_judged_as_the_single_bytes(bytes in any::<[u8; 8]>()) {
            prop_assert_eq!(any_rare(u64::from_ne_bytes(bytes)), bytes.iter().any(must_escape));
        }
    }

    #[test]
    fn one_rare_byte_is_found_at_any_position() {
        for length in 0..40 {
            assert!(!needs_escapes(&vec![b'a'; length]), "{length}");
            for at in 0..length {
                for rare in [b'"', b'\\', 0, 0x1F] {
                    let mut text = vec![b'a'; length];
                    text[at] = rare;
                    assert!(needs_escapes(&text), "{rare} at {at} of {length}");
                }
            }
        }
    }
}
