//! Computes quickXorHash, the hash that every OneDrive shows for its files.
//!
//! Byte `i` is XORed into a register of 160 bits at bit `11 * i mod 160`, wrapping around the end; the length is XORed
//! into the last eight of its twenty bytes (onedrive-api-docs, quickxorhash.md). Since 11 and 160 permit no factor, two
//! bytes meet at the same bit exactly if they are a multiple of 160 apart. So the input is XORed in rows of 160 bytes,
//! many bytes at a time, and each of the 160 columns is shifted into the register once at the end.

use data_encoding::BASE64;

/// The number of bytes after which the positions repeat.
const PERIOD: usize = 160;
/// The distance in bits between the positions of adjacent bytes.
const SHIFT: usize = 11;
/// The number of bytes of the register.
const WIDTH: usize = 20;

/// A hash of bytes that arrive in pieces.
#[derive(Clone, Debug)]
pub(crate) struct QuickXor {
    columns: [u8; PERIOD],
    n_bytes: u64,
}

impl QuickXor {
    pub(crate) fn new() -> QuickXor {
        QuickXor { columns: [0; PERIOD], n_bytes: 0 }
    }

    /// Adds the next bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let column = (self.n_bytes % PERIOD as u64) as usize;
        let (first, rest) = bytes.split_at(bytes.len().min(PERIOD - column));
        xor(&mut self.columns[column..], first);
        for row in rest.chunks(PERIOD) {
            xor(&mut self.columns, row);
        }
        self.n_bytes = self.n_bytes.wrapping_add(bytes.len() as u64);
    }

    /// Returns the hash in the form of the services.
    pub(crate) fn finish(&self) -> String {
        let mut register = [0_u8; WIDTH];
        for (i, &byte) in self.columns.iter().enumerate() {
            let bit = i * SHIFT % (WIDTH * 8);
            let [low, high] = (u16::from(byte) << (bit % 8)).to_le_bytes();
            register[bit / 8] ^= low;
            register[(bit / 8 + 1) % WIDTH] ^= high;
        }
        xor(&mut register[WIDTH - 8..], &self.n_bytes.to_le_bytes());
        BASE64.encode(&register)
    }
}

/// XORs bytes into others, up to the end of the shorter slice.
fn xor(target: &mut [u8], bytes: &[u8]) {
    for (target, byte) in target.iter_mut().zip(bytes) {
        *target ^= byte;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Vectors made by another implementation.
    const VECTORS: &str = include_str!("../../../tests/data/quickxorhash-vectors.json");

    fn hash_in_pieces(bytes: &[u8], size: usize) -> String {
        let mut hash = QuickXor::new();
        bytes.chunks(size).for_each(|piece| hash.update(piece));
        hash.finish()
    }

    fn check(bytes: &[u8], expected: &Value) {
        for size in [1, 7, 159, 160, 161, 4096, usize::MAX] {
            assert_eq!(hash_in_pieces(bytes, size), *expected, "{} bytes, {size} at a time", bytes.len());
        }
    }

    #[test]
    fn agrees_with_all_vectors_whatever_the_pieces() {
        let vectors: Value = serde_json::from_str(VECTORS).unwrap();
        let patterns = vectors["pattern"].as_array().unwrap();
        for vector in patterns {
            let n_bytes = vector["length"].as_u64().unwrap();
            let bytes: Vec<u8> = (0..n_bytes).map(|i| (7 * i + 3) as u8).collect();
            check(&bytes, &vector["quickXorHash"]);
        }
        let texts = vectors["text"].as_array().unwrap();
        for vector in texts {
            check(vector["utf8"].as_str().unwrap().as_bytes(), &vector["quickXorHash"]);
        }
        assert_eq!((patterns.len(), texts.len()), (21, 4));
    }

    #[test]
    fn agrees_with_shifting_byte_by_byte() {
        let bytes: Vec<u8> = (0..5000_u32).map(|i| (i * i % 251) as u8).collect();
        let mut bits = [false; 160];
        for (i, byte) in bytes.iter().enumerate() {
            for bit in 0..8 {
                bits[(11 * i + bit) % 160] ^= byte >> bit & 1 == 1;
            }
        }
        for bit in 0..64 {
            bits[96 + bit] ^= bytes.len() >> bit & 1 == 1;
        }
        let register: Vec<u8> = bits
            .chunks(8)
            .map(|bits| bits.iter().rev().fold(0, |byte, &bit| byte << 1 | u8::from(bit)))
            .collect();
        assert_eq!(hash_in_pieces(&bytes, 333), BASE64.encode(&register));
    }
}
