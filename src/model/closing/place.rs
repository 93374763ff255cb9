//! Whether two expressions name the same channel in one life of the program, not only the same
//! field of two values.

use super::Closings;
use crate::model::{
    Api, ExprId, ExprKind, FunctionId, FunctionKind, Init, LoopKind, NamedId, ObjectId, Op, StepId,
    Type, VariableId, VariableKind,
};

/// How sure it is that two expressions of one object name one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sameness {
    /// Nothing says that they are one.
    None,
    /// They may well be channels of different values.
    Weak,
    /// The same field, once of the receiver and once of another value.
    Likely,
    /// The same variable, the same field of the receiver, or the only channel there is.
    Sure,
}

/// Where a channel is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A field; whether of the receiver, else of which variable.
    Field(VariableId, Base),
    Variable(VariableId),
    /// An element of a container: the container, and whether a loop goes over all of them.
    Element(Option<VariableId>, Base, bool),
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    /// The receiver itself, of this type.
    Receiver(NamedId),
    /// Something that the receiver holds.
    Held,
    /// A value that the function has just made or fetched.
    Fresh(VariableId),
    /// Each of all that the receiver keeps, one after the other.
    Each(VariableId),
    Variable(VariableId),
    Unknown,
}

impl Closings<'_> {
    /// How sure it is that two expressions of this object name one channel.
    pub fn sameness(&self, channel: ObjectId, a: ExprId, b: ExprId) -> Sameness {
        match (self.place(a, 6), self.place(b, 6)) {
            (Place::Field(a, of_a), Place::Field(b, of_b)) if a == b => bases(of_a, of_b),
            (Place::Variable(a), Place::Variable(b)) if a == b => self.one_variable(channel, a),
            (Place::Element(a, of_a, all_a), Place::Element(b, of_b, all_b))
                if a == b && a.is_some() =>
            {
                let same = bases(of_a, of_b);
                if all_a || all_b {
                    same
                } else {
                    same.min(Sameness::Likely)
                }
            }
            (Place::Variable(a), Place::Variable(b)) if self.is_made(a) && self.is_made(b) => {
                Sameness::None
            }
            (a, b) => {
                let is_picked = matches!(a, Place::Element(..)) || matches!(b, Place::Element(..));
                if is_picked && self.program.object(channel).makes.is_empty() {
                    return Sameness::None;
                }
                self.only_one(channel).min(reach(a).min(reach(b)))
            }
        }
    }

    /// A variable of a function that gets several channels is another channel each time.
    fn one_variable(&self, channel: ObjectId, variable: VariableId) -> Sameness {
        let program = self.program;
        let is_local = program.variable(variable).kind == VariableKind::Local;
        let has_many = program.object(channel).makes.len() != 1;
        if is_local && has_many && program.is_reassigned(variable) {
            Sameness::Weak
        } else {
            Sameness::Sure
        }
    }

    /// Whether an object stands for one channel at a time, as far as its makes tell.
    fn only_one(&self, channel: ObjectId) -> Sameness {
        let program = self.program;
        let object = program.object(channel);
        let fields = object
            .variables
            .iter()
            .filter(|&&variable| {
                matches!(
                    program.variable(variable).kind,
                    VariableKind::Field(_) | VariableKind::Global
                )
            })
            .count();
        let makes = object.makes.len();
        if makes <= 1 && fields <= 1 {
            Sameness::Sure
        } else {
            Sameness::None
        }
    }

    /// Whether a variable starts with a channel of its own.
    fn is_made(&self, variable: VariableId) -> bool {
        let Init::Value(value) = self.program.variable(variable).init else {
            return false;
        };
        matches!(
            self.program.kind(value),
            ExprKind::MakeChannel(..) | ExprKind::Make(..)
        )
    }

    /// Whether an expression names a field of the receiver, a variable, or something kept there.
    pub fn is_own(&self, channel: ExprId) -> bool {
        reach(self.place(channel, 6)) == Sameness::Sure
    }

    /// The variable in which a channel is kept: the field, or the variable itself.
    pub fn kept_in(&self, channel: ExprId) -> Option<VariableId> {
        match self.place(channel, 6) {
            Place::Field(variable, _) | Place::Variable(variable) => Some(variable),
            _ => None,
        }
    }

    /// The list or map out of which an expression takes a channel.
    pub(super) fn container(&self, channel: ExprId) -> Option<VariableId> {
        match self.place(channel, 6) {
            Place::Element(container, ..) => container,
            _ => None,
        }
    }

    /// Whether every caller of a method calls it on its own receiver: they are about one value.
    pub fn is_called_on_self(&self, function: FunctionId) -> bool {
        let program = self.program;
        let callers = &program.callers[function.index()];
        !callers.is_empty()
            && callers.iter().all(|&caller| {
                let callee = match program.op(caller) {
                    Op::Call(call) => call.callee,
                    Op::Spawn(spawn) => spawn.callee,
                    _ => return false,
                };
                let base = match *program.kind(callee) {
                    ExprKind::Function(_, Some(base)) => base,
                    ExprKind::Member(base, _) => base,
                    _ => return false,
                };
                matches!(self.base(base, 4), Base::Receiver(_))
            })
    }

    /// Whether an expression takes a channel out of a list or map.
    pub fn is_element(&self, channel: ExprId) -> bool {
        matches!(self.place(channel, 6), Place::Element(..))
    }

    fn place(&self, id: ExprId, depth: u32) -> Place {
        let Some(depth) = depth.checked_sub(1) else {
            return Place::Unknown;
        };
        let program = self.program;
        match *program.kind(id) {
            ExprKind::Field(base, field) => Place::Field(field, self.base(base, depth)),
            ExprKind::Index(base, _) => self.element(base, false, depth),
            ExprKind::Reference(inner)
            | ExprKind::Dereference(inner)
            | ExprKind::Convert(_, inner) => self.place(inner, depth),
            ExprKind::Variable(variable) => {
                let known = program.variable(variable);
                match (known.kind, known.init) {
                    (VariableKind::Local, Init::Value(value)) => match *program.kind(value) {
                        ExprKind::MakeChannel(..) => Place::Variable(variable),
                        _ => match self.place(value, depth) {
                            Place::Unknown => Place::Variable(variable),
                            place => place,
                        },
                    },
                    (VariableKind::Local, Init::Part(value, 0)) => match *program.kind(value) {
                        ExprKind::Index(base, _) => self.element(base, false, depth),
                        _ => Place::Variable(variable),
                    },
                    (VariableKind::Local, Init::Element(over)) => self.element(over, true, depth),
                    (VariableKind::Local, Init::Key(over)) => self.element(over, true, depth),
                    _ => Place::Variable(variable),
                }
            }
            ExprKind::Call(step) => self.returned(step, depth),
            _ => Place::Unknown,
        }
    }

    /// What a function of the unit takes out of a list or map of its receiver and returns.
    fn returned(&self, call: StepId, depth: u32) -> Place {
        let program = self.program;
        let target = program.call(call).and_then(|call| call.target);
        let Some(target) = target else {
            return Place::Unknown;
        };
        program
            .steps_of(target)
            .into_iter()
            .filter_map(|step| match program.op(step) {
                Op::Return(values) => program.list(*values).first().copied(),
                _ => None,
            })
            .map(|value| self.place(value, depth))
            .find(|place| matches!(place, Place::Element(..)))
            .unwrap_or(Place::Unknown)
    }

    fn element(&self, container: ExprId, all: bool, depth: u32) -> Place {
        match self.place(container, depth) {
            Place::Field(variable, base) => Place::Element(Some(variable), base, all),
            Place::Variable(variable) => {
                Place::Element(Some(variable), Base::Variable(variable), all)
            }
            Place::Element(variable, base, _) => Place::Element(variable, base, all),
            Place::Unknown => Place::Element(None, Base::Unknown, all),
        }
    }

    fn base(&self, id: ExprId, depth: u32) -> Base {
        let Some(depth) = depth.checked_sub(1) else {
            return Base::Unknown;
        };
        let program = self.program;
        match *program.kind(id) {
            ExprKind::Variable(variable) => {
                let known = program.variable(variable);
                match (known.kind, known.init) {
                    (VariableKind::Receiver, _) => self.receiver_type(variable),
                    (VariableKind::Local, Init::Value(made))
                        if self.is_left_running(id, variable) =>
                    {
                        match *program.value_type(made) {
                            Type::Named(named) => Base::Receiver(named),
                            _ => Base::Fresh(variable),
                        }
                    }
                    (VariableKind::Local, Init::Value(_) | Init::Part(..)) => Base::Fresh(variable),
                    (VariableKind::Local, Init::Element(over) | Init::Key(over))
                        if self.is_all_that_is_kept(over, depth) =>
                    {
                        Base::Each(variable)
                    }
                    (VariableKind::Parameter, _) => self
                        .handed_in(variable)
                        .map(|given| self.base(given, depth))
                        .filter(|base| matches!(base, Base::Fresh(_)))
                        .unwrap_or(Base::Variable(variable)),
                    _ => Base::Variable(variable),
                }
            }
            ExprKind::Field(inner, _) | ExprKind::Member(inner, _) => {
                match self.base(inner, depth) {
                    Base::Receiver(_) => Base::Held,
                    base => base,
                }
            }
            ExprKind::Reference(inner)
            | ExprKind::Dereference(inner)
            | ExprKind::Convert(_, inner) => self.base(inner, depth),
            _ => Base::Unknown,
        }
    }
}

