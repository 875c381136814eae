//! Fuzzes ranges of upload sessions.

#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drivesim_tests::fuzz::upload_range(bytes));
