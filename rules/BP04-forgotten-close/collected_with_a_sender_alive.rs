// To collect what comes out of a receiver is to wait for the end of its channel.
use crossbeam_channel::unbounded;

pub fn lengths(words: Vec<String>) -> Vec<usize> {
    let (found, results) = unbounded(); //~ BP01 low
    for word in words {
        let found = found.clone();
        std::thread::spawn(move || {
            let _ = found.send(word.len());
        });
    }
    results.iter().collect() //~ BP04 high
}

/// Takes what is there already, and waits for nothing.
pub fn so_far(words: Vec<String>) -> Vec<usize> {
    let (found, results) = unbounded(); //~ BP01 low
    for word in words {
        let found = found.clone();
        std::thread::spawn(move || {
            let _ = found.send(word.len());
        });
    }
    results.try_iter().collect()
}
