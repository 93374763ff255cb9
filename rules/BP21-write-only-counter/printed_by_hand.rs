// Who prints a struct by code of its own prints what that code names, and derived code prints all.
use std::fmt;

#[derive(Default)]
struct Tally {
    taken: u64,
    returned: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} taken", self.taken)
    }
}

#[derive(Default)]
struct Whole {
    taken: u64,
    returned: u64,
}

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} taken, {} returned", self.taken, self.returned)
    }
}

#[derive(Default, Debug)]
struct Derived {
    taken: u64,
    returned: u64,
}

impl fmt::Display for Derived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} taken", self.taken)
    }
}

pub fn relay(letters: &[u32]) {
    let mut tally = Tally::default();
    let mut whole = Whole::default();
    let mut derived = Derived::default();
    for &letter in letters {
        if letter > 3 {
            tally.taken += 1;
            whole.taken += 1;
            derived.taken += 1;
        } else {
            tally.returned += 1; //~ BP21 high
            whole.returned += 1;
            derived.returned += 1;
        }
    }
    println!("{tally} {whole} {derived:?}");
}
