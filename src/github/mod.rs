//! The bot: reads pull requests, and says each finding once, on its line.
//!
//! What is said is decided purely from what stands on GitHub and a [`crate::review::Review`], and
//! acted on once. Webhooks are hints that something may be to do; what GitHub says when it is
//! asked is the truth.

pub mod client;
pub mod clock;
pub mod settings;

pub use settings::Settings;
