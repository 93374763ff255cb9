// The registry keeps the senders, and lets go of all of them when nobody will answer any more, or
// the wait has an end of its own.
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::oneshot;

#[derive(Default)]
pub struct Calls {
    open: Mutex<HashMap<u64, oneshot::Sender<String>>>,
}

impl Calls {
    pub async fn ask(&self, id: u64) -> Option<String> {
        let (answer, answered) = oneshot::channel();
        self.open.lock().unwrap().insert(id, answer);
        answered.await.ok()
    }

    pub fn answer(&self, id: u64, text: String) {
        if let Some(answer) = self.open.lock().unwrap().remove(&id) {
            let _ = answer.send(text);
        }
    }

    pub fn disconnected(&self) {
        self.open.lock().unwrap().clear();
    }
}

#[derive(Default)]
pub struct Limited {
    open: Mutex<HashMap<u64, oneshot::Sender<String>>>,
}

impl Limited {
    pub async fn ask(&self, id: u64) -> Option<String> {
        let (answer, answered) = oneshot::channel();
        self.open.lock().unwrap().insert(id, answer);
        let limit = Duration::from_secs(5);
        let text = tokio::time::timeout(limit, answered).await.ok()?.ok();
        self.open.lock().unwrap().remove(&id);
        text
    }
}

// The whole map goes, and nobody can put anything in after that.
pub struct Closable {
    open: Mutex<Option<HashMap<u64, oneshot::Sender<String>>>>,
}

impl Closable {
    pub async fn ask(&self, id: u64) -> Option<String> {
        let (answer, answered) = oneshot::channel();
        match self.open.lock().unwrap().as_mut() {
            Some(open) => open.insert(id, answer),
            None => return None,
        };
        answered.await.ok()
    }

    pub fn answer(&self, id: u64, text: String) {
        if let Some(answer) = self.answer_to(id) {
            let _ = answer.send(text);
        }
    }

    fn answer_to(&self, id: u64) -> Option<oneshot::Sender<String>> {
        self.open.lock().unwrap().as_mut()?.remove(&id)
    }

    pub fn disconnected(&self) -> usize {
        let left = self.open.lock().unwrap().take();
        left.map_or(0, |left| left.len())
    }
}
