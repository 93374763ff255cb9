//! Any bytes in, an answer out: `highwater check -`, in every language.
#![no_main]

use highwater::review::{Options, run};
use highwater::source::{self, Language};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = source::decode(data.to_vec());
    for language in Language::ALL {
        check(&text, language);
    }
});

fn check(text: &str, language: Language) {
    let path = format!("fuzz.{}", language.ending());
    let review = run::check_text(&path, text, language, &Options::default());
    let lines = text.lines().count().max(1) as u32 + 1;
    for remark in &review.findings {
        assert!(remark.line >= 1 && remark.line <= lines, "{remark:?}");
        assert!(
            remark.line <= remark.end_line && remark.end_line <= lines,
            "{remark:?}"
        );
    }
    assert_eq!(review.smell.len(), 5);
    assert_eq!(review.checklist.len(), 11);
}
