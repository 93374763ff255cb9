//! Check runs and the suites that hold them.

use serde_json::Value;

#[derive(Clone, Debug)]
pub struct CheckRun {
    pub id: u64,
    /// One suite for each app and commit.
    pub suite: u64,
    pub app: u64,
    pub name: String,
    pub head_sha: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub started: Option<String>,
    pub completed: Option<String>,
    pub external_id: Option<String>,
    pub details_url: Option<String>,
    pub title: Option<String>,
    pub summary: Option<String>,
    pub text: Option<String>,
    pub annotations: Vec<Value>,
    pub actions: Vec<Value>,
    /// How often it was written, its creation included.
    pub writes: usize,
}
