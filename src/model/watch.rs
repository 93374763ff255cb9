//! Ends work on a program when it is to end, wherever it stands.
//!
//! What is asked of a program can take long when somebody has made it so: a thousand closes of one
//! channel beside a thousand sends are a million pairs. Nobody who looks at pairs should have to
//! think of clocks, so the program itself looks at the clock now and then while it is asked for
//! what it holds, and leaves by unwinding to where the work was begun.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::Program;
use crate::source::limits::Stop;

/// How often something is asked for between two looks at the clock; a power of two. That many
/// answers take far less than a millisecond.
const EVERY: u32 = 4096;

/// What watches over the work on a program.
#[derive(Debug, Default)]
pub struct Watch {
    /// What ends the work that goes on.
    stop: RefCell<Option<Stop>>,
    asked: Cell<u32>,
}

/// What the work is left with.
struct Ended;

impl Watch {
    /// Notes that something is asked for.
    #[inline]
    pub(super) fn look(&self) {
        let asked = self.asked.get().wrapping_add(1);
        self.asked.set(asked);
        if asked.is_multiple_of(EVERY) {
            self.look_at_the_clock();
        }
    }

    #[cold]
    fn look_at_the_clock(&self) {
        let is_over = self.stop.borrow().as_ref().is_some_and(Stop::is_now);
        if is_over {
            // No panic: no hook is called, and nothing is printed.
            resume_unwind(Box::new(Ended));
        }
    }
}

impl Program {
    /// Does work on the program; nothing when it is to end before it is done.
    pub fn until<T>(&self, stop: &Stop, work: impl FnOnce() -> T) -> Option<T> {
        if stop.is_now() {
            return None;
        }
        let before = self.watch.stop.replace(Some(stop.clone()));
        // What the program remembers is either there as a whole or not there.
        let done = catch_unwind(AssertUnwindSafe(work));
        self.watch.stop.replace(before);
        match done {
            Ok(done) => Some(done),
            Err(left) if left.is::<Ended>() => None,
            Err(panic) => resume_unwind(panic),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Block, BlockId, Owner};

    fn program() -> Program {
        let block = Block {
            owner: Owner::Function(crate::model::FunctionId(0)),
            steps: Vec::new(),
        };
        Program {
            blocks: vec![block],
            ..Program::default()
        }
    }

    #[test]
    fn work_without_an_end_ends() {
        let program = program();
        let stop = Stop::at_question(3);
        let endless = || loop {
            program.block(BlockId(0));
        };
        assert!(program.until::<()>(&stop, endless).is_none());
        assert_eq!(stop.questions(), 3);
        // Outside, nothing watches.
        for _ in 0..3 * EVERY {
            program.block(BlockId(0));
        }
        assert_eq!(stop.questions(), 3);
    }

    #[test]
    fn what_is_done_in_time_is_given_back() {
        let program = program();
        assert_eq!(program.until(&Stop::default(), || 7), Some(7));
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            program.until(&Stop::default(), || resume_unwind(Box::new("other")))
        }));
        assert!(
            panicked.is_err_and(|panic| panic.is::<&str>()),
            "panics stay panics"
        );
    }
}
