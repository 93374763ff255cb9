//! Any bytes in, an answer out, by way of the program: nothing panics, nothing hangs, and what was
//! not looked at is named.

use std::fs;

use crate::world::{HUGE, World, assert_valid, check};

/// The answer to a hostile text is a valid review and no panic.
fn survives(text: impl Into<Vec<u8>>) -> crate::world::Said {
    let said = World::new(&[]).run_with(
        &["check", "-", "--format", "json", "--min-confidence", "low"],
        text,
        &[],
    );
    assert!((0..=1).contains(&said.status), "{}", said.err);
    assert!(!said.err.contains("panicked"), "{}", said.err);
    assert_valid("review.schema.json", &said.json());
    said
}

#[test]
fn one_line_of_ten_megabytes() {
    let line = format!("package p; var x = \"{}\"", "y".repeat(10 << 20));
    assert!(survives(line.clone()).skipped()[0].contains("--limit-bytes"));
    let world = World::new(&[("a.go", &line)]);
    let said = world.run(&["check", "--format", "json", "--limit-bytes", "20000000"]);
    assert_eq!(said.status, 0, "{}", said.err);
    let mut many = String::from("package p; func f() { ");
    many.push_str(&"c <- 1; ".repeat(400_000));
    survives(many);
}

#[test]
fn a_hundred_thousand_nested_things() {
    for (open, close) in [
        ("{", "}"),
        ("(", ")"),
        ("[", "]"),
        ("func() { ", " }"),
        ("if x { ", " }"),
        ("go func() { ", " }()"),
        ("<-", ""),
        ("-", ""),
        ("a.", ""),
        ("/*", "*/"),
    ] {
        let text = format!(
            "package p\nfunc f() {{\n{}{}\n}}\n",
            open.repeat(100_000),
            close.repeat(100_000)
        );
        survives(text);
        survives(open.repeat(100_000));
    }
}

#[test]
fn bytes_that_are_no_text() {
    survives(b"package p\n\0\0\0func f() {\n".to_vec());
    survives(b"package p\nvar s = \"\xff\xfe\xc3\"\nvar c = make(chan int, 100000)\n".to_vec());
    survives((0..=255).cycle().take(100_000).collect::<Vec<u8>>());
    assert_eq!(survives(Vec::new()).findings(), Vec::<String>::new());
    survives("\n".repeat(100_000));
}

#[test]
fn line_ends_and_marks_move_nothing() {
    for text in [
        HUGE.to_owned(),
        HUGE.replace('\n', "\r\n"),
        format!("\u{feff}{HUGE}"),
    ] {
        assert_eq!(survives(text).findings(), ["<stdin>:3 BP02 -"]);
    }
    let text = check(&HUGE.replace('\n', "\r\n"), &[]).out;
    assert!(!text.contains('\r'), "{text:?}");
}

#[test]
fn two_hundred_thousand_lines() {
    let mut text = String::from("package p\n");
    for at in 0..50_000 {
        text += &format!("func f{at}() {{\n\tx := {at}\n\t_ = x\n}}\n");
    }
    text += "var jobs = make(chan int, 100000)\n";
    let world = World::new(&[("a.go", &text)]);
    let said = world.run(&["check", "--format", "json"]);
    assert_eq!(said.findings(), ["a.go:200002 BP02 -"]);
    assert!(world.run(&["check"]).out.contains("a.go:200002:12"));
}

#[test]
fn diffs_that_lie() {
    let world = World::new(&[]);
    for diff in [
        "--- a/a.go\n+++ b/a.go\n@@ -1,99 +1,1 @@\n package p\n+var jobs = make(chan int, 100000)\n",
        "--- a/a.go\n+++ b/a.go\n@@ -4294967295,4294967295 +4294967295,4294967295 @@\n+x\n",
        "--- a/../../../etc/passwd.go\n+++ b/../../../etc/passwd.go\n@@ -1 +1 @@\n-x\n+y\n",
        "diff --git a/a.go b/a.go\n@@ -0,0 +1 @@\n",
        "--- a/a.go\n+++ b/a.go\n@@ -1 +1 @@\n-\0\n+\u{feff}\r\n",
    ] {
        let said = world.run_with(&["review", "--diff", "-", "--format", "json"], diff, &[]);
        assert!(
            (0..=2).contains(&said.status) && !said.err.contains("panicked"),
            "{diff}: {said:?}"
        );
        if said.status < 2 {
            assert_valid("review.schema.json", &said.json());
        }
    }
    let said = world.run_with(&["review", "--diff", "-", "--format", "json"], "--- a/a.go\n+++ b/a.go\n@@ -1,99 +1,1 @@\n package p\n+var jobs = make(chan int, 100000)\n", &[]);
    assert!(
        said.skipped()
            .iter()
            .any(|skipped| skipped.starts_with("(diff): ")),
        "{:?}",
        said.skipped()
    );
}

