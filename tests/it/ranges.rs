//! `review`: ranges of a repository, its work tree, and diffs with either side.

use crate::world::{CLEAN, HUGE, SMALL, World};

const JSON: [&str; 2] = ["--format", "json"];

fn review(world: &World, arguments: &[&str]) -> Vec<String> {
    let arguments: Vec<&str> = ["review"]
        .iter()
        .chain(arguments)
        .chain(&JSON)
        .copied()
        .collect();
    let said = world.run(&arguments);
    assert!(said.status < 2, "{said:?}");
    said.findings()
}

/// Lines around what changes, so that a moved file is known again.
fn long(code: &str) -> String {
    let filler: String = (0..30).map(|at| format!("// line {at}\n")).collect();
    format!("{code}\n{filler}")
}

#[test]
fn the_work_tree_against_the_last_commit() {
    let world = World::repository(&[
        ("p/a.go", SMALL),
        (
            "p/old.go",
            "package p\n\nvar old = make(chan int, 200000)\n",
        ),
    ]);
    assert_eq!(
        world.run(&["review"]).err.lines().count(),
        1,
        "an empty change is explained"
    );
    world.write("p/a.go", HUGE);
    assert_eq!(
        review(&world, &[]),
        ["p/a.go:3 BP02 introduced", "p/old.go:3 BP02 preexisting"]
    );
    // Staged or not makes no difference.
    world.git(&["add", "-A"]);
    assert_eq!(review(&world, &[]).len(), 2);
    let said = world.run(&["review"]);
    assert_eq!(said.status, 1);
    assert!(
        said.out
            .ends_with("1 new finding (1 high) in 3 lines of 1 file, 0 fixed, 1 there before\n"),
        "{}",
        said.out
    );
    // Nothing new is nothing to fail for.
    world.write("p/a.go", SMALL);
    world.write(
        "p/old.go",
        "package p\n\n// moved down\nvar old = make(chan int, 200000)\n",
    );
    assert_eq!(world.run(&["review"]).status, 0);
}

#[test]
fn untracked_files_count_and_ignored_ones_do_not() {
    let world = World::repository(&[("p/a.go", CLEAN), (".gitignore", "ignored.go\n")]);
    world.write("p/new.go", HUGE);
    world.write("p/ignored.go", HUGE);
    assert_eq!(review(&world, &[]), ["p/new.go:3 BP02 introduced"]);
}

#[test]
fn ranges_start_where_the_branches_parted() {
    let world = World::repository(&[("p/a.go", CLEAN), ("q/b.go", HUGE)]);
    world.git(&["checkout", "-q", "-b", "feature"]);
    world.write("p/a.go", HUGE);
    world.commit("worse");
    world.git(&["checkout", "-q", "main"]);
    world.write("q/b.go", SMALL);
    world.commit("better on main only");
    world.git(&["checkout", "-q", "feature"]);
    let expected = ["p/a.go:3 BP02 introduced"];
    assert_eq!(review(&world, &["--base", "main"]), expected);
    assert_eq!(review(&world, &["--base", "main...feature"]), expected);
    assert_eq!(
        review(&world, &["--base", "main", "--head", "feature"]),
        expected
    );
    assert_eq!(review(&world, &["--head", "HEAD"]), expected);
    // Two dots compare the two ends.
    assert_eq!(
        review(&world, &["--base", "main..feature"]),
        ["p/a.go:3 BP02 introduced", "q/b.go:3 BP02 introduced"]
    );
    for wrong in ["nowhere", "main..nowhere", "", "--output=x"] {
        let said = world.run(&["review", &format!("--base={wrong}")]);
        assert!(said.status == 2 || wrong.is_empty(), "{wrong}: {said:?}");
    }
}

#[test]
fn what_a_change_mends_is_told_and_is_no_failure() {
    let world = World::repository(&[("p/a.go", HUGE)]);
    world.write("p/a.go", SMALL);
    assert_eq!(review(&world, &[]), ["p/a.go:3 BP02 fixed"]);
    let said = world.run(&["review"]);
    assert_eq!(said.status, 0);
    assert!(said.out.contains("fixed BP02 p/a.go:3"), "{}", said.out);
}

#[test]
fn a_renamed_file_brings_nothing_new() {
    let world = World::repository(&[("p/a.go", &long(HUGE))]);
    world.git(&["mv", "p/a.go", "p/b.go"]);
    assert_eq!(review(&world, &[]), ["p/b.go:3 BP02 preexisting"]);
    world.commit("moved");
    assert_eq!(
        review(&world, &["--base", "HEAD~1..HEAD"]),
        ["p/b.go:3 BP02 preexisting"]
    );
}

