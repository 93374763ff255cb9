//! What concurrent code does, in no language.
//!
//! 1. A [`Program`] is one unit, the closed world: tables of functions, blocks, steps,
//!    expressions, variables, types, tied by small handles.
//! 2. Steps are structured (branches, loops, selects, spawns), not a graph of jumps.
//! 3. Effects are steps; expressions have none. `f(<-ch)` is a receive, then a call.
//! 4. Variables that alias each other are one [`Object`]: a channel, a lock, a queue.
//! 5. What is not understood is `Unknown`, `Other` or `Gap`, never a guess.

pub mod api;
pub mod change;
pub mod channels;
pub mod closing;
pub mod constants;
mod counted;
mod endings;
pub mod expr;
pub mod files;
pub mod flow;
pub mod held;
mod hooks;
pub mod ids;
pub mod joins;
mod keepers;
pub mod lexical;
pub mod mentions;
pub mod nearby;
pub mod object;
pub mod owners;
pub mod package;
pub mod paths;
pub mod permits;
pub mod places;
pub mod producers;
pub mod roles;
pub mod show;
pub mod sizes;
pub mod step;
pub mod tasks;
pub mod turns;
pub mod types;
pub mod uses;
pub mod walk;
pub mod watch;

pub use api::Api;
pub use expr::{BinaryOp, Constant, Expr, ExprKind, ExprList, UnaryOp};
pub use files::{Comment, FileFacts};
pub use ids::{
    BlockId, ExprId, FunctionId, NamedId, ObjectId, StepId, Symbol, Symbols, TypeId, VariableId,
};
pub use object::Object;
pub use places::Parent;
pub use step::{Arm, Assign, AssignHow, Block, Call, Case, Loop, LoopKind, Op, Owner, Spawn, Step};
pub use types::{Direction, Discipline, Library, Named, Type};

