//! Small changes that would mend something, in no language; the front-end of the language at
//! hand spells them.

use crate::source::Span;

/// What is altered at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Another expression instead of the one at the place.
    Instead(String),
    /// Room for so many values in the channel that is made at the place.
    Room(u32),
    /// The statement at the place goes.
    Gone,
    /// The assignment at the place is followed by one that keeps the number at one or above.
    AtLeastOne {
        /// The number, as the code writes it.
        number: String,
    },
    /// The send at the place no longer waits when a context has ended; then the function is left.
    OrDone {
        /// The context, as the code writes it.
        context: String,
        /// What the function yields then.
        leave: Leave,
    },
    /// The test at the place and a send that hangs on it become one step.
    TryToSend {
        /// The send.
        send: Span,
    },
    /// The function at the place closes a channel when it is left.
    CloseAtEnd {
        /// Where its name and parameters end.
        head: Span,
        /// The channel, as the code writes it.
        channel: String,
    },
    /// What the statement at the place defers is deferred by the task that is started after it.
    DeferInTask {
        /// The start of the task.
        start: Span,
        /// Where the name and the parameters of what it runs end.
        head: Span,
    },
}

/// What a function yields when it is left early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// Nothing.
    Plain,
    /// Why the context has ended.
    Error,
    /// No value, and why the context has ended.
    NilAndError,
}
