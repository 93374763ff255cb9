//! Git's ids, and the stand-in's own comparison of texts: held against applying it, and against git.

use std::fs;
use std::process::Command;

use proptest::prelude::*;

use serde_json::Value;

use super::super::fake_github::{World, lines, objects};
use super::installed;

/// What a list of edits makes of a text.
fn applied(old: &[&str], new: &[&str], edits: &[lines::Edit]) -> String {
    let mut made = String::new();
    let mut next = 0;
    for edit in edits {
        match *edit {
            lines::Edit::Keep(a, b) => {
                assert_eq!((a, old[a]), (next, new[b]));
                made += old[a];
                next += 1;
            }
            lines::Edit::Remove(a) => {
                assert_eq!(a, next);
                next += 1;
            }
            lines::Edit::Add(b) => made += new[b],
        }
    }
    assert_eq!(next, old.len());
    made
}

fn texts() -> impl Strategy<Value = (String, String)> {
    let text = || prop::collection::vec("[abc]{0,1}", 0..40).prop_map(|lines| lines.join("\n"));
    (text(), text())
}

proptest! {
    #[test]
    fn edits_make_the_new_text((old, new) in texts()) {
        let (a, b) = (lines::split(&old), lines::split(&new));
        prop_assert_eq!(applied(&a, &b, &lines::edits(&a, &b)), new);
    }

    /// As many lines differ as in the textbook's table of longest common subsequences.
    #[test]
    fn edits_are_as_few_as_can_be((old, new) in texts()) {
        let (a, b) = (lines::split(&old), lines::split(&new));
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for (i, x) in a.iter().enumerate() {
            for (j, y) in b.iter().enumerate() {
                table[i + 1][j + 1] = if x == y { table[i][j] + 1 } else { table[i][j + 1].max(table[i + 1][j]) };
            }
        }
        let kept = lines::edits(&a, &b).iter().filter(|edit| matches!(edit, lines::Edit::Keep(..))).count();
        prop_assert_eq!(kept, table[a.len()][b.len()]);
    }
}

#[test]
fn git_applies_the_patches() {
    let place = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let done = Command::new("git")
            .args(arguments)
            .current_dir(place.path())
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    git(&["init", "-q"]);
    let body: String = (0..60).map(|number| format!("line {number}\n")).collect();
    for (old, new) in [
        (
            body.clone(),
            body.replace("line 7\n", "")
                .replace("line 40\n", "forty\nand more\n"),
        ),
        (body.clone(), format!("first\n{body}last")),
        (format!("{body}last"), body.clone()),
        (String::new(), body.clone()),
        (body.clone(), "line 0\n".to_owned()),
        ("a".to_owned(), "b".to_owned()),
    ] {
        fs::write(place.path().join("a.txt"), &old).unwrap();
        let patch = lines::patch(&lines::hunks(&old, &new));
        fs::write(
            place.path().join("p"),
            format!("--- a/a.txt\n+++ b/a.txt\n{patch}\n"),
        )
        .unwrap();
        git(&["apply", "--unidiff-zero", "p"]);
        assert_eq!(fs::read_to_string(place.path().join("a.txt")).unwrap(), new);
    }
}

#[test]
fn ids_are_those_of_git() {
    assert_eq!(
        objects::id("blob", b"hello\n"),
        "ce013625030ba8dba906f756967f9e9ca394464a"
    );
    let mut store = objects::Objects::default();
    assert_eq!(
        store.put_files(&objects::Files::new()),
        "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    );
    let place = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let done = Command::new("git")
            .args(arguments)
            .current_dir(place.path())
            .output()
            .unwrap();
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    };
    git(&["init", "-q"]);
    fs::create_dir_all(place.path().join("a/b")).unwrap();
    let mut files = objects::Files::new();
    for path in ["a.go", "a/b/c.go", "a/d.go", "a-b"] {
        fs::write(place.path().join(path), path).unwrap();
        let sha = store.put_blob(path.as_bytes());
        files.insert(
            path.to_owned(),
            objects::Leaf {
                mode: "100644".to_owned(),
                sha,
            },
        );
    }
    git(&["add", "."]);
    assert_eq!(store.put_files(&files), git(&["write-tree"]));
}

