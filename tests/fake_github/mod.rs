//! A strict stand-in for GitHub: stateful, over real HTTP, held against GitHub's own description of its API.
//!
//! Repositories hold real git objects, diffs come from a comparison of its own, and every request and every answer is
//! checked. What GitHub does without documenting it stands in the code with its source. `World` is the way in.

mod access;
mod app;
mod changes;
mod checks;
mod clock;
mod deliveries;
mod description;
mod exchange;
mod faults;
mod graphql;
mod handles;
mod history;
mod installations;
mod limits;
pub mod lines;
pub mod objects;
mod operations;
mod oracle;
mod pull;
mod record;
mod serve;
mod shown;
mod state;
mod strict;
mod tokens;
mod wire;
mod world;

pub use clock::Clock;
pub use deliveries::{Parcel, signature};
pub use description::description;
pub use exchange::Asked;
pub use faults::Fault;
pub use handles::{PullRequest, Repo};
pub use history::Change;
pub use oracle::Seen;
pub use record::Logged;
pub use world::{Credentials, World, permissions};
