// Entries that are taken out by their keys last as long as what they stand for, also where all that are left are taken in
// order at the end. What is only ever taken in order is a queue.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::task::JoinHandle;

#[derive(Default)]
pub struct Kilns {
    lit: Mutex<BTreeMap<u64, JoinHandle<()>>>,
}

impl Kilns {
    pub fn light(self: &Arc<Self>, kiln: u64) {
        let kilns = self.clone();
        let fire = tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_secs(kiln)).await;
            kilns.lit.lock().unwrap().remove(&kiln);
        });
        self.lit.lock().unwrap().insert(kiln, fire);
    }

    pub fn put_out(&self) {
        let mut lit = self.lit.lock().unwrap();
        while let Some((_, fire)) = lit.pop_first() {
            fire.abort();
        }
    }
}

#[derive(Default)]
pub struct Orders {
    due: Mutex<BTreeMap<u64, String>>,
}

impl Orders {
    pub fn take(&self, due: u64, order: String) {
        self.due.lock().unwrap().insert(due, order); //~ BP01 high
    }

    pub fn next(&self) -> Option<String> {
        self.due.lock().unwrap().pop_first().map(|(_, order)| order)
    }
}
