//! `.highwater.toml` and allow comments: an answer or an error that names the place.
#![no_main]

use highwater::review::{allow, config::Settings};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(errors) = Settings::parse(".highwater.toml", text) {
        assert!(!errors.is_empty());
    }
    for line in text.lines() {
        let _ = allow::parse(line);
    }
});
