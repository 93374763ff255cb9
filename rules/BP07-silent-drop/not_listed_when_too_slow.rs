// Who does not take the first word is not listed, and ends with the function: it learns that it is
// not served. Who is only lent to it goes on without the word.
use tokio::sync::mpsc;

pub struct Guest {
    words: mpsc::Sender<String>,
}

impl Guest {
    fn greet(&self, word: &str) -> bool {
        if let Ok(place) = self.words.try_reserve() {
            place.send(word.to_owned());
            true
        } else {
            false
        }
    }

    fn hurry(&self, word: &str) -> bool {
        if let Ok(place) = self.words.try_reserve() {
            place.send(word.to_owned());
            true
        } else {
            false
        }
    }
}

#[derive(Default)]
pub struct House {
    guests: Vec<Guest>,
    last: String,
}

impl House {
    pub fn let_in(&mut self, guest: Guest) {
        if !guest.greet("welcome") {
            return;
        }
        self.guests.push(guest);
    }

    pub fn hurry(&mut self, guest: &Guest) {
        if !guest.hurry("closing soon") { //~ BP07 high
            return;
        }
        self.last = "hurried".to_owned();
    }

    pub fn last(&self) -> &str {
        &self.last
    }
}
