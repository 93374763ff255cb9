// What the limit is scaled by stands where the helper is called.
use std::sync::Mutex;
use std::time::Duration;

const MOST: u32 = 256;

struct Room {
    guests: u32,
    inside: u32,
}

impl Room {
    fn scale(&mut self, share: u32, of: u32) {
        self.guests = (self.guests * share / of).min(MOST); //~ BP18 high
    }

    fn leave(&mut self, took: Duration, failed: bool) {
        self.inside -= 1;
        if failed || took > Duration::from_secs(1) {
            self.scale(2, 3);
        } else if self.guests < MOST {
            self.guests += 1;
        }
    }
}

pub struct Door {
    room: Mutex<Room>,
}

impl Door {
    pub fn new() -> Self {
        Door { room: Mutex::new(Room { guests: 32, inside: 0 }) }
    }

    pub fn enter(&self) -> bool {
        let mut room = self.room.lock().unwrap();
        if room.inside >= room.guests {
            return false;
        }
        room.inside += 1;
        true
    }

    pub fn leave(&self, took: Duration, failed: bool) {
        self.room.lock().unwrap().leave(took, failed);
    }
}

// One guest is always let in.
struct Hall {
    guests: u32,
    inside: u32,
}

impl Hall {
    fn scale(&mut self, share: u32, of: u32) {
        self.guests = (self.guests * share / of).clamp(1, MOST);
    }

    fn leave(&mut self, failed: bool) {
        self.inside -= 1;
        if failed {
            self.scale(2, 3);
        } else if self.guests < MOST {
            self.guests += 1;
        }
    }
}

pub struct Gate {
    hall: Mutex<Hall>,
}

impl Gate {
    pub fn new() -> Self {
        Gate { hall: Mutex::new(Hall { guests: 32, inside: 0 }) }
    }

    pub fn enter(&self) -> bool {
        let mut hall = self.hall.lock().unwrap();
        if hall.inside >= hall.guests {
            return false;
        }
        hall.inside += 1;
        true
    }

    pub fn leave(&self, failed: bool) {
        self.hall.lock().unwrap().leave(failed);
    }
}
