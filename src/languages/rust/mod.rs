//! Rust: from syntax tree to model, in two passes. The first reads what the files of a crate
//! declare, so that the second knows the type of most values when it lowers bodies: what `send`
//! or `lock` means hangs on the type of what it is called on.
//!
//! Results are lowered as a value and an error, options as values that may be missing, so that
//! the model sees the ways code takes and not the types that carry them. Guards and permits are
//! given back where their owner goes out of scope, as steps.

mod adapters;
mod attempts;
mod attributes;
mod calls;
mod channel_loops;
mod channels;
mod comments;
mod containers;
mod control;
mod declarations;
mod dialect;
mod expressions;
mod functions;
mod futures;
mod groups;
mod guards;
mod handlers;
mod kept_results;
mod kinds;
mod lenders;
mod libraries;
mod loops;
mod macros;
mod matches;
mod methods;
mod named_methods;
mod names;
mod optional_senders;
mod outcomes;
mod patterns;
mod postponed;
mod queues;
mod searches;
mod select;
mod shapes;
mod signatures;
mod spawns;
mod statements;
mod test_modules;
mod types;
mod unseen;
mod words;

pub(super) use dialect::Dialect;

use super::build::{Builder, basic};
use super::nodes;
use super::reach::Reach;
use super::scope::Scope;
use crate::languages::syntax::{Node, Tree};
use crate::model::step::Owner;
use crate::model::{
    BlockId, ExprId, ExprKind, FunctionId, NamedId, Op, StepId, Symbol, TypeId, VariableId,
};
use crate::source::limits::{Cut, Limits, Stop};
use crate::source::paths::is_test;
use crate::source::{FileId, Span};
use guards::Held;
use kinds::{Fields, Grammar, Kind, grammar};
use names::{Names, Place};

/// How deep code is followed. Deeper code is cut, so that no input can exhaust the stack.
const MAX_DEPTH: u32 = 120;

/// A file that is read twice.
pub(super) struct Parsed<'t> {
    pub tree: &'t Tree,
    pub text: &'t str,
    pub path: &'t str,
    pub file: FileId,
}

