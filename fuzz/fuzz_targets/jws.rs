#![no_main]

libfuzzer_sys::fuzz_target!(|token: &str| stepup_core::__fuzz::jws(token));
