// A search for the first lane with room is the test, whatever comes of it: the send behind it may wait all the same.
// Where the try itself decides, what was searched for was only the best guess.
use crossbeam_channel::{Sender, TrySendError};

pub struct Lane {
    bales: Sender<u64>,
    depth: usize,
}

impl Lane {
    fn has_place(&self) -> bool {
        self.bales.len() < self.depth
    }
}

pub struct Barn {
    lanes: Vec<Lane>,
}

impl Barn {
    pub fn stow(&self, bale: u64) -> Result<(), u64> {
        match self.lanes.iter().find(|lane| lane.has_place()) { //~ BP08 medium
            Some(lane) => lane.bales.send(bale).map_err(|refused| refused.0),
            None => Err(bale),
        }
    }
}

pub struct Loft {
    chutes: Vec<Sender<u64>>,
}

impl Loft {
    pub fn stow(&self, bale: u64) -> Result<(), u64> {
        let Some(at) = self.chutes.iter().position(|chute| !chute.is_full()) else { //~ BP08 medium
            return Err(bale);
        };
        self.chutes[at].send(bale).map_err(|refused| refused.0)
    }
}

pub struct Ring {
    gates: Vec<Sender<u64>>,
}

impl Ring {
    fn from(&self, first: usize) -> impl Iterator<Item = &Sender<u64>> {
        self.gates.iter().cycle().skip(first).take(self.gates.len())
    }

    pub fn stow(&self, bale: u64) -> Result<(), u64> {
        let first = bale as usize % self.gates.len();
        let Some(gate) = self.from(first).find(|gate| !gate.is_full()) else { //~ BP08 medium
            return Err(bale);
        };
        gate.send(bale).map_err(|refused| refused.0)
    }
}

pub struct Guess {
    doors: Vec<Sender<u64>>,
}

impl Guess {
    pub fn stow(&self, bale: u64) -> Result<(), u64> {
        let Some(door) = self.doors.iter().find(|door| !door.is_full()) else {
            return Err(bale);
        };
        door.try_send(bale).map_err(TrySendError::into_inner)
    }
}
