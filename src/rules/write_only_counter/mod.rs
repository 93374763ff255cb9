//! BP21: a counter is incremented and nothing ever reads it.

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::{
    Api, AssignHow, BinaryOp, Constant, ExprId, ExprKind, Init, Library, Op, Owner, Parent,
    Program, StepId, Symbol, Type, VariableId, VariableKind,
};
use crate::source::Span;
use rustc_hash::FxHashSet;

mod minor;
mod together;
mod whole;
mod wrapped;

pub(super) static RULE: Rule = Rule {
    code: "BP21",
    slug: "write-only-counter",
    summary: "a counter is incremented and nothing ever reads it",
    level: Level::Junior,
    seam: Seam::SendReceive,
    questions: &[],
    checklist: &["C7"],
    page: include_str!("../../../rules/BP21-write-only-counter/README.md"),
    check,
};

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let mut hidden: Option<Hidden> = None;
    let mut unread = Vec::new();
    for at in 0..program.variables.len() as u32 {
        let variable = VariableId(at);
        if !may_be_counter(program, variable) {
            continue;
        }
        let Some(mut counter) = Counter::of(program, variable) else {
            continue;
        };
        let hidden = hidden.get_or_insert_with(|| Hidden::compute(program));
        if !hidden.may_read(program, variable) {
            counter.weigh(program, hidden);
            unread.push(counter);
        }
    }
    for group in together::grouped(program, unread) {
        say(program, &group, findings);
    }
}

/// Whether a variable is a whole number that only this unit can name.
fn may_be_counter(program: &Program, id: VariableId) -> bool {
    let variable = program.variable(id);
    let is_ours = match variable.kind {
        VariableKind::Field(named) => {
            let named = &program.named[named.index()];
            let is_declared = named.span.is_some() || program.text(named.name).is_empty();
            !variable.exported && is_declared
        }
        VariableKind::Global => !variable.exported,
        VariableKind::Local => true,
        _ => false,
    };
    // Several counters in a row, one for each case, are counted up by their places.
    let ty = match *program.ty(variable.ty) {
        Type::List(element, Some(_)) if variable.kind != VariableKind::Local => element,
        _ => variable.ty,
    };
    let is_number = !matches!(program.ty(ty), Type::Pointer(_))
        && (matches!(program.underlying(ty), Type::Integer(_))
            || program.library(ty) == Some(Library::AtomicInteger)
            || wrapped::counter_within(program, ty).is_some());
    is_ours && is_number && !matches!(program.text(variable.name), "" | "_")
}

/// What the code does where it names a counter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Touch {
    /// Counts up.
    Up(StepId),
    /// Changes it otherwise.
    Write,
    /// Looks at it, or may.
    Read,
}

struct Counter {
    variable: VariableId,
    /// Increments, in the order of the text.
    ups: Vec<StepId>,
    /// A place in a test that reads it.
    test: Option<ExprId>,
    confidence: Confidence,
}

impl Counter {
    /// The counter that a variable is, if it is counted up and nothing but tests reads it.
    fn of(program: &Program, variable: VariableId) -> Option<Counter> {
        let mut counter = Counter {
            variable,
            ups: Vec::new(),
            test: None,
            confidence: Confidence::High,
        };
        for &place in program.occurrences(variable) {
            let is_test = program.file(program.expr(place).span.file).is_test;
            match touch(program, place, variable) {
                Touch::Up(step) if !is_test || is_local(program, variable) => {
                    counter.ups.push(step)
                }
                Touch::Read if is_test && !is_local(program, variable) => {
                    counter.test = Some(place)
                }
                Touch::Read => return None,
                Touch::Write if is_given_a_place(program, place) => return None,
                _ => {}
            }
        }
        counter.ups.sort_by_key(|&step| program.span(step));
        counter.ups.dedup();
        let turns = counter.ups.iter().any(|&step| is_turn(program, step));
        (!counter.ups.is_empty() && !turns).then_some(counter)
    }

    /// Whether it says where a reader or writer stands, or is an address, rather than how often
    /// something happened: it has such a name, or a local starts as another variable.
    fn is_position(&self, program: &Program) -> bool {
        let variable = program.variable(self.variable);
        let starts_elsewhere = matches!(variable.init, Init::Value(value)
            if matches!(*program.kind(value), ExprKind::Variable(of)
                if program.variable(of).kind != VariableKind::Constant));
        names_position(program.text(variable.name))
            || variable.kind == VariableKind::Local && starts_elsewhere
    }

    fn is_field(&self, program: &Program) -> bool {
        matches!(program.variable(self.variable).kind, VariableKind::Field(_))
    }

    /// Whether tests that are out of view name it.
    fn may_be_tested(&self, program: &Program) -> bool {
        let is_global = program.variable(self.variable).kind == VariableKind::Global;
        (self.is_field(program) || is_global)
            && program
                .named_in_tests
                .contains(&program.variable(self.variable).name)
    }

