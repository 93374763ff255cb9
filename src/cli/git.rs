//! Two states of a git repository and the files that differ, read through the `git` command.
//!
//! Only commands that read objects are used, without a shell. Nothing that a repository or its
//! configuration could bring along is executed: no hooks, no file-system monitors, no filters,
//! no external diffs, no text conversion, and no object is fetched from elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, bail};

use crate::source::Language;
use crate::source::limits::Cut;
use crate::source::paths::UnitId;

/// Paths that are handed to one run of `git`.
const AT_ONCE: usize = 200;
/// File modes of git for what is no file: a link, another repository.
const LINK: &str = "120000";

/// A repository.
pub struct Git {
    /// The root of its work tree.
    pub top: PathBuf,
}

/// One side of a file that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// There is no such file.
    Nothing,
    /// A symbolic link, or something else that is no file.
    NoFile,
    /// An object of the repository.
    Object(String),
    /// The file in the work tree.
    WorkTree,
}

/// A file that differs, or may differ, between two states.
#[derive(Clone, Debug)]
pub struct Changed {
    /// Before.
    pub base: Side,
    /// After.
    pub head: Side,
}

impl Git {
    /// The repository that a directory is in.
    pub fn open(here: &Path) -> anyhow::Result<Git> {
        let mut git = Git {
            top: here.to_owned(),
        };
        let top = git.text(&["rev-parse", "--show-toplevel"]).map_err(|error| {
            let hint = "a review without git takes `--diff FILE`, and `highwater check` takes files as they are";
            error.context(format!("no git repository with a work tree here; {hint}"))
        })?;
        git.top = PathBuf::from(top);
        Ok(git)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .args(["--no-pager", "--no-replace-objects", "--literal-pathspecs"])
            .args([
                "-c",
                "core.fsmonitor=false",
                "-c",
                "core.hooksPath=/dev/null",
            ])
            .args(arguments)
            .current_dir(&self.top)
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env_remove("GIT_EXTERNAL_DIFF")
            .stdin(Stdio::null());
        command
    }

    fn bytes(&self, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
        let mut command = self.command(arguments);
        let output = command
            .output()
            .context("cannot run git; is it installed?")?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        bail!(
            "git {}: {}",
            arguments[0],
            said.trim().trim_start_matches("fatal: ")
        )
    }

    fn text(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let bytes = self.bytes(arguments)?;
        Ok(String::from_utf8_lossy(&bytes)
            .trim_end_matches(['\n', '\r'])
            .to_owned())
    }

    /// The commit that a name stands for.
    pub fn commit(&self, name: &str) -> anyhow::Result<String> {
        if name.is_empty() || name.starts_with('-') {
            bail!("`{name}` names no commit");
        }
        let wanted = format!("{name}^{{commit}}");
        let found = self.text(&[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &wanted,
        ]);
        found.map_err(|_| anyhow::anyhow!("`{name}` names no commit of this repository (a shallow clone may lack it: `git fetch --unshallow`)"))
    }

    /// The commit that is checked out; the empty tree where there is none yet.
    pub fn head_or_nothing(&self) -> anyhow::Result<String> {
        match self.commit("HEAD") {
            Ok(commit) => Ok(commit),
            Err(_) => self.nothing(),
        }
    }

    /// The empty tree.
    pub fn nothing(&self) -> anyhow::Result<String> {
        self.text(&["hash-object", "-t", "tree", "/dev/null"])
    }

    /// Where two commits have parted, if they have anything in common.
    pub fn merge_base(&self, one: &str, other: &str) -> Option<String> {
        self.text(&["merge-base", one, other]).ok()
    }

    /// The bytes of a file in a commit, if it is there.
    #[cfg(feature = "server")]
    pub fn file(&self, commit: &str, path: &str) -> Option<Vec<u8>> {
        self.bytes(&["cat-file", "blob", &format!("{commit}:{path}")])
            .ok()
    }

    /// The Go files that differ between a commit and another, or the work tree.
    pub fn changed(
        &self,
        base: &str,
        head: Option<&str>,
    ) -> anyhow::Result<BTreeMap<Vec<u8>, Changed>> {
        let usual = [
            "--raw",
            "-z",
            "--no-renames",
            "--no-abbrev",
            "--ignore-submodules",
            "--no-ext-diff",
            "--no-textconv",
        ];
        let mut arguments = match head {
            Some(_) => vec!["diff-tree", "-r"],
            None => vec!["diff-index"],
        };
        arguments.extend(usual);
        arguments.push(base);
        arguments.extend(head);
        arguments.push("--");
        let raw = self.bytes(&arguments)?;
        let mut changed = BTreeMap::new();
        let mut fields = raw.split(|&byte| byte == 0);
        while let (Some(about), Some(path)) = (fields.next(), fields.next()) {
            let about = String::from_utf8_lossy(about);
            let about: Vec<&str> = about.trim_start_matches(':').split(' ').collect();
            let (&[old_mode, new_mode, old, new, _], true) = (about.as_slice(), is_reviewed(path))
            else {
                continue;
            };
            let one = Changed {
                base: side(old_mode, old, false),
                head: side(new_mode, new, head.is_none()),
            };
            changed.insert(path.to_owned(), one);
        }
        if head.is_none() {
            let others = self.bytes(&["ls-files", "--others", "--exclude-standard", "-z", "--"])?;
            for path in others
                .split(|&byte| byte == 0)
                .filter(|path| is_reviewed(path))
            {
                // What is no longer in the index may still be in the base.
                let one = changed.entry(path.to_owned()).or_insert(Changed {
                    base: Side::Nothing,
                    head: Side::WorkTree,
                });
                one.head = Side::WorkTree;
            }
        }
        Ok(changed)
    }

