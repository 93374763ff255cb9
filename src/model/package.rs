//! What package variables hold, and where values of each type are built. Indexed once.

use super::{ExprId, ExprKind, NamedId, Program, Type, TypeId, VariableKind};
use rustc_hash::{FxHashMap, FxHashSet};

/// What package variables hold.
#[derive(Debug, Default)]
pub(crate) struct Package {
    initial: FxHashSet<ExprId>,
    held: FxHashSet<NamedId>,
    embedded: FxHashSet<NamedId>,
    built: FxHashMap<NamedId, Vec<ExprId>>,
}

impl Program {
    fn package(&self) -> &Package {
        self.package.get_or_init(|| Package::compute(self))
    }

    /// Whether an expression is a part of what a package variable or constant starts as.
    pub fn is_initial(&self, id: ExprId) -> bool {
        self.package().initial.contains(&id)
    }

    /// Whether a package variable is of a type, or refers to one.
    pub fn is_held_by_package(&self, named: NamedId) -> bool {
        self.package().held.contains(&named)
    }

    /// Whether a field is a value of a type, and not a reference to one.
    pub fn is_held_by_field(&self, named: NamedId) -> bool {
        self.package().embedded.contains(&named)
    }

    /// The literals that build a value of a type.
    pub fn literals_of(&self, named: NamedId) -> &[ExprId] {
        self.package().built.get(&named).map_or(&[], Vec::as_slice)
    }

    fn named_behind(&self, ty: TypeId) -> Option<NamedId> {
        match *self.pointee(ty) {
            Type::Named(named) => Some(named),
            _ => None,
        }
    }
}

impl Package {
    fn compute(program: &Program) -> Package {
        let mut package = Package::default();
        for &(_, value) in &program.globals {
            package.initial.extend(program.parts_of(value));
        }
        for variable in &program.variables {
            match (variable.kind, program.ty(variable.ty)) {
                (VariableKind::Global, _) => {
                    package.held.extend(program.named_behind(variable.ty));
                }
                (VariableKind::Field(_), &Type::Named(named)) => {
                    package.embedded.insert(named);
                }
                _ => {}
            }
        }
        for at in 0..program.exprs.len() as u32 {
            if let ExprKind::Composite(ty, ..) = *program.kind(ExprId(at))
                && let Some(named) = program.named_behind(ty)
            {
                package.built.entry(named).or_default().push(ExprId(at));
            }
        }
        package
    }
}
