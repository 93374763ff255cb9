// Nothing is put in while anything is in: the queue is a place for one.
use std::collections::VecDeque;
use std::sync::Mutex;

pub struct Hatch {
    dishes: Mutex<VecDeque<String>>,
}

impl Hatch {
    pub fn serve(&self, dish: String) -> bool {
        let mut dishes = self.dishes.lock().unwrap();
        if !dishes.is_empty() {
            return false;
        }
        dishes.push_back(dish);
        true
    }

    pub fn take(&self) -> Option<String> {
        self.dishes.lock().unwrap().pop_front()
    }
}
