// Notices to an observer that are told otherwise in the same breath: the log says the same, the
// caller gets the error, or a state that everybody can watch. What is told nowhere else is lost.
use tokio::sync::{mpsc, watch};

pub enum Notice {
    Up,
    Slow(u64),
    Failed(String),
}

pub enum State {
    Up,
    Down,
}

pub struct Link {
    notices: mpsc::Sender<Notice>,
    state: watch::Sender<State>,
    tries: u32,
}

impl Link {
    pub fn open() -> (Link, mpsc::Receiver<Notice>) {
        let (notices, told) = mpsc::channel(128);
        let (state, _) = watch::channel(State::Down);
        let link = Link { notices, state, tries: 0 };
        (link, told)
    }

    pub fn up(&self) {
        self.notices.try_send(Notice::Up).ok(); //~ BP07 low
        self.state.send(State::Up).ok();
    }

    pub fn slow(&self, reader: u64) {
        tracing::debug!("reader {} is slow", reader);
        self.notices.try_send(Notice::Slow(reader)).ok(); //~ BP07 low
    }

    pub fn again(&mut self) -> Result<(), std::io::Error> {
        self.tries += 1;
        if self.tries > 8 {
            self.notices.try_send(Notice::Failed("given up".to_owned())).ok(); //~ BP07 low
            return Err(std::io::Error::other("given up"));
        }
        Ok(())
    }

    pub fn failed(&self, why: String) {
        tracing::debug!("something failed");
        self.notices.try_send(Notice::Failed(why)).ok(); //~ BP07 high
    }
}
