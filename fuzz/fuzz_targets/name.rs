//! Fuzzes names.

#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drivesim_model::fuzz::name(bytes));