use crate::source::{FileId, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::OnceCell;

/// One unit of code: what is analysed together.
#[derive(Debug, Default)]
pub struct Program {
    /// Names.
    pub symbols: Symbols,
    /// Functions, methods and closures.
    pub functions: Vec<Function>,
    /// Blocks.
    pub blocks: Vec<Block>,
    /// Steps.
    pub steps: Vec<Step>,
    /// Expressions.
    pub exprs: Vec<Expr>,
    /// Lists of expressions, see [`ExprList`].
    pub lists: Vec<ExprId>,
    /// Variables.
    pub variables: Vec<Variable>,
    /// Types.
    pub types: Vec<Type>,
    /// Types of the unit.
    pub named: Vec<Named>,
    /// Objects, once linked.
    pub objects: Vec<Object>,
    /// For each variable its object, once linked.
    pub object_of_variable: Vec<Option<ObjectId>>,
    /// For each variable with elements (lists, maps, channels) the object of its elements.
    pub object_of_element: FxHashMap<ObjectId, ObjectId>,
    /// For each call, receive or other step the object that it yields, where it yields one.
    pub object_of_result: FxHashMap<StepId, ObjectId>,
    /// Objects of fields whose type is not in view.
    pub object_of_member: FxHashMap<(ObjectId, Symbol), ObjectId>,
    /// For each function the steps that call, spawn or defer it.
    pub callers: Vec<Vec<StepId>>,
    /// Initial values of package variables and constants.
    pub globals: Vec<(VariableId, ExprId)>,
    /// Whether values have one owner, with whose end they end: locks are given back, channels
    /// come to their end.
    pub has_owners: bool,
    /// Words that the language has for what the rules speak of: theirs, the language's.
    pub words: &'static [(&'static str, &'static str)],
    /// Variables whose value got another owner, in languages in which values have one.
    pub moved: FxHashSet<VariableId>,
    /// Receivers that are borrowed for as long as the process runs, in languages that say so.
    pub lasting: FxHashSet<VariableId>,
    /// Who has what for himself, in languages in which values have one owner.
    pub alone: producers::Alone,
    /// Channels that are made with room which is taken as they fill, and not at once.
    pub growing: FxHashSet<ExprId>,
    /// Sends that unwind when nobody can receive any more, where others yield an error.
    pub unwinding: FxHashSet<StepId>,
    /// Waits for a set of tasks or of futures that end with the first of them.
    pub firsts: FxHashSet<StepId>,
    /// Where what can be used once is taken out of a field, and unwinds when it is gone already:
    /// the field, the function and the place, in the order of the text.
    pub taken: Vec<(VariableId, FunctionId, Span)>,
    /// Where a sender in an optional field is used and unwinds when it is gone: the field, the
    /// function and the place, in the order of the text.
    pub expected: Vec<(VariableId, FunctionId, Span)>,
    /// Where such a sender is taken out.
    pub emptied: Vec<(VariableId, FunctionId, Span)>,
    /// Fields whose value need not be there.
    pub optional: FxHashSet<VariableId>,
    /// Channels whose items are each taken as soon as they come in, with how many are worked on
    /// at once; however many where nothing is beside them.
    pub taken_at_once: Vec<(ExprId, Option<ExprId>)>,
    /// Functions that do nothing before somebody waits for what they yield: their calls only make it.
    pub asynchronous: FxHashSet<FunctionId>,
    /// Calls of code that is not known whose result is waited for where they stand.
    pub awaited: FxHashSet<StepId>,
    /// Functions that can wait for what an asynchronous one yields, or hand it to their callers.
    pub drives: FxHashSet<FunctionId>,
    /// Starts of tasks that a function does which is named for it: what that bounds is its own.
    pub started_elsewhere: FxHashSet<StepId>,
    /// Contexts that end at the latest when a value that was made of them ends.
    pub ended_by_guards: Vec<ExprId>,
    /// Loops of async code over what a channel yields which wait for nothing but the next item.
    pub unwaiting: FxHashSet<StepId>,
    /// Calls that serve, whose end is waited for where they stand, in languages in which a call
    /// may only make what serves.
    pub served: FxHashSet<StepId>,
    /// Blocks that run only when an item was refused because its channel has ended, where one
    /// beside them runs when there was no room.
    pub ended: FxHashSet<BlockId>,
    /// Blocks that run only once what is received from has ended, where others beside them run when
    /// something came or a time was over.
    pub at_end: FxHashSet<BlockId>,
    /// Variables that hold all that a receive yields, also that there is nothing more.
    pub whole_outcomes: FxHashSet<VariableId>,
    /// What the pattern names that a block is entered by: the last words of its variants.
    pub asked_for: FxHashMap<BlockId, Vec<Symbol>>,
    /// Where the labels stand that a function jumps to.
    pub labels: FxHashMap<(FunctionId, Symbol), u32>,
    /// Fields and statics that are named by code which is left to tests, and not lowered.
    pub named_in_tests: FxHashSet<Symbol>,
    /// Fields and package variables that hold a heap, which takes out by an order of its own.
    pub heaps: FxHashSet<VariableId>,
    /// Types that derived code shows with all that they hold, whatever else shows them.
    pub shown_whole: FxHashSet<NamedId>,
    /// What stands in for a value where there is none: `tries.unwrap_or(3)`.
    pub fallbacks: FxHashMap<ExprId, ExprId>,
    /// Values that stand for numbers in order, with where they end: `0..workers`.
    pub ranges: FxHashMap<ExprId, ExprId>,
    /// Fields that hold a semaphore's permit itself.
    pub permit_fields: FxHashSet<VariableId>,
    /// Comments, in order.
    pub comments: Vec<Comment>,
    /// Lines that hold marks of what is declared below them, and stand between it and its comment.
    pub marked: FxHashSet<(FileId, u32)>,
    /// Files of the unit.
    pub files: Vec<FileFacts>,
    /// Locks held at each step, made when first asked for.
    pub(crate) held: OnceCell<held::HeldLocks>,
    /// What stands in what, made when first asked for.
    pub(crate) lexical: OnceCell<lexical::Lexical>,
    /// Where expressions stand, made when first asked for.
    pub(crate) places: OnceCell<places::Places>,
    /// Who runs what, made when first asked for.
    pub(crate) tasks: OnceCell<tasks::Tasks>,
    /// For each variable whether it is assigned to after its declaration, made when first asked
    /// for.
    pub(crate) reassigned: OnceCell<Vec<bool>>,
    /// The calls and receives whose value goes anywhere, found when first asked for.
    pub(crate) used: OnceCell<FxHashSet<StepId>>,
    /// The types with a method that stops them, found when first asked for.
    pub(crate) stoppable: OnceCell<FxHashSet<NamedId>>,
    /// What package variables hold, found when first asked for.
    pub(crate) package: OnceCell<package::Package>,
    /// Closures that are kept for when something happens, found when first asked for.
    pub(crate) hooks: OnceCell<FxHashSet<FunctionId>>,
    /// What is asked for before one turns back, found when first asked for.
    pub(crate) limited: OnceCell<FxHashSet<ObjectId>>,
    /// Ends work that takes too long.
    pub(crate) watch: watch::Watch,
}

/// A function, method or closure.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name; for closures that of the function they stand in.
    pub name: Symbol,
    /// What kind.
    pub kind: FunctionKind,
    /// Where all of it is.
    pub span: Span,
    /// Where its head is (name and parameters).
    pub head: Span,
    /// Parameters, without the receiver.
    pub parameters: Vec<VariableId>,
    /// Result types.
    pub results: Vec<TypeId>,
    /// A variable for each result, named or not.
    pub result_variables: Vec<VariableId>,
    /// The last parameter takes any number of arguments.
    pub variadic: bool,
    /// What it does; functions without a body are declared elsewhere.
    pub body: BlockId,
    /// Whether it has a body.
    pub has_body: bool,
    /// Whether other packages see it.
    pub exported: bool,
    /// What it handles, where it is a handler.
    pub handler: Option<Handler>,
    /// Whether it is used as a value, so that code out of view may call it.
    pub is_value: bool,
    /// Whether it is written for an interface: who calls it may know no more than that.
    pub of_interface: bool,
    /// Whether the file holds tests.
    pub is_test: bool,
}

