//! Everything that is tested from outside, in one binary.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod compile;
mod pages;
mod review;
mod simulation;
