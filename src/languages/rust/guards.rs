//! Ownership: guards and permits are given back where their owner goes out of scope, is dropped
//! or leaves by a jump; a value that is moved into a task goes with it.

use super::{Kind, Lowering};
use crate::languages::syntax::Node;
use crate::model::step::Call;
use crate::model::{Api, ExprId, ExprKind, ExprList, FunctionId, Library, Op, Symbol, VariableId};
use crate::source::Span;

/// What is given back when its owner ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// A lock; for reading.
    Lock(bool),
    Permit,
}

/// A guard or permit that is held.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub hold: Hold,
    /// The lock or the semaphore.
    pub of: ExprId,
    /// The guard as a value, until something is bound to it.
    pub value: ExprId,
    /// Its owner; none for what nobody named.
    pub owner: Option<VariableId>,
}

/// How many nodes of a closure are looked at for what it carries along.
const MOST_NODES: usize = 20_000;

impl Lowering<'_> {
    /// Remembers that a value is a guard.
    pub(super) fn hold(&mut self, hold: Hold, of: ExprId, value: ExprId) {
        self.held.push(Held {
            hold,
            of,
            value,
            owner: None,
        });
    }

    /// Gives a guard that is a value, or the variable that it was, a new owner. Says whether it
    /// was one.
    pub(super) fn bind_guard(&mut self, value: ExprId, owner: VariableId) -> bool {
        let moved_from = match *self.builder.program.kind(value) {
            ExprKind::Variable(variable) => Some(variable),
            _ => None,
        };
        let mut found = false;
        for held in &mut self.held {
            let is_value = held.owner.is_none() && held.value == value;
            let is_moved = moved_from.is_some() && held.owner == moved_from;
            if is_value || is_moved {
                held.owner = Some(owner);
                found = true;
            }
        }
        found
    }

    /// Whether a value is a guard, bound or not.
    pub(super) fn is_guard(&self, value: ExprId) -> bool {
        let owner = match *self.builder.program.kind(value) {
            ExprKind::Variable(variable) => Some(variable),
            _ => None,
        };
        self.held.iter().any(|held| {
            held.owner.is_none() && held.value == value || owner.is_some() && held.owner == owner
        })
    }

    /// Whether a value is the guard of a lock that nothing owns yet.
    pub(super) fn is_unnamed_lock(&self, value: ExprId) -> bool {
        self.held.iter().any(|held| {
            matches!(held.hold, Hold::Lock(_)) && held.owner.is_none() && held.value == value
        })
    }

    fn give_back(&mut self, held: Held, span: Span) {
        let api = match held.hold {
            Hold::Lock(reading) => Api::Unlock(reading),
            Hold::Permit => Api::PermitRelease,
        };
        let callee = self.expr(ExprKind::Unknown, span);
        let receiver = match (held.hold, held.owner) {
            // The permit itself stands for its semaphore, also where it came from elsewhere.
            (Hold::Permit, Some(owner)) => self.variable_value(owner, span),
            _ => held.of,
        };
        self.emit(
            Op::Call(Call {
                callee,
                args: ExprList::default(),
                target: None,
                api,
                receiver: Some(receiver),
            }),
            span,
        );
    }

    /// What a statement left behind without an owner is given back at its end.
    pub(super) fn release_temporaries(&mut self, mark: usize, span: Span) {
        let mut at = self.held.len();
        while at > mark {
            at -= 1;
            if at < self.held.len() && self.held[at].owner.is_none() {
                let held = self.held.remove(at);
                self.give_back(held, span);
            }
        }
    }

    /// What the variables of a block own is given back at its end; what the block yields to a
    /// variable that was there before it is not.
    pub(super) fn release_bound(&mut self, mark: usize, block: &Node<'_>) {
        let ends = !self.builder.program.block_diverges(self.block);
        let (start, span) = (block.start_byte() as u32, self.end_of(block));
        let mut at = self.held.len();
        while at > mark {
            at -= 1;
            let owner = self.held.get(at).and_then(|held| held.owner);
            let is_inside =
                owner.is_some_and(|owner| self.builder.program.variable(owner).span.start >= start);
            if is_inside {
                let held = self.held.remove(at);
                if ends {
                    self.give_back(held, span);
                }
            }
        }
    }

    /// Everything that the function holds is given back at its end.
    pub(super) fn release_all(&mut self, span: Span) {
        let ends = !self.builder.program.block_diverges(self.block);
        while let Some(held) = self.held.pop() {
            if ends {
                self.give_back(held, span);
            }
        }
    }

    /// A jump gives back what is held further in than where it goes; the code behind it still
    /// holds it.
    pub(super) fn release_on_exit(&mut self, mark: usize, span: Span) {
        let held: Vec<Held> = self.held.get(mark..).unwrap_or(&[]).to_vec();
        for held in held.into_iter().rev() {
            self.give_back(held, span);
        }
    }

    /// `drop(x)`. Says whether `x` is a guard.
    pub(super) fn drop_guard(&mut self, value: ExprId, span: Span) -> bool {
        let ExprKind::Variable(variable) = *self.builder.program.kind(value) else {
            return false;
        };
        let Some(at) = self
            .held
            .iter()
            .rposition(|held| held.owner == Some(variable))
        else {
            return false;
        };
        let held = self.held.remove(at);
        self.give_back(held, span);
        true
    }

    /// A permit or guard that is handed to a call goes with it.
    pub(super) fn hand_over(&mut self, value: ExprId) {
        let ExprKind::Variable(variable) = *self.builder.program.kind(value) else {
            self.held
                .retain(|held| held.owner.is_some() || held.value != value);
            return;
        };
        self.held.retain(|held| held.owner != Some(variable));
    }

    /// Permits that a function is handed are given back when it ends.
    pub(super) fn hold_parameters(&mut self, function: FunctionId) {
        for variable in self.builder.program.function(function).parameters.clone() {
            let ty = self.builder.program.variable(variable).ty;
            let is_permit = self.builder.program.library(ty) == Some(Library::Semaphore)
                && self.is_owned_permit(variable);
            if is_permit {
                let span = self.builder.program.variable(variable).span;
                let of = self.variable_value(variable, span);
                self.held.push(Held {
                    hold: Hold::Permit,
                    of,
                    value: of,
                    owner: Some(variable),
                });
            }
        }
    }

    /// A parameter whose written type is a permit, and no semaphore.
    fn is_owned_permit(&self, variable: VariableId) -> bool {
        let span = self.builder.program.variable(variable).span;
        let rest = self.text.get(span.end as usize..).unwrap_or("");
        let end = rest.find([',', ')', '\n']).unwrap_or(rest.len());
        rest[..end].contains("Permit")
    }

    /// Guards that a closure with `move` mentions go into it.
    pub(super) fn carry_into(&mut self, body: &Node<'_>) -> Vec<Held> {
        let owners: Vec<(Symbol, VariableId)> = self
            .held
            .iter()
            .filter_map(|held| held.owner)
            .map(|owner| (self.builder.program.variable(owner).name, owner))
            .collect();
        if owners.is_empty() {
            return Vec::new();
        }
        let mentioned = self.mentioned_in(body, &owners);
        let mut carried = Vec::new();
        self.held.retain(|held| {
            let goes = held.owner.is_some_and(|owner| mentioned.contains(&owner));
            if goes {
                carried.push(*held);
            }
            !goes
        });
        carried
    }

    fn mentioned_in(&self, body: &Node<'_>, owners: &[(Symbol, VariableId)]) -> Vec<VariableId> {
        let mut found = Vec::new();
        let mut waiting = vec![*body];
        let mut looked = 0;
        while let Some(node) = waiting.pop() {
            looked += 1;
            if looked > MOST_NODES {
                break;
            }
            if self.is_left_alone(&node) {
                continue;
            }
            if matches!(self.kind(&node), Kind::Identifier | Kind::ShorthandField) {
                let text = self.text_of(&node);
                found.extend(
                    owners
                        .iter()
                        .filter(|(name, _)| self.builder.program.text(*name) == text)
                        .map(|(_, owner)| *owner),
                );
                continue;
            }
            waiting.extend(node.children());
        }
        found
    }

    /// `let _ = permit;` takes nothing over.
    fn is_left_alone(&self, node: &Node<'_>) -> bool {
        self.kind(node) == Kind::LetDeclaration
            && self
                .field(node, self.f.pattern)
                .is_some_and(|pattern| self.text_of(&pattern) == "_")
            && self
                .field(node, self.f.value)
                .is_some_and(|value| self.kind(&value) == Kind::Identifier)
    }
}
