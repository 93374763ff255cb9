// Workers that start once and live as long as the process: what a cell or a once of the process runs,
// some calls away, and what is lent for as long. What each of many makes stays a bug, and so does one
// that a stop beside it does not reach.
use std::sync::{Arc, Once, OnceLock};
use std::time::Duration;
use tokio::sync::OnceCell;

static BOARD: OnceLock<Arc<Board>> = OnceLock::new();

pub struct Board;

impl Board {
    fn create() -> Arc<Self> {
        let board = Arc::new(Board);
        Board::keep_fresh(Arc::clone(&board));
        board
    }

    fn keep_fresh(board: Arc<Self>) {
        tokio::spawn(async move {
            let mut turn = tokio::time::interval(Duration::from_secs(10));
            loop { //~ BP09 low
                turn.tick().await;
                board.clear().await;
            }
        });
    }

    async fn clear(&self) {}
}

pub fn board() -> Arc<Board> {
    BOARD.get_or_init(Board::create).clone()
}

pub struct Tally;

impl Tally {
    pub fn new(weight: u64) -> Self {
        let tally = Tally;
        tally.count_on(weight);
        tally
    }

    // Three tasks of one kind are told of once.
    fn count_on(&self, weight: u64) {
        tokio::spawn(async move {
            loop { //~ BP09 low
                tokio::time::sleep(Duration::from_secs(weight)).await;
                show(1.0).await;
            }
        });
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_secs(2)).await;
                show(2.0).await;
            }
        });
    }
}

static CONTEXT: OnceLock<Arc<Context>> = OnceLock::new();

pub struct Context {
    tally: OnceCell<Arc<Tally>>,
}

fn current() -> Arc<Context> {
    CONTEXT
        .get_or_init(|| Arc::new(Context { tally: OnceCell::new() }))
        .clone()
}

pub async fn tally(weight: u64) {
    let context = current();
    let cell = &context.tally;
    cell.get_or_init(|| async move { Arc::new(Tally::new(weight)) })
        .await;
}

pub struct Watch;

pub fn watch(_watch: Watch) {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        std::thread::spawn(|| {
            loop { //~ BP09 low
                std::thread::sleep(Duration::from_secs(1));
                look();
            }
        });
    });
}

fn look() {}

pub struct Pulse {
    begun: OnceLock<()>,
}

impl Pulse {
    pub fn begin(&'static self) {
        if self.begun.set(()).is_err() {
            return;
        }
        tokio::spawn(async move {
            loop { //~ BP09 low
                tokio::time::sleep(Duration::from_secs(1)).await;
                self.beat().await;
            }
        });
    }

    async fn beat(&self) {}
}

// Each of many has a cell of its own.
pub struct Room {
    begun: OnceLock<()>,
}

impl Room {
    pub fn open(self: Arc<Self>) {
        let room = self.clone();
        self.begun.get_or_init(|| {
            tokio::spawn(async move {
                loop { //~ BP09 high
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    room.sweep().await;
                }
            });
        });
    }

    async fn sweep(&self) {}

    pub fn shutdown(&self) {}
}

pub fn lend(room: Arc<Room>) {
    room.open();
}
