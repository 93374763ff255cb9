//! Closures that are kept in a field and called when something happens.

use super::{ExprId, ExprKind, FunctionId, Op, Program, StepId, Symbol};
use rustc_hash::FxHashSet;

impl Program {
    /// The closures that are put into a field whose name says when they are called: `OnStopped`.
    pub fn hooks(&self) -> &FxHashSet<FunctionId> {
        self.hooks.get_or_init(|| {
            let mut found = FxHashSet::default();
            for expr in &self.exprs {
                if let ExprKind::Composite(_, values, keys) = expr.kind {
                    let named = self.list(keys).iter().zip(self.list(values));
                    found.extend(named.filter_map(|(&key, &value)| self.hook(key, value)));
                }
            }
            for at in 0..self.steps.len() {
                if let Op::Assign(assign) = self.op(StepId(at as u32)) {
                    found.extend(
                        self.assigned(assign)
                            .filter_map(|(to, value)| self.hook(to, value)),
                    );
                }
            }
            found
        })
    }

    fn hook(&self, place: ExprId, value: ExprId) -> Option<FunctionId> {
        let ExprKind::Closure(closure) = *self.kind(value) else {
            return None;
        };
        let name = match *self.kind(place) {
            ExprKind::Key(name) | ExprKind::Member(_, name) => name,
            ExprKind::Field(_, field) => self.variable(field).name,
            _ => return None,
        };
        self.is_event_name(name).then_some(closure)
    }

    fn is_event_name(&self, name: Symbol) -> bool {
        let name = self.text(name);
        let rest = ["On", "on"].iter().find_map(|word| name.strip_prefix(word));
        let lower = name.to_ascii_lowercase();
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_'))
            || ["callback", "hook", "listener"]
                .iter()
                .any(|word| lower.ends_with(word))
    }
}
