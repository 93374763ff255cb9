// Who starts the senders from a field and then takes all that comes waits for the field as well. Taken out,
// or dropped when the value was taken apart, it is gone in time.
use tokio::sync::mpsc;
use tokio::task::JoinSet;

pub struct Survey {
    found: mpsc::Sender<u64>,
    all: mpsc::Receiver<u64>,
    walks: JoinSet<()>,
}

impl Survey {
    pub fn new() -> Survey {
        let (found, all) = mpsc::channel(8);
        Survey { found, all, walks: JoinSet::new() }
    }

    pub fn walk(&mut self, steps: u64) {
        self.walks.spawn(walk(steps, self.found.clone()));
    }

    pub async fn sum(mut self) -> u64 {
        let mut sum = 0;
        while let Some(found) = self.all.recv().await { //~ BP04 high
            sum += found;
        }
        sum
    }
}

async fn walk(steps: u64, found: mpsc::Sender<u64>) {
    for step in 0..steps {
        if found.send(step).await.is_err() {
            return;
        }
    }
}

pub struct Census {
    found: Option<mpsc::Sender<u64>>,
    all: mpsc::Receiver<u64>,
    walks: JoinSet<()>,
}

impl Census {
    pub fn new() -> Census {
        let (found, all) = mpsc::channel(8);
        Census { found: Some(found), all, walks: JoinSet::new() }
    }

    pub fn walk(&mut self, steps: u64) {
        if let Some(found) = &self.found {
            self.walks.spawn(count(steps, found.clone()));
        }
    }

    pub async fn sum(mut self) -> u64 {
        self.found.take();
        let mut sum = 0;
        while let Some(found) = self.all.recv().await {
            sum += found;
        }
        sum
    }
}

async fn count(steps: u64, found: mpsc::Sender<u64>) {
    for step in 0..steps {
        if found.send(step).await.is_err() {
            return;
        }
    }
}

pub struct Tour {
    seen: mpsc::Sender<u64>,
    all: mpsc::Receiver<u64>,
    walks: JoinSet<()>,
}

impl Tour {
    pub fn new() -> Tour {
        let (seen, all) = mpsc::channel(8);
        Tour { seen, all, walks: JoinSet::new() }
    }

    pub fn walk(&mut self, steps: u64) {
        self.walks.spawn(see(steps, self.seen.clone()));
    }

    pub async fn sum(self) -> u64 {
        let Tour { seen, mut all, walks: _walks } = self;
        drop(seen);
        let mut sum = 0;
        while let Some(found) = all.recv().await {
            sum += found;
        }
        sum
    }
}

async fn see(steps: u64, seen: mpsc::Sender<u64>) {
    for step in 0..steps {
        if seen.send(step).await.is_err() {
            return;
        }
    }
}
