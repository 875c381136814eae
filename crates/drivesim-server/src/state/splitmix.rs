//! Turns consecutive numbers into distinct numbers that look random.

/// Returns a distinct number for each number: the finalizer of SplitMix64.
pub(crate) fn splitmix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

/// Returns a number for a text, the same on each machine (FNV-1a, then mixed).
pub(crate) fn splitmix_text(text: &str) -> u64 {
    let start = 0xCBF2_9CE4_8422_2325;
    splitmix(text.bytes().fold(start, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)))
}
