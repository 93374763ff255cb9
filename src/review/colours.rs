//! Syntax colours of a text, for surfaces that show code.

pub use crate::languages::colours::{Coloured, colours};
