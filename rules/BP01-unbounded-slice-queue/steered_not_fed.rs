// Words about how to go on come as often as somebody turns the wheel. Work comes as it likes: a
// sink of bytes is written to at the pace of whoever writes.
use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver, Sender};

pub struct Course {
    pub port: String,
}

pub struct Helm {
    courses: Sender<Course>,
}

impl Helm {
    pub fn new() -> (Helm, Receiver<Course>) {
        let (courses, taken) = mpsc::channel(); //~ BP01 low
        (Helm { courses }, taken)
    }

    pub fn set_course(&self, port: String) {
        let _ = self.courses.send(Course { port });
    }
}

pub struct Log {
    lines: Sender<Vec<u8>>,
}

impl Log {
    pub fn new() -> (Log, Receiver<Vec<u8>>) {
        let (lines, written) = mpsc::channel(); //~ BP01 medium
        (Log { lines }, written)
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lines.send(bytes.to_vec()).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
