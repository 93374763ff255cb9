//! Types of expressions, bottom up, and with them what names, members and calls stand for.

use super::{Dialect, Meaning, Yields, told};
use crate::languages::build::{Builder, Global, basic};
use crate::model::types::{Direction, Discipline, Type};
use crate::model::{
    BinaryOp, ExprId, ExprKind, FunctionId, Init, Library, Op, StepId, Symbol, TypeId, UnaryOp,
    VariableId, VariableKind,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// How far the first values of variables are followed into each other.
const MAX_CHAIN: u32 = 48;

pub(super) struct Inference<'b> {
    pub b: &'b mut Builder,
    pub dialect: &'b dyn Dialect,
    done: Vec<bool>,
    /// The values that calls yield, where there are several or they are known.
    pub results: FxHashMap<StepId, Vec<TypeId>>,
    callees: FxHashSet<ExprId>,
    implied: FxHashMap<Symbol, VariableId>,
    /// What names stand for by what is done with them.
    pub told: FxHashMap<Symbol, Library>,
    /// Methods by their names, where only one has the name.
    pub only: FxHashMap<Symbol, Option<FunctionId>>,
    chain: u32,
    /// A channel of points in time.
    ticks: TypeId,
}

/// Gives every expression its type and resolves what it names.
pub(super) fn infer(builder: &mut Builder, dialect: &dyn Dialect) {
    let mut callees = FxHashSet::default();
    for step in &builder.program.steps {
        match &step.op {
            Op::Call(call) => callees.insert(call.callee),
            Op::Spawn(spawn) => callees.insert(spawn.callee),
            _ => false,
        };
    }
    let ticks = builder.ty(Type::Channel(
        basic::INSTANT,
        Direction::Receive,
        Discipline::Closed,
    ));
    let told = told::by_methods(builder, dialect);
    let count = builder.program.exprs.len();
    let only = super::unseen::only_methods(&builder.program);
    let mut inference = Inference {
        b: builder,
        dialect,
        done: vec![false; count],
        results: FxHashMap::default(),
        callees,
        implied: FxHashMap::default(),
        told,
        only,
        chain: 0,
        ticks,
    };
    for id in 0..count as u32 {
        inference.expr(ExprId(id));
    }
    inference.calls_without_value();
    inference.variables();
}

