// A function that returns a guard takes the lock for whoever calls it, and a queue with room is full some time: then
// what would make room must not need the lock.
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

#[derive(Default)]
struct Board {
    rows: u64,
    painter: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    board: Mutex<Board>,
}

impl Shared {
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Wall {
    shared: Arc<Shared>,
}

impl Wall {
    fn begin(&self) {
        let shared = Arc::clone(&self.shared);
        let painter = std::thread::spawn(move || {
            while shared.board().rows < 10 {
                std::thread::yield_now();
            }
        });
        self.shared.board().painter = Some(painter);
    }

    fn end(&self) {
        let mut board = self.shared.board();
        board.rows = 10;
        if let Some(painter) = board.painter.take() {
            let _ = painter.join(); //~ BP23 high
        }
    }

    // The guard is gone at the end of the statement that took it.
    fn end_later(&self) {
        self.shared.board().rows = 10;
        let painter = self.shared.board().painter.take();
        if let Some(painter) = painter {
            let _ = painter.join();
        }
    }
}

struct Books {
    sums: Arc<Mutex<u64>>,
    lines: SyncSender<u64>,
}

fn open(sums: &Mutex<u64>) -> MutexGuard<'_, u64> {
    sums.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Books {
    fn start() -> Books {
        let sums = Arc::new(Mutex::new(0));
        let (lines, taken) = sync_channel(16);
        let own = Arc::clone(&sums);
        std::thread::spawn(move || keep(taken, &own));
        Books { sums, lines }
    }

    fn book(&self, line: u64) -> bool {
        let mut sums = open(&self.sums);
        *sums += line;
        self.lines.send(line).is_ok() //~ BP23 medium
    }
}

fn keep(taken: Receiver<u64>, sums: &Mutex<u64>) {
    for line in taken {
        *open(sums) -= line;
    }
}
