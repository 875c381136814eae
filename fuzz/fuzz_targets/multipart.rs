//! Fuzzes multipart bodies and content types of uploads to Box.

#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drivesim_tests::fuzz::multipart(bytes));