impl Inference<'_> {
    pub fn expr(&mut self, id: ExprId) -> TypeId {
        if self.done.get(id.index()).copied().unwrap_or(true) || self.chain > MAX_CHAIN {
            return self.b.program.exprs[id.index()].ty;
        }
        self.done[id.index()] = true;
        self.chain += 1;
        // What the front-end knew already stands.
        let known = self.b.program.exprs[id.index()].ty;
        let found = self.inner(id);
        let ty = if known == basic::UNKNOWN {
            found
        } else {
            known
        };
        self.chain -= 1;
        self.b.program.exprs[id.index()].ty = ty;
        ty
    }

    fn inner(&mut self, id: ExprId) -> TypeId {
        let kind = self.b.program.exprs[id.index()].kind.clone();
        match kind {
            ExprKind::Int(_) | ExprKind::Length(_) | ExprKind::Capacity(_) => {
                match self.b.program.exprs[id.index()].ty {
                    basic::UNKNOWN => basic::INTEGER,
                    known => known,
                }
            }
            ExprKind::Float(_) => basic::FLOAT,
            ExprKind::Text(_) => basic::TEXT,
            ExprKind::Bool(_) => basic::BOOLEAN,
            ExprKind::Variable(variable) => self.variable(variable),
            ExprKind::Name(name) => self.name(id, name),
            ExprKind::Qualified(module, name) => self.qualified(id, module, name),
            ExprKind::Member(base, name) => {
                let base_type = self.expr(base);
                self.member(id, base, base_type, name)
            }
            ExprKind::Index(base, _) => self.index(id, base),
            ExprKind::Slice(base, ..) | ExprKind::Append(base, _) => self.expr(base),
            ExprKind::Unary(UnaryOp::Not, _) => basic::BOOLEAN,
            ExprKind::Unary(_, operand) => self.expr(operand),
            ExprKind::Binary(operator, left, right) => self.binary(operator, left, right),
            ExprKind::Call(step) => self.call(id, step),
            ExprKind::Received(step) => self.received(step),
            ExprKind::MakeChannel(element, _, how) => {
                self.b.ty(Type::Channel(element, Direction::Both, how))
            }
            ExprKind::Make(ty, size) => self.make(id, ty, size),
            ExprKind::Composite(ty, ..) | ExprKind::Convert(ty, _) => ty,
            ExprKind::Reference(inner) => {
                let inner = self.expr(inner);
                self.b.ty(Type::Pointer(inner))
            }
            ExprKind::Dereference(inner) => {
                let inner = self.expr(inner);
                match *self.b.program.ty(inner) {
                    Type::Pointer(target) => target,
                    _ => basic::UNKNOWN,
                }
            }
            ExprKind::Min(list) | ExprKind::Max(list) => {
                match self.b.program.list(list).first().copied() {
                    Some(first) => self.expr(first),
                    None => basic::UNKNOWN,
                }
            }
            ExprKind::Field(_, variable) => self.variable(variable),
            _ => basic::UNKNOWN,
        }
    }

    /// The type of a variable, from its declaration or its first value.
    pub fn variable(&mut self, id: VariableId) -> TypeId {
        let variable = &self.b.program.variables[id.index()];
        if variable.ty != basic::UNKNOWN || self.chain > MAX_CHAIN {
            return variable.ty;
        }
        let init = variable.init;
        self.chain += 1;
        let ty = match init {
            Init::None => basic::UNKNOWN,
            Init::Value(value) => self.expr(value),
            Init::Part(value, at) => self.part(value, at),
            Init::Key(over) => self.key(over),
            Init::Element(over) => self.element(over),
        };
        self.chain -= 1;
        self.b.program.variables[id.index()].ty = ty;
        ty
    }

    fn part(&mut self, value: ExprId, at: u32) -> TypeId {
        let first = self.expr(value);
        match (self.b.program.kind(value), at) {
            (ExprKind::Call(step), _) => {
                let step = *step;
                self.results
                    .get(&step)
                    .and_then(|types| types.get(at as usize))
                    .copied()
                    .unwrap_or(basic::UNKNOWN)
            }
            (_, 0) => first,
            _ => basic::BOOLEAN,
        }
    }

    fn key(&mut self, over: ExprId) -> TypeId {
        let ty = self.expr(over);
        match *self.b.program.underlying(ty) {
            Type::List(..) | Type::Text | Type::Integer(_) => basic::INTEGER,
            Type::Map(key, _) => key,
            Type::Channel(element, ..) => element,
            _ => basic::UNKNOWN,
        }
    }

    fn element(&mut self, over: ExprId) -> TypeId {
        let ty = self.expr(over);
        match *self.b.program.underlying(ty) {
            Type::List(element, _) | Type::Map(_, element) => element,
            Type::Text => basic::HALF,
            _ => basic::UNKNOWN,
        }
    }

    fn name(&mut self, id: ExprId, name: Symbol) -> TypeId {
        match self.b.globals.get(&name) {
            Some(&Global::Variable(variable)) => {
                self.b.program.exprs[id.index()].kind = ExprKind::Variable(variable);
                self.variable(variable)
            }
            Some(&Global::Function(function)) => {
                self.b.program.exprs[id.index()].kind = ExprKind::Function(function, None);
                basic::UNKNOWN
            }
            None if self.callees.contains(&id) || self.b.named_by_name.contains_key(&name) => {
                basic::UNKNOWN
            }
            None => self.implied_variable(id, name),
        }
    }

    /// A name that nothing in view declares: one variable of the package.
    fn implied_variable(&mut self, id: ExprId, name: Symbol) -> TypeId {
        let variable = match self.implied.get(&name) {
            Some(&variable) => variable,
            None => {
                let ty = self.unseen(name);
                let span = self.b.program.exprs[id.index()].span;
                let variable = self.b.variable(name, VariableKind::Implied, ty, span, None);
                self.implied.insert(name, variable);
                variable
            }
        };
        self.b.program.exprs[id.index()].kind = ExprKind::Variable(variable);
        self.b.program.variables[variable.index()].ty
    }

    fn qualified(&mut self, id: ExprId, module: Symbol, name: Symbol) -> TypeId {
        let symbols = &self.b.program.symbols;
        match self
            .dialect
            .constant(symbols.text(module), symbols.text(name))
        {
            Some((value, ty)) => {
                self.b.program.exprs[id.index()].kind = ExprKind::Int(value);
                ty
            }
            None => basic::UNKNOWN,
        }
    }

    fn index(&mut self, id: ExprId, base: ExprId) -> TypeId {
        let ty = self.expr(base);
        if let ExprKind::Function(function, receiver) = *self.b.program.kind(base) {
            // `f[T]` names the same function.
            self.b.program.exprs[id.index()].kind = ExprKind::Function(function, receiver);
            return basic::UNKNOWN;
        }
        match *self.b.program.underlying(ty) {
            Type::List(element, _) | Type::Map(_, element) => element,
            Type::Text => basic::BYTE,
            _ => basic::UNKNOWN,
        }
    }

    fn binary(&mut self, operator: BinaryOp, left: ExprId, right: ExprId) -> TypeId {
        let (left, right) = (self.expr(left), self.expr(right));
        if operator.is_comparison() || matches!(operator, BinaryOp::And | BinaryOp::Or) {
            return basic::BOOLEAN;
        }
        let plain = |ty| ty == basic::UNKNOWN || ty == basic::INTEGER;
        if plain(left) && right != basic::UNKNOWN {
            right
        } else {
            left
        }
    }

    fn received(&mut self, step: StepId) -> TypeId {
        let Op::Receive { channel, .. } = self.b.program.steps[step.index()].op else {
            return basic::UNKNOWN;
        };
        let ty = self.expr(channel);
        match *self.b.program.underlying(ty) {
            Type::Channel(element, ..) => element,
            _ => basic::UNKNOWN,
        }
    }

    fn make(&mut self, id: ExprId, ty: TypeId, size: Option<ExprId>) -> TypeId {
        if let Type::Channel(element, _, how) = *self.b.program.underlying(ty) {
            self.b.program.exprs[id.index()].kind = ExprKind::MakeChannel(element, size, how);
        }
        ty
    }

    fn call(&mut self, id: ExprId, step: StepId) -> TypeId {
        if let Some(ty) = self.conversion(id, step) {
            return ty;
        }
        self.classify(step);
        self.results
            .get(&step)
            .and_then(|types| types.first())
            .copied()
            .unwrap_or(basic::UNKNOWN)
    }

    /// `T(x)` reads like a call.
    fn conversion(&mut self, id: ExprId, step: StepId) -> Option<TypeId> {
        let Op::Call(call) = &self.b.program.steps[step.index()].op else {
            return None;
        };
        let (callee, args) = (call.callee, call.args);
        if args.len != 1 {
            return None;
        }
        let argument = self.b.program.list(args)[0];
        self.expr(callee);
        let symbols = &self.b.program.symbols;
        let ty = match *self.b.program.kind(callee) {
            ExprKind::Name(name) => match self.b.named_by_name.get(&name) {
                Some(&(_, ty)) => Some(ty),
                None => self.dialect.conversion(None, symbols.text(name)),
            },
            ExprKind::Qualified(module, name) => self
                .dialect
                .conversion(Some(symbols.text(module)), symbols.text(name)),
            _ => None,
        }?;
        self.b.program.exprs[id.index()].kind = ExprKind::Convert(ty, argument);
        if let Op::Call(call) = &mut self.b.program.steps[step.index()].op {
            call.api = crate::model::Api::Pure;
        }
        Some(ty)
    }

    /// The types that a known call yields.
    pub fn yields(&mut self, meaning: Meaning) -> Vec<TypeId> {
        meaning
            .yields
            .iter()
            .map(|&yields| self.yielded(yields))
            .collect()
    }

    pub fn yielded(&mut self, yields: Yields) -> TypeId {
        match yields {
            Yields::Lends(library) => match library {
                crate::model::Library::Duration => basic::DURATION,
                crate::model::Library::Instant => basic::INSTANT,
                library => self.b.ty(Type::Library(library)),
            },
            Yields::Channel => self.ticks,
            Yields::Failure => basic::ERROR,
            Yields::Truth => basic::BOOLEAN,
            Yields::Whole => basic::INTEGER,
            Yields::Nothing => basic::UNKNOWN,
        }
    }

    /// Calls whose value nobody uses, and spawns.
    fn calls_without_value(&mut self) {
        for at in 0..self.b.program.steps.len() {
            self.classify(StepId(at as u32));
        }
    }

    /// Variables that no expression mentions.
    fn variables(&mut self) {
        for at in 0..self.b.program.variables.len() {
            self.variable(VariableId(at as u32));
        }
    }
}
