//! Fuzzes raw bytes of HTTP connections.

#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drivesim_tests::fuzz::raw_request(bytes));
