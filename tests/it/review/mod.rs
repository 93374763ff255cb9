//! From diffs and files to reviews.

mod patches;