#[test]
fn a_deleted_line_can_be_the_cause() {
    let before = "package p\n\nfunc first(ask func() int) int {\n\tch := make(chan int)\n\tgo func() { ch <- ask() }()\n\tselect {\n\tcase v := <-ch:\n\t\treturn v\n\tdefault:\n\t\treturn <-ch\n\t}\n}\n";
    let world = World::repository(&[("p/a.go", before)]);
    world.write("p/a.go", before.replace("return <-ch", "return 0"));
    let said = world.run(&["review", "--format", "json"]);
    assert_eq!(said.findings(), ["p/a.go:5 BP22 introduced"]);
    assert!(!said.json()["findings"][0]["comment_line"].is_null());
}

#[test]
fn the_first_commit_is_compared_with_nothing() {
    let world = World::new(&[("p/a.go", HUGE)]);
    world.git(&["init", "-q"]);
    assert_eq!(review(&world, &[]), ["p/a.go:3 BP02 introduced"]);
    world.commit("first");
    assert_eq!(
        review(&world, &["--head", "HEAD"]),
        ["p/a.go:3 BP02 introduced"]
    );
}

#[test]
fn the_settings_of_the_root_hold_for_a_change() {
    let world = World::repository(&[
        ("p/a.go", CLEAN),
        ("q/b.go", CLEAN),
        (".highwater.toml", "skip = [\"q\"]\n"),
    ]);
    world.write("p/a.go", HUGE);
    world.write("q/b.go", HUGE);
    let diff = world.run(&["review", "--format", "json"]);
    assert_eq!(diff.findings(), ["p/a.go:3 BP02 introduced"]);
    assert_eq!(
        diff.skipped(),
        ["q/b.go: skipped by `q` in .highwater.toml"]
    );
}

#[test]
fn outside_of_a_repository_there_is_a_way_out() {
    let said = World::new(&[]).run_with(&["review"], "", &[("GIT_CEILING_DIRECTORIES", "/")]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("--diff FILE"), "{}", said.err);
}

const DIFF: &str = "--- a/p/a.go\n+++ b/p/a.go\n@@ -1,3 +1,3 @@\n package p\n \n-var jobs = make(chan int, 100)\n+var jobs = make(chan int, 100000)\n";

#[test]
fn a_diff_is_reviewed_with_either_side_or_none() {
    let before = [("before/p/a.go", SMALL)];
    let after = [
        ("after/p/a.go", HUGE),
        (
            "after/p/b.go",
            "package p\n\nvar more = make(chan int, 200000)\n",
        ),
    ];
    let world = World::new(&[before[0], after[0], after[1], ("x.diff", DIFF)]);
    let new = "p/a.go:3 BP02 introduced";
    let old = "p/b.go:3 BP02 preexisting";
    assert_eq!(review(&world, &["--diff", "x.diff"]), [new]);
    assert_eq!(
        review(&world, &["--diff", "x.diff", "--before", "before"]),
        [new]
    );
    assert_eq!(
        review(&world, &["--diff", "x.diff", "--after", "after"]),
        [new, old]
    );
    assert_eq!(
        review(
            &world,
            &["--diff", "x.diff", "--before", "before", "--after", "after"]
        ),
        [new, old]
    );
    let piped = world.run_with(&["review", "--diff", "-", "--format", "json"], DIFF, &[]);
    assert_eq!(piped.findings(), [new]);
}

#[test]
fn what_is_no_diff_is_said_to_be_none() {
    let world = World::new(&[]);
    let said = world.run_with(&["review", "--diff", "-"], HUGE, &[]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("highwater check -"), "{}", said.err);
    assert_eq!(
        world.run_with(&["review", "--diff", "-"], "", &[]).status,
        0
    );
}

#[test]
fn nothing_of_the_repository_is_executed() {
    let world = World::repository(&[
        ("p/a.go", CLEAN),
        (".gitattributes", "*.go diff=evil filter=evil\n"),
    ]);
    let mark = world.root.path().join("executed");
    let evil = format!("touch {}", mark.display());
    for key in [
        "diff.evil.textconv",
        "diff.evil.command",
        "filter.evil.clean",
        "filter.evil.smudge",
        "diff.external",
        "core.fsmonitor",
        "core.pager",
    ] {
        world.git(&["config", key, &evil]);
    }
    for hook in [
        "post-index-change",
        "reference-transaction",
        "post-checkout",
    ] {
        let place = format!(".git/hooks/{hook}");
        world.write(&place, format!("#!/bin/sh\n{evil}\n"));
        make_executable(&world.root.path().join(place));
    }
    world.write("p/a.go", HUGE);
    world.write("p/b.go", SMALL);
    assert_eq!(review(&world, &[]), ["p/a.go:3 BP02 introduced"]);
    assert_eq!(
        review(&world, &["--base", "HEAD..HEAD"]),
        Vec::<String>::new()
    );
    assert!(!mark.exists(), "something was executed");
}

#[cfg(unix)]
fn make_executable(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn make_executable(_path: &std::path::Path) {}
