// One channel for each who listens, and all are told the same: the loop over them, written as a loop or
// as a call with a closure, bounds nothing. What is told once for each of a list that is at hand is.
use std::collections::HashMap;
use std::sync::Mutex;
use tokio::sync::mpsc;

pub struct Tale {
    pub text: String,
}

#[derive(Default)]
pub struct Hall {
    seats: Mutex<HashMap<u64, mpsc::UnboundedSender<String>>>,
}

impl Hall {
    pub fn sit(&self, who: u64) -> mpsc::UnboundedReceiver<String> {
        let (mouth, ear) = mpsc::unbounded_channel(); //~ BP01 medium
        self.seats.lock().unwrap().insert(who, mouth);
        ear
    }

    pub fn speak(&self, tale: &str) {
        let mut seats = self.seats.lock().unwrap();
        seats.retain(|_, mouth| mouth.send(tale.to_owned()).is_ok());
    }
}

#[derive(Default)]
pub struct Yard {
    stools: Mutex<Vec<mpsc::UnboundedSender<String>>>,
}

impl Yard {
    pub fn sit(&self) -> mpsc::UnboundedReceiver<String> {
        let (mouth, ear) = mpsc::unbounded_channel(); //~ BP01 medium
        self.stools.lock().unwrap().push(mouth);
        ear
    }

    pub fn speak(&self, tale: &str) {
        self.stools.lock().unwrap().iter().for_each(|mouth| {
            let _ = mouth.send(tale.to_owned());
        });
    }
}

pub fn told(tales: Vec<Tale>) -> mpsc::UnboundedReceiver<String> {
    let (mouth, ear) = mpsc::unbounded_channel(); //~ BP01 low
    tales.into_iter().for_each(|tale| {
        let _ = mouth.send(tale.text);
    });
    ear
}