#[test]
fn names_that_are_hard_to_say() {
    let names = [
        "a b/c d.go",
        "-rf.go",
        "ü.go",
        "quote\".go",
        "new\nline.go",
        "%41.go",
        "tab\t.go",
    ];
    let files: Vec<(&str, &str)> = names.iter().map(|&name| (name, HUGE)).collect();
    let world = World::repository(&files);
    for format in ["text", "json", "sarif", "github", "markdown"] {
        let said = world.run(&["check", "--format", format]);
        assert_eq!(said.status, 1, "{format}: {said:?}");
    }
    assert_eq!(
        world.run(&["check", "--format", "json"]).findings().len(),
        names.len()
    );
    for name in names {
        world.write(name, HUGE.replace("100000", "200000"));
    }
    world.write("other\n.go", HUGE.replace("jobs", "others"));
    assert_eq!(world.run(&["review", "--format", "json"]).status, 1);
}

#[cfg(unix)]
#[test]
fn links_are_named_and_not_followed() {
    use std::os::unix::fs::symlink;
    let world = World::new(&[("a/a.go", HUGE)]);
    let outside = World::new(&[("secret.go", HUGE)]);
    let root = world.root.path();
    symlink("..", root.join("a/loop")).unwrap();
    symlink("nowhere", root.join("a/dangling.go")).unwrap();
    symlink(outside.root.path(), root.join("a/out")).unwrap();
    symlink(
        outside.root.path().join("secret.go"),
        root.join("a/secret.go"),
    )
    .unwrap();
    let said = world.run(&["check", "--format", "json"]);
    assert_eq!(said.findings(), ["a/a.go:3 BP02 -"]);
    assert_eq!(
        said.skipped(),
        [
            "a/dangling.go: symbolic link that leads nowhere",
            "a/loop: symbolic link to a directory above it (a loop); not followed",
            "a/out: symbolic link to a directory; not followed",
            "a/secret.go: symbolic link; not followed",
        ]
    );
    // A diff cannot reach out of the directory that it is reviewed with.
    let diff = "--- a/a/secret.go\n+++ b/a/secret.go\n@@ -1 +1,2 @@\n package p\n+\n";
    let said = world.run_with(
        &["review", "--diff", "-", "--after", ".", "--format", "json"],
        diff,
        &[],
    );
    assert!(
        said.findings()
            .iter()
            .all(|finding| !finding.contains("secret")),
        "{:?}",
        said.findings()
    );
    let diff = "--- a/a/out/secret.go\n+++ b/a/out/secret.go\n@@ -1 +1,2 @@\n package p\n+\n";
    let said = world.run_with(
        &["review", "--diff", "-", "--after", ".", "--format", "json"],
        diff,
        &[],
    );
    assert_eq!(said.findings(), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new(&[("a/a.go", HUGE), ("a/b.go", HUGE), ("a/dir.go/c.txt", "x")]);
    let made = std::process::Command::new("mkfifo")
        .arg(world.root.path().join("a/pipe.go"))
        .status();
    if made.is_ok_and(|status| status.success()) {
        let said = world.run(&["check", "--format", "json"]);
        assert_eq!(said.skipped(), ["a/pipe.go: not a regular file"]);
    }
    let closed = world.root.path().join("a/b.go");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&closed).is_ok() {
        eprintln!("SKIPPED: root reads everything, so there is no unreadable file");
        return;
    }
    let said = world.run(&["check", "--format", "json"]);
    assert!(
        said.skipped()[0].starts_with("a/b.go: cannot be read: "),
        "{:?}",
        said.skipped()
    );
    assert_eq!(world.run(&["check", "a/b.go"]).status, 2);
}
