//! Pictures of failures: each bug class beside its fix, under the same load.
//!
//! A [`Model`] turns a few numbers that a reader may change into a [`Figure`]. What it draws is
//! computed by a small event-driven simulation with a seeded random source, so the same numbers
//! give the same picture, on any machine.

pub mod figure;
pub mod models;
pub mod station;

pub use figure::{Account, Curve, Figure, Mark, Plot, Role};
pub use models::{ALL, Model, Parameter, by_code};
