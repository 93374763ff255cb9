// Loops that look like retries: one polls a queue of the process, one asks a person, one serves until
// something fails.
use std::time::Duration;
use tokio::sync::mpsc;

pub async fn handed_over(queue: &mut mpsc::Receiver<u64>) -> Option<u64> {
    loop {
        match queue.try_recv() {
            Ok(bundle) => return Some(bundle),
            Err(mpsc::error::TryRecvError::Disconnected) => return None,
            Err(mpsc::error::TryRecvError::Empty) => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}

pub struct Key;

impl Key {
    fn open(_password: &str) -> Result<Key, String> {
        Ok(Key)
    }
}

pub fn read_password() -> Result<String, std::io::Error> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line)
}

pub fn unlock() -> Result<Key, std::io::Error> {
    loop {
        let password = read_password()?;
        match Key::open(&password) {
            Ok(key) => return Ok(key),
            Err(error) => {
                eprintln!("{error}");
                std::thread::sleep(Duration::from_secs(1));
            }
        }
    }
}

pub struct Conversation;

impl Conversation {
    async fn answer(&mut self) -> Result<(), String> {
        Ok(())
    }
}

pub async fn serve(mut with: Conversation) -> String {
    loop {
        let result = with.answer().await;
        match result {
            Ok(()) => {}
            Err(error) => break error,
        }
    }
}
