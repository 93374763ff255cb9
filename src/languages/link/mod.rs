//! Ties a unit together: names, types, calls, aliases; what escapes; what is done to what.
//!
//! Nothing here reads text or knows a grammar. What a language's libraries mean comes through
//! its [`Dialect`].

mod calls;
mod ends;
mod escape;
mod exposed;
mod index;
mod infer;
mod literals;
mod members;
mod strays;
mod told;
mod unify;
mod unseen;

use super::build::Builder;
use crate::model::{Api, FunctionId, Handler, Library, Program, TypeId};
use crate::source::limits::Stop;

/// What a call means and what it yields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meaning {
    pub api: Api,
    pub yields: &'static [Yields],
}

/// One of the values that a known call yields.
#[derive(Clone, Copy, Debug)]
pub(super) enum Yields {
    /// What a library lends.
    Lends(Library),
    /// A channel of points in time, or of nothing.
    Channel,
    /// An error.
    Failure,
    /// A truth value.
    Truth,
    /// A whole number.
    Whole,
    /// Something of no interest.
    Nothing,
}

/// What linking asks of a language.
pub(super) trait Dialect {
    /// A function of another package or module.
    fn function(&self, module: &str, name: &str) -> Option<Meaning>;
    /// A method of what a library lends.
    fn method(&self, on: Library, name: &str) -> Option<Meaning>;
    /// A method of another package's type.
    fn foreign_method(&self, module: &str, ty: &str, name: &str) -> Option<Meaning>;
    /// A method of something whose type is not in view.
    fn method_by_name(&self, base: &str, name: &str, arguments: usize) -> Option<Meaning>;
    /// What a name usually stands for, where nothing in view declares it.
    fn name_of_unseen(&self, name: &str) -> Option<Library>;
    /// Sets of methods: a name that nothing in view declares, on which all of a set are called for
    /// nothing but their effect, stands for this.
    fn told_by_methods(&self) -> &'static [(&'static [&'static str], Library)];
    /// A member of what a library lends.
    fn member(&self, on: Library, name: &str) -> Option<Yields>;
    /// A constant of another package.
    fn constant(&self, module: &str, name: &str) -> Option<(i64, TypeId)>;
    /// A type by the name that a conversion uses.
    fn conversion(&self, module: Option<&str>, name: &str) -> Option<TypeId>;
    /// What a function handles.
    fn handler(&self, program: &Program, function: FunctionId) -> Option<Handler>;
    /// What a function handles that is handed to a call of this name; whether a path or topic
    /// stands beside it.
    fn registers(&self, callee: &str, takes_path: bool) -> Option<Handler>;
    /// Whether this method starts its argument as a task of its own.
    fn is_spawn(&self, on: Library, name: &str) -> bool;
}

/// Links what was lowered; nothing when it is stopped before the end.
pub(super) fn link(mut builder: Builder, dialect: &dyn Dialect, stop: &Stop) -> Option<Program> {
    let unless_stopped = || (!stop.is_now()).then_some(());
    unless_stopped()?;
    infer::infer(&mut builder, dialect);
    unless_stopped()?;
    exposed::settle(&mut builder.program);
    let mut classes = aliases(&mut builder);
    unless_stopped()?;
    if calls::resolve_values(&mut builder, &classes) {
        unless_stopped()?;
        classes = aliases(&mut builder);
    }
    unless_stopped()?;
    let program = index::index(builder, classes, dialect);
    unless_stopped()?;
    Some(program)
}

/// All aliases of a unit.
fn aliases(builder: &mut Builder) -> unify::Classes {
    let mut classes = unify::unify(builder);
    strays::tie(&builder.program, &mut classes);
    ends::join(&builder.program, &mut classes);
    classes
}