/// Kinds of function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionKind {
    /// A function with a name.
    Plain,
    /// A method: its receiver variable and the type it belongs to.
    Method(VariableId, NamedId),
    /// A closure that stands in a function.
    Closure(FunctionId),
}

/// What a handler handles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handler {
    /// A request over HTTP.
    Request,
    /// A remote procedure call.
    Rpc,
    /// A message of a broker.
    Message,
    /// A connection from an accept loop.
    Connection,
}

impl Handler {
    /// Words for messages.
    pub fn name(self) -> &'static str {
        match self {
            Handler::Request => "request handler",
            Handler::Rpc => "RPC method",
            Handler::Message => "message callback",
            Handler::Connection => "accept loop",
        }
    }
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: Symbol,
    /// What kind.
    pub kind: VariableKind,
    /// Its type, once linked.
    pub ty: TypeId,
    /// Where it is declared.
    pub span: Span,
    /// The function that declares it; none for fields and package variables.
    pub function: Option<FunctionId>,
    /// Where its first value comes from.
    pub init: Init,
    /// Whether other packages see it.
    pub exported: bool,
}

/// Kinds of variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VariableKind {
    /// Declared in a body.
    Local,
    /// A parameter.
    Parameter,
    /// The value a method is called on.
    Receiver,
    /// A result.
    Result,
    /// Of the package.
    Global,
    /// A named constant.
    Constant,
    /// A field of a type of the unit.
    Field(NamedId),
    /// A name that the code uses and nothing in view declares.
    Implied,
}

/// Where a variable's first value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Init {
    /// Nowhere in view.
    None,
    /// An expression.
    Value(ExprId),
    /// One of several values of an expression.
    Part(ExprId, u32),
    /// The keys of what a loop goes over.
    Key(ExprId),
    /// The elements of what a loop goes over.
    Element(ExprId),
}

