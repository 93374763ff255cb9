//! Puts a program together while files are read: what every front-end needs.

use crate::model::step::{Assign, AssignHow, Block, Owner, Step};
use crate::model::{
    BlockId, Expr, ExprId, ExprKind, ExprList, FileFacts, Function, FunctionId, FunctionKind, Init,
    Named, NamedId, Op, Program, StepId, Symbol, Type, TypeId, Variable, VariableId, VariableKind,
};
use crate::source::{FileId, SourceFile, Span};
use rustc_hash::FxHashMap;

/// Types that need no description of their own.
pub(super) mod basic {
    use crate::model::TypeId;

    pub const UNKNOWN: TypeId = TypeId(0);
    pub const BOOLEAN: TypeId = TypeId(1);
    pub const INTEGER: TypeId = TypeId(2);
    pub const FLOAT: TypeId = TypeId(3);
    pub const TEXT: TypeId = TypeId(4);
    pub const ERROR: TypeId = TypeId(5);
    pub const INTERFACE: TypeId = TypeId(6);
    pub const BYTE: TypeId = TypeId(7);
    pub const SMALL: TypeId = TypeId(8);
    pub const HALF: TypeId = TypeId(9);
    pub const UNIT: TypeId = TypeId(10);
    pub const DURATION: TypeId = TypeId(11);
    pub const INSTANT: TypeId = TypeId(12);
}

/// A package-level name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Global {
    Variable(VariableId),
    Function(FunctionId),
}

/// A program that is being built, with the tables that only building needs.
pub(super) struct Builder {
    pub program: Program,
    pub globals: FxHashMap<Symbol, Global>,
    pub named_by_name: FxHashMap<Symbol, (NamedId, TypeId)>,
}

impl Builder {
    pub fn new() -> Builder {
        use crate::model::Library;
        let mut program = Program::default();
        program.symbols.intern("");
        program.types = vec![
            Type::Unknown,
            Type::Boolean,
            Type::Integer(8),
            Type::Float,
            Type::Text,
            Type::Error,
            Type::Interface,
            Type::Integer(1),
            Type::Integer(2),
            Type::Integer(4),
            Type::Unit,
            Type::Library(Library::Duration),
            Type::Library(Library::Instant),
        ];
        let mut builder = Builder {
            program,
            globals: FxHashMap::default(),
            named_by_name: FxHashMap::default(),
        };
        builder.scratch();
        builder
    }

    /// Function and block number 0: where effects go that stand in no function, as in the
    /// values of constants. It has no body and nobody looks at it.
    fn scratch(&mut self) {
        let span = Span::start_of(FileId(0));
        self.function(Symbol(0), FunctionKind::Plain, (span, span), false);
    }

    pub fn start_file(&mut self, file: &SourceFile) {
        self.program.files.push(FileFacts {
            path: file.path.clone(),
            is_test: crate::source::paths::is_test(&file.path),
            lines: crate::source::LineIndex::new(&file.text),
            ..FileFacts::default()
        });
    }

    pub fn ty(&mut self, ty: Type) -> TypeId {
        let id = TypeId(self.program.types.len() as u32);
        self.program.types.push(ty);
        id
    }

    /// The type of the unit with this name, declared or not.
    pub fn named(&mut self, name: Symbol, exported: bool) -> (NamedId, TypeId) {
        if let Some(&found) = self.named_by_name.get(&name) {
            return found;
        }
        let made = self.anonymous(name, exported);
        self.named_by_name.insert(name, made);
        made
    }

    /// A type of its own, known by no name.
    pub fn anonymous(&mut self, name: Symbol, exported: bool) -> (NamedId, TypeId) {
        let id = NamedId(self.program.named.len() as u32);
        self.program.named.push(Named {
            name,
            span: None,
            underlying: None,
            fields: Vec::new(),
            embedded: Vec::new(),
            forms: Vec::new(),
            methods: Vec::new(),
            is_interface: false,
            exported,
        });
        let ty = self.ty(Type::Named(id));
        (id, ty)
    }

    pub fn variable(
        &mut self,
        name: Symbol,
        kind: VariableKind,
        ty: TypeId,
        span: Span,
        function: Option<FunctionId>,
    ) -> VariableId {
        let id = VariableId(self.program.variables.len() as u32);
        self.program.variables.push(Variable {
            name,
            kind,
            ty,
            span,
            function,
            init: Init::None,
            exported: false,
        });
        id
    }

    pub fn expr(&mut self, kind: ExprKind, span: Span) -> ExprId {
        let id = ExprId(self.program.exprs.len() as u32);
        self.program.exprs.push(Expr {
            kind,
            span,
            ty: basic::UNKNOWN,
        });
        id
    }

    pub fn list(&mut self, exprs: &[ExprId]) -> ExprList {
        let start = self.program.lists.len() as u32;
        self.program.lists.extend_from_slice(exprs);
        ExprList {
            start,
            len: exprs.len() as u32,
        }
    }

    pub fn block(&mut self, owner: Owner) -> BlockId {
        let id = BlockId(self.program.blocks.len() as u32);
        self.program.blocks.push(Block {
            owner,
            steps: Vec::new(),
        });
        id
    }

    pub fn step(&mut self, block: BlockId, op: Op, span: Span) -> StepId {
        let id = StepId(self.program.steps.len() as u32);
        let steps = &mut self.program.blocks[block.index()].steps;
        let index = steps.len() as u32;
        steps.push(id);
        self.program.steps.push(Step {
            op,
            span,
            block,
            index,
        });
        id
    }

    /// A step that assigns.
    pub fn assign(
        &mut self,
        block: BlockId,
        targets: &[ExprId],
        values: &[ExprId],
        how: AssignHow,
        span: Span,
    ) -> StepId {
        let assign = Assign {
            targets: self.list(targets),
            values: self.list(values),
            how,
        };
        self.step(block, Op::Assign(assign), span)
    }

    /// A function of which no more is known yet than where it and its head are, with an empty
    /// block for its body.
    pub fn function(
        &mut self,
        name: Symbol,
        kind: FunctionKind,
        (span, head): (Span, Span),
        is_test: bool,
    ) -> FunctionId {
        let id = FunctionId(self.program.functions.len() as u32);
        let body = self.block(Owner::Function(id));
        self.program.functions.push(Function {
            name,
            kind,
            span,
            head,
            parameters: Vec::new(),
            results: Vec::new(),
            result_variables: Vec::new(),
            variadic: false,
            body,
            has_body: false,
            exported: false,
            handler: None,
            is_value: false,
            of_interface: false,
            is_test,
        });
        id
    }
}
