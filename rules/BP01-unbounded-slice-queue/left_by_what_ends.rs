// A value that ends can neither wait nor be refused: what it leaves to be cleaned up is bounded by
// how many such values may live. What a method adds could wait.
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Yard {
    returned: VecDeque<u64>,
    wrecked: VecDeque<u64>,
}

#[derive(Clone, Default)]
pub struct Garage {
    yard: Arc<Mutex<Yard>>,
}

pub struct Loan {
    car: u64,
    garage: Garage,
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.garage.take_back(self.car);
    }
}

impl Garage {
    fn take_back(&self, car: u64) {
        self.yard.lock().unwrap().returned.push_back(car); //~ BP01 low
    }

    pub fn tow(&self, car: u64) {
        self.yard.lock().unwrap().wrecked.push_back(car); //~ BP01 high
    }

    pub fn next_to_wash(&self) -> Option<u64> {
        self.yard.lock().unwrap().returned.pop_front()
    }

    pub fn next_to_mend(&self) -> Option<u64> {
        self.yard.lock().unwrap().wrecked.pop_front()
    }
}
