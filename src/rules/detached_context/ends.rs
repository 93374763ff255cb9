//! What says when a piece of work is to end: tokens, contexts, deadlines, and the types of the
//! code's own that hold them.

use crate::model::{
    Api, Call, ExprId, ExprKind, FunctionId, FunctionKind, Init, Library, NamedId, Parent, Program,
    Type, VariableId, VariableKind,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// How far a value is followed through the variables that it was put together of.
pub(super) const MAX_NAMES: u32 = 4;

/// What a parameter brings along.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Carried {
    Nothing,
    /// A token, a context or a deadline itself.
    Bare,
    /// A value of a type that holds ends.
    Value(NamedId),
}

/// The types whose values carry the end of a piece of work, and what makes them anew.
pub(super) struct Ends {
    /// For each such type the fields that say when it ends.
    pub fields: FxHashMap<NamedId, Vec<VariableId>>,
    /// Functions that make a value of such a type out of nothing that ends.
    pub makers: FxHashMap<FunctionId, NamedId>,
    /// The fields whose token is waited for or asked as it is: what may be absent has to be looked
    /// for first, and by default it is.
    asked: FxHashSet<VariableId>,
}

impl Ends {
    pub fn of(program: &Program) -> Ends {
        let mut fields: FxHashMap<NamedId, Vec<VariableId>> = FxHashMap::default();
        for (at, named) in program.named.iter().enumerate() {
            let of_ends = named.fields.iter().map(|&(_, field)| field);
            let found: Vec<VariableId> = of_ends.filter(|&field| is_end(program, field)).collect();
            if !found.is_empty() {
                fields.insert(NamedId(at as u32), found);
            }
        }
        let mut ends = Ends {
            fields,
            makers: FxHashMap::default(),
            asked: FxHashSet::default(),
        };
        if !ends.fields.is_empty() {
            ends.asked = asked(program);
            ends.makers = program
                .function_ids()
                .filter_map(|function| Some((function, ends.made_by(program, function)?)))
                .collect();
        }
        ends
    }

    pub fn carried_by(&self, program: &Program, variable: VariableId) -> Carried {
        let of = program.variable(variable);
        if matches!(program.text(of.name), "" | "_") {
            return Carried::Nothing;
        }
        match *program.pointee(of.ty) {
            Type::Named(named) if self.fields.contains_key(&named) => Carried::Value(named),
            _ if is_end(program, variable) => Carried::Bare,
            _ => Carried::Nothing,
        }
    }

    /// The type of which a function makes a value anew: nothing that it is given ends.
    fn made_by(&self, program: &Program, function: FunctionId) -> Option<NamedId> {
        let facts = program.function(function);
        let &[result] = &facts.results[..] else {
            return None;
        };
        let Type::Named(named) = *program.pointee(result) else {
            return None;
        };
        let fields = self.fields.get(&named)?;
        let takes_end = facts.parameters.iter().any(|&parameter| {
            let ty = program.variable(parameter).ty;
            self.carried_by(program, parameter) != Carried::Nothing
                || matches!(
                    program.library(ty),
                    Some(Library::Instant | Library::Request | Library::Exchange)
                )
        });
        let has_receiver = matches!(facts.kind, FunctionKind::Method(receiver, _)
            if !program.text(program.variable(receiver).name).is_empty());
        (!takes_end
            && !has_receiver
            && !program.is_closure(function)
            && program
                .steps_of(function)
                .into_iter()
                .flat_map(|step| program.mentions_of(step))
                .flat_map(|value| program.parts_of(value))
                .any(|part| {
                    self.fills_anew(program, part, named, fields)
                        || self.made_by_default(program, part) == Some(named)
                }))
        .then_some(named)
    }

    /// Whether a literal of a type has an end of its own in each of the fields for it.
    pub fn fills_anew(
        &self,
        program: &Program,
        value: ExprId,
        named: NamedId,
        fields: &[VariableId],
    ) -> bool {
        let given = ends_given(program, value, named, fields);
        if given.is_empty() {
            // What is not named is taken from a value that the type makes itself.
            return matches!(*program.kind(value), ExprKind::Composite(ty, values, _)
                if matches!(*program.pointee(ty), Type::Named(of) if of == named)
                    && program.list(values).iter().any(|&base| self.is_default(program, base, named)));
        }
        let is_none = |value: ExprId| matches!(program.kind(value), ExprKind::Nil);
        let mut ends = given.iter();
        given.iter().any(|&value| is_fresh(program, value))
            && ends.all(|&value| is_fresh(program, value) || is_none(value))
    }

