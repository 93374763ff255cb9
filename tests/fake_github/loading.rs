//! Repositories filled from what is on the disk: a directory, or a revision of a git repository.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::handles::{PullRequest, Repo};
use super::objects::{Commit, Files, Leaf, Objects};
use super::state::State;

/// Where files come from.
#[derive(Clone, Debug)]
pub enum Source {
    Directory(PathBuf),
    Revision {
        repository: PathBuf,
        revision: String,
    },
}

impl Source {
    /// A directory, or a revision where the text is `REPOSITORY@REVISION`; of a repository alone its head.
    pub fn named(text: &str) -> Source {
        match text.rsplit_once('@') {
            Some((repository, revision)) if !Path::new(text).exists() => Source::Revision {
                repository: repository.into(),
                revision: revision.to_owned(),
            },
            _ if Path::new(text).join(".git").exists() => Source::Revision {
                repository: text.into(),
                revision: "HEAD".to_owned(),
            },
            _ => Source::Directory(text.into()),
        }
    }

    /// The files of the source, whose content goes into the store.
    pub fn read(&self, objects: &mut Objects) -> Result<Files, String> {
        match self {
            Source::Directory(directory) => {
                let mut files = Files::new();
                read_directory(directory, "", objects, &mut files)?;
                Ok(files)
            }
            Source::Revision {
                repository,
                revision,
            } => read_revision(repository, revision, objects),
        }
    }

    fn named_as(&self) -> String {
        match self {
            Source::Directory(directory) => directory.display().to_string(),
            Source::Revision { revision, .. } => revision.clone(),
        }
    }
}

fn read_directory(
    directory: &Path,
    prefix: &str,
    objects: &mut Objects,
    files: &mut Files,
) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", directory.display());
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(failed)?;
        if name == ".git" {
            continue;
        }
        if kind.is_dir() {
            read_directory(&entry.path(), &format!("{prefix}{name}/"), objects, files)?;
        } else if kind.is_file() {
            let sha = objects.put_blob(&fs::read(entry.path()).map_err(failed)?);
            files.insert(
                format!("{prefix}{name}"),
                Leaf {
                    mode: "100644".to_owned(),
                    sha,
                },
            );
        }
    }
    Ok(())
}

fn git(repository: &Path, arguments: &[&str], input: &str) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| format!("git {}: {error}", arguments.join(" "));
    let mut child = Command::new("git")
        .arg("-C")
        .arg(repository)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut stdin = child.stdin.take().ok_or("git takes no input")?;
    let input = input.to_owned();
    // Git answers while it is still being asked: writing must not wait for reading.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().map_err(failed)?;
    // A failed write shows in the status of git.
    let _written = writer.join();
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("git {} failed", arguments.join(" ")))
    }
}

fn read_revision(
    repository: &Path,
    revision: &str,
    objects: &mut Objects,
) -> Result<Files, String> {
    let listed = git(repository, &["ls-tree", "-rz", "--full-tree", revision], "")?;
    let listed = String::from_utf8_lossy(&listed).into_owned();
    let mut files = Files::new();
    for line in listed.split_terminator('\0') {
        let (entry, path) = line
            .split_once('\t')
            .ok_or("git lists something else than files")?;
        let mut words = entry.split(' ');
        let (mode, _, sha) = (words.next(), words.next(), words.next());
        let leaf = Leaf {
            mode: mode.unwrap_or_default().to_owned(),
            sha: sha.unwrap_or_default().to_owned(),
        };
        files.insert(path.to_owned(), leaf);
    }
    let wanted: BTreeMap<&str, ()> = files
        .values()
        .filter(|leaf| leaf.mode != "160000" && !objects.blobs.contains_key(&leaf.sha))
        .map(|leaf| (leaf.sha.as_str(), ()))
        .collect();
    let asked: String = wanted.keys().map(|sha| format!("{sha}\n")).collect();
    let answer = git(repository, &["cat-file", "--batch"], &asked)?;
    let mut rest = answer.as_slice();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let header = String::from_utf8_lossy(&rest[..end]).into_owned();
        let size = header
            .rsplit(' ')
            .next()
            .and_then(|size| size.parse::<usize>().ok());
        let size = size.ok_or_else(|| format!("git answers `{header}`"))?;
        objects.put_blob(&rest[end + 1..end + 1 + size]);
        rest = &rest[end + size + 2..];
    }
    Ok(files)
}

impl Repo {
    /// Puts all files of a source on a branch, in the place of all that is there.
    pub fn load(&self, branch: &str, source: &Source) -> Result<String, String> {
        self.world.with(|state| state.load(self.id, branch, source))
    }

    /// Replays a change: its base goes to the default branch, and a pull request leads from there to its head.
    pub fn replay(&self, base: &Source, head: &Source, title: &str) -> Result<PullRequest, String> {
        self.load("main", base)?;
        let branch = format!("change-{}", self.world.with(|state| state.next_id()));
        self.load(&branch, head)?;
        let pull = self.open_pull(&branch, "main");
        pull.retitle(title);
        Ok(pull)
    }
}

impl State {
    fn load(&mut self, repository: u64, branch: &str, source: &Source) -> Result<String, String> {
        let now = self.clock.millis();
        let owner = &self.repositories[&repository];
        let author = owner.owner.clone();
        let tip = owner
            .branches
            .get(branch)
            .or(owner.branches.get(&owner.default_branch))
            .cloned();
        let objects = self
            .networks
            .get_mut(&owner.network)
            .ok_or("the repository has no objects")?;
        let files = source.read(objects)?;
        let tree = objects.put_files(&files);
        let message = format!("Load {}", source.named_as());
        let parents = tip.into_iter().collect();
        let sha = objects.put_commit(Commit {
            tree,
            parents,
            author: author.clone(),
            message,
            millis: now,
        });
        self.move_branch(repository, branch, &sha, &author);
        Ok(sha)
    }
}
