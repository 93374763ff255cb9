// What the items add up to is asked before the push: a limit of weight is a limit.
use std::collections::VecDeque;
use std::sync::Mutex;

pub struct Load {
    pub kilos: usize,
}

pub struct Truck {
    loads: Mutex<VecDeque<Load>>,
    most: usize,
}

impl Truck {
    pub fn put(&self, load: Load) -> Result<(), Load> {
        let mut loads = self.loads.lock().unwrap();
        let weighs: usize = loads.iter().map(|load| load.kilos).sum();
        if weighs + load.kilos > self.most {
            return Err(load);
        }
        loads.push_back(load);
        Ok(())
    }

    pub fn next(&self) -> Option<Load> {
        self.loads.lock().unwrap().pop_front()
    }
}
