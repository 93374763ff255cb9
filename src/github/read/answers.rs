//! What GitHub answers, as far as it is read. Whatever else there is, or is not, does not matter.

use serde::Deserialize;

/// A pull request.
#[derive(Clone, Debug, Deserialize)]
pub struct PullRequest {
    /// Its number within the repository.
    pub number: i64,
    /// `open` or `closed`.
    pub state: String,
    /// What it is called.
    #[serde(default)]
    pub title: String,
    /// Whether it is a draft.
    #[serde(default)]
    pub draft: bool,
    /// Where the change ends.
    pub head: End,
    /// Where it is to go.
    pub base: End,
    /// Who asks for it.
    pub user: Option<User>,
}

impl PullRequest {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.state == "open"
    }
}

/// An end of a pull request.
#[derive(Clone, Debug, Deserialize)]
pub struct End {
    /// The commit.
    pub sha: String,
    /// The repository; none when a fork was deleted.
    pub repo: Option<Named>,
}

/// A repository by its names.
#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: User,
    /// Whether not everybody may see it. What is not said is private.
    #[serde(default = "yes")]
    pub private: bool,
}

fn yes() -> bool {
    true
}

/// Somebody.
#[derive(Clone, Debug, Deserialize)]
pub struct User {
    /// Their name.
    pub login: String,
    /// Their number.
    pub id: i64,
    /// `User`, `Bot` or `Organization`.
    #[serde(rename = "type", default)]
    pub kind: String,
}

/// A comparison of two commits.
#[derive(Debug, Deserialize)]
pub struct Comparison {
    /// Where they parted.
    pub merge_base_commit: Commit,
}

/// A commit.
#[derive(Debug, Deserialize)]
pub struct Commit {
    /// Its name.
    pub sha: String,
}

/// A file that a pull request changes.
#[derive(Debug, Deserialize)]
pub struct ChangedFile {
    /// Its path in the head; in the base where it is removed.
    pub filename: String,
    /// Its path in the base, where that is another.
    pub previous_filename: Option<String>,
    /// `added`, `removed`, `modified`, `renamed`, `copied`, `changed` or `unchanged`.
    pub status: String,
    /// Its hunks; missing where the file is large or binary.
    pub patch: Option<String>,
}

/// A directory.
#[derive(Debug, Deserialize)]
pub struct Tree {
    /// What is in it.
    #[serde(default)]
    pub tree: Vec<Entry>,
}

/// Something in a directory.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry {
    /// Its name.
    pub path: String,
    /// `blob`, `tree` or `commit`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What kind of file; `120000` is a link.
    #[serde(default)]
    pub mode: String,
    /// Its object.
    pub sha: String,
    /// Its size in bytes.
    pub size: Option<u64>,
}

/// The bytes of a file.
#[derive(Debug, Deserialize)]
pub struct Blob {
    /// In base64, with line ends.
    pub content: String,
}

/// Which branch of a repository goes for the repository.
#[derive(Debug, Deserialize)]
pub struct DefaultBranch {
    /// Its name.
    pub default_branch: String,
}

/// What a name of git leads to.
#[derive(Debug, Deserialize)]
pub struct Reference {
    /// The commit.
    pub object: Commit,
}

/// A comment of a conversation.
#[derive(Debug, Deserialize)]
pub struct Said {
    /// Whose it is.
    pub user: Option<User>,
    /// Its text.
    #[serde(default)]
    pub body: String,
}

/// A file by its path.
#[derive(Debug, Deserialize)]
pub struct Content {
    /// In base64, with line ends; missing for a directory or a large file.
    pub content: Option<String>,
}

/// A comment on a line or a file of a pull request.
#[derive(Clone, Debug, Deserialize)]
pub struct Comment {
    /// Its number.
    pub id: i64,
    /// Its name for GraphQL.
    pub node_id: String,
    /// Its text.
    #[serde(default)]
    pub body: String,
    /// The file that it stands on.
    #[serde(default)]
    pub path: String,
    /// Who wrote it.
    pub user: Option<User>,
    /// The first comment of its thread.
    pub in_reply_to_id: Option<i64>,
}

/// A review.
#[derive(Clone, Debug, Deserialize)]
pub struct Review {
    /// Its number.
    pub id: i64,
    /// Its text.
    #[serde(default)]
    pub body: Option<String>,
    /// Who wrote it.
    pub user: Option<User>,
    /// `PENDING`, `COMMENTED` …
    #[serde(default)]
    pub state: String,
    /// The commit it is about.
    pub commit_id: Option<String>,
}

/// The check runs of a commit.
#[derive(Debug, Deserialize)]
pub struct CheckRuns {
    /// The runs.
    pub check_runs: Vec<CheckRun>,
}

/// A check run.
#[derive(Clone, Debug, Deserialize)]
pub struct CheckRun {
    /// Its number.
    pub id: i64,
    /// `queued`, `in_progress` or `completed`.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// What was said to recognise it by.
    pub external_id: Option<String>,
    /// What it shows.
    pub output: Output,
    /// Whose it is.
    pub app: Option<App>,
}

/// What a check run shows.
#[derive(Clone, Debug, Deserialize)]
pub struct Output {
    /// The headline.
    pub title: Option<String>,
    /// The summary.
    pub summary: Option<String>,
    /// The rest.
    pub text: Option<String>,
    /// How many annotations it has.
    #[serde(default)]
    pub annotations_count: usize,
}

/// An App.
#[derive(Clone, Debug, Deserialize)]
pub struct App {
    /// Its number.
    pub id: u64,
    /// Its name in addresses.
    #[serde(default)]
    pub slug: Option<String>,
}

/// What somebody may do in a repository.
#[derive(Debug, Deserialize)]
pub struct Permission {
    /// `admin`, `write`, `read` or `none`.
    pub permission: String,
}

/// A list of repositories that an installation reaches.
#[derive(Debug, Deserialize)]
pub struct Repositories {
    /// Them.
    pub repositories: Vec<Named>,
}

/// An installation.
#[derive(Debug, Deserialize)]
pub struct Installed {
    /// Its number.
    pub id: i64,
    /// When it was suspended.
    pub suspended_at: Option<String>,
}

/// A delivery of a webhook, as GitHub remembers it.
#[derive(Debug, Deserialize)]
pub struct Sent {
    /// The number of this attempt.
    pub id: i64,
    /// The GUID, the same for all attempts.
    pub guid: String,
    /// When.
    pub delivered_at: jiff::Timestamp,
    /// The status that it was answered with.
    pub status_code: i64,
    /// What it tells of.
    pub event: String,
}
