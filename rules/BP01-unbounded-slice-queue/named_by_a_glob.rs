// Names that a glob takes out of a library mean what they mean there. Who stands in line waits to
// be called; letters that a peer sends wait for nobody.
mod line {
    use std::collections::VecDeque;
    use std::sync::Mutex;
    use tokio::sync::oneshot::*;

    pub struct Guest {
        pub seats: usize,
        pub called: Sender<u32>,
    }

    #[derive(Default)]
    pub struct Line {
        guests: Mutex<VecDeque<Guest>>,
    }

    impl Line {
        pub fn stand(&self, seats: usize) -> Receiver<u32> {
            let (called, call) = channel();
            self.guests.lock().unwrap().push_back(Guest { seats, called }); //~ BP01 low
            call
        }

        pub fn call(&self, table: u32) {
            let next = self.guests.lock().unwrap().pop_front();
            if let Some(guest) = next {
                guest.called.send(table).ok();
            }
        }
    }
}

mod letters {
    use tokio::io::{AsyncBufReadExt, BufReader};
    use tokio::net::TcpStream;
    use tokio::sync::mpsc::*;

    pub async fn sort(peer: TcpStream) -> std::io::Result<()> {
        let (sender, mut box_of_letters) = unbounded_channel(); //~ BP01 high
        tokio::spawn(async move {
            while let Some(letter) = box_of_letters.recv().await {
                file(letter).await;
            }
        });
        let mut lines = BufReader::new(peer).lines();
        while let Some(letter) = lines.next_line().await? {
            if sender.send(letter).is_err() {
                break;
            }
        }
        Ok(())
    }

    async fn file(letter: String) {
        tokio::fs::write("letter", letter).await.ok();
    }
}
