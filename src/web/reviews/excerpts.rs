//! Lines of code on the page of a review: read when they are shown, from where the code is.

use std::collections::{BTreeMap, BTreeSet};

use super::{LOCAL, github, short};
use crate::github::read::Repository;
use crate::review::outcome::State;
use crate::source::Language;
use crate::source::limits::Limits;
use crate::store::reviews::{Kept, Reviewed};
use crate::web::Site;
use crate::web::rows::coloured_lines;

/// Where the code of a change on this machine is read: a commit and a path give a text.
pub type Code = Box<dyn Fn(&str, &str) -> Option<String> + Send + Sync>;

/// Files of which a page shows code.
const FILES: usize = 40;
/// The largest file of which a page shows code, in bytes.
const LARGEST: usize = 512 << 10;
/// Lines that are shown before and after a place.
const AROUND: u32 = 2;
/// Lines of one excerpt.
const MOST: u32 = 12;

/// Some lines of a file.
pub struct Excerpt {
    /// Number, HTML, and whether it is what is meant.
    pub lines: Vec<(u32, String, bool)>,
}

/// Where a page takes its code and its links from.
pub struct Source {
    /// Of the head and of the base, by path: lines as HTML.
    head: BTreeMap<String, Vec<String>>,
    base: BTreeMap<String, Vec<String>>,
    /// The repository's page on GitHub.
    github: Option<String>,
    commits: (String, String),
    missing: Option<&'static str>,
}

/// The files that a review names, in the head and in the base.
fn named(kept: &Kept) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut head, mut base) = (BTreeSet::new(), BTreeSet::new());
    for remark in &kept.review.findings {
        if remark.state == Some(State::Fixed) {
            base.insert(remark.path.clone());
        } else {
            head.insert(remark.path.clone());
        }
    }
    let items = kept.review.checklist.iter().flat_map(|item| &item.sites);
    let questions = kept.review.smell.iter().flat_map(|one| &one.sites);
    for site in items.chain(questions) {
        if head.len() < FILES {
            head.insert(site.path.clone());
        }
    }
    let bounded = |paths: BTreeSet<String>| paths.into_iter().take(FILES).collect();
    (bounded(head), bounded(base))
}

impl Source {
    /// Reads what a page shows.
    pub async fn of(site: &Site, pull: &Reviewed, kept: &Kept) -> Source {
        let (head, base) = named(kept);
        let texts = if pull.repository == LOCAL {
            site.code.as_ref().map(|code| {
                let read = |commit: &str, paths: BTreeSet<String>| {
                    let text = |path: String| Some((path.clone(), code(commit, &path)?));
                    paths.into_iter().filter_map(text).collect()
                };
                (read(&kept.head, head), read(&kept.merge_base, base))
            })
        } else {
            from_github(site, pull, kept, (head, base)).await
        };
        let is_there = texts.is_some();
        let coloured = tokio::task::spawn_blocking(move || {
            let (head, base) = texts.unwrap_or_default();
            (coloured(head), coloured(base))
        });
        let (head, base) = coloured.await.unwrap_or_default();
        Source {
            head,
            base,
            github: github(site, pull),
            commits: (kept.head.clone(), kept.merge_base.clone()),
            missing: (!is_there).then_some(
                "The code is not shown: it is read from GitHub when this page is opened, and GitHub did not give it now. The links lead to it.",
            ),
        }
    }

    /// Nothing is shown, so nothing is read.
    pub fn without_code() -> Source {
        Source {
            head: BTreeMap::new(),
            base: BTreeMap::new(),
            github: None,
            commits: (String::new(), String::new()),
            missing: None,
        }
    }

    /// Why there is no code, where there is none.
    pub fn missing(&self) -> Option<&'static str> {
        self.missing
    }

    /// Where a commit is to be seen.
    pub fn commit(&self, commit: &str) -> Option<String> {
        let github = self.github.as_ref()?;
        Some(format!("{github}/commit/{commit}"))
    }

    /// What was pushed between two commits.
    pub fn between(&self, from: &str, to: &str) -> Option<String> {
        let github = self.github.as_ref()?;
        Some(format!("{github}/compare/{from}...{to}"))
    }

    /// Where lines are to be seen.
    pub fn link(&self, path: &str, (line, end): (u32, u32), in_base: bool) -> Option<String> {
        let github = self.github.as_ref()?;
        let (head, base) = &self.commits;
        let commit = if in_base { base } else { head };
        let path = encoded(path);
        let end = if end > line {
            format!("-L{end}")
        } else {
            String::new()
        };
        Some(format!("{github}/blob/{commit}/{path}#L{line}{end}"))
    }

    /// Lines with those around them.
    pub fn excerpt(&self, path: &str, (line, end): (u32, u32), in_base: bool) -> Option<Excerpt> {
        let files = if in_base { &self.base } else { &self.head };
        let lines = files.get(path)?;
        let first = line.saturating_sub(AROUND).max(1);
        let last = end.saturating_add(AROUND).min(first + MOST - 1);
        let shown = |number: u32| {
            let html = lines.get(number as usize - 1)?;
            Some((number, html.clone(), (line..=end).contains(&number)))
        };
        let lines: Vec<_> = (first..=last).filter_map(shown).collect();
        // Another text than the one that was reviewed has nothing there.
        lines.iter().any(|line| line.2).then_some(Excerpt { lines })
    }

    /// The commit in the head, short.
    pub fn head(&self) -> String {
        short(&self.commits.0)
    }
}

type Texts = BTreeMap<String, String>;

async fn from_github(
    site: &Site,
    pull: &Reviewed,
    kept: &Kept,
    (head, base): (BTreeSet<String>, BTreeSet<String>),
) -> Option<(Texts, Texts)> {
    let bot = site.bot.as_ref()?;
    let repository = Repository {
        id: pull.repository,
        owner: pull.owner.clone(),
        name: pull.name.clone(),
    };
    let read = async |commit: &str, paths: &BTreeSet<String>| {
        if paths.is_empty() {
            return Some(Texts::new());
        }
        bot.texts(pull.installation, &repository, commit, paths)
            .await
    };
    let head = read(&kept.head, &head).await?;
    Some((
        head,
        read(&kept.merge_base, &base).await.unwrap_or_default(),
    ))
}

fn coloured(texts: Texts) -> BTreeMap<String, Vec<String>> {
    let lines = |(path, text): (String, String)| {
        let language = Language::of_path(&path)?;
        let is_small = text.len() <= LARGEST;
        is_small.then(|| {
            let lines = coloured_lines(&text, language, &Limits::default());
            (path, lines)
        })
    };
    texts.into_iter().filter_map(lines).collect()
}

/// A path as a part of an address.
pub fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b'~' => {
                out.push(byte as char);
            }
            other => out += &format!("%{other:02X}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn a_path_stays_a_path() {
        assert_eq!(encoded("a b/c#1?.go"), "a%20b/c%231%3F.go");
        assert_eq!(encoded("ü.go"), "%C3%BC.go");
    }
}
