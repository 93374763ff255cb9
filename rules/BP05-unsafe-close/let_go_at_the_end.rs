// A receiving end that is let go when all was received has no sender left that could panic. One that is let go after
// the first has.
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

fn weigh(sacks: SyncSender<u64>) {
    for sack in 0..10 {
        sacks.send(sack).unwrap();
    }
}

fn add_up(sacks: &Receiver<u64>) -> u64 {
    let mut sum = 0;
    for sack in sacks.iter() {
        sum += sack;
    }
    sum
}

pub fn all() -> u64 {
    let (sacks, weighed) = sync_channel(2);
    thread::spawn(move || weigh(sacks));
    let sum = add_up(&weighed);
    drop(weighed);
    sum
}

fn grind(beans: SyncSender<u64>) {
    for bean in 0..10 {
        beans.send(bean).unwrap(); //~ BP05 high
    }
}

fn taste(beans: &Receiver<u64>) -> u64 {
    beans.recv().unwrap_or(0)
}

pub fn first() -> u64 {
    let (beans, ground) = sync_channel(2);
    thread::spawn(move || grind(beans));
    let bean = taste(&ground);
    drop(ground);
    bean
}
