// Tickets that are made where their channel is and come back to it after use: there are never more than were made. What
// whoever calls makes anew is no stock.
use tokio::sync::mpsc;

/// Leave to use one of the looms.
pub struct Leave {
    pub loom: u32,
}

pub struct Looms {
    free: mpsc::UnboundedSender<Leave>,
}

impl Looms {
    pub fn new(count: u32) -> (Looms, mpsc::UnboundedReceiver<Leave>) {
        let (free, next) = mpsc::unbounded_channel(); //~ BP01 low
        for loom in 0..count {
            let _ = free.send(Leave { loom });
        }
        (Looms { free }, next)
    }

    pub fn give_back(&self, leave: Leave) {
        let _ = self.free.send(leave);
    }
}

pub struct Cloth {
    pub ells: u32,
}

pub struct Weavers {
    woven: mpsc::UnboundedSender<Cloth>,
}

impl Weavers {
    pub fn new() -> (Weavers, mpsc::UnboundedReceiver<Cloth>) {
        let (woven, bales) = mpsc::unbounded_channel(); //~ BP01 medium
        let _ = woven.send(Cloth { ells: 0 });
        (Weavers { woven }, bales)
    }

    pub fn weave(&self, ells: u32) {
        let _ = self.woven.send(Cloth { ells });
    }
}
