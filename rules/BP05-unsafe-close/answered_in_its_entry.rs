// An answer that is used up in an entry which stays where it was: the next one who finds the entry, late or
// overdue, finds no answer in it. Taken out with its entry, or looked at first, it is used once.
use std::collections::HashMap;
use tokio::sync::oneshot;

pub struct Question {
    until: u64,
    asker: Option<oneshot::Sender<u64>>,
}

impl Question {
    fn close(&mut self, answer: u64) {
        let _ = self.asker.take().expect("asked once").send(answer); //~ BP05 high
    }
}

pub struct Quiz {
    open: HashMap<u64, Question>,
}

impl Quiz {
    pub fn on_answer(&mut self, id: u64, answer: u64) {
        if let Some(question) = self.open.get_mut(&id) {
            question.close(answer);
        }
    }

    pub fn on_tick(&mut self, now: u64) {
        for question in self.open.values_mut() {
            if question.until <= now {
                question.close(0);
            }
        }
        self.open.retain(|_, question| question.until > now);
    }
}

pub struct Riddle {
    asker: Option<oneshot::Sender<u64>>,
}

pub struct Riddles {
    open: HashMap<u64, Riddle>,
}

impl Riddles {
    pub fn on_answer(&mut self, id: u64, answer: u64) {
        if let Some(riddle) = self.open.get_mut(&id) {
            let _ = riddle.asker.take().unwrap().send(answer); //~ BP05 medium
        }
    }
}

pub struct Bet {
    until: u64,
    better: Option<oneshot::Sender<u64>>,
}

impl Bet {
    fn close(&mut self, result: u64) {
        let _ = self.better.take().expect("closed once").send(result);
    }
}

pub struct Bets {
    open: HashMap<u64, Bet>,
}

impl Bets {
    pub fn on_result(&mut self, id: u64, result: u64) {
        if let Some(mut bet) = self.open.remove(&id) {
            bet.close(result);
        }
    }

    pub fn on_tick(&mut self, now: u64) {
        for bet in self.open.values_mut() {
            if bet.until <= now {
                bet.close(0);
            }
        }
        self.open.retain(|_, bet| bet.until > now);
    }
}

pub struct Guess {
    is_closed: bool,
    guesser: Option<oneshot::Sender<u64>>,
}

impl Guess {
    fn close(&mut self, result: u64) {
        self.is_closed = true;
        let _ = self.guesser.take().expect("closed once").send(result);
    }
}

pub struct Guesses {
    open: HashMap<u64, Guess>,
}

impl Guesses {
    pub fn on_result(&mut self, id: u64, result: u64) {
        if let Some(guess) = self.open.get_mut(&id) {
            if !guess.is_closed {
                guess.close(result);
            }
        }
    }
}