    /// Lowers what is worth a look at most.
    fn weigh(&mut self, program: &Program, hidden: &Hidden) {
        let is_minor = self.test.is_some()
            || program.file(program.span(self.ups[0]).file).is_test
            || self.may_be_tested(program)
            || is_for_tests(program, self.variable)
            || self.is_position(program)
            || minor::is_left_over(program, self, hidden);
        if is_minor {
            self.confidence = Confidence::Low;
        }
    }

    fn message(&self, program: &Program) -> String {
        let name = program.variable_name(self.variable);
        match self.test {
            None if self.may_be_tested(program) => {
                format!("`{name}` is counted up, and at most tests read it")
            }
            Some(_) => format!("`{name}` is counted up, and only tests read it"),
            None => {
                format!("`{name}` is counted up, and no code in view reads, logs or exports it")
            }
        }
    }
}

/// Says of the first of several counters of one struct what holds for all, and names the others.
fn say(program: &Program, group: &[Counter], findings: &mut Findings) {
    let Some((counter, others)) = group.split_first() else {
        return;
    };
    let first = counter.ups[0];
    let name = program.variable_name(counter.variable);
    let mut message = counter.message(program);
    let names: Vec<&str> = others
        .iter()
        .map(|other| program.text(program.variable(other.variable).name))
        .collect();
    if let Some((last, before)) = names.split_last() {
        let before: Vec<String> = before.iter().map(|name| format!("`{name}`")).collect();
        message.push_str(&format!(
            "; so it is with its {} and `{last}`",
            before.join(", ")
        ));
    }
    let finding = findings.at(program.span(first), counter.confidence, message);
    finding
        .why(if is_local(program, counter.variable) {
            "The number is gone when the function returns: the event looks observed and leaves no trace.".to_owned()
        } else {
            format!("The event looks observed and is not: no log line, metric or method tells anybody what `{name}` holds, and a restart sets it to zero.")
        })
        .fix("Give the number a way out: export it as a metric, return it from a method, or log what the increment yields now and then. If nobody would act on it, delete the counter.")
        // With the others, so that one more of them is something new.
        .about(
            std::iter::once(name.as_str())
                .chain(names)
                .collect::<Vec<_>>()
                .join(" "),
        );
    finding.function = Some(program.function_of(first));
    finding.because(program.variable(counter.variable).span, "declared here");
    for &other in counter.ups.iter().skip(1).take(3) {
        finding.because(program.span(other), "counted up here too");
    }
    for other in others {
        let name = program.variable_name(other.variable);
        let place = program.span(other.ups[0]);
        finding.because(place, format!("`{name}` is counted up here"));
    }
    if let Some(test) = counter.test {
        finding.because(program.expr(test).span, "read here, by a test");
    }
}

/// Names of variables that say where something stands.
const POSITIONS: &[&str] = &[
    "pos", "position", "off", "offset", "cursor", "ptr", "head", "tail", "seek",
];

/// Whether a name says where a reader or writer stands.
fn names_position(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    POSITIONS.contains(&name.as_str()) || name.ends_with("index") || name.ends_with("_idx")
}

/// Whether a counter's name, or a comment where it is declared, says that tests read it. The
/// tests of a package are not in view with it.
fn is_for_tests(program: &Program, id: VariableId) -> bool {
    let variable = program.variable(id);
    let name = program.text(variable.name);
    if name.ends_with("ForTest") || name.ends_with("ForTesting") || name.starts_with("test") {
        return true;
    }
    let says = |span: Span| program.remark_says(span, FOR_TESTS);
    says(variable.span)
        || match variable.kind {
            VariableKind::Field(owner) => program.named[owner.index()].span.is_some_and(says),
            _ => false,
        }
}

/// Words of comments which say that tests read what is declared there.
const FOR_TESTS: &[&str] = &[
    "for test",
    "in test",
    "by test",
    "tests use",
    "tests only",
    "testing",
];

fn is_local(program: &Program, id: VariableId) -> bool {
    program.variable(id).kind == VariableKind::Local
}

/// Whether a variable is made to stand for another place where it is named: what is counted up is
/// that.
fn is_given_a_place(program: &Program, place: ExprId) -> bool {
    let Parent::Step(step) = program.parent_of(place) else {
        return false;
    };
    let Op::Assign(assign) = program.op(step) else {
        return false;
    };
    // An atomic number is not copied: what is given is the place.
    let is_atomic = program.library(program.expr(place).ty) == Some(Library::AtomicInteger);
    program.assigned(assign).any(|(target, value)| {
        target == place
            && match *program.kind(value) {
                ExprKind::Reference(_) => true,
                ExprKind::Field(..) | ExprKind::Variable(_) => is_atomic,
                _ => false,
            }
    })
}

/// Whether an increment is what moves a loop on.
fn is_turn(program: &Program, step: StepId) -> bool {
    matches!(
        program.block(program.step(step).block).owner,
        Owner::Post(_)
    )
}

