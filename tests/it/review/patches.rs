//! Unified diffs as tools write them, as mail mangles them and as an attacker would.

use highwater::source::diff::{Fate, FileDiff, Kind, Side};
use highwater::source::{between, patch};
use proptest::prelude::*;

fn only(text: &str) -> FileDiff {
    let diff = patch::read(text);
    assert_eq!(diff.problems, [], "{text}");
    assert_eq!(diff.files.len(), 1, "{text}");
    diff.files[0].clone()
}

fn paths(file: &FileDiff) -> (Option<&str>, Option<&str>) {
    (file.old_path.as_deref(), file.new_path.as_deref())
}

fn problems(text: &str) -> Vec<String> {
    patch::read(text)
        .problems
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn git_tells_what_happened_to_a_file() {
    let renamed = only(
        "diff --git a/a.go b/b/c.go\nsimilarity index 90%\nrename from a.go\nrename to b/c.go\nindex 1..2 100644\n--- a/a.go\n+++ b/b/c.go\n@@ -1 +1 @@\n-x\n+y\n",
    );
    assert_eq!(
        (paths(&renamed), renamed.fate),
        ((Some("a.go"), Some("b/c.go")), Fate::Renamed)
    );
    assert_eq!((renamed.added(), renamed.removed()), (&[1][..], &[1][..]));

    let pure =
        only("diff --git a/a.go b/c.go\nsimilarity index 100%\nrename from a.go\nrename to c.go\n");
    assert_eq!(pure.fate, Fate::Renamed);
    let copied =
        only("diff --git a/a.go b/c.go\nsimilarity index 100%\ncopy from a.go\ncopy to c.go\n");
    assert_eq!(copied.fate, Fate::Copied);
    let added = only(
        "diff --git a/d/n.go b/d/n.go\nnew file mode 100664\nindex 0..1\n--- /dev/null\n+++ b/d/n.go\n@@ -0,0 +1,2 @@\n+a\n+b\n",
    );
    assert_eq!(
        (paths(&added), added.fate),
        ((None, Some("d/n.go")), Fate::Added)
    );
    assert_eq!(added.other_side("", Side::Base).as_deref(), Some("a\nb\n"));
    let deleted = only(
        "diff --git a/n.go b/n.go\ndeleted file mode 100644\nindex 1..0\n--- a/n.go\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n",
    );
    assert_eq!(
        (paths(&deleted), deleted.fate),
        ((Some("n.go"), None), Fate::Deleted)
    );
    assert_eq!(deleted.nearest_shown(1), None);
    let empty = only("diff --git a/e.go b/e.go\nnew file mode 100644\nindex 0000000..e69de29\n");
    assert_eq!(
        (paths(&empty), empty.fate),
        ((None, Some("e.go")), Fate::Added)
    );
    let mode = only("diff --git a/run.go b/run.go\nold mode 100644\nnew mode 100755\n");
    assert_eq!(
        (paths(&mode), mode.hunks().len()),
        ((Some("run.go"), Some("run.go")), 0)
    );
}

#[test]
fn binaries_have_no_lines() {
    let text = "diff --git a/i.png b/i.png\nindex 1..2 100644\nBinary files a/i.png and b/i.png differ\ndiff --git a/j.png b/j.png\nnew file mode 100644\nindex 0..1\nGIT binary patch\nliteral 3\nKcmZQzU|<Ac\n\nliteral 0\nHcmV?d00001\n\ndiff --git a/x.go b/x.go\n--- a/x.go\n+++ b/x.go\n@@ -1 +1 @@\n-a\n+b\n";
    let diff = patch::read(text);
    assert_eq!(diff.problems, []);
    let binary: Vec<bool> = diff.files.iter().map(|file| file.binary).collect();
    assert_eq!(binary, [true, true, false]);
}

#[test]
fn prefixes_go_and_paths_stay_in_the_tree() {
    for (old, new, expected) in [
        ("a/p/x.go", "b/p/x.go", "p/x.go"),
        ("i/p/x.go", "w/p/x.go", "p/x.go"),
        ("p/x.go", "p/x.go", "p/x.go"),
        ("before/p/x.go", "after/p/x.go", "p/x.go"),
        (
            "a/x.go\t2026-01-01 00:00:00",
            "b/x.go\t2026-01-01 00:00:00",
            "x.go",
        ),
        ("\"a/d/\\303\\274.go\"", "\"b/d/\\303\\274.go\"", "d/ü.go"),
        ("a/with space.go", "b/with space.go", "with space.go"),
        ("a/../../etc/x.go", "b/../../etc/x.go", "etc/x.go"),
        ("/dev/null", "b/x.go", "x.go"),
    ] {
        let file = only(&format!("--- {old}\n+++ {new}\n@@ -1 +1 @@\n-a\n+b\n"));
        assert_eq!(file.new_path.as_deref(), Some(expected), "{old}");
    }
    let bare = only(
        "diff --git b/x.go b/x.go\nnew file mode 100644\n--- /dev/null\n+++ b/x.go\n@@ -0,0 +1 @@\n+a\n",
    );
    assert_eq!(bare.new_path.as_deref(), Some("b/x.go"));
}

#[test]
fn content_that_looks_like_a_header_is_content() {
    let file = only(
        "--- a/x.go\n+++ b/x.go\n@@ -1,2 +1,2 @@\n ctx\n--- minus2\n+++ plus2\n@@ -9 +9,2 @@\n ctx\n+diff --git a/q b/q\n",
    );
    assert_eq!(file.hunks().len(), 2);
    let texts: Vec<&str> = file.hunks()[0]
        .lines
        .iter()
        .map(|line| line.text.as_str())
        .collect();
    assert_eq!(texts, ["ctx", "-- minus2", "++ plus2"]);
    let two = patch::read(
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n",
    );
    assert_eq!((two.files.len(), two.problems.len()), (2, 0));
}

#[test]
fn windows_line_ends_and_trimmed_blanks_are_no_trouble() {
    let file = only(
        "diff --git a/a.go b/c.go\r\nsimilarity index 90%\r\nrename from a.go\r\nrename to c.go\r\n--- a/a.go\r\n+++ b/c.go\r\n@@ -1,3 +1,3 @@\r\n a\r\n\r\n-x\r\n+y\r\n\\ No newline at end of file\r\n",
    );
    assert_eq!(paths(&file), (Some("a.go"), Some("c.go")));
    assert_eq!(file.added(), [3]);
    assert_eq!(
        file.other_side("a\r\n\r\nx\r\n", Side::Base).as_deref(),
        Some("a\r\n\r\ny\n")
    );
}

#[test]
fn mail_around_a_patch_is_passed_over() {
    let text = "From 1234 Mon Sep 17 00:00:00 2001\nFrom: A <a@b>\nSubject: x\n\n--- \n words\n---\n x.go | 2 +-\n\ndiff --git a/x.go b/x.go\n--- a/x.go\n+++ b/x.go\n@@ -1 +1 @@ func f() {\n-a\n+b\n-- \n2.39.0\n\n";
    let file = only(text);
    assert_eq!(file.hunks()[0].heading, "func f() {");
    assert_eq!(file.hunks()[0].lines.len(), 2);
}

#[test]
fn wrong_counts_are_named_and_the_lines_are_used() {
    let short = "--- a/x.go\n+++ b/x.go\n@@ -1,9 +1,9 @@\n a\n+b\n@@ -20 +21 @@\n-c\n+d\n";
    assert_eq!(
        problems(short),
        ["line 3 of the diff: the hunk header promises 9 old and 9 new lines, but 1 and 2 follow"]
    );
    assert_eq!(patch::read(short).files[0].added(), [2, 21]);

    let long = "--- a/x.go\n+++ b/x.go\n@@ -1,1 +1,1 @@\n a\n+b\n c\n@@ -20 +21 @@\n-c\n+d\n";
    assert_eq!(problems(long).len(), 1);
    assert_eq!(patch::read(long).files[0].added(), [2, 21]);

    let cut = "--- a/x.go\n+++ b/x.go\n@@ -1,3 +1,4 @@\n a\n+b";
    assert_eq!(problems(cut).len(), 1);
    assert_eq!(patch::read(cut).files[0].added(), [2]);
}

#[test]
fn what_cannot_be_read_is_named() {
    for (text, expected) in [
        (
            "hello",
            "line 1 of the diff: no file header (`--- a/path` and `+++ b/path`) found",
        ),
        (
            "@@ -1 +1 @@\n-a\n+b\n",
            "line 1 of the diff: a hunk without a file header above it",
        ),
        (
            "--- a/x\n+++ b/x\n@@ -x +1 @@\n-a\n+b\n",
            "line 3 of the diff: not a hunk header: `@@ -x +1 @@`",
        ),
        (
            "--- a/x\n+++ b/x\n@@ -4294967295,4294967295 +1 @@\n",
            "line 3 of the diff: not a hunk header: `@@ -4294967295,4294967295 +1 @@`",
        ),
        (
            "diff --cc x.go\nindex 1,2..3\n--- a/x.go\n+++ b/x.go\n@@@ -1 -1 +1 @@@\n",
            "line 1 of the diff: the combined diff of a merge is not supported; give the diff against one parent",
        ),
        (
            "--- a/x\n+++ b/x\n@@ -5,2 +5,2 @@\n a\n-b\n+c\n@@ -5,1 +5,1 @@\n-a\n+b\n",
            "line 7 of the diff: the hunk overlaps the one before it and was left out",
        ),
    ] {
        assert_eq!(
            problems(text).first().map(String::as_str),
            Some(expected),
            "{text}"
        );
    }
    let twice = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n".repeat(2);
    assert_eq!(
        problems(&twice),
        ["line 6 of the diff: a second diff of `x` was left out; give one diff, not a series"]
    );
    assert!(problems("").is_empty() && problems(" \n").is_empty());
}

#[test]
fn hunks_alone_are_read_for_a_known_path() {
    let diff = patch::read_hunks(
        "p/x.go",
        Some("p/old.go"),
        "@@ -1,2 +1,2 @@ package p\n-a\n+b\n c\n\\ No newline at end of file",
    );
    assert_eq!(diff.problems, []);
    assert_eq!(paths(&diff.files[0]), (Some("p/old.go"), Some("p/x.go")));
    assert_eq!(diff.files[0].added(), [1]);
}

#[test]
fn hostile_sizes_take_linear_time() {
    let many_sections: String = (0..60_000).map(|at| format!("diff --git a/{at}.go b/{at}.go\n--- a/{at}.go\n+++ b/{at}.go\n@@ -1 +1 @@\n-a\n+b\n")).collect();
    assert_eq!(patch::read(&many_sections).files.len(), 60_000);
    let long_header = format!(
        "diff --git {}\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
        "a ".repeat(4 << 20)
    );
    assert!(problems(&long_header)[0].starts_with("line 1 of the diff: a header line of"));
    let long_line = format!(
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+{}\n",
        "b".repeat(8 << 20)
    );
    assert_eq!(only(&long_line).added(), [1]);
    let one_hunk = format!(
        "--- a/x\n+++ b/x\n@@ -0,0 +1,400000 @@\n{}",
        "+x\n".repeat(400_000)
    );
    let file = only(&one_hunk);
    assert!((1..=400_000).all(|line| file.to_old(line).is_none()));
}

#[test]
fn texts_that_differ_a_lot_are_still_compared() {
    let base: String = (0..9_000).map(|at| format!("a{at}\n")).collect();
    let head: String = (0..9_000).map(|at| format!("b{at}\n")).collect();
    let (base, head) = (format!("same\n{base}end\n"), format!("same\n{head}end\n"));
    let file = between::between("x.go", &base, &head, 3);
    assert_eq!(
        file.other_side(&base, Side::Base).as_deref(),
        Some(head.as_str())
    );
}

#[test]
fn code_is_not_taken_for_a_diff() {
    assert!(patch::looks_like_diff("--- a/x\n+++ b/x\n@@ -1 +1 @@\n"));
    assert!(patch::looks_like_diff("diff --git a/x b/x\n"));
    assert!(!patch::looks_like_diff(
        "package x\n\nvar a = b - --c\n// +++ x\n"
    ));
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![" a", "+b", "-c", "", "\\ No newline at end of file", "--- a/x.go", "+++ b/x.go", "-- "]).prop_map(str::to_owned),
        1 => (0u32..9, 0u32..9, 0u32..9, 0u32..9).prop_map(|(a, b, c, d)| format!("@@ -{a},{b} +{c},{d} @@ func f() {{")),
        1 => prop::sample::select(vec!["diff --git a/x.go b/x.go", "rename from x.go", "rename to \"y\\n.go\"", "Binary files a and b differ", "new file mode 1", "GIT binary patch", "@@ -1"]).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
    ]
}