impl Closings<'_> {
    /// Whether a place stands in a task that is left running by whoever made a value and handed it
    /// back: to that task the value is what it is to its methods.
    fn is_left_running(&self, place: ExprId, made: VariableId) -> bool {
        let program = self.program;
        let (Some(at), Some(maker)) = (program.step_of(place), program.variable(made).function)
        else {
            return false;
        };
        let user = program.function_of(at);
        let is_started = program.is_task(user)
            || program.handed_to(user).iter().any(|&to| {
                let call = program.call(to);
                call.is_some_and(|call| {
                    let is_late = matches!(call.api, Api::TimerFunction | Api::ContextAfter);
                    is_late
                        || call.target.is_none()
                            && crate::model::tasks::is_hook(&program.callee_name(call.callee))
                })
            })
            || self.is_kept_as_callback(user);
        user != maker
            && is_started
            && program.is_within(user, maker)
            && !program.is_reassigned(made)
            && program.steps_of(maker).into_iter().any(|step| {
                matches!(program.op(step), Op::Return(values)
                    if program.list(*values).iter().any(|&value| program.variable_of(value) == Some(made)))
            })
    }

    /// Whether a closure is put into a field by a name that says when it is called: `OnStopped`.
    fn is_kept_as_callback(&self, closure: FunctionId) -> bool {
        let program = self.program;
        program.is_closure(closure)
            && program.callers[closure.index()].is_empty()
            && program.hooks().contains(&closure)
    }

    /// Whether what a loop goes over is kept by the receiver, or was copied from that by a method.
    fn is_all_that_is_kept(&self, over: ExprId, depth: u32) -> bool {
        let program = self.program;
        let is_held =
            |value: ExprId| matches!(self.place(value, depth), Place::Field(_, Base::Receiver(_)));
        let Some((_, call)) = program.call_of(over) else {
            return is_held(over);
        };
        call.target.is_some_and(|target| {
            let mut steps = program.steps_of(target).into_iter();
            matches!(program.function(target).kind, FunctionKind::Method(..))
                && steps.any(|step| {
                    program
                        .op_loop(step)
                        .is_some_and(|l| matches!(l.kind, LoopKind::Over(of) if is_held(of)))
                })
        })
    }

    /// Whether a send goes to what is kept with a lock held, and what is closed was taken out of there
    /// before, with the same lock: nobody finds it any more.
    pub(super) fn is_taken_out_before(&self, send: StepId, close: StepId) -> bool {
        let program = self.program;
        let is_kept = self.channel_expr(send).is_some_and(|channel| {
            matches!(
                self.place(channel, 6),
                Place::Element(..) | Place::Field(_, Base::Each(_))
            )
        });
        let locks = program.held_at(send);
        if !is_kept || locks.is_empty() {
            return is_kept && self.is_taken_out_by_one(send, close);
        }
        let takes_out = |step: StepId| {
            let is_change = match program.op(step) {
                Op::Assign(_) => true,
                Op::Call(call) => call.api == Api::MapDelete,
                _ => false,
            };
            is_change
                && program
                    .held_at(step)
                    .iter()
                    .any(|held| locks.iter().any(|lock| lock.lock == held.lock))
        };
        program
            .before(close, program.function_of(close))
            .into_iter()
            .any(|step| {
                let target = program.call(step).and_then(|call| call.target);
                takes_out(step)
                    || target
                        .is_some_and(|target| program.steps_of(target).into_iter().any(takes_out))
            })
    }

    /// Whether a send goes over a map without a lock, and what is closed was taken out of that map
    /// before, without one as well: a map that nothing guards has one task that uses it.
    fn is_taken_out_by_one(&self, send: StepId, close: StepId) -> bool {
        let program = self.program;
        let deletes_from = |step: StepId, map: VariableId| {
            program.call(step).is_some_and(|call| {
                let on = call.receiver.or(program.list(call.args).first().copied());
                call.api == Api::MapDelete
                    && on.is_some_and(|on| program.variable_or_field(on) == Some(map))
            })
        };
        let Some(map) = self
            .channel_expr(send)
            .and_then(|channel| self.gone_over(channel))
        else {
            return false;
        };
        matches!(program.variable(map).kind, VariableKind::Field(_))
            && program.held_at(close).is_empty()
            && program
                .before(close, program.function_of(close))
                .into_iter()
                .any(|step| deletes_from(step, map) && program.held_at(step).is_empty())
    }

    /// The map of which a loop uses each element: the channel itself, or what has it in a field.
    fn gone_over(&self, channel: ExprId) -> Option<VariableId> {
        let program = self.program;
        let element = match *program.kind(channel) {
            ExprKind::Field(base, _) => base,
            _ => channel,
        };
        match program.variable(program.variable_of(element)?).init {
            Init::Element(over) | Init::Key(over) => {
                program.variable_or_field(over).filter(|&map| {
                    matches!(program.underlying(program.variable(map).ty), Type::Map(..))
                })
            }
            _ => None,
        }
    }

    /// What the only call or start of a function hands it as this parameter.
    fn handed_in(&self, parameter: VariableId) -> Option<ExprId> {
        let program = self.program;
        let function = program.variable(parameter).function?;
        let at = program.parameter_at(parameter)?;
        let [site] = *program.callers[function.index()].as_slice() else {
            return None;
        };
        let args = match program.op(site) {
            Op::Call(call) => call.args,
            Op::Spawn(spawn) => spawn.args,
            _ => return None,
        };
        let is_open = program.function(function).exported || program.function(function).is_value;
        program.list(args).get(at).copied().filter(|_| !is_open)
    }

    fn receiver_type(&self, receiver: VariableId) -> Base {
        let program = self.program;
        let method = program
            .variable(receiver)
            .function
            .map(|function| program.function(program.outermost(function)).kind);
        match method {
            Some(FunctionKind::Method(_, named)) => Base::Receiver(named),
            _ => Base::Unknown,
        }
    }
}