    /// Whether a value is what a type makes without being given anything, by code out of view, with
    /// a token in it that nobody else has.
    pub fn is_default(&self, program: &Program, value: ExprId, of: NamedId) -> bool {
        let mut fields = self.fields.get(&of).into_iter().flatten();
        program.has_owners
            && fields.any(|field| self.asked.contains(field))
            && program.call_of(value).is_some_and(|(_, call)| {
                let name = program.callee_name(call.callee);
                call.target.is_none()
                    && call.args.len == 0
                    && name.rsplit([':', '.']).next() == Some("default")
            })
    }

    /// The type of the code's own with ends of which a value is a new one as the type itself makes
    /// it: what ends in it has nothing of another.
    pub fn made_by_default(&self, program: &Program, value: ExprId) -> Option<NamedId> {
        let Type::Named(of) = *program.pointee(program.expr(value).ty) else {
            return None;
        };
        self.is_default(program, value, of).then_some(of)
    }
}

/// Fields on which a call asks for the end of the token in them.
fn asked(program: &Program) -> FxHashSet<VariableId> {
    let asked = program.step_ids().filter_map(|step| {
        let call = program.call(step)?;
        let asks = matches!(call.api, Api::ContextDone | Api::ContextErr);
        match *program.kind(call.receiver.filter(|_| asks)?) {
            ExprKind::Field(_, field) => Some(field),
            _ => None,
        }
    });
    asked.collect()
}

/// Whether a field or a parameter says when something is to end.
fn is_end(program: &Program, variable: VariableId) -> bool {
    program.library(program.variable(variable).ty) == Some(Library::Context)
        || is_deadline(program, variable)
}

/// Whether a field or a parameter holds the time at which something is to end.
pub(super) fn is_deadline(program: &Program, variable: VariableId) -> bool {
    program.library(program.variable(variable).ty) == Some(Library::Instant)
        && is_named_for_an_end(program, variable)
}

fn is_named_for_an_end(program: &Program, variable: VariableId) -> bool {
    let name = program.text(program.variable(variable).name);
    let name = name.to_ascii_lowercase();
    [
        "deadline",
        "expir",
        "until",
        "give_up",
        "giveup",
        "not_after",
        "due",
    ]
    .iter()
    .any(|word| name.contains(word))
}

/// For each function the first deadline that it takes out of what it was asked.
pub(super) fn of_the_question(program: &Program) -> FxHashMap<FunctionId, VariableId> {
    let mut found = FxHashMap::default();
    for (at, variable) in program.variables.iter().enumerate() {
        let id = VariableId(at as u32);
        if let (VariableKind::Local, Some(function)) = (variable.kind, variable.function)
            && let Init::Value(value) | Init::Part(value, _) = variable.init
            && is_named_for_an_end(program, id)
            && (is_deadline(program, id) || is_limit_of_a_call(program, id))
            && !is_fresh(program, value)
            && is_of_parameter(program, value, MAX_NAMES)
        {
            found.entry(function).or_insert(id);
        }
    }
    found
}

/// Whether a value is taken out of a parameter, also by calls.
fn is_of_parameter(program: &Program, value: ExprId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    program
        .parts_of(value)
        .into_iter()
        .any(|part| match *program.kind(part) {
            ExprKind::Variable(of) => program.variable(of).kind == VariableKind::Parameter,
            ExprKind::Call(_) => program.call_of(part).is_some_and(|(_, call)| {
                let args = program.list(call.args).iter().copied();
                let base = match *program.kind(call.callee) {
                    ExprKind::Function(_, base) => base,
                    ExprKind::Member(base, _) => Some(base),
                    _ => None,
                };
                args.chain(call.receiver)
                    .chain(base)
                    .any(|given| is_of_parameter(program, given, depth))
            }),
            _ => false,
        })
}

/// Whether a variable, whatever its type, is the time until which a call may last.
fn is_limit_of_a_call(program: &Program, variable: VariableId) -> bool {
    program.occurrences(variable).iter().any(|&place| {
        let Parent::Step(step) = program.parent_of(place) else {
            return false;
        };
        program
            .call(step)
            .is_some_and(|call| is_time_limit(program, call))
    })
}

/// Whether a call lets work last until a time.
pub(super) fn is_time_limit(program: &Program, call: &Call) -> bool {
    let name = program.callee_name(call.callee);
    name.rsplit(['.', ':']).next() == Some("timeout_at")
}

