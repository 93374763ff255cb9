//! Names in scope, with blocks that shadow.

use crate::model::{Symbol, VariableId};
use rustc_hash::FxHashMap;

/// The local names in force.
#[derive(Default)]
pub(in crate::languages) struct Scope {
    bindings: FxHashMap<Symbol, (VariableId, u32)>,
    undo: Vec<(Symbol, Option<(VariableId, u32)>)>,
    marks: Vec<usize>,
}

impl Scope {
    /// The variable that a name stands for here.
    pub fn get(&self, name: Symbol) -> Option<VariableId> {
        self.bindings.get(&name).map(|&(variable, _)| variable)
    }

    /// The variable that a name stands for, if the innermost block declares it.
    pub fn get_innermost(&self, name: Symbol) -> Option<VariableId> {
        self.bindings
            .get(&name)
            .filter(|&&(_, depth)| depth as usize == self.marks.len())
            .map(|&(variable, _)| variable)
    }

    /// Declares a name in the innermost block.
    pub fn declare(&mut self, name: Symbol, variable: VariableId) {
        let before = self
            .bindings
            .insert(name, (variable, self.marks.len() as u32));
        self.undo.push((name, before));
    }

    /// Opens a block.
    pub fn open(&mut self) {
        self.marks.push(self.undo.len());
    }

    /// Closes the innermost block.
    pub fn close(&mut self) {
        let mark = self.marks.pop().unwrap_or(0);
        while self.undo.len() > mark {
            if let Some((name, before)) = self.undo.pop() {
                match before {
                    Some(binding) => self.bindings.insert(name, binding),
                    None => self.bindings.remove(&name),
                };
            }
        }
    }
}
