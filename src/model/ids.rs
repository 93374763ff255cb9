//! Small handles for the parts of a program, and the table of names.

use rustc_hash::FxHashMap;

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in its table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

handles! {
    /// An interned name.
    Symbol,
    /// A variable: local, parameter, result, field or package variable.
    VariableId,
    /// A type.
    TypeId,
    /// A declared (or implied) type with fields and methods.
    NamedId,
    /// A function, method or closure.
    FunctionId,
    /// A list of steps.
    BlockId,
    /// A step of a block.
    StepId,
    /// An expression.
    ExprId,
    /// What variables that alias each other stand for: a channel, a lock, a queue…
    ObjectId,
}

/// The names of a unit, each kept once.
#[derive(Debug, Default)]
pub struct Symbols {
    by_text: FxHashMap<Box<str>, Symbol>,
    texts: Vec<Box<str>>,
}

impl Symbols {
    /// The symbol of a text.
    pub fn intern(&mut self, text: &str) -> Symbol {
        if let Some(&symbol) = self.by_text.get(text) {
            return symbol;
        }
        let symbol = Symbol(self.texts.len() as u32);
        self.texts.push(text.into());
        self.by_text.insert(text.into(), symbol);
        symbol
    }

    /// The symbol of a text that was seen before.
    pub fn lookup(&self, text: &str) -> Option<Symbol> {
        self.by_text.get(text).copied()
    }

    /// The text of a symbol.
    pub fn text(&self, symbol: Symbol) -> &str {
        &self.texts[symbol.index()]
    }
}