    /// The files that stand where some units do, in a commit, with their objects.
    pub fn beside(
        &self,
        commit: &str,
        units: &BTreeSet<UnitId>,
    ) -> anyhow::Result<BTreeMap<Vec<u8>, String>> {
        let mut found = BTreeMap::new();
        for is_deep in [false, true] {
            let places: BTreeSet<&str> = units
                .iter()
                .map(UnitId::place)
                .filter(|&(_, deep)| deep == is_deep)
                .map(|(place, _)| place)
                .collect();
            let (root, inner): (Vec<&str>, Vec<&str>) =
                places.into_iter().partition(|place| place.is_empty());
            if !root.is_empty() {
                self.listed(commit, &[], is_deep, &mut found)?;
            }
            for some in inner.chunks(AT_ONCE) {
                let directories: Vec<String> =
                    some.iter().map(|place| format!("{place}/")).collect();
                self.listed(commit, &directories, is_deep, &mut found)?;
            }
        }
        Ok(found)
    }

    /// The files of some directories of a commit; of its root when none is named.
    fn listed(
        &self,
        commit: &str,
        directories: &[String],
        is_deep: bool,
        found: &mut BTreeMap<Vec<u8>, String>,
    ) -> anyhow::Result<()> {
        let mut arguments = vec!["ls-tree", "-z", "--full-tree"];
        if is_deep {
            arguments.push("-r");
        }
        arguments.push(commit);
        if !directories.is_empty() {
            arguments.push("--");
            arguments.extend(directories.iter().map(String::as_str));
        }
        let listing = self.bytes(&arguments)?;
        for entry in listing.split(|&byte| byte == 0) {
            let Some(tab) = entry.iter().position(|&byte| byte == b'\t') else {
                continue;
            };
            let about = String::from_utf8_lossy(&entry[..tab]);
            let about: Vec<&str> = about.split(' ').collect();
            let path = &entry[tab + 1..];
            if let &[mode, "blob", object] = about.as_slice()
                && mode != LINK
                && is_reviewed(path)
            {
                found.insert(path.to_owned(), object.to_owned());
            }
        }
        Ok(())
    }

    /// Opens the objects for reading.
    pub fn objects(&self) -> anyhow::Result<Objects> {
        let mut command = self.command(&["cat-file", "--batch"]);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command
            .spawn()
            .context("cannot run git; is it installed?")?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        Ok(Objects {
            input: input.context("no way to ask git")?,
            output: BufReader::new(output.context("no way to hear git")?),
            child,
        })
    }
}

fn is_reviewed(path: &[u8]) -> bool {
    Language::of_path(&String::from_utf8_lossy(path)).is_some()
}

fn side(mode: &str, object: &str, in_work_tree: bool) -> Side {
    let is_file = mode.starts_with("100");
    match () {
        () if mode.bytes().all(|byte| byte == b'0') => Side::Nothing,
        () if !is_file => Side::NoFile,
        () if in_work_tree => Side::WorkTree,
        () => Side::Object(object.to_owned()),
    }
}

/// Objects read one after the other.
pub struct Objects {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    child: Child,
}

impl Objects {
    /// The bytes of an object that is no larger than the limit, or why they cannot be had.
    pub fn read(&mut self, object: &str, limit: usize) -> Result<Vec<u8>, String> {
        let failed = |error: std::io::Error| format!("git cannot read it: {error}");
        writeln!(self.input, "{object}")
            .and_then(|()| self.input.flush())
            .map_err(failed)?;
        let mut about = String::new();
        self.output.read_line(&mut about).map_err(failed)?;
        let size = about
            .trim_end()
            .split(' ')
            .nth(2)
            .and_then(|size| size.parse::<usize>().ok());
        let Some(size) = size else {
            return Err("git has no such object here".to_owned());
        };
        // A line end follows the bytes.
        let mut whole = (&mut self.output).take(size as u64 + 1);
        if size > limit {
            std::io::copy(&mut whole, &mut std::io::sink()).map_err(failed)?;
            return Err(Cut::Bytes { size, limit }.to_string());
        }
        let mut bytes = Vec::with_capacity(size + 1);
        whole.read_to_end(&mut bytes).map_err(failed)?;
        bytes.truncate(size);
        Ok(bytes)
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // It ends when its input does; killing it is quicker and harms nothing that it reads.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