/// Lowers the files of one crate; says what was cut.
pub(super) fn lower(
    builder: &mut Builder,
    files: &[Parsed<'_>],
    limits: &Limits,
) -> Vec<(FileId, Cut)> {
    if !files.is_empty() {
        builder.program.has_owners = true;
        builder.program.words = words::WORDS;
    }
    let mut names = Names::default();
    let mut cuts = Vec::new();
    let whole: Vec<&Parsed<'_>> = files
        .iter()
        .filter(|parsed| {
            let is_small = parsed.tree.len() <= limits.nodes;
            if !is_small {
                let limit = limits.nodes;
                cuts.push((parsed.file, Cut::Nodes { limit }));
            }
            is_small
        })
        .collect();
    let for_tests = test_modules::test_files(&mut names, &whole);
    let (doubles, whole): (Vec<&Parsed<'_>>, Vec<&Parsed<'_>>) = whole
        .into_iter()
        .partition(|parsed| for_tests.contains(&parsed.file) && !is_test(parsed.path));
    for parsed in &doubles {
        builder.program.files[parsed.file.0 as usize].is_test = true;
    }
    let is_program = is_program(files);
    for parsed in &whole {
        let facts = &mut builder.program.files[parsed.file.0 as usize];
        facts.package = if is_program { "main" } else { "lib" }.to_owned();
        facts.is_whole = parsed.path.contains('/');
        builder
            .program
            .comments
            .append(&mut comments::comments(parsed.text, parsed.file));
        Lowering::new(builder, &mut names, parsed, &limits.stop).declare(parsed.tree);
    }
    for parsed in &whole {
        Lowering::new(builder, &mut names, parsed, &limits.stop).methods(parsed.tree);
    }
    for parsed in &whole {
        Lowering::new(builder, &mut names, parsed, &limits.stop).signatures(parsed.tree);
    }
    for parsed in &whole {
        let mut lowering = Lowering::new(builder, &mut names, parsed, &limits.stop);
        lowering.bodies(parsed.tree);
        let cut = lowering.reach.cut(parsed.text);
        cuts.extend(cut.map(|cut| (parsed.file, cut)));
    }
    for parsed in &doubles {
        test_modules::note_names(builder, parsed.text);
    }
    cuts
}

/// Whether the files are those of a program, so that nothing outside can name what they export.
fn is_program(files: &[Parsed<'_>]) -> bool {
    let has = |name: &str| files.iter().any(|file| file.path.ends_with(name));
    has("src/main.rs") && !has("src/lib.rs")
}

/// How a function hands back what it yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Plain,
    /// A value or an error.
    Result,
    /// A value or nothing.
    Option,
}

/// A loop around the code at hand.
#[derive(Clone, Copy)]
struct Around {
    /// As the code writes it.
    written: Option<Symbol>,
    label: Symbol,
    /// How many guards were held outside of it.
    held: usize,
    /// Where `break` with a value puts it.
    value: Option<crate::model::VariableId>,
}

/// The state of lowering one file.
struct Lowering<'a> {
    builder: &'a mut Builder,
    names: &'a mut Names,
    text: &'a str,
    file: FileId,
    grammar: &'static Grammar,
    f: Fields,
    /// The module at hand.
    module: Place,
    scope: Scope,
    /// The type parameters at hand; what can be called has a type that says with what.
    type_parameters: Vec<(Symbol, TypeId)>,
    /// What the closure is given that is lowered next, where its taker says so.
    given: Vec<TypeId>,
    /// What `Self` stands for.
    this: Option<(NamedId, TypeId)>,
    /// Whether a trait is implemented, whose methods others call.
    of_trait: bool,
    /// Whether code at hand stands in tests.
    in_tests: bool,
    function: Option<FunctionId>,
    outcome: Outcome,
    block: BlockId,
    /// Guards and permits that are held here, of the function at hand.
    held: Vec<Held>,
    loops: Vec<Around>,
    /// Switches and selects of the model around the code at hand, within the innermost loop.
    choices: u32,
    /// Whether the code at hand takes over what it mentions from around it.
    moves: bool,
    /// Values that are lowered where their outcome is asked: where it is asked, and where they
    /// stand.
    postponed: rustc_hash::FxHashMap<std::ops::Range<usize>, std::ops::Range<usize>>,
    /// The errors of results that are kept under a name.
    errors: rustc_hash::FxHashMap<VariableId, VariableId>,
    /// Values that functions use as queues with room, of which nothing else is known.
    rings: rustc_hash::FxHashSet<(FunctionId, crate::model::Symbol)>,
    /// Sends whose outcome a value is.
    sent: rustc_hash::FxHashMap<ExprId, StepId>,
    /// What a filter that asks how full channels are lets through, by what it yields.
    filtered: rustc_hash::FxHashMap<ExprId, ExprId>,
    reach: Reach<'a>,
    loose: Option<FunctionId>,
}

