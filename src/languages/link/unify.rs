//! Aliases: which variables stand for the same thing. Unification, flow-insensitive,
//! near-linear: a union-find over variables, with elements and unseen members hanging on it.

use crate::languages::build::Builder;
use crate::model::step::{Assign, AssignHow};
use crate::model::types::Type;
use crate::model::{
    ExprId, ExprKind, ExprList, FunctionId, FunctionKind, Init, Op, Program, StepId, Symbol,
    TypeId, VariableId,
};
use rustc_hash::FxHashMap;

const NONE: u32 = u32::MAX;

/// Classes of nodes. The first nodes are the program's variables, in order; further nodes
/// stand for elements and members.
#[derive(Default)]
pub(super) struct Classes {
    parent: Vec<u32>,
    element: Vec<u32>,
    members: FxHashMap<u32, Vec<(Symbol, u32)>>,
    functions: FxHashMap<u32, Vec<FunctionId>>,
    /// Values that are made on the spot, with the node they flow into.
    pub makes: Vec<(u32, ExprId)>,
    /// Values that come from out of view, with the node they flow into.
    pub arrivals: Vec<(u32, ExprId)>,
    /// Values that flow somewhere that is not in view.
    pub departures: Vec<ExprId>,
}

impl Classes {
    fn new(variables: usize) -> Classes {
        Classes {
            parent: (0..variables as u32).collect(),
            element: vec![NONE; variables],
            ..Classes::default()
        }
    }

    fn fresh(&mut self) -> u32 {
        let node = self.parent.len() as u32;
        self.parent.push(node);
        self.element.push(NONE);
        node
    }

    /// The node that stands for a node's class.
    pub fn find(&self, mut node: u32) -> u32 {
        while self.parent[node as usize] != node {
            node = self.parent[node as usize];
        }
        node
    }

    fn find_and_shorten(&mut self, node: u32) -> u32 {
        let root = self.find(node);
        let mut at = node;
        while self.parent[at as usize] != root {
            at = std::mem::replace(&mut self.parent[at as usize], root);
        }
        root
    }

    /// Makes two classes one; their elements and members follow.
    pub fn join(&mut self, a: u32, b: u32) {
        let mut waiting = vec![(a, b)];
        while let Some((a, b)) = waiting.pop() {
            let (a, b) = (self.find_and_shorten(a), self.find_and_shorten(b));
            if a == b {
                continue;
            }
            let (keep, lose) = if a < b { (a, b) } else { (b, a) };
            self.parent[lose as usize] = keep;
            let lost = self.element[lose as usize];
            match self.element[keep as usize] {
                NONE => self.element[keep as usize] = lost,
                kept if lost != NONE => waiting.push((kept, lost)),
                _ => {}
            }
            for (name, node) in self.members.remove(&lose).unwrap_or_default() {
                let members = self.members.entry(keep).or_default();
                match members.iter().find(|(known, _)| *known == name) {
                    Some(&(_, kept)) => waiting.push((kept, node)),
                    None => members.push((name, node)),
                }
            }
            if let Some(functions) = self.functions.remove(&lose) {
                self.functions.entry(keep).or_default().extend(functions);
            }
        }
    }

    /// The node of a class's elements.
    fn element_of(&mut self, node: u32) -> u32 {
        let root = self.find_and_shorten(node);
        match self.element[root as usize] {
            NONE => {
                let element = self.fresh();
                self.element[root as usize] = element;
                element
            }
            element => element,
        }
    }

    /// The node of an unseen member of a class.
    fn member_of(&mut self, node: u32, name: Symbol) -> u32 {
        let root = self.find_and_shorten(node);
        if let Some(&(_, member)) = self
            .members
            .get(&root)
            .and_then(|members| members.iter().find(|(known, _)| *known == name))
        {
            return member;
        }
        let member = self.fresh();
        self.members.entry(root).or_default().push((name, member));
        member
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.parent.len()
    }

    /// The elements' node, where one was needed.
    pub fn element_if_any(&self, root: u32) -> Option<u32> {
        Some(self.element[root as usize])
            .filter(|&element| element != NONE)
            .map(|element| self.find(element))
    }

    /// Unseen members of a class.
    pub fn members_of(&self, root: u32) -> &[(Symbol, u32)] {
        self.members.get(&root).map_or(&[], Vec::as_slice)
    }

    /// Functions that flow into a class.
    pub fn functions_of(&self, root: u32) -> &[FunctionId] {
        self.functions.get(&root).map_or(&[], Vec::as_slice)
    }

    /// The one function that a callee can be.
    pub fn only_function(&self, program: &Program, callee: ExprId) -> Option<FunctionId> {
        let variable = match *program.kind(callee) {
            ExprKind::Variable(variable) | ExprKind::Field(_, variable) => variable,
            _ => return None,
        };
        let functions = self.functions_of(self.find(variable.0));
        match functions {
            [function] => Some(*function),
            [first, rest @ ..] if rest.iter().all(|function| function == first) => Some(*first),
            _ => None,
        }
    }
}

