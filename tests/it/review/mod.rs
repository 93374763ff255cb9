//! From diffs and files to reviews.

mod comparing;
mod patches;
mod running;
