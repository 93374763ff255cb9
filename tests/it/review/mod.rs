//! From diffs and files to reviews.

mod comparing;
mod hostile;
mod patches;
mod running;
mod steadiness;
