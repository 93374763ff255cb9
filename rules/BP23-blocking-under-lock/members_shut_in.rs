// The guard of the members lives through the whole loop: while one inbox is full nobody comes or leaves, not even whoever
// is behind. A copy of the senders lets go of the lock first.
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{RwLock, mpsc};

#[derive(Default)]
pub struct Choir {
    singers: RwLock<HashMap<u64, mpsc::Sender<Arc<str>>>>,
}

impl Choir {
    pub async fn enter(&self, id: u64) -> mpsc::Receiver<Arc<str>> {
        let (notes, heard) = mpsc::channel(24);
        self.singers.write().await.insert(id, notes);
        heard
    }

    pub async fn leave(&self, id: u64) {
        self.singers.write().await.remove(&id);
    }

    pub async fn sing(&self, note: Arc<str>) {
        for notes in self.singers.read().await.values() {
            if notes.send(note.clone()).await.is_err() { //~ BP23 medium
                eprintln!("one has gone home");
            }
        }
    }

    pub async fn hum(&self, note: Arc<str>) {
        let singers: Vec<_> = self.singers.read().await.values().cloned().collect();
        for notes in singers {
            let _ = notes.send(note.clone()).await;
        }
    }

    pub async fn whisper(&self, note: Arc<str>) {
        for notes in self.singers.read().await.values() {
            if notes.try_send(note.clone()).is_err() {
                eprintln!("one did not hear");
            }
        }
    }
}

// The loop stands in a method of what the guard lends.
#[derive(Default)]
struct Row {
    seats: HashMap<u64, mpsc::Sender<u32>>,
}

impl Row {
    async fn nudge(&self, how: u32) {
        for seat in self.seats.values() {
            if seat.send(how).await.is_err() {
                eprintln!("the seat is empty");
            }
        }
    }
}

#[derive(Default)]
pub struct Theatre {
    rows: tokio::sync::Mutex<HashMap<String, Row>>,
}

impl Theatre {
    pub async fn sit_down(&self, row: &str, id: u64) -> mpsc::Receiver<u32> {
        let (seat, felt) = mpsc::channel(12);
        let mut rows = self.rows.lock().await;
        rows.entry(row.to_owned()).or_default().seats.insert(id, seat);
        felt
    }

    pub async fn stand_up(&self, row: &str, id: u64) {
        if let Some(row) = self.rows.lock().await.get_mut(row) {
            row.seats.remove(&id);
        }
    }

    pub async fn pass_on(&self, row: &str, how: u32) {
        let rows = self.rows.lock().await;
        if let Some(row) = rows.get(row) {
            row.nudge(how).await; //~ BP23 medium
        }
    }
}
