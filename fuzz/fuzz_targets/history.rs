//! Fuzzes histories of operations against the reference model.

#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drivesim_model::fuzz::history(bytes));
