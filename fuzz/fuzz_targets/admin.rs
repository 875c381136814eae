//! Fuzzes calls of the admin API.

#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drivesim_tests::fuzz::admin(bytes));
