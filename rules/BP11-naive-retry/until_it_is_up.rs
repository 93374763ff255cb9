// What was started a moment ago is asked, for a while that is written down, whether it is up: that it is not
// yet is no failure that anybody reads. Neither is a child that has not ended yet.
use std::process::{Child, Command};
use std::time::Duration;

pub fn end(mut helper: Child) -> std::io::Result<()> {
    for _ in 0..25 {
        std::thread::sleep(Duration::from_millis(200));
        if let Ok(Some(_)) = helper.try_wait() {
            return Ok(());
        }
    }
    helper.kill()
}

pub fn start(binary: &str, address: &str) -> std::io::Result<Option<std::net::TcpStream>> {
    unit::launch(Command::new(binary).arg("--serve"))?;
    for _ in 0..40 { //~ BP11 low
        std::thread::sleep(Duration::from_millis(150));
        if let Ok(stream) = std::net::TcpStream::connect(address) {
            return Ok(Some(stream));
        }
    }
    Ok(None)
}

pub mod unit {
    pub fn launch(command: &mut std::process::Command) -> std::io::Result<()> {
        command.status().map(|_| ())
    }
}

// That a store answers does not say that it has the row: it is asked until it has, as in any poll.
pub struct Store {
    link: std::net::UdpSocket,
}

impl Store {
    fn row(&self, key: u64) -> std::io::Result<Option<u64>> {
        let mut bytes = [0; 8];
        self.link.send(&key.to_be_bytes())?;
        self.link.recv(&mut bytes)?;
        Ok(Some(u64::from_be_bytes(bytes)).filter(|&row| row > 0))
    }

    pub fn row_in_time(&self, key: u64) -> Option<u64> {
        for _ in 0..200 {
            if let Ok(Some(row)) = self.row(key) {
                return Some(row);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    }
}

pub fn window(address: &str, until: std::time::Instant) -> std::io::Result<std::net::TcpStream> {
    let mut last = std::io::Error::other("never tried");
    // Polls until the window has come up.
    while std::time::Instant::now() < until { //~ BP11 low
        match std::net::TcpStream::connect(address) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
        std::thread::sleep(Duration::from_millis(150));
    }
    Err(last)
}

// Who reads the failure and hands it on works with a server, and each of its clients does.
pub fn far(address: &str) -> std::io::Result<std::net::TcpStream> {
    let mut last = std::io::Error::other("never tried");
    for _ in 0..40 { //~ BP11 medium
        match std::net::TcpStream::connect(address) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
        std::thread::sleep(Duration::from_millis(150));
    }
    Err(last)
}
