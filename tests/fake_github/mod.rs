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
mod editing;
mod exchange;
mod faults;
mod graphql;
mod handles;
mod history;
mod installations;
mod limits;
pub mod lines;
mod loading;
mod manifests;
pub mod objects;
mod operations;
mod oracle;
mod payloads;
mod pull;
mod record;
mod serve;
mod shown;
mod sign_in;
mod state;
mod strict;
mod tokens;
mod wire;
mod world;

pub use changes::Changed;
pub use checks::CheckRun;
pub use clock::Clock;
pub use deliveries::{Event, Fate, Parcel, disturbed, signature};
pub use description::description;
pub use exchange::Asked;
pub use faults::{Fault, drawn};
pub use handles::{PullRequest, Repo};
pub use history::Change;
pub use lines::Hunk;
pub use loading::Source;
pub use oracle::Seen;
pub use payloads::payloads;
pub use pull::{Pull, Review, ReviewComment, Side};
pub use record::Logged;
pub use state::Level;
pub use world::{Credentials, World, client, client_builder, permissions};
