//! Fuzzes paths of URLs.

#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drivesim_tests::fuzz::path(bytes));
