//! What people say to the bot.

/// What a command starts with.
pub const NAME: &str = "highwater";
