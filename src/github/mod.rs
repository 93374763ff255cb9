//! The bot: reads pull requests, and says each finding once, on its line.
//!
//! What is said is decided purely from what stands on GitHub and a [`crate::review::Review`], and
//! acted on once. Webhooks are hints that something may be to do; what GitHub says when it is
//! asked is the truth.

pub mod client;
pub mod clock;
pub mod listen;
pub mod read;
pub mod say;
pub mod settings;
pub mod webhook;
pub mod work;

pub use settings::Settings;

/// Whether this is the name of one of git's objects, in full.
fn is_commit(name: &str) -> bool {
    matches!(name.len(), 40 | 64) && name.bytes().all(|digit| digit.is_ascii_hexdigit())
}
