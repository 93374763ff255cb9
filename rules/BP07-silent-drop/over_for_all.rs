// The word that one part is over may be lost when the same function goes on to say, by a send that
// waits, that all is over. Without that, the other side waits for ever.
use tokio::sync::mpsc;

pub enum News {
    Text(String),
    Closed(u64),
    Done,
}

pub struct Line {
    parts: Vec<u64>,
    news: mpsc::Sender<News>,
}

impl Line {
    pub fn new(parts: Vec<u64>) -> (Line, mpsc::Receiver<News>) {
        let (news, heard) = mpsc::channel(256);
        (Line { parts, news }, heard)
    }

    pub async fn hang_up(&mut self) {
        for part in self.parts.drain(..) {
            let _ = self.news.try_send(News::Closed(part)); //~ BP07 low
        }
        let _ = self.news.send(News::Done).await;
    }

    pub async fn say(&mut self, part: u64) {
        let _ = self.news.try_send(News::Closed(part)); //~ BP07 high
        let _ = self.news.send(News::Text("left".to_owned())).await;
    }
}
