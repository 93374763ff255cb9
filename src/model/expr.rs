//! Values. Expressions have no effects of their own: calls, sends and receives inside them
//! stand as steps before the step that uses the value.

use super::ids::{ExprId, FunctionId, StepId, Symbol, TypeId, VariableId};
use super::types::Discipline;
use crate::source::Span;

/// A value in the code.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
    /// Its type, once linked.
    pub ty: TypeId,
}

/// A run of expressions in the program's list table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExprList {
    /// First position.
    pub start: u32,
    /// How many.
    pub len: u32,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// Not understood, or of no interest.
    Unknown,
    /// A whole number.
    Int(i64),
    /// A floating number, or a whole one too large for 64 bits.
    Float(f64),
    /// A text.
    Text(Symbol),
    /// A truth value.
    Bool(bool),
    /// No value.
    Nil,
    /// A variable.
    Variable(VariableId),
    /// A package-level name that linking resolves; stays where it means nothing known.
    Name(Symbol),
    /// `base.name` that linking resolves; stays where the base's type is not in view.
    Member(ExprId, Symbol),
    /// A name of another package: module path and name.
    Qualified(Symbol, Symbol),
    /// A field of a value.
    Field(ExprId, VariableId),
    /// An element.
    Index(ExprId, ExprId),
    /// A part of a list: from, to.
    Slice(ExprId, Option<ExprId>, Option<ExprId>),
    /// One operand.
    Unary(UnaryOp, ExprId),
    /// Two operands.
    Binary(BinaryOp, ExprId, ExprId),
    /// What a call step returns.
    Call(StepId),
    /// What a receive step yields.
    Received(StepId),
    /// How many elements a list, map or channel holds.
    Length(ExprId),
    /// How many it has room for.
    Capacity(ExprId),
    /// A list with items added at its end.
    Append(ExprId, ExprList),
    /// A new channel: element type, capacity (`None`: no room, a rendezvous, unless its discipline
    /// needs none), discipline.
    MakeChannel(TypeId, Option<ExprId>, Discipline),
    /// A new list or map with a size, where one is given.
    Make(TypeId, Option<ExprId>),
    /// A literal of a type: values, with the field names beside them.
    Composite(TypeId, ExprList, ExprList),
    /// The name of a field in a composite; `Symbol` only.
    Key(Symbol),
    /// A closure.
    Closure(FunctionId),
    /// A function or method of the unit as a value; with its receiver for methods.
    Function(FunctionId, Option<ExprId>),
    /// The address of a value.
    Reference(ExprId),
    /// What an address points at.
    Dereference(ExprId),
    /// A value turned into another type.
    Convert(TypeId, ExprId),
    /// The smallest of several.
    Min(ExprList),
    /// The largest of several.
    Max(ExprList),
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// Logical not.
    Not,
    /// Minus.
    Negate,
    /// Anything else.
    Other,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `&&`
    And,
    /// `||`
    Or,
    /// Bit operations.
    Bits,
}

impl BinaryOp {
    /// Whether it asks which of two values is the larger.
    pub fn is_order(self) -> bool {
        use BinaryOp::*;
        matches!(self, Less | LessEqual | Greater | GreaterEqual)
    }

    /// Whether the result is a truth value made by comparing.
    pub fn is_comparison(self) -> bool {
        use BinaryOp::*;
        matches!(
            self,
            Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual
        )
    }
}

/// A value known without running the code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant {
    /// A whole number; times are in nanoseconds.
    Int(i64),
    /// A floating number.
    Float(f64),
    /// A truth value.
    Bool(bool),
}

impl Constant {
    /// As a floating number; truth values are none.
    pub fn as_f64(self) -> Option<f64> {
        match self {
            Constant::Int(value) => Some(value as f64),
            Constant::Float(value) => Some(value),
            Constant::Bool(_) => None,
        }
    }

    /// As a whole number; fractions are none.
    pub fn as_i64(self) -> Option<i64> {
        match self {
            Constant::Int(value) => Some(value),
            Constant::Float(value) if value.fract() == 0.0 && value.abs() < 9e18 => {
                Some(value as i64)
            }
            _ => None,
        }
    }
}
