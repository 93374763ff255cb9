// A receive with a time limit fails in two ways: its time is over, or nobody sends any more. Who takes both
// for a pause goes round at full speed once the last sender is gone.
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(50);

pub fn keep_notes(notes: Receiver<String>) -> JoinHandle<io::Result<()>> {
    thread::spawn(move || write_notes(&notes))
}

fn write_notes(notes: &Receiver<String>) -> io::Result<()> {
    loop { //~ BP09 high
        match notes.recv_timeout(PAUSE) {
            Ok(note) => writeln!(io::stdout(), "{note}")?,
            Err(_) => io::stdout().flush()?,
        }
    }
}

pub fn keep_marks(marks: Receiver<String>) -> JoinHandle<io::Result<()>> {
    thread::spawn(move || write_marks(&marks))
}

fn write_marks(marks: &Receiver<String>) -> io::Result<()> {
    loop {
        match marks.recv_timeout(PAUSE) {
            Ok(mark) => writeln!(io::stdout(), "{mark}")?,
            Err(RecvTimeoutError::Timeout) => io::stdout().flush()?,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

pub fn keep_rows(rows: Receiver<String>) -> JoinHandle<io::Result<()>> {
    thread::spawn(move || write_rows(&rows))
}

fn write_rows(rows: &Receiver<String>) -> io::Result<()> {
    loop {
        match rows.recv_timeout(PAUSE) {
            Ok(row) => writeln!(io::stdout(), "{row}")?,
            Err(failure) => {
                if failure == RecvTimeoutError::Disconnected {
                    return Ok(());
                }
                io::stdout().flush()?;
            }
        }
    }
}
