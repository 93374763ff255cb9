//! The bot, tried against the stand-in for GitHub; and the stand-in itself.

#[path = "../../fake_github/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the tests and the example each use a part of it"
)]
mod fake_github;

mod actions;
mod blocks;
mod doctor;
mod events;
mod fake;
mod killed;
mod replays;
mod schedules;
mod setup;
mod stage;
mod story;
