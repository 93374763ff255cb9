//! The bot, tried against the stand-in for GitHub; and the stand-in itself.

#[path = "../../fake_github/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the tests and the example each use a part of it"
)]
pub mod fake_github;

mod actions;
pub mod blocks;
mod doctor;
mod doors;
mod events;
mod fake;
mod killed;
mod languages;
mod patience;
mod plans;
mod reading;
mod replays;
mod schedules;
pub mod setup;
pub mod stage;
mod story;
