//! How far lowering goes into a file: neither deeper than the stack holds, nor longer than wanted.

use crate::source::LineIndex;
use crate::source::limits::{Cut, Stop};

/// Statements and expressions between two looks at the clock.
const ASKED_EVERY: u32 = 256;

/// Where lowering is, and whether it goes on.
pub(super) struct Reach<'a> {
    deepest: u32,
    depth: u32,
    /// The byte of the first code that was too deep.
    too_deep: Option<u32>,
    /// When to follow nothing more, asked every so often.
    stop: &'a Stop,
    followed: u32,
    is_stopped: bool,
}

impl<'a> Reach<'a> {
    /// Goes down to `deepest` levels, until `stop`.
    pub fn new(deepest: u32, stop: &'a Stop) -> Reach<'a> {
        Reach {
            deepest,
            depth: 0,
            too_deep: None,
            stop,
            followed: 0,
            is_stopped: false,
        }
    }

    /// Goes one level deeper, into what begins at byte `at`: `false` when that is too deep to
    /// follow, or work is to end. Whoever has entered leaves again.
    pub fn enter(&mut self, at: usize) -> bool {
        self.followed = self.followed.wrapping_add(1);
        if self.followed.is_multiple_of(ASKED_EVERY) {
            self.is_stopped |= self.stop.is_now();
        }
        if self.is_stopped {
            return false;
        }
        if self.depth >= self.deepest {
            self.too_deep.get_or_insert(at as u32);
            return false;
        }
        self.depth += 1;
        true
    }

    /// Comes back from one level deeper.
    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    /// What of a file with this text was not followed.
    pub fn cut(&self, text: &str) -> Option<Cut> {
        if self.is_stopped {
            return Some(self.stop.cut());
        }
        self.too_deep.map(|at| Cut::Depth {
            line: LineIndex::new(text).line(at),
        })
    }
}
