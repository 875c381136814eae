//! Fuzzes the parser of outlines.

#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drivesim_model::fuzz::outline(bytes));