impl<'a> Lowering<'a> {
    fn new(
        builder: &'a mut Builder,
        names: &'a mut Names,
        parsed: &Parsed<'a>,
        stop: &'a Stop,
    ) -> Lowering<'a> {
        let grammar = grammar();
        let module = names.module_of(parsed.path);
        Lowering {
            builder,
            names,
            text: parsed.text,
            file: parsed.file,
            grammar,
            f: grammar.fields,
            module,
            scope: Scope::default(),
            type_parameters: Vec::new(),
            given: Vec::new(),
            this: None,
            of_trait: false,
            in_tests: is_test(parsed.path),
            function: None,
            outcome: Outcome::Plain,
            block: BlockId(0),
            held: Vec::new(),
            loops: Vec::new(),
            choices: 0,
            moves: false,
            postponed: rustc_hash::FxHashMap::default(),
            errors: rustc_hash::FxHashMap::default(),
            rings: rustc_hash::FxHashSet::default(),
            sent: rustc_hash::FxHashMap::default(),
            filtered: rustc_hash::FxHashMap::default(),
            reach: Reach::new(MAX_DEPTH, stop),
            loose: None,
        }
    }

    fn kind(&self, node: &Node<'_>) -> Kind {
        self.grammar.kind(node)
    }

    fn field<'t>(&self, node: &Node<'t>, field: u16) -> Option<Node<'t>> {
        node.child_by_field_id(field)
    }

    fn span(&self, node: &Node<'_>) -> Span {
        nodes::span(node, self.file)
    }

    /// Where a node ends: what happens when its scope is left happens there.
    fn end_of(&self, node: &Node<'_>) -> Span {
        let end = node.end_byte() as u32;
        Span {
            file: self.file,
            start: end.saturating_sub(1),
            end,
        }
    }

    fn text_of(&self, node: &Node<'_>) -> &'a str {
        self.text.get(node.byte_range()).unwrap_or("")
    }

    fn symbol(&mut self, node: &Node<'_>) -> Symbol {
        let text = self.text_of(node);
        self.builder.program.symbols.intern(text)
    }

    fn intern(&mut self, text: &str) -> Symbol {
        self.builder.program.symbols.intern(text)
    }

    /// The named children that are neither comments nor attributes.
    fn children<'t>(&self, node: &Node<'t>) -> Vec<Node<'t>> {
        nodes::children(node, |child| self.is_aside(child))
    }

    fn is_aside(&self, node: &Node<'_>) -> bool {
        matches!(
            self.kind(node),
            Kind::LineComment | Kind::BlockComment | Kind::AttributeItem | Kind::InnerAttributeItem
        )
    }

    fn first_child<'t>(&self, node: &Node<'t>) -> Option<Node<'t>> {
        nodes::first_child(node, |child| self.is_aside(child))
    }

    fn emit(&mut self, op: Op, span: Span) -> StepId {
        self.builder.step(self.block, op, span)
    }

    fn replace(&mut self, step: StepId, op: Op) {
        self.builder.program.steps[step.index()].op = op;
    }

    /// An expression of a known type.
    fn typed(&mut self, kind: ExprKind, ty: TypeId, span: Span) -> ExprId {
        let id = self.builder.expr(kind, span);
        self.builder.program.exprs[id.index()].ty = ty;
        id
    }

    fn expr(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.builder.expr(kind, span)
    }

    fn unknown(&mut self, node: &Node<'_>) -> ExprId {
        let span = self.span(node);
        self.expr(ExprKind::Unknown, span)
    }

    /// The type of a value, as far as it is known by now.
    fn ty(&self, id: ExprId) -> TypeId {
        self.builder.program.exprs[id.index()].ty
    }

    fn has_type(&self, id: ExprId) -> bool {
        self.ty(id) != basic::UNKNOWN
    }

    /// Runs `inner` one level deeper; `None` when that is too deep to follow, or work is to end.
    fn deeper<T>(&mut self, node: &Node<'_>, inner: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if !self.reach.enter(node.start_byte()) {
            return None;
        }
        let result = inner(self);
        self.reach.leave();
        Some(result)
    }

    /// Lowers into a new block of this owner and comes back to the block at hand. What is given
    /// back on a way that never comes back is still held after it.
    fn in_block(&mut self, owner: Owner, inner: impl FnOnce(&mut Self)) -> BlockId {
        let block = self.builder.block(owner);
        let before = std::mem::replace(&mut self.block, block);
        let held = self.held.clone();
        inner(self);
        if self.builder.program.block_diverges(block) {
            self.held = held;
        }
        self.block = before;
        block
    }
}
