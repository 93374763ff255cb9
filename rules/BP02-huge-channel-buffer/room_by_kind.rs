// What a function yields for each kind of lane is written down there: the largest is what a channel may get. A room that the caller brings along, or that is limited, is not known.
use tokio::sync::mpsc::{Receiver, Sender, channel};

pub struct Scan {
    pub lines: Vec<String>,
}

#[derive(Clone, Copy)]
pub enum Track {
    Near,
    Far,
}

impl Track {
    const fn room(self) -> usize {
        match self {
            Track::Near => 64,
            Track::Far => 1 << 18,
        }
    }

    const fn small(self) -> usize {
        match self {
            Track::Near => 16,
            Track::Far => 128,
        }
    }
}

pub fn lay(track: Track) -> (Sender<Scan>, Receiver<Scan>) {
    channel(track.room()) //~ BP02 high
}

pub fn lay_here(track: Track) -> (Sender<Scan>, Receiver<Scan>) {
    let room = match track {
        Track::Near => 64,
        Track::Far => 500_000,
    };
    channel(room) //~ BP02 high
}

pub fn lay_short(track: Track) -> (Sender<Scan>, Receiver<Scan>) {
    channel(track.small())
}

pub fn lay_limited(wanted: usize) -> (Sender<Scan>, Receiver<Scan>) {
    channel(limited(wanted))
}

fn limited(wanted: usize) -> usize {
    if wanted > 256 {
        return 256;
    }
    wanted
}
