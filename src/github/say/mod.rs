//! What is said on a pull request: decided purely, done once.

pub mod act;
pub mod check;
pub mod comment;
pub mod plan;
pub mod seal;
pub mod standing;
