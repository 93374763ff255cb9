//! Functions: their heads, parameters, results and bodies.

use super::statements::Dest;
use super::{Kind, Lowering, Outcome, basic};
use crate::languages::syntax::Node;
use crate::model::step::AssignHow;
use crate::model::types::Type;
use crate::model::{
    BlockId, ExprKind, FunctionId, FunctionKind, Init, Symbol, TypeId, VariableId, VariableKind,
};
use crate::source::Span;

/// What of a function is put aside while another one in it is lowered.
pub(super) struct Suspended {
    function: Option<FunctionId>,
    block: BlockId,
    outcome: Outcome,
    held: Vec<super::guards::Held>,
    loops: Vec<super::Around>,
    choices: u32,
}

impl Lowering<'_> {
    /// An empty function with a body block.
    pub(super) fn new_function(
        &mut self,
        name: Symbol,
        kind: FunctionKind,
        span: Span,
        head: Span,
    ) -> FunctionId {
        self.builder
            .function(name, kind, (span, head), self.in_tests)
    }

    /// From the start of a function to its body.
    pub(super) fn head_of(&self, node: &Node<'_>) -> Span {
        let mut span = self.span(node);
        if let Some(body) = self.field(node, self.f.body) {
            span.end = body.start_byte() as u32;
        }
        span
    }

    /// Parameters and results. Their variables are found again by the body.
    pub(super) fn signature(&mut self, function: FunctionId, node: &Node<'_>) {
        let outer = self.declare_type_parameters(node);
        for parameter in self.parameters_of(node) {
            let span = self.span(&parameter);
            if self.kind(&parameter) == Kind::SelfParameter {
                let is_lent = self.text_of(&parameter).starts_with('&');
                self.receiver(function, span, is_lent);
                self.note_lasting(function, &parameter);
                self.note_exclusive(function, &parameter);
                continue;
            }
            let pattern = self.field(&parameter, self.f.pattern);
            let ty = match self.kind(&parameter) {
                Kind::Parameter => {
                    let ty = self.field(&parameter, self.f.r#type);
                    self.type_of(ty.map(|ty| self.inner_type(ty, pattern)))
                }
                _ => self.type_of(Some(parameter)),
            };
            let name = pattern.and_then(|pattern| self.simple_name(&pattern));
            let (symbol, span) = match name {
                Some(name) => (self.symbol(&name), self.span(&name)),
                None => (Symbol(0), span),
            };
            if self.is_self_named(symbol) {
                let is_lent = matches!(self.builder.program.ty(ty), Type::Pointer(_));
                self.receiver(function, span, is_lent);
                continue;
            }
            let variable = self.parameter(function, symbol, ty, span);
            let of = self.field(&parameter, self.f.r#type);
            if let Some(callable) = of.and_then(|of| self.callable(&of)) {
                self.names.callables.insert(variable, callable);
            }
        }
        if self.is_asynchronous(node) {
            let name = self.builder.program.functions[function.index()].name;
            self.names.asynchronous.insert(name);
            self.builder.program.asynchronous.insert(function);
        }
        if self.can_wait_for_futures(node) {
            self.builder.program.drives.insert(function);
        }
        let nodes = self.parameters_of(node);
        self.mark_handler(function, &nodes);
        if let Some(result) = self.field(node, self.f.return_type) {
            self.mark_by_result(function, &result);
            self.note_lender(function, node);
        }
        let (results, _) = self.result_types(self.field(node, self.f.return_type));
        self.set_results(function, results, self.head_of(node));
        self.type_parameters.truncate(outer);
    }

    fn is_asynchronous(&self, node: &Node<'_>) -> bool {
        self.children(node).iter().any(|part| {
            self.kind(part) == Kind::FunctionModifiers
                && self
                    .text_of(part)
                    .split_whitespace()
                    .any(|word| word == "async")
        })
    }

    /// Whether a function can wait for the futures that it makes, or hands them back: it is
    /// asynchronous, yields one, or blocks on some.
    fn can_wait_for_futures(&self, node: &Node<'_>) -> bool {
        let result = self.field(node, self.f.return_type);
        let body = self.field(node, self.f.body);
        self.is_asynchronous(node)
            || result.is_some_and(|result| self.text_of(&result).contains("Fut"))
            || body.is_some_and(|body| self.text_of(&body).contains("block_on"))
    }

    /// `State(app): State<App>` binds an `App`.
    fn inner_type<'t>(&self, ty: Node<'t>, pattern: Option<Node<'_>>) -> Node<'t> {
        let is_taken_out =
            pattern.is_some_and(|pattern| self.kind(&pattern) == Kind::TupleStructPattern);
        let arguments = self.field(&ty, self.f.type_arguments);
        match (is_taken_out, arguments) {
            (true, Some(arguments)) => self.first_child(&arguments).unwrap_or(ty),
            _ => ty,
        }
    }

    fn parameter(
        &mut self,
        function: FunctionId,
        name: Symbol,
        ty: TypeId,
        span: Span,
    ) -> VariableId {
        let kind = VariableKind::Parameter;
        let variable = self.builder.variable(name, kind, ty, span, Some(function));
        self.builder.program.functions[function.index()]
            .parameters
            .push(variable);
        variable
    }

    fn is_self_named(&self, symbol: Symbol) -> bool {
        self.builder.program.text(symbol) == "self"
    }

    /// `&self` is lent, and the method may be called again; `self` is given away.
    fn receiver(&mut self, function: FunctionId, span: Span, is_lent: bool) {
        let Some((named, mut ty)) = self.this else {
            return;
        };
        if is_lent {
            ty = self.builder.ty(Type::Pointer(ty));
        }
        let name = self.intern("self");
        let kind = VariableKind::Receiver;
        let variable = self.builder.variable(name, kind, ty, span, Some(function));
        self.builder.program.functions[function.index()].kind =
            FunctionKind::Method(variable, named);
    }

    /// `&'static self`: what a static holds, or what was leaked to last.
    fn note_lasting(&mut self, function: FunctionId, parameter: &Node<'_>) {
        if self.text_of(parameter).starts_with("&'static ")
            && let FunctionKind::Method(receiver, _) = self.builder.program.function(function).kind
        {
            self.builder.program.lasting.insert(receiver);
        }
    }

    /// `&mut self`, and `self`: nobody else has the value meanwhile.
    fn note_exclusive(&mut self, function: FunctionId, parameter: &Node<'_>) {
        let text = self.text_of(parameter);
        let is_shared = text.starts_with('&') && !text.contains("mut ");
        if !is_shared && !text.contains(':') {
            self.builder.program.alone.exclusive.insert(function);
        }
    }

    pub(super) fn set_results(&mut self, function: FunctionId, results: Vec<TypeId>, span: Span) {
        let variables = results
            .iter()
            .map(|&ty| {
                self.builder
                    .variable(Symbol(0), VariableKind::Result, ty, span, Some(function))
            })
            .collect();
        let function = &mut self.builder.program.functions[function.index()];
        function.results = results;
        function.result_variables = variables;
    }

    pub(super) fn parameters_of<'t>(&self, node: &Node<'t>) -> Vec<Node<'t>> {
        self.field(node, self.f.parameters)
            .map(|list| self.children(&list))
            .unwrap_or_default()
    }

    /// The identifier of a pattern that is nothing more: `x`, `mut x`, `&x`, and `State(x)`,
    /// which takes one value out of another.
    pub(super) fn simple_name<'t>(&self, pattern: &Node<'t>) -> Option<Node<'t>> {
        let mut node = *pattern;
        for _ in 0..4 {
            match self.kind(&node) {
                Kind::Identifier | Kind::SelfKeyword => return Some(node),
                Kind::MutPattern | Kind::RefPattern | Kind::ReferencePattern => {
                    node = self.last_child(&node)?;
                }
                Kind::TupleStructPattern => {
                    let parts = self.children(&node);
                    match parts[..] {
                        [_, only] => node = only,
                        _ => return None,
                    }
                }
                _ => return None,
            }
        }
        None
    }

    fn last_child<'t>(&self, node: &Node<'t>) -> Option<Node<'t>> {
        let children = self.children(node);
        children
            .into_iter()
            .rfind(|child| self.kind(child) != Kind::MutableSpecifier)
    }

    /// Puts the function at hand aside.
    pub(super) fn suspend(&mut self, function: FunctionId, outcome: Outcome) -> Suspended {
        let body = self.builder.program.functions[function.index()].body;
        self.builder.program.functions[function.index()].has_body = true;
        Suspended {
            function: self.function.replace(function),
            block: std::mem::replace(&mut self.block, body),
            outcome: std::mem::replace(&mut self.outcome, outcome),
            held: std::mem::take(&mut self.held),
            loops: std::mem::take(&mut self.loops),
            choices: std::mem::take(&mut self.choices),
        }
    }

    /// Takes the function up again that was put aside.
    pub(super) fn resume(&mut self, suspended: Suspended) {
        self.function = suspended.function;
        self.block = suspended.block;
        self.outcome = suspended.outcome;
        self.held = suspended.held;
        self.loops = suspended.loops;
        self.choices = suspended.choices;
    }

    /// What a function with a name does.
    pub(super) fn body(&mut self, function: FunctionId, node: &Node<'_>) {
        let Some(body) = self.field(node, self.f.body) else {
            return;
        };
        let outer = self.declare_type_parameters(node);
        let (_, outcome) = self.result_types(self.field(node, self.f.return_type));
        let suspended = self.suspend(function, outcome);
        self.scope.open();
        self.enter_parameters(function, node);
        let has_result = !self.builder.program.functions[function.index()]
            .results
            .is_empty();
        let dest = if has_result {
            Dest::Return
        } else {
            Dest::Discard
        };
        self.hold_parameters(function);
        self.lower_into(body, dest);
        self.release_all(self.end_of(&body));
        self.scope.close();
        self.resume(suspended);
        self.type_parameters.truncate(outer);
    }

    /// Brings the parameters of a signature into scope, and takes those apart that are patterns.
    fn enter_parameters(&mut self, function: FunctionId, node: &Node<'_>) {
        let kind = self.builder.program.function(function).kind;
        if let FunctionKind::Method(receiver, _) = kind {
            let name = self.intern("self");
            self.scope.declare(name, receiver);
        }
        let variables = self.builder.program.function(function).parameters.clone();
        let nodes: Vec<Node<'_>> = self
            .parameters_of(node)
            .into_iter()
            .filter(|node| self.kind(node) != Kind::SelfParameter)
            .filter(|node| {
                let pattern = self.field(node, self.f.pattern);
                pattern.is_none_or(|pattern| self.kind(&pattern) != Kind::SelfKeyword)
            })
            .collect();
        for (&variable, node) in variables.iter().zip(&nodes) {
            let symbol = self.builder.program.variable(variable).name;
            if symbol != Symbol(0) {
                self.scope.declare(symbol, variable);
            } else if let Some(pattern) = self.field(node, self.f.pattern) {
                let span = self.span(&pattern);
                let value = self.variable_value(variable, span);
                self.bind(&pattern, value);
            }
        }
    }

    /// A closure or an async block as a function of its own. `parameters` are its patterns.
    pub(super) fn inner_function(
        &mut self,
        node: &Node<'_>,
        parameters: &[Node<'_>],
        body: Node<'_>,
        is_moved_into: bool,
    ) -> FunctionId {
        let given = std::mem::take(&mut self.given);
        let parent = self.function.unwrap_or(FunctionId(0));
        let name = self.builder.program.function(parent).name;
        let span = self.span(node);
        let mut head = span;
        head.end = body.start_byte() as u32;
        let function = self.new_function(name, FunctionKind::Closure(parent), span, head);
        let is_test = self.builder.program.function(parent).is_test;
        self.builder.program.functions[function.index()].is_test |= is_test;
        let carried = match is_moved_into {
            true => self.carry_into(&body),
            false => Vec::new(),
        };
        let outcome = self.outcome_of_body(&body);
        let suspended = self.suspend(function, outcome);
        let moved = self.moves;
        self.moves |= is_moved_into;
        self.held = carried;
        self.scope.open();
        for (at, pattern) in parameters.iter().enumerate() {
            let ty = given.get(at).copied().unwrap_or(basic::UNKNOWN);
            self.closure_parameter(function, pattern, ty);
        }
        let yields = self.yields_value(&body);
        if yields {
            let results = match outcome {
                Outcome::Result => vec![basic::UNKNOWN, basic::ERROR],
                _ => vec![basic::UNKNOWN],
            };
            self.set_results(function, results, head);
        }
        let dest = if yields { Dest::Return } else { Dest::Discard };
        self.lower_into(body, dest);
        self.release_all(self.end_of(&body));
        self.scope.close();
        self.moves = moved;
        self.resume(suspended);
        function
    }

    fn closure_parameter(&mut self, function: FunctionId, node: &Node<'_>, given: TypeId) {
        let (pattern, ty) = match self.kind(node) {
            Kind::Parameter => (
                self.field(node, self.f.pattern).unwrap_or(*node),
                self.type_of(self.field(node, self.f.r#type)),
            ),
            _ => (*node, given),
        };
        let name = self.simple_name(&pattern);
        let (symbol, span) = match name {
            Some(name) => (self.symbol(&name), self.span(&name)),
            None => (Symbol(0), self.span(&pattern)),
        };
        let variable = self.parameter(function, symbol, ty, span);
        match name {
            Some(_) => self.scope.declare(symbol, variable),
            None => {
                let value = self.variable_value(variable, span);
                self.bind(&pattern, value);
            }
        }
    }

    /// Whether the end of a body is a value that somebody may use.
    fn yields_value(&self, body: &Node<'_>) -> bool {
        if self.kind(body) != Kind::Block {
            return true;
        }
        self.tail_of(body).is_some()
    }

    /// Whether a body without a written type yields results: it has an `Ok` or a `?` of its own.
    fn outcome_of_body(&self, body: &Node<'_>) -> Outcome {
        let tail = match self.kind(body) {
            Kind::Block => self.tail_of(body),
            _ => Some(*body),
        };
        let text = tail.map_or("", |tail| self.text_of(&tail));
        if text.starts_with("Ok") || text.starts_with("Err(") {
            Outcome::Result
        } else if text.starts_with("Some(") || text == "None" {
            Outcome::Option
        } else {
            Outcome::Plain
        }
    }

    /// What a constant or static starts as: it stands in a function of its own.
    pub(super) fn initial_value(&mut self, node: &Node<'_>, variable: VariableId) {
        let Some(value) = self.field(node, self.f.value) else {
            return;
        };
        let span = self.span(node);
        let name = self.intern("init");
        let function = self.new_function(name, FunctionKind::Plain, span, span);
        let suspended = self.suspend(function, Outcome::Plain);
        let value = self.expression(value);
        self.builder.program.variables[variable.index()].init = Init::Value(value);
        self.builder.program.globals.push((variable, value));
        let target = self.expr(ExprKind::Variable(variable), span);
        self.assign(&[target], &[value], AssignHow::Define, span);
        self.release_all(span);
        self.resume(suspended);
    }

    /// A statement outside of any function, as in a pasted fragment.
    pub(super) fn loose_statement(&mut self, node: Node<'_>) {
        let span = self.span(&node);
        let function = match self.loose {
            Some(function) => function,
            None => {
                let name = self.intern("fragment");
                let function = self.new_function(name, FunctionKind::Plain, span, span);
                self.scope.open();
                self.loose = Some(function);
                function
            }
        };
        let whole = &mut self.builder.program.functions[function.index()];
        whole.span.end = span.end.max(whole.span.end);
        let suspended = self.suspend(function, Outcome::Plain);
        self.statement(node);
        self.resume(suspended);
    }
}
