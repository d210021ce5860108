#![no_main]

libfuzzer_sys::fuzz_target!(|json: &[u8]| stepup_authority::__fuzz::webauthn_answer(json));
