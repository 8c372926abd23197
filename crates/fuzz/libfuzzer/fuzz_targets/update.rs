//! `update`, see `tongban_fuzz::TARGETS`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tongban_fuzz::run("update", bytes));
