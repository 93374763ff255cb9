// A match on how full a queue is, with the send in an arm or behind it. One that asks whether there
// is anything at all is for something else, and one that tries to send waits for nothing.
use tokio::sync::mpsc::Sender;

const MOST: usize = 40;

pub struct Kitchen {
    dishes: async_channel::Sender<u64>,
}

impl Kitchen {
    pub async fn order(&self, dish: u64) -> bool {
        match self.dishes.len() { //~ BP08 medium
            MOST.. => false,
            _ => self.dishes.send(dish).await.is_ok(),
        }
    }
}

pub struct Bar {
    drinks: async_channel::Sender<u64>,
}

impl Bar {
    pub async fn order(&self, drink: u64) -> bool {
        match self.drinks.len() { //~ BP08 medium
            0..MOST => {}
            _ => return false,
        }
        self.drinks.send(drink).await.is_ok()
    }
}

pub struct Bell {
    rings: async_channel::Sender<u64>,
}

impl Bell {
    pub async fn wake(&self, who: u64) {
        match self.rings.len() {
            0 => {
                let _ = self.rings.send(who).await;
            }
            _ => println!("rung already"),
        }
    }
}

pub struct Till {
    sales: Sender<u64>,
}

impl Till {
    pub fn sell(&self, sum: u64) -> bool {
        match self.sales.capacity() {
            0 => false,
            _ => self.sales.try_send(sum).is_ok(),
        }
    }
}
