//! Fuzzes queries of URLs.

#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drivesim_tests::fuzz::query(bytes));