proptest! {
    #[test]
    fn any_lines_give_an_answer(lines in prop::collection::vec(line(), 0..60)) {
        let text = lines.join("\n");
        let diff = patch::read(&text);
        for file in &diff.files {
            for line in 0..40 {
                let _ = (file.to_old(line), file.to_new(line), file.place_in_new(line), file.nearest_shown(line));
            }
            for &added in file.added() {
                prop_assert!(file.is_shown(added) && file.to_old(added).is_none());
            }
            for line in file.hunks().iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == Kind::Context) {
                prop_assert_eq!(file.to_new(line.old), Some(line.new));
                prop_assert_eq!(file.to_old(line.new), Some(line.old));
            }
            let _ = file.other_side(&text, Side::Head);
        }
        let _ = patch::read_hunks("x.go", None, &text);
    }

    #[test]
    fn a_diff_takes_either_side_to_the_other(base in prop::collection::vec("[a-c]{0,2}", 0..20), head in prop::collection::vec("[a-c]{0,2}", 0..20), context in 0usize..4) {
        let whole = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        let (base, head) = (whole(&base), whole(&head));
        let file = between::between("x.go", &base, &head, context);
        prop_assert_eq!(file.other_side(&base, Side::Base), Some(head.clone()));
        prop_assert_eq!(file.other_side(&head, Side::Head), Some(base));
    }
}