/// What a literal of a type puts into the fields that say when it ends.
pub(super) fn ends_given(
    program: &Program,
    value: ExprId,
    named: NamedId,
    fields: &[VariableId],
) -> Vec<ExprId> {
    let ExprKind::Composite(ty, values, keys) = *program.kind(value) else {
        return Vec::new();
    };
    if !matches!(*program.pointee(ty), Type::Named(of) if of == named) {
        return Vec::new();
    }
    let is_one = |key: ExprId| {
        matches!(*program.kind(key), ExprKind::Key(name)
            if fields.iter().any(|&field| program.variable(field).name == name))
    };
    let keys = program.list(keys).iter();
    keys.zip(program.list(values))
        .filter(|&(&key, _)| is_one(key))
        .map(|(_, &value)| value)
        .collect()
}

/// Whether a value is a token that nobody has cancelled yet, or a time from now on.
pub(super) fn is_fresh(program: &Program, value: ExprId) -> bool {
    let value = first_value(program, value, MAX_NAMES);
    let is_now = |part: ExprId| {
        program
            .call_of(part)
            .is_some_and(|(_, call)| call.api == Api::Now)
    };
    match *program.kind(value) {
        ExprKind::Call(_) => program
            .call_of(value)
            .is_some_and(|(_, call)| call.api == Api::ContextRoot),
        ExprKind::Binary(_, left, right) => is_now(left) || is_now(right),
        _ => false,
    }
}

/// What a local variable that is set once was declared with, as often as it is that.
pub(super) fn first_value(program: &Program, value: ExprId, depth: u32) -> ExprId {
    let next = depth.checked_sub(1);
    match (next, program.variable_of(value)) {
        (Some(depth), Some(variable)) => {
            let of = program.variable(variable);
            match of.init {
                Init::Value(inner) if of.kind == VariableKind::Local => {
                    first_value(program, inner, depth)
                }
                _ => value,
            }
        }
        _ => value,
    }
}

/// What a method is called on, where that keeps a token.
pub(super) fn kept_by(program: &Program, function: FunctionId) -> Option<VariableId> {
    let FunctionKind::Method(receiver, named) = program.function(function).kind else {
        return None;
    };
    (program.has_owners && program.context_field(named).is_some()).then_some(receiver)
}

/// The token that what a method is called on keeps.
pub(super) fn kept_in(program: &Program, receiver: VariableId) -> Option<VariableId> {
    let of = program.variable(receiver);
    match *program.pointee(of.ty) {
        Type::Named(named) if of.kind == VariableKind::Receiver => program.context_field(named),
        _ => None,
    }
}

/// Whether a call only gives the token of what it is called on.
pub(super) fn gives_token(program: &Program, call: &Call) -> bool {
    call.target.is_some_and(|target| {
        let results = &program.function(target).results;
        matches!(results[..], [result] if program.library(result) == Some(Library::Context))
    })
}

/// What a call is made on.
pub(super) fn base_of(program: &Program, call: &Call) -> Option<ExprId> {
    match *program.kind(call.callee) {
        ExprKind::Function(_, base) => base,
        ExprKind::Member(base, _) => Some(base),
        _ => None,
    }
    .or(call.receiver)
}

/// Whether a field holds a time, a context, or something with those inside.
pub(super) fn is_time(program: &Program, field: VariableId) -> bool {
    let ty = program.variable(field).ty;
    matches!(
        program.library(ty),
        Some(Library::Context | Library::Instant | Library::Duration)
    )
}

/// What a value is put together of. A name or a number in a field of a literal ends nothing,
/// whatever work it is the result of.
pub(super) fn put_together_of(program: &Program, value: ExprId) -> Vec<ExprId> {
    let ExprKind::Composite(ty, values, keys) = *program.kind(value) else {
        let call = program.call_of(value);
        return call.map_or(Vec::new(), |(_, call)| program.list(call.args).to_vec());
    };
    let fields = match *program.pointee(ty) {
        Type::Named(named) => &program.named[named.index()].fields[..],
        _ => &[],
    };
    let is_plain = |name| {
        let mut fields = fields.iter().map(|&(_, field)| program.variable(field));
        fields.any(|field| {
            field.name == name
                && matches!(
                    program.underlying(field.ty),
                    Type::Text | Type::Integer(_) | Type::Float | Type::Boolean
                )
                && program.library(field.ty).is_none()
        })
    };
    let keys = program.list(keys);
    let values = program.list(values).iter().enumerate();
    values
        .filter(|&(at, _)| {
            let key = keys.get(at).map(|&key| program.kind(key));
            !matches!(key, Some(&ExprKind::Key(name)) if is_plain(name))
        })
        .map(|(_, &value)| value)
        .collect()
}
