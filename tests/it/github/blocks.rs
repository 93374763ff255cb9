//! Go files put together from pieces, and what the engine says of the change from one to another:
//! what must stand on a pull request in the end, whatever happened on the way.

use fastrand::Rng;
use highwater::review::outcome::{Confidence, State};
use highwater::review::{Options, change};
use highwater::source::change::Change;
use highwater::source::diff::Diff;
use highwater::source::{Language, SourceFile, between};

/// A handler that waits for room in a channel: a bug.
pub fn handler(name: &str) -> String {
    format!(
        "var jobs{name} = make(chan int, 10)\n\nfunc init() {{\n\tgo func() {{\n\t\tfor job := range jobs{name} {{\n\t\t\tprintln(job)\n\t\t}}\n\t}}()\n}}\n\n\
         func Handle{name}(w http.ResponseWriter, r *http.Request) {{\n\tjobs{name} <- 1\n\tw.WriteHeader(202)\n}}\n\n"
    )
}

/// The same with a way out: sound.
pub fn mended(name: &str) -> String {
    format!(
        "var jobs{name} = make(chan int, 10)\n\nfunc init() {{\n\tgo func() {{\n\t\tfor job := range jobs{name} {{\n\t\t\tprintln(job)\n\t\t}}\n\t}}()\n}}\n\n\
         func Handle{name}(w http.ResponseWriter, r *http.Request) {{\n\tselect {{\n\tcase jobs{name} <- 1:\n\t\tw.WriteHeader(202)\n\t\
         default:\n\t\tw.WriteHeader(503)\n\t}}\n}}\n\n"
    )
}

/// A file of these pieces, which begins with some lines of remarks.
pub fn file(remarks: usize, pieces: &[String]) -> String {
    let remarks: String = (0..remarks)
        .map(|at| format!("// Remark {at}.\n"))
        .collect();
    format!(
        "package queue\n\nimport \"net/http\"\n\n{remarks}\n{}",
        pieces.concat()
    )
}

/// A file of some of these pieces, drawn by chance.
pub fn some_text(rng: &mut Rng) -> String {
    let mut pieces = Vec::new();
    for name in ["A", "B", "C"] {
        match rng.u32(0..4) {
            0 | 1 => pieces.push(handler(name)),
            2 => pieces.push(mended(name)),
            _ => (),
        }
    }
    file(rng.usize(0..4), &pieces)
}

/// What is found in the change from one text of a file to another: class and line, in order.
pub fn expected(path: &str, base: Option<&str>, head: &str) -> Vec<(String, u32)> {
    let file = |text: &str| SourceFile::new(path, Language::Go, text.as_bytes().to_vec());
    let diff = between::between(path, base.unwrap_or(""), head, 3);
    let mut whole = Diff::default();
    whole.files.push(diff);
    let base = base.map(file).into_iter().collect();
    let review = change::review(
        &Change::new(whole, base, vec![file(head)]),
        &Options::default(),
    );
    let told = review.findings.iter().filter(|remark| {
        remark.state == Some(State::Introduced) && remark.confidence >= Confidence::Medium
    });
    let mut found: Vec<(String, u32)> = told
        .filter_map(|remark| Some((remark.code.clone(), remark.comment_line?)))
        .collect();
    found.sort();
    found
}
