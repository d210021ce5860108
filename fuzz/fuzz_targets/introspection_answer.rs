#![no_main]

libfuzzer_sys::fuzz_target!(|json: &[u8]| stepup_core::__fuzz::introspection_answer(json));
