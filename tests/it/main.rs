//! Everything that is tested from outside, in one binary.

mod pages;
mod review;
mod simulation;
