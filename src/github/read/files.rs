//! What a pull request changes, file by file.

use super::super::client::{Failure, Installation};
use super::Repository;
use super::answers::ChangedFile;
use crate::source::diff::{Diff, Fate, FileDiff};
use crate::source::{Language, patch, paths};

/// Files of one pull request.
/// source: docs.github.com, "List pull requests files": at most 3,000 in all.
const MOST: usize = 3_000;

/// The diff of the files in reviewed languages.
pub async fn changed(
    installation: &Installation,
    repository: &Repository,
    number: i64,
) -> Result<Diff, Failure> {
    let path = format!("{}/pulls/{number}/files?", repository.path());
    let files: Vec<ChangedFile> = installation.list(&path, MOST).await?;
    let mut diff = Diff::default();
    let is_cut = files.len() >= MOST;
    for file in files {
        if Language::of_path(&file.filename).is_some() {
            add(&mut diff, &file);
        }
    }
    if is_cut {
        diff.problems.push(crate::source::diff::Problem {
            line: 0,
            message: format!(
                "GitHub tells of the first {MOST} files only; what follows was not looked at"
            ),
        });
    }
    Ok(diff)
}

/// Adds a file. Where GitHub gives no hunks they are made from both sides afterwards.
fn add(diff: &mut Diff, file: &ChangedFile) {
    let path = paths::clean(&file.filename);
    let (old, new, fate) = match file.status.as_str() {
        "added" => (None, Some(path.clone()), Fate::Added),
        "removed" => (Some(path.clone()), None, Fate::Deleted),
        "unchanged" => return,
        status => {
            let old = file
                .previous_filename
                .as_deref()
                .map_or(path.clone(), paths::clean);
            let fate = match status {
                "renamed" => Fate::Renamed,
                "copied" => Fate::Copied,
                _ => Fate::Modified,
            };
            (Some(old), Some(path.clone()), fate)
        }
    };
    let hunks = match &file.patch {
        None => Vec::new(),
        Some(text) => {
            let read = patch::read_hunks(&path, None, text);
            read.files
                .first()
                .map_or(Vec::new(), |file| file.hunks().to_vec())
        }
    };
    diff.files.push(FileDiff::new(old, new, fate, hunks));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_alone_are_read_with_what_is_known_of_the_file() {
        let mut diff = Diff::default();
        let file = |status: &str, patch: Option<&str>| ChangedFile {
            filename: "p/a.go".to_owned(),
            previous_filename: Some("p/b.go".to_owned()).filter(|_| status == "renamed"),
            status: status.to_owned(),
            patch: patch.map(str::to_owned),
        };
        add(
            &mut diff,
            &file(
                "renamed",
                Some("@@ -1,2 +1,3 @@ func x()\n a\n++++ plus\n b"),
            ),
        );
        add(&mut diff, &file("removed", None));
        add(&mut diff, &file("added", Some("@@ -0,0 +1 @@\n+a")));
        let [renamed, removed, added] = &diff.files[..] else {
            panic!("{diff:?}")
        };
        assert_eq!(
            (renamed.old_path.as_deref(), renamed.added()),
            (Some("p/b.go"), &[2][..])
        );
        assert_eq!(
            (removed.old_path.as_deref(), &removed.new_path),
            (Some("p/a.go"), &None)
        );
        assert_eq!((&added.old_path, added.added()), (&None, &[1][..]));
    }
}
