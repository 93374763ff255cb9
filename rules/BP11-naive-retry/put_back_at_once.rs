// What failed goes back to the end of the work list at once, or after a short wait that is always the
// same; or the position in it stays. With a count in the item, or for another item, nothing is wrong.
use std::collections::VecDeque;
use std::future::Future;
use std::time::Duration;

pub trait Kiln {
    fn fire(&self, pot: &str) -> impl Future<Output = Result<(), String>> + Send;
}

pub async fn fire_all<K: Kiln>(kiln: &K, pots: Vec<String>) {
    let mut shelf: VecDeque<String> = pots.into();
    while let Some(pot) = shelf.pop_front() { //~ BP11 medium
        if let Err(crack) = kiln.fire(&pot).await {
            eprintln!("{crack}");
            shelf.push_back(pot);
        }
    }
}

pub async fn fire_with_a_breath<K: Kiln>(kiln: &K, mut pots: Vec<String>) {
    while let Some(pot) = pots.pop() { //~ BP11 medium
        if kiln.fire(&pot).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
            pots.push(pot);
        }
    }
}

pub async fn fire_in_order<K: Kiln>(kiln: &K, pots: Vec<String>) {
    let mut at = 0;
    while at < pots.len() { //~ BP11 medium
        match kiln.fire(&pots[at]).await {
            Ok(()) => at += 1,
            Err(crack) => eprintln!("{crack}"),
        }
    }
}

pub async fn fire_four_times<K: Kiln>(kiln: &K, pots: Vec<String>) {
    let mut shelf: VecDeque<(String, u32)> = pots.into_iter().map(|pot| (pot, 0)).collect();
    while let Some((pot, fired)) = shelf.pop_front() {
        if kiln.fire(&pot).await.is_err() && fired < 4 {
            shelf.push_back((pot, fired + 1));
        }
    }
}

pub async fn set_aside<K: Kiln>(kiln: &K, pots: Vec<String>) -> Vec<String> {
    let mut shelf: VecDeque<String> = pots.into();
    let mut cracked = Vec::new();
    while let Some(pot) = shelf.pop_front() {
        if kiln.fire(&pot).await.is_err() {
            cracked.push(pot);
        }
    }
    cracked
}
