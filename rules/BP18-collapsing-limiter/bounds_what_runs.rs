// No name says limit. The number is compared with what goes up and down as work begins and ends.
use std::sync::Mutex;

pub enum Ended {
    Well,
    TooLate,
    Refused,
}

struct Lanes {
    open: u32,
    taken: u32,
}

pub struct Tollgate {
    lanes: Mutex<Lanes>,
}

impl Tollgate {
    pub fn enter(&self) -> bool {
        let Ok(mut lanes) = self.lanes.lock() else {
            return false;
        };
        if lanes.taken >= lanes.open {
            return false;
        }
        lanes.taken += 1;
        true
    }

    pub fn through(&self, how: Ended) {
        let Ok(mut lanes) = self.lanes.lock() else {
            return;
        };
        lanes.taken -= 1;
        lanes.open = match how {
            Ended::Well => (lanes.open + 1).min(40),
            Ended::TooLate | Ended::Refused => lanes.open * 3 / 4, //~ BP18 high
        };
    }
}

// Right: whatever the outcome, the number is brought back between its bounds behind it.
struct Berths {
    open: u32,
    taken: u32,
}

pub struct Harbour {
    berths: Mutex<Berths>,
}

impl Harbour {
    const FEWEST: u32 = 2;
    const MOST: u32 = 40;

    pub fn enter(&self) -> bool {
        let Ok(mut berths) = self.berths.lock() else {
            return false;
        };
        if berths.taken >= berths.open {
            return false;
        }
        berths.taken += 1;
        true
    }

    pub fn leave(&self, in_time: bool) {
        let Ok(mut berths) = self.berths.lock() else {
            return;
        };
        berths.taken -= 1;
        if in_time {
            berths.open += 1;
        } else {
            berths.open /= 2;
        }
        berths.open = berths.open.clamp(Self::FEWEST, Self::MOST);
    }
}

// Right: what is halved here bounds nothing that runs.
pub struct Zoom {
    open: u32,
}

impl Zoom {
    pub fn failed(&mut self) -> u32 {
        self.open /= 2;
        self.open
    }
}
