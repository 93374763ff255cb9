// The task is told the number of the seat, while the seat itself stays with the function that starts it, and
// is free again at once. Where the seat goes into the task, it is taken until the end.
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub struct Seat {
    row: usize,
    _permit: OwnedSemaphorePermit,
}

pub struct Hall {
    seats: Arc<Semaphore>,
}

impl Hall {
    fn seat(&self) -> Option<Seat> {
        let permit = self.seats.clone().try_acquire_owned().ok()?;
        Some(Seat { row: self.seats.available_permits(), _permit: permit })
    }

    pub fn play(&self, piece: String) -> Option<usize> {
        let seat = self.seat()?;
        let row = seat.row;
        tokio::spawn(async move { perform(row, piece).await }); //~ BP12 high
        Some(row)
    }

    pub fn play_until_the_end(&self, piece: String) -> Option<usize> {
        let seat = self.seat()?;
        let row = seat.row;
        tokio::spawn(async move {
            let _seat = seat;
            perform(row, piece).await
        });
        Some(row)
    }
}

pub struct Desks {
    free: Mutex<Vec<usize>>,
}

pub struct Desk {
    number: usize,
    of: Arc<Desks>,
}

impl Desks {
    fn desk(self: &Arc<Self>) -> Option<Desk> {
        let number = self.free.lock().unwrap().pop()?;
        Some(Desk { number, of: Arc::clone(self) })
    }

    pub fn copy(self: &Arc<Self>, text: String) -> Option<usize> {
        let desk = self.desk()?;
        let number = desk.number;
        tokio::spawn(async move { perform(number, text).await }); //~ BP12 high
        Some(number)
    }

    pub fn copy_until_the_end(self: &Arc<Self>, text: String) -> Option<usize> {
        let desk = self.desk()?;
        let number = desk.number;
        tokio::spawn(async move {
            perform(number, text).await;
            drop(desk);
        });
        Some(number)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.of.free.lock().unwrap().push(self.number);
    }
}

async fn perform(_place: usize, _what: String) {
    tokio::time::sleep(Duration::from_secs(90)).await;
}
