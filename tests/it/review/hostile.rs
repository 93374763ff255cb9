//! Changes that nobody should send: any diff, with any texts, gives a review.

use highwater::review::Options;
use highwater::review::change::review;
use highwater::source::change::Change;
use highwater::source::{Language, SourceFile, patch};
use proptest::prelude::*;

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile::new(path, Language::Go, text.as_bytes().to_vec())
}

/// Lines of Go, whole and broken, and of diffs.
fn line() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "package p",
        "func f(ch chan int) {",
        "}",
        "\tch <- 1",
        "\tfor v := range ch {",
        "\t}",
        "\tclose(ch)",
        "\tselect {",
        "\tcase ch <- 1:",
        "\tdefault:",
        "//highwater:allow BP06",
        "\tgo func() {",
        "\t}()",
        "`",
        "/*",
        "*/",
        "\"",
        "",
    ])
    .prop_map(str::to_owned)
}

fn diff_line() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => ("[ +-]", line()).prop_map(|(mark, line)| format!("{mark}{line}")),
        1 => (0u32..9, 0u32..9, 0u32..9, 0u32..9).prop_map(|(a, b, c, d)| format!("@@ -{a},{b} +{c},{d} @@ func f(ch chan int) {{")),
        1 => prop::sample::select(vec!["--- a/p/a.go\n+++ b/p/a.go", "--- a/p/b.go\n+++ b/q/c.go", "diff --git a/p/a.go b/p/a.go"]).prop_map(str::to_owned),
    ]
}

proptest! {
    #[test]
    fn any_change_gives_a_review(
        diff in prop::collection::vec(diff_line(), 0..40),
        base in prop::option::of(prop::collection::vec(line(), 0..20)),
        head in prop::option::of(prop::collection::vec(line(), 0..20)),
    ) {
        let diff = patch::read(&format!("--- a/p/a.go\n+++ b/p/a.go\n@@ -1 +1 @@\n{}\n", diff.join("\n")));
        let whole = |lines: Option<Vec<String>>| lines.map(|lines| file("p/a.go", &lines.join("\n"))).into_iter().collect();
        let change = Change::new(diff, whole(base), whole(head));
        let review = review(&change, &Options::default());
        let shown = change.diff.by_head();
        for remark in &review.findings {
            let path = remark.comment_path.as_ref().unwrap_or(&remark.path);
            if let Some(line) = remark.comment_line {
                prop_assert!(shown[path.as_str()].is_shown(line));
            }
            prop_assert!(remark.line > 0 && remark.end_line >= remark.line);
        }
    }
}

#[test]
fn a_change_of_very_many_files_is_no_trouble() {
    let text: String = (0..3_000).map(|at| format!("--- a/p/{at}.go\n+++ b/p/{at}.go\n@@ -1 +1 @@ func f{at}(ch chan int) {{\n-\tclose(ch)\n+\tch <- 1\n")).collect();
    let review = review(
        &Change::new(patch::read(&text), vec![], vec![]),
        &Options::default(),
    );
    assert_eq!(review.summary.files, 3_000);
}
