// What is put back is left for somebody else, is tried in rounds that are counted, or waits in a buffer that is asked
// whether it takes more: none of these goes round for as long as it fails.
use std::collections::VecDeque;
use tokio::net::TcpStream;

pub struct Letter(Vec<u8>);

pub struct Post {
    peer: TcpStream,
    bag: VecDeque<Letter>,
}

pub struct Fault;

impl Post {
    async fn hand_over(&mut self, letter: &Letter) -> Result<(), Fault> {
        match self.peer.try_write(&letter.0) {
            Ok(_) => Ok(()),
            Err(_) => Err(Fault),
        }
    }

    pub async fn empty(&mut self) -> Result<(), Fault> {
        while let Some(letter) = self.bag.pop_front() {
            match self.hand_over(&letter).await {
                Ok(()) => continue,
                Err(fault) => {
                    self.bag.push_front(letter);
                    return Err(fault);
                }
            }
        }
        Ok(())
    }

    pub async fn never_rest(&mut self) {
        while let Some(letter) = self.bag.pop_front() { //~ BP11 medium
            if self.hand_over(&letter).await.is_err() {
                self.bag.push_back(letter);
            }
        }
    }
}
