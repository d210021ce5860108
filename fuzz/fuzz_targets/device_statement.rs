#![no_main]

libfuzzer_sys::fuzz_target!(|said: &str| stepup_authority::__fuzz::device_statement(said));
