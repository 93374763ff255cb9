// Who sends waits for the answer that comes back in the item, or gets the end of it: no more
// questions are under way than there are callers.
use tokio::sync::{mpsc, oneshot};

enum Ask {
    Size(oneshot::Sender<u64>),
    Title(u32, oneshot::Sender<String>),
    Forget(u32),
}

pub struct Librarian {
    asks: mpsc::UnboundedSender<Ask>,
}

impl Librarian {
    pub fn start() -> Librarian {
        let (asks, mut asked) = mpsc::unbounded_channel(); //~ BP01 low
        tokio::spawn(async move {
            while let Some(ask) = asked.recv().await {
                reply(ask).await;
            }
        });
        Librarian { asks }
    }

    pub async fn size(&self) -> Option<u64> {
        let (answer, answered) = oneshot::channel();
        let _ = self.asks.send(Ask::Size(answer));
        answered.await.ok()
    }

    pub async fn title(&self, shelf: u32) -> Option<String> {
        let (answer, answered) = oneshot::channel();
        let _ = self.asks.send(Ask::Title(shelf, answer));
        answered.await.ok()
    }

    pub fn forget(&self, shelf: u32) {
        let _ = self.asks.send(Ask::Forget(shelf));
    }
}

async fn reply(_ask: Ask) {}
