// Nobody empties the registry when the other side is gone, so the sender stays, and the wait with
// it.
use std::collections::HashMap;
use std::sync::Mutex;
use tokio::sync::oneshot;

#[derive(Default)]
pub struct Calls {
    open: Mutex<HashMap<u64, oneshot::Sender<String>>>,
}

impl Calls {
    pub async fn ask(&self, id: u64) -> Option<String> {
        let (answer, answered) = oneshot::channel();
        self.open.lock().unwrap().insert(id, answer);
        answered.await.ok() //~ BP22 medium
    }

    pub fn answer(&self, id: u64, text: String) {
        if let Some(answer) = self.open.lock().unwrap().remove(&id) {
            let _ = answer.send(text);
        }
    }
}
