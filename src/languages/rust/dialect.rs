//! What linking asks of Rust. Nearly all is known when the code is lowered; what is left are
//! functions that a framework is handed.

use crate::languages::link::{self, Meaning, Yields};
use crate::model::{FunctionId, Handler, Library, Program, TypeId};

/// Rust, for the linker.
pub(in crate::languages) struct Dialect;

impl link::Dialect for Dialect {
    fn function(&self, _: &str, _: &str) -> Option<Meaning> {
        None
    }

    fn method(&self, _: Library, _: &str) -> Option<Meaning> {
        None
    }

    fn foreign_method(&self, _: &str, _: &str, _: &str) -> Option<Meaning> {
        None
    }

    fn method_by_name(&self, _: &str, _: &str, _: usize) -> Option<Meaning> {
        None
    }

    fn name_of_unseen(&self, _: &str) -> Option<Library> {
        None
    }

    fn told_by_methods(&self) -> &'static [(&'static [&'static str], Library)] {
        &[]
    }

    fn member(&self, _: Library, _: &str) -> Option<Yields> {
        None
    }

    fn constant(&self, _: &str, _: &str) -> Option<(i64, TypeId)> {
        None
    }

    fn conversion(&self, _: Option<&str>, _: &str) -> Option<TypeId> {
        None
    }

    fn handler(&self, program: &Program, function: FunctionId) -> Option<Handler> {
        program.function(function).handler
    }

    fn registers(&self, callee: &str, takes_path: bool) -> Option<Handler> {
        super::handlers::registers(callee, takes_path)
    }

    fn is_spawn(&self, _: Library, _: &str) -> bool {
        false
    }
}
