//! Highwater finds backpressure bugs in pull requests.
//!
//! Bytes become a syntax tree, the tree a [`model::Program`], the program findings, the
//! findings a [`review::Review`], and that is printed. Modules import only leftwards:
//! `source → model → languages → rules → review → practice → report → store → github → web → cli`.

pub mod source;

pub mod model;

pub mod languages;

pub mod rules;

pub mod review;

pub mod practice;

pub mod report;

pub mod simulation;

#[cfg(feature = "server")]
pub mod store;

#[cfg(feature = "server")]
pub mod github;

#[cfg(feature = "server")]
pub mod web;

pub mod cli;
