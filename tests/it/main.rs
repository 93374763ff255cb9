//! Everything that is tested from outside, in one binary.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]
#![allow(
    clippy::print_stderr,
    reason = "a test that is skipped says so where it is read"
)]

#[cfg(feature = "server")]
mod accounts;
#[cfg(feature = "server")]
mod browser;
mod cli;
mod colours;
mod compile;
mod compile_rust;
#[cfg(feature = "server")]
mod deploying;
#[cfg(feature = "server")]
mod github;
mod hostile;
mod house;
#[cfg(feature = "server")]
mod keeping;
#[cfg(feature = "server")]
mod opened;
#[cfg(feature = "server")]
mod operating;
mod own;
mod pages;
#[cfg(feature = "server")]
mod queue;
mod ranges;
#[cfg(feature = "server")]
mod replicas;
mod reports;
mod review;
#[cfg(feature = "server")]
mod reviews;
#[cfg(feature = "server")]
mod serving;
mod simulation;
mod smell;
#[cfg(feature = "server")]
mod store;
mod suggestions;
#[cfg(feature = "server")]
mod tools;
#[cfg(feature = "server")]
mod web;
mod world;
