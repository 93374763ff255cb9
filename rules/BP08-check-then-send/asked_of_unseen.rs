//highwater:nocompile needs mill
// What holds the queue is declared elsewhere: a helper that asks whether it is full says which one it is. Asking a list
// whether it is full is about no queue.
use mill::Ended;

impl Mill {
    fn has_room(&self) -> bool {
        !self.hopper.is_full()
    }

    pub fn pour(&self, grain: Grain) -> Result<(), Grain> {
        if self.has_room() { //~ BP08 medium
            return self.hopper.send(grain).map_err(|Ended(back)| back);
        }
        Err(grain)
    }
}

impl Shelf {
    pub fn store(&mut self, grain: Grain) -> Result<(), Grain> {
        if self.sacks.is_full() {
            return Err(grain);
        }
        self.sacks.put(grain);
        Ok(())
    }
}