impl Program {
    /// An expression.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.index()]
    }

    /// What an expression is.
    pub fn kind(&self, id: ExprId) -> &ExprKind {
        &self.exprs[id.index()].kind
    }

    /// A step.
    pub fn step(&self, id: StepId) -> &Step {
        self.watch.look();
        &self.steps[id.index()]
    }

    /// What a step does.
    pub fn op(&self, id: StepId) -> &Op {
        self.watch.look();
        &self.steps[id.index()].op
    }

    /// A block.
    pub fn block(&self, id: BlockId) -> &Block {
        self.watch.look();
        &self.blocks[id.index()]
    }

    /// A function.
    pub fn function(&self, id: FunctionId) -> &Function {
        self.watch.look();
        &self.functions[id.index()]
    }

    /// A variable.
    pub fn variable(&self, id: VariableId) -> &Variable {
        &self.variables[id.index()]
    }

    /// A type.
    pub fn ty(&self, id: TypeId) -> &Type {
        &self.types[id.index()]
    }

    /// The expressions of a list.
    pub fn list(&self, list: ExprList) -> &[ExprId] {
        &self.lists[list.start as usize..(list.start + list.len) as usize]
    }

    /// The places of an assignment, each with the value that stands for it.
    pub fn assigned(&self, assign: &Assign) -> impl Iterator<Item = (ExprId, ExprId)> + '_ {
        let targets = self.list(assign.targets).iter().copied();
        targets.zip(self.list(assign.values).iter().copied())
    }

    /// The text of a name.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.symbols.text(symbol)
    }

    /// Every function's handle.
    pub fn function_ids(&self) -> impl Iterator<Item = FunctionId> + use<> {
        (0..self.functions.len() as u32).map(FunctionId)
    }

    /// Every step's handle, in the order of the text within each function.
    pub fn step_ids(&self) -> impl Iterator<Item = StepId> + use<> {
        (0..self.steps.len() as u32).map(StepId)
    }

    /// Every object's handle.
    pub fn object_ids(&self) -> impl Iterator<Item = ObjectId> + use<> {
        (0..self.objects.len() as u32).map(ObjectId)
    }

    /// An object.
    pub fn object(&self, id: ObjectId) -> &Object {
        self.watch.look();
        &self.objects[id.index()]
    }

    /// The facts of the file in which a place stands.
    pub fn file(&self, file: FileId) -> &FileFacts {
        &self.files[file.0 as usize]
    }

    /// The 1-based line on which a place starts.
    pub fn line(&self, place: Span) -> u32 {
        self.file(place.file).lines.line(place.start)
    }

    /// The type of an expression, with pointers followed.
    pub fn value_type(&self, id: ExprId) -> &Type {
        self.pointee(self.expr(id).ty)
    }

    /// A type with pointers, and locks around what they guard, followed.
    pub fn pointee(&self, mut id: TypeId) -> &Type {
        for _ in 0..8 {
            match self.ty(id) {
                Type::Pointer(inner) | Type::Guarded(_, inner) => id = *inner,
                other => return other,
            }
        }
        &Type::Unknown
    }

    /// A type with pointers and the names of the unit followed down to what it is made of.
    pub fn underlying(&self, mut id: TypeId) -> &Type {
        for _ in 0..16 {
            match self.ty(id) {
                Type::Pointer(inner) | Type::Guarded(_, inner) => id = *inner,
                Type::Named(named) => match self.named[named.index()].underlying {
                    Some(inner) => id = inner,
                    None => return self.ty(id),
                },
                other => return other,
            }
        }
        &Type::Unknown
    }

    /// Whether nothing in view tells what a type is made of.
    pub fn is_out_of_view(&self, id: TypeId) -> bool {
        match *self.underlying(id) {
            Type::Unknown | Type::Foreign(..) => true,
            Type::Named(named) => {
                let named = &self.named[named.index()];
                named.span.is_none() && named.fields.is_empty() && named.forms.is_empty()
            }
            _ => false,
        }
    }

    /// The lock that a type puts around what it guards, if it does.
    pub fn lock_around(&self, mut id: TypeId) -> Option<Library> {
        for _ in 0..16 {
            match self.ty(id) {
                Type::Guarded(lock, _) => return Some(*lock),
                Type::Pointer(inner) => id = *inner,
                Type::Named(named) => id = self.named[named.index()].underlying?,
                _ => return None,
            }
        }
        None
    }

    /// Whether a value is the guard of a lock, which stands for what the lock guards.
    pub fn is_guard(&self, value: ExprId) -> bool {
        matches!(*self.kind(value), ExprKind::Dereference(lock)
            if self.lock_around(self.expr(lock).ty).is_some())
    }

    /// What a library lends behind this type, if anything.
    pub fn library(&self, id: TypeId) -> Option<Library> {
        match self.underlying(id) {
            Type::Library(library) => Some(*library),
            _ => None,
        }
    }
}