#[tokio::test]
async fn git_applies_the_whole_diff() {
    let world = World::start().await;
    let repo = world.repository("acme/queue");
    let body: String = (0..30).map(|number| format!("line {number}\n")).collect();
    repo.commit(
        "main",
        &[
            ("moved.txt", &body),
            ("gone.txt", "x\n"),
            ("kept.txt", "y\n"),
        ],
    );
    let text = |text: &str| Some(text.as_bytes().to_vec());
    repo.commit_changes(
        "feature",
        vec![
            ("moved.txt".to_owned(), None),
            ("gone.txt".to_owned(), None),
            (
                "new/moved.txt".to_owned(),
                text(&body.replace("line 9\n", "nine\n")),
            ),
            ("kept.txt".to_owned(), text("y")),
            ("new.txt".to_owned(), text("z\n")),
        ],
    );
    repo.open_pull("feature", "main");
    let client = installed(&world, "acme").await;
    let (_, files) = client.get("/repos/acme/queue/pulls/1/files").await;
    let seen: Vec<(&str, &str)> = files
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["filename"].as_str().unwrap(),
                one["status"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("gone.txt", "removed"),
        ("kept.txt", "modified"),
        ("new.txt", "added"),
        ("new/moved.txt", "renamed"),
    ];
    assert_eq!(
        (seen, &files[3]["previous_filename"]),
        (expected.to_vec(), &Value::from("moved.txt"))
    );
    let accept = [("Accept", "application/vnd.github.diff")];
    let diff = client
        .send("GET", "/repos/acme/queue/pulls/1", Value::Null, &accept)
        .await
        .text()
        .await
        .unwrap();
    applied_by_git(&body, &diff);
    assert_eq!(world.violations(), Vec::<String>::new());
}

/// Applies the diff of the test above, and looks at what becomes of it.
fn applied_by_git(body: &str, diff: &str) {
    let place = tempfile::tempdir().unwrap();
    let at = |path: &str| place.path().join(path);
    for (path, text) in [
        ("moved.txt", body),
        ("gone.txt", "x\n"),
        ("kept.txt", "y\n"),
    ] {
        fs::write(at(path), text).unwrap();
    }
    fs::write(at("p"), diff).unwrap();
    let done = Command::new("git")
        .args(["apply", "p"])
        .current_dir(place.path())
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert_eq!(
        fs::read_to_string(at("new/moved.txt")).unwrap(),
        body.replace("line 9\n", "nine\n")
    );
    assert_eq!(
        (
            fs::read_to_string(at("kept.txt")).unwrap().as_str(),
            at("gone.txt").exists()
        ),
        ("y", false)
    );
}

#[tokio::test]
async fn a_merge_keeps_what_both_sides_did() {
    let world = World::start().await;
    let repo = world.repository("acme/queue");
    repo.commit("feature", &[("a.txt", "a\n")]);
    let pull = repo.open_pull("feature", "main");
    repo.commit("main", &[("b.txt", "b\n")]);
    let client = installed(&world, "acme").await;
    let base = client
        .get("/repos/acme/queue/compare/main...feature")
        .await
        .1;
    assert_eq!(
        (&base["status"], &base["files"][0]["filename"]),
        (&"diverged".into(), &"a.txt".into())
    );
    pull.merge();
    for path in ["a.txt", "b.txt", "README.md"] {
        assert_eq!(
            client
                .get(&format!("/repos/acme/queue/contents/{path}"))
                .await
                .0,
            200,
            "{path}"
        );
    }
    let (_, merged) = client.get("/repos/acme/queue/pulls/1").await;
    assert_eq!(
        (
            &merged["merged"],
            &merged["state"],
            &merged["changed_files"]
        ),
        (&true.into(), &"closed".into(), &1.into())
    );
    assert_eq!(world.violations(), Vec::<String>::new());
}