/// How sure a place alone is to be one channel.
fn reach(place: Place) -> Sameness {
    match place {
        Place::Field(_, Base::Receiver(_)) | Place::Variable(_) | Place::Element(_, _, true) => {
            Sameness::Sure
        }
        Place::Unknown => Sameness::Sure,
        Place::Field(..) | Place::Element(..) => Sameness::Likely,
    }
}

fn bases(a: Base, b: Base) -> Sameness {
    match (a, b) {
        // Two types that take over one field each have their own.
        (Base::Receiver(a), Base::Receiver(b)) if a != b => Sameness::None,
        (Base::Receiver(_), Base::Receiver(_)) | (Base::Held, Base::Held) => Sameness::Sure,
        (Base::Receiver(_), Base::Held) | (Base::Held, Base::Receiver(_)) => Sameness::Sure,
        (Base::Variable(a) | Base::Fresh(a), Base::Variable(b) | Base::Fresh(b)) if a == b => {
            Sameness::Sure
        }
        (Base::Each(a), Base::Each(b)) if a == b => Sameness::Sure,
        (Base::Fresh(_), _) | (_, Base::Fresh(_)) => Sameness::Weak,
        // Whoever goes over all that is kept comes to the one that somebody closes.
        (Base::Each(_), _) | (_, Base::Each(_)) => Sameness::Likely,
        (Base::Receiver(_) | Base::Held, _) | (_, Base::Receiver(_) | Base::Held) => {
            Sameness::Likely
        }
        _ => Sameness::Weak,
    }
}