/// What is done to a variable where it is named. Whatever is not certainly a write is a read.
fn touch(program: &Program, place: ExprId, variable: VariableId) -> Touch {
    match program.parent_of(place) {
        Parent::Step(step) => match program.op(step) {
            Op::Assign(assign) if program.list(assign.targets).contains(&place) => {
                match assign.how {
                    AssignHow::Update(BinaryOp::Add) => Touch::Up(step),
                    _ => Touch::Write,
                }
            }
            Op::Call(_) if wrapped::counts_up_given(program, step, place) => Touch::Up(step),
            _ => Touch::Read,
        },
        Parent::Expr(outer) => match *program.kind(outer) {
            ExprKind::Binary(operator, left, _) => {
                sum(program, outer, operator, left, place, variable)
            }
            ExprKind::Reference(_) => match program.parent_of(outer) {
                Parent::Step(step) => atomic(program, step, outer),
                _ => Touch::Read,
            },
            ExprKind::Member(..) => match program.parent_of(outer) {
                Parent::Step(step) => atomic(program, step, outer),
                _ => Touch::Read,
            },
            ExprKind::Function(method, Some(_)) => match program.parent_of(outer) {
                Parent::Step(step) if wrapped::counts_up(program, step, method) => Touch::Up(step),
                _ => Touch::Read,
            },
            // One of several.
            ExprKind::Index(list, at) if list == place && at != place => {
                touch(program, outer, variable)
            }
            _ => Touch::Read,
        },
        Parent::None => Touch::Read,
    }
}

/// `x = x + 1` only moves x on.
fn sum(
    program: &Program,
    outer: ExprId,
    operator: BinaryOp,
    left: ExprId,
    place: ExprId,
    variable: VariableId,
) -> Touch {
    let Parent::Step(step) = program.parent_of(outer) else {
        return Touch::Read;
    };
    let Op::Assign(assign) = program.op(step) else {
        return Touch::Read;
    };
    let at = program
        .list(assign.values)
        .iter()
        .position(|&value| value == outer);
    let target = at.and_then(|at| program.list(assign.targets).get(at));
    let is_same = target.is_some_and(|&target| match *program.kind(target) {
        ExprKind::Variable(of) | ExprKind::Field(_, of) => of == variable,
        _ => false,
    });
    match operator {
        BinaryOp::Add if is_same && assign.how == AssignHow::Set => Touch::Up(step),
        BinaryOp::Subtract if is_same && left == place => Touch::Write,
        _ => Touch::Read,
    }
}

/// An atomic operation whose result nobody takes.
fn atomic(program: &Program, step: StepId, part: ExprId) -> Touch {
    let Op::Call(call) = program.op(step) else {
        return Touch::Read;
    };
    let args = program.list(call.args);
    let by_function = args.first() == Some(&part);
    if wrapped::counts_up_given(program, step, part) {
        return Touch::Up(step);
    }
    if !(by_function || call.callee == part) || program.used_results().contains(&step) {
        return Touch::Read;
    }
    match call.api {
        Api::AtomicAdd => {
            let change = args.get(usize::from(by_function)).copied();
            let is_up = program.callee_name(call.callee) != "Dec"
                && change.is_none_or(|change| is_positive(program, change));
            if is_up { Touch::Up(step) } else { Touch::Write }
        }
        Api::AtomicStore | Api::AtomicSwap => Touch::Write,
        _ => Touch::Read,
    }
}

/// Whether a change may be upwards: not below zero, and not nothing.
fn is_positive(program: &Program, change: ExprId) -> bool {
    match *program.kind(change) {
        ExprKind::Unary(..) => false,
        ExprKind::Convert(_, inner) => is_positive(program, inner),
        _ => !matches!(program.constant(change), Some(Constant::Int(value)) if value <= 0),
    }
}

/// Readers that name no counter: whole values that are printed, encoded or compared, and names
/// that linking could not place.
struct Hidden {
    whole: whole::Whole,
    names: FxHashSet<Symbol>,
}

impl Hidden {
    fn compute(program: &Program) -> Hidden {
        let mut names = FxHashSet::default();
        for expr in &program.exprs {
            match expr.kind {
                // Also of a type that cannot be right, since it has no such member.
                ExprKind::Member(base, name)
                    if !matches!(program.value_type(base), Type::Named(_) | Type::Foreign(..)) =>
                {
                    names.insert(name);
                }
                ExprKind::Name(name) => {
                    names.insert(name);
                }
                _ => {}
            }
        }
        Hidden {
            whole: whole::Whole::compute(program),
            names,
        }
    }

    fn may_read(&self, program: &Program, id: VariableId) -> bool {
        let variable = program.variable(id);
        match variable.kind {
            VariableKind::Field(named) => {
                let of_its_own = wrapped::counter_within(program, variable.ty);
                self.whole.reads(named)
                    || of_its_own.is_some_and(|own| self.whole.reads(own))
                    || self.names.contains(&variable.name)
            }
            VariableKind::Global => self.names.contains(&variable.name),
            _ => false,
        }
    }
}
