//highwater:nocompile needs Letter
// A permit that is owned is one of a semaphore, also where the field that lends it is not in view: what
// waits for one before each push is bounded.
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

struct Posted {
    letter: Letter,
    _place: OwnedSemaphorePermit,
}

impl PostBox {
    pub fn new(places: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            letters: Mutex::new(VecDeque::new()),
            arrived: Notify::new(),
        }
    }

    pub async fn post(&self, letter: Letter) -> bool {
        let place = self.places.clone().acquire_owned().await;
        let Ok(_place) = place else {
            return false;
        };
        self.letters.lock().unwrap().push_back(Posted { letter, _place });
        self.arrived.notify_one();
        true
    }

    pub fn fetch(&self) -> Option<Letter> {
        let posted = self.letters.lock().unwrap().pop_front()?;
        Some(posted.letter)
    }
}
