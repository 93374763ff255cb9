//! Git's objects: blobs, trees and commits under the ids that git itself would give them.

use std::collections::{BTreeMap, HashMap, HashSet};

use sha1::{Digest, Sha1};

/// What stands at a path of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// `100644`, `100755`, `120000` or `160000`.
    pub mode: String,
    pub sha: String,
}

/// One line of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub mode: String,
    pub sha: String,
}

#[derive(Clone, Debug)]
pub struct Commit {
    pub tree: String,
    pub parents: Vec<String>,
    pub author: String,
    pub message: String,
    pub millis: i64,
}

/// The objects of a repository and all its forks, which share them as on GitHub.
#[derive(Clone, Debug, Default)]
pub struct Objects {
    pub blobs: HashMap<String, Vec<u8>>,
    pub trees: HashMap<String, Vec<Entry>>,
    pub commits: HashMap<String, Commit>,
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The id that git gives to an object of this kind.
pub fn id(kind: &str, content: &[u8]) -> String {
    let mut hash = Sha1::new();
    hash.update(format!("{kind} {}\0", content.len()).as_bytes());
    hash.update(content);
    hex(&hash.finalize())
}

/// The flat view of a tree: every file by its path.
pub type Files = BTreeMap<String, Leaf>;

impl Objects {
    pub fn put_blob(&mut self, content: &[u8]) -> String {
        let sha = id("blob", content);
        self.blobs
            .entry(sha.clone())
            .or_insert_with(|| content.to_vec());
        sha
    }

    /// Writes the trees of these files and gives the id of the outermost.
    pub fn put_files(&mut self, files: &Files) -> String {
        let mut here = Vec::new();
        let mut below: BTreeMap<&str, Files> = BTreeMap::new();
        for (path, leaf) in files {
            match path.split_once('/') {
                None => here.push(Entry {
                    name: path.clone(),
                    mode: leaf.mode.clone(),
                    sha: leaf.sha.clone(),
                }),
                Some((first, rest)) => {
                    below
                        .entry(first)
                        .or_default()
                        .insert(rest.to_owned(), leaf.clone());
                }
            }
        }
        for (name, files) in below {
            let sha = self.put_files(&files);
            here.push(Entry {
                name: name.to_owned(),
                mode: "040000".to_owned(),
                sha,
            });
        }
        self.put_tree(here)
    }

    fn put_tree(&mut self, mut entries: Vec<Entry>) -> String {
        // Git sorts a directory as if its name ended in a slash.
        let key = |entry: &Entry| match entry.mode.as_str() {
            "040000" => format!("{}/", entry.name),
            _ => entry.name.clone(),
        };
        entries.sort_by_key(key);
        let mut content = Vec::new();
        for entry in &entries {
            content
                .extend(format!("{} {}\0", entry.mode.trim_start_matches('0'), entry.name).bytes());
            content.extend(bytes_of(&entry.sha));
        }
        let sha = id("tree", &content);
        self.trees.insert(sha.clone(), entries);
        sha
    }

    pub fn put_commit(&mut self, commit: Commit) -> String {
        let seconds = commit.millis.div_euclid(1000);
        let person = format!(
            "{0} <{0}@users.noreply.github.com> {seconds} +0000",
            commit.author
        );
        let mut text = format!("tree {}\n", commit.tree);
        for parent in &commit.parents {
            text += &format!("parent {parent}\n");
        }
        text += &format!(
            "author {person}\ncommitter {person}\n\n{}\n",
            commit.message
        );
        let sha = id("commit", text.as_bytes());
        self.commits.insert(sha.clone(), commit);
        sha
    }

    /// Every file below a tree.
    pub fn files(&self, tree: &str) -> Files {
        let mut files = Files::new();
        self.collect(tree, "", &mut files);
        files
    }

    fn collect(&self, tree: &str, prefix: &str, files: &mut Files) {
        for entry in self.trees.get(tree).into_iter().flatten() {
            let path = format!("{prefix}{}", entry.name);
            if entry.mode == "040000" {
                self.collect(&entry.sha, &format!("{path}/"), files);
            } else {
                files.insert(
                    path,
                    Leaf {
                        mode: entry.mode.clone(),
                        sha: entry.sha.clone(),
                    },
                );
            }
        }
    }

    /// The files of a commit; none where it is not known.
    pub fn files_of_commit(&self, commit: &str) -> Files {
        self.commits
            .get(commit)
            .map(|commit| self.files(&commit.tree))
            .unwrap_or_default()
    }

    /// The content at a path of a commit.
    pub fn content(&self, commit: &str, path: &str) -> Option<&[u8]> {
        let mut tree = &self.commits.get(commit)?.tree;
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            let entry = self
                .trees
                .get(tree)?
                .iter()
                .find(|entry| entry.name == part)?;
            if parts.peek().is_none() {
                return self.blobs.get(&entry.sha).map(Vec::as_slice);
            }
            tree = &entry.sha;
        }
        None
    }

    /// A commit and all before it.
    pub fn ancestors<'a>(&'a self, commit: &'a str) -> HashSet<&'a str> {
        let mut found = HashSet::new();
        let mut open = vec![commit];
        while let Some(sha) = open.pop() {
            if let Some(commit) = self.commits.get(sha)
                && found.insert(sha)
            {
                open.extend(commit.parents.iter().map(String::as_str));
            }
        }
        found
    }

    /// The best common ancestor: one that has all other common ancestors behind it.
    pub fn merge_base(&self, one: &str, other: &str) -> Option<String> {
        let behind = self.ancestors(one);
        // Nothing behind a common ancestor is better than itself.
        let mut best: Vec<&str> = Vec::new();
        let (mut open, mut seen) = (vec![other], HashSet::new());
        while let Some(sha) = open.pop() {
            if !seen.insert(sha) {
                continue;
            }
            if behind.contains(sha) {
                best.push(sha);
            } else if let Some(commit) = self.commits.get(sha) {
                open.extend(commit.parents.iter().map(String::as_str));
            }
        }
        if best.len() > 1 {
            best.sort_by_key(|sha| self.ancestors(sha).len());
        }
        best.pop().map(str::to_owned)
    }

    /// The commits that lead to `head` and not to `base`, oldest first.
    pub fn commits_between(&self, base: &str, head: &str) -> Vec<String> {
        let mut done = self.ancestors(base);
        let mut ordered = Vec::new();
        let mut open = vec![(head, false)];
        while let Some((sha, parents_done)) = open.pop() {
            if parents_done {
                if done.insert(sha) {
                    ordered.push(sha.to_owned());
                }
            } else if !done.contains(sha)
                && let Some(commit) = self.commits.get(sha)
            {
                open.push((sha, true));
                open.extend(commit.parents.iter().map(|parent| (parent.as_str(), false)));
            }
        }
        ordered
    }
}

fn bytes_of(sha: &str) -> Vec<u8> {
    (0..sha.len() / 2)
        .filter_map(|at| u8::from_str_radix(&sha[at * 2..at * 2 + 2], 16).ok())
        .collect()
}
