//! What people say to the bot, and what it answers.

pub mod answer;
pub mod command;

/// What a command starts with.
pub const NAME: &str = "highwater";
