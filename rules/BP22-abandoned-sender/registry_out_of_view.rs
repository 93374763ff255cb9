//highwater:nocompile needs wire_frames
// The type of the registry is not in view, and who answers is: it leaves when the line ends, and the
// senders stay. The second one lets go of all of them.
use std::sync::atomic::Ordering;
use tokio::sync::oneshot;
use wire_frames::{Frames, Open, Question, Waiting};

impl Line {
    pub async fn ask(&self, text: String) -> Option<String> {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        self.open.lock().insert(number, answer);
        if self
            .questions
            .send(Question { number, text })
            .await
            .is_err()
        {
            self.open.lock().remove(&number);
            return None;
        }
        answered.await.ok() //~ BP22 medium
    }
}

async fn hear_answers(mut frames: Frames, open: Open) {
    while let Some(frame) = frames.next().await {
        if let Some(answer) = open.lock().remove(&frame.number) {
            let _ = answer.send(frame.text);
        }
    }
}

impl Desk {
    pub async fn ask(&self, text: String) -> Option<String> {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        self.waiting.lock().insert(number, answer);
        if self
            .questions
            .send(Question { number, text })
            .await
            .is_err()
        {
            self.waiting.lock().remove(&number);
            return None;
        }
        answered.await.ok()
    }
}

async fn hear_all_answers(mut frames: Frames, waiting: Waiting) {
    while let Some(frame) = frames.next().await {
        if let Some(answer) = waiting.lock().remove(&frame.number) {
            let _ = answer.send(frame.text);
        }
    }
    waiting.lock().clear();
}
