//! Fuzzes JSON bodies of requests.

#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drivesim_tests::fuzz::json_body(bytes));
