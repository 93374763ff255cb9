//! What an operator says about the GitHub App.

use std::time::Duration;

use secrecy::SecretString;

/// GitHub's own address for programs.
pub const API: &str = "https://api.github.com";
/// GitHub's own address for people.
pub const SITE: &str = "https://github.com";

/// The App and how it speaks.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The number of the App.
    pub app_id: u64,
    /// Its private key, a PEM text.
    pub private_key: SecretString,
    /// The secrets of its webhook. Several while one takes another's place; none: no webhooks.
    pub webhook_secrets: Vec<SecretString>,
    /// Where GitHub answers programs: [`API`], or `https://HOST/api/v3` of an enterprise server.
    pub api_url: String,
    /// Where people see GitHub: [`SITE`], or `https://HOST`.
    pub html_url: String,
    /// Where this server is reached by people; links in comments start with it.
    pub public_url: String,
    /// Names the App at sign-in.
    pub client_id: Option<String>,
    /// Proves it at sign-in.
    pub client_secret: Option<SecretString>,
    /// The most inline comments of one review; the rest stands in the check run.
    pub max_comments: usize,
    /// From which confidence on the check run fails.
    pub fail_on: FailOn,
    /// What one review may cost.
    pub budget: Budget,
    /// Pull requests that are worked on at the same time.
    pub workers: usize,
    /// How long a pull request that nothing happens on is remembered.
    pub retention: Duration,
    /// Jobs that may wait; beyond, webhooks are answered 503.
    pub queue: u32,
}

/// From which confidence of a new finding on the check run fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailOn {
    /// High.
    #[default]
    High,
    /// Medium and high.
    Medium,
    /// It never fails: at most neutral.
    Never,
}

impl FailOn {
    /// The setting with this name: `high`, `medium` or `never`.
    pub fn by_name(name: &str) -> Option<FailOn> {
        match name {
            "high" => Some(FailOn::High),
            "medium" => Some(FailOn::Medium),
            "never" => Some(FailOn::Never),
            _ => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            FailOn::High => "high",
            FailOn::Medium => "medium",
            FailOn::Never => "never",
        }
    }
}

/// What reading one pull request may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Requests for files and directories.
    pub calls: u32,
    /// Bytes of files, both sides together.
    pub bytes: u64,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget {
            calls: 600,
            bytes: 64 << 20,
        }
    }
}

impl Settings {
    /// The settings of an App, with everything else as it is by default.
    pub fn new(app_id: u64, private_key: SecretString) -> Settings {
        Settings {
            app_id,
            private_key,
            webhook_secrets: Vec::new(),
            api_url: API.to_owned(),
            html_url: SITE.to_owned(),
            public_url: String::new(),
            client_id: None,
            client_secret: None,
            max_comments: 15,
            fail_on: FailOn::default(),
            budget: Budget::default(),
            workers: 4,
            retention: Duration::from_secs(30 * 86_400),
            queue: 10_000,
        }
    }
}
