// Whoever offers answers by a name of its own that there was no room.
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

pub enum Answer {
    Taken,
    NoRoom(String),
    Closed,
}

#[derive(Clone)]
pub struct Letterbox {
    letters: Sender<String>,
}

impl Letterbox {
    fn offer(&self, letter: String) -> Answer {
        match self.letters.try_send(letter) {
            Ok(()) => Answer::Taken,
            Err(TrySendError::Full(letter)) => Answer::NoRoom(letter),
            Err(TrySendError::Closed(_)) => Answer::Closed,
        }
    }

    async fn put(self, letter: String) {
        let _ = self.letters.send(letter).await;
    }
}

pub fn deliver(to: &Letterbox, letter: String) -> bool {
    match to.offer(letter) {
        Answer::Taken => true,
        Answer::NoRoom(letter) => {
            later(to, letter);
            true
        }
        Answer::Closed => false,
    }
}

fn later(to: &Letterbox, letter: String) {
    tokio::spawn(to.clone().put(letter)); //~ BP14 high
}

// The sender hears of it.
pub fn deliver_or_say(to: &Letterbox, letter: String) -> Result<bool, String> {
    match to.offer(letter) {
        Answer::Taken => Ok(true),
        Answer::NoRoom(letter) => Err(letter),
        Answer::Closed => Ok(false),
    }
}