pub(super) struct Unifier<'b> {
    pub program: &'b Program,
    pub classes: Classes,
}

/// Unifies all aliases of a unit.
pub(super) fn unify(builder: &mut Builder) -> Classes {
    let program = &builder.program;
    let mut unifier = Unifier {
        program,
        classes: Classes::new(program.variables.len()),
    };
    unifier.variables();
    for at in 0..program.steps.len() {
        unifier.step(StepId(at as u32));
    }
    for at in 0..program.exprs.len() {
        unifier.literal(ExprId(at as u32));
    }
    unifier.classes
}

impl Unifier<'_> {
    /// Types whose values are copied and never shared.
    fn is_plain(&self, ty: TypeId) -> bool {
        // A lock is shared, whatever it guards.
        if self.program.lock_around(ty).is_some() {
            return false;
        }
        matches!(
            self.program.underlying(ty),
            Type::Boolean
                | Type::Integer(_)
                | Type::Float
                | Type::Text
                | Type::Error
                | Type::Unit
                | Type::Tuple(_)
        ) || matches!(
            self.program.library(ty),
            Some(crate::model::Library::Duration | crate::model::Library::Instant)
        )
    }

    fn node(&mut self, id: ExprId) -> Option<u32> {
        let program = self.program;
        match *program.kind(id) {
            ExprKind::Variable(variable) | ExprKind::Field(_, variable) => Some(variable.0),
            ExprKind::Reference(inner)
            | ExprKind::Dereference(inner)
            | ExprKind::Convert(_, inner) => self.node(inner),
            ExprKind::Slice(inner, ..) | ExprKind::Append(inner, _) => self.node(inner),
            ExprKind::Index(base, _) => {
                let base = self.node(base)?;
                Some(self.classes.element_of(base))
            }
            ExprKind::Member(base, name) => {
                let base = self.node(base)?;
                Some(self.classes.member_of(base, name))
            }
            ExprKind::Call(step) => self.result_node(step, 0),
            ExprKind::Received(step) => match *program.op(step) {
                Op::Receive { channel, .. } => {
                    let channel = self.node(channel)?;
                    Some(self.classes.element_of(channel))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn result_node(&self, step: StepId, at: usize) -> Option<u32> {
        let Op::Call(call) = self.program.op(step) else {
            return None;
        };
        let function = self.program.function(call.target?);
        function.result_variables.get(at).map(|variable| variable.0)
    }

    /// A value flows into a node.
    pub fn flow(&mut self, target: u32, value: ExprId) {
        match *self.program.kind(value) {
            ExprKind::MakeChannel(..) | ExprKind::Make(..) | ExprKind::Composite(..) => {
                self.classes.makes.push((target, value))
            }
            ExprKind::Closure(function) | ExprKind::Function(function, _) => {
                let root = self.classes.find_and_shorten(target);
                self.classes
                    .functions
                    .entry(root)
                    .or_default()
                    .push(function);
            }
            ExprKind::Reference(inner)
                if matches!(self.program.kind(inner), ExprKind::Composite(..)) =>
            {
                self.classes.makes.push((target, inner));
            }
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Text(_)
            | ExprKind::Bool(_)
            | ExprKind::Nil => {}
            _ => {
                let is_copied = self.is_plain(self.program.expr(value).ty);
                if is_copied && !self.program.is_guard(value) {
                    return;
                }
                match self.node(value) {
                    Some(node) => self.classes.join(target, node),
                    None => self.classes.arrivals.push((target, value)),
                }
            }
        }
        if let Some(items) = self.items_of(value) {
            self.items(target, items);
        }
    }

    fn items(&mut self, list: u32, items: ExprList) {
        for &item in self.program.list(items) {
            if !self.is_plain(self.program.expr(item).ty) {
                let element = self.classes.element_of(list);
                self.flow(element, item);
            }
        }
    }

    /// First values of variables that no assignment step shows: loops and type switches.
    fn variables(&mut self) {
        for at in 0..self.program.variables.len() {
            let variable = &self.program.variables[at];
            if self.is_plain(variable.ty) {
                continue;
            }
            match variable.init {
                Init::Element(over) | Init::Key(over) => {
                    let is_channel = matches!(
                        self.program.underlying(self.program.expr(over).ty),
                        Type::Channel(..)
                    );
                    if matches!(variable.init, Init::Key(_)) && !is_channel {
                        continue;
                    }
                    if let Some(node) = self.node(over) {
                        let element = self.classes.element_of(node);
                        self.classes.join(at as u32, element);
                    }
                }
                Init::Value(value) => self.flow(at as u32, value),
                _ => {}
            }
        }
    }

    fn step(&mut self, id: StepId) {
        let program = self.program;
        match program.op(id) {
            Op::Assign(assign) => self.assign(assign),
            Op::Call(call) => match call.target {
                Some(target) => self.arguments(target, call.receiver, call.args),
                None => self.departs(call.args, call.api),
            },
            Op::Spawn(spawn) => match spawn.target {
                Some(target) => {
                    let receiver = match *program.kind(spawn.callee) {
                        ExprKind::Function(_, receiver) => receiver,
                        _ => None,
                    };
                    self.arguments(target, receiver, spawn.args);
                }
                None => self.departs(spawn.args, crate::model::Api::Other),
            },
            Op::Send { channel, value } => {
                if let Some(channel) = self.node(*channel)
                    && !self.is_plain(program.expr(*value).ty)
                {
                    let element = self.classes.element_of(channel);
                    self.flow(element, *value);
                }
            }
            Op::Return(values) => self.returns(id, *values),
            _ => {}
        }
    }

    fn assign(&mut self, assign: &Assign) {
        if matches!(assign.how, AssignHow::Update(_)) {
            return;
        }
        let (targets, values) = (
            self.program.list(assign.targets),
            self.program.list(assign.values),
        );
        if let ([value], true) = (values, targets.len() > 1) {
            self.unpack(targets, *value);
            return;
        }
        for (&target, &value) in targets.iter().zip(values) {
            let is_copied = |of: ExprId| self.is_plain(self.program.expr(of).ty);
            if is_copied(target) && is_copied(value) && !self.program.is_guard(value) {
                continue;
            }
            match self.node(target) {
                Some(node) => self.flow(node, value),
                None => self.classes.departures.push(value),
            }
        }
    }

    /// `a, b := f()`, `v, ok := <-ch`, `v, ok := m[k]`.
    fn unpack(&mut self, targets: &[ExprId], value: ExprId) {
        if let ExprKind::Call(step) = *self.program.kind(value) {
            for (at, &target) in targets.iter().enumerate() {
                if self.is_plain(self.program.expr(target).ty) {
                    continue;
                }
                let Some(node) = self.node(target) else {
                    continue;
                };
                match self.result_node(step, at) {
                    Some(result) => self.classes.join(node, result),
                    None => self.classes.arrivals.push((node, value)),
                }
            }
        } else if let Some(node) = targets.first().and_then(|&target| self.node(target)) {
            self.flow(node, value);
        }
    }

    fn arguments(&mut self, target: FunctionId, receiver: Option<ExprId>, args: ExprList) {
        let program = self.program;
        let function = program.function(target);
        if let (FunctionKind::Method(variable, named), Some(receiver)) = (function.kind, receiver) {
            // Fields stand for themselves; only types without fields are tied through values.
            if program.named[named.index()].fields.is_empty() {
                self.flow(variable.0, receiver);
            }
        }
        let args = program.list(args);
        let last = function.parameters.len().saturating_sub(1);
        for (at, &argument) in args.iter().enumerate() {
            let Some(&parameter) = function.parameters.get(at.min(last)) else {
                break;
            };
            if self.is_plain(program.expr(argument).ty) {
                continue;
            }
            if function.variadic && at >= last {
                let is_list = matches!(
                    program.underlying(program.expr(argument).ty),
                    Type::List(..)
                );
                let node = if is_list && args.len() == function.parameters.len() {
                    parameter.0
                } else {
                    self.classes.element_of(parameter.0)
                };
                self.flow(node, argument);
            } else {
                self.flow(parameter.0, argument);
            }
        }
    }

    fn departs(&mut self, args: ExprList, api: crate::model::Api) {
        use crate::model::Api;
        let keeps = matches!(
            api,
            Api::Other
                | Api::SignalNotify
                | Api::AtomicStore
                | Api::AtomicSwap
                | Api::Panic
                | Api::ContextWithValue
                | Api::MetricRegister
                | Api::ListPush
                | Api::PoolSubmit
                | Api::Outbound
                | Api::Serve
        );
        if keeps {
            self.classes
                .departures
                .extend_from_slice(self.program.list(args));
        }
    }

    fn returns(&mut self, id: StepId, values: ExprList) {
        let function = self.program.function(self.program.function_of(id));
        let values = self.program.list(values);
        if let ([value], true) = (values, function.result_variables.len() > 1) {
            if let ExprKind::Call(step) = *self.program.kind(*value) {
                for (at, &VariableId(variable)) in function.result_variables.iter().enumerate() {
                    if let Some(node) = self.result_node(step, at) {
                        self.classes.join(variable, node);
                    }
                }
            }
            return;
        }
        for (&VariableId(variable), &value) in function.result_variables.iter().zip(values) {
            if !self.is_plain(self.program.variables[variable as usize].ty) {
                self.flow(variable, value);
            }
        }
    }
}
