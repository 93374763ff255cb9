//! Any bytes in, an answer out: `highwater review --diff -`.
#![no_main]

use highwater::review::{Options, change};
use highwater::source::change::Change;
use highwater::source::{self, patch};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = source::decode(data.to_vec());
    let diff = patch::read(&text);
    let shown: Vec<_> = diff
        .files
        .iter()
        .map(|file| (file.new_path.clone(), file.hunks().len()))
        .collect();
    let review = change::review(
        &Change::new(diff, Vec::new(), Vec::new()),
        &Options::default(),
    );
    for remark in review
        .findings
        .iter()
        .filter(|remark| remark.comment_line.is_some())
    {
        assert!(
            shown
                .iter()
                .any(|(path, _)| path.as_deref() == Some(remark.path.as_str())),
            "{remark:?}"
        );
    }
});
