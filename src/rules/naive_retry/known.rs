//! What is known, at a point of a turn, of the last call that may fail.

/// What may be the case at a point: a set of the five below.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::rules) struct Known(u8);

impl Known {
    /// Nothing that may fail was called in this turn.
    pub const NONE: Known = Known(1);
    /// It went well.
    pub const FINE: Known = Known(2);
    /// It failed.
    pub const FAILED: Known = Known(4);
    /// It failed, and something that is not about the failure was asked and led here.
    pub const LIMITED: Known = Known(8);
    /// It went well, and the loop's condition was told.
    pub const DONE: Known = Known(16);
    pub const DEAD: Known = Known(0);

    pub fn or(self, other: Known) -> Known {
        Known(self.0 | other.0)
    }

    pub fn and(self, other: Known) -> Known {
        Known(self.0 & other.0)
    }

    pub fn without(self, other: Known) -> Known {
        Known(self.0 & !other.0)
    }

    pub fn has(self, other: Known) -> bool {
        self.0 & other.0 != 0
    }

    /// It failed, for certain.
    pub fn only_failed(self) -> bool {
        self.0 != 0 && !self.has(Known(1 | 2 | 16))
    }

    /// Nothing gets here.
    pub fn is_dead(self) -> bool {
        self.0 == 0
    }

    /// After something was asked that is not about the failure.
    pub fn limited(self) -> Known {
        match self.has(Known::FAILED) {
            true => self.without(Known::FAILED).or(Known::LIMITED),
            false => self,
        }
    }

    /// Where ways meet again that something unrelated had parted.
    pub fn restored(self, before: Known) -> Known {
        match self.has(Known::LIMITED) && !before.has(Known::LIMITED) {
            true => self.without(Known::LIMITED).or(Known::FAILED),
            false => self,
        }
    }
}

/// `true` to the ways on which it failed, the rest to the others.
pub(super) fn parted(state: Known, fails: Option<bool>) -> (Known, Known) {
    let failed = state.without(Known::FINE.or(Known::DONE));
    let fine = state.without(Known::FAILED.or(Known::LIMITED));
    match fails {
        Some(true) => (failed, fine),
        Some(false) => (fine, failed),
        None => (state, state),
    }
}

/// Where a failure of a kind is seen.
pub(super) fn failing(state: Known) -> Known {
    match state.has(Known::FAILED.or(Known::LIMITED)) {
        true => state.without(Known::FINE.or(Known::DONE)),
        false => state,
    }
}

/// Where an answer turns out to be a refusal.
pub(super) fn turned(state: Known) -> Known {
    match state.has(Known::FINE.or(Known::FAILED)) {
        true => state.without(Known::FINE).or(Known::FAILED),
        false => state,
    }
}
