// The signal is heard beside the work that may end first, and a time from the settings stands for the
// rest of the work. A value that ends stops what it started, so a sleep there cuts it off as well.
// Waiting for the work behind the signal is right, and so is a signal that asks for something else.
use std::io::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch::Sender;
use tokio::task::JoinHandle;

pub struct Times {
    pub last: u64,
}

pub async fn until_told(mut copying: JoinHandle<()>, over: Sender<bool>, times: Times) -> Result<()> {
    let mut told = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = &mut copying => return Ok(()),
        _ = told.recv() => {}
    }
    over.send_replace(true);
    tokio::time::sleep(Duration::from_secs(times.last)).await; //~ BP16 high
    std::process::exit(0)
}

pub async fn until_done(mut copying: JoinHandle<()>, over: Sender<bool>) {
    tokio::select! {
        _ = &mut copying => return,
        _ = tokio::signal::ctrl_c() => {}
    }
    over.send_replace(true);
    tokio::time::sleep(Duration::from_millis(5)).await;
    let _ = copying.await;
}

pub async fn reread(path: &str, pause: Times) -> Result<String> {
    let mut asked = signal(SignalKind::hangup())?;
    asked.recv().await;
    tokio::time::sleep(Duration::from_secs(pause.last)).await;
    std::fs::read_to_string(path)
}

pub struct Recorder {
    over: Arc<AtomicBool>,
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        give(Duration::from_millis(300));
    }
}

fn give(time: Duration) {
    std::thread::sleep(time); //~ BP16 high
}
