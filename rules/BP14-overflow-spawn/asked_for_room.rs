// Who asks for room and finds none starts a task that waits for it: the overflow is held in tasks. Who says no
// then holds nothing.
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

pub struct Ferry {
    cars: mpsc::Sender<u32>,
}

impl Ferry {
    pub fn board(&self, car: u32) {
        match self.cars.try_reserve() {
            Ok(place) => place.send(car),
            Err(TrySendError::Full(())) => {
                let cars = self.cars.clone();
                tokio::spawn(async move { //~ BP14 high
                    if let Ok(place) = cars.reserve_owned().await {
                        place.send(car);
                    }
                });
            }
            Err(TrySendError::Closed(())) => println!("{car}: no ferry today"),
        }
    }

    pub fn board_or_say(&self, car: u32) -> bool {
        match self.cars.try_reserve() {
            Ok(place) => {
                place.send(car);
                true
            }
            Err(_) => false,
        }
    }
}
