//! A deque with a limit, asked under the lock that the push stands under.
use std::collections::VecDeque;
use std::sync::Mutex;

struct Spool {
    lines: Mutex<VecDeque<String>>,
    limit: usize,
}

impl Spool {
    fn push(&self, line: String) -> Result<(), String> {
        let mut lines = self.lines.lock().unwrap();
        if lines.len() >= self.limit {
            return Err(line);
        }
        lines.push_back(line);
        Ok(())
    }

    fn pop(&self) -> Option<String> {
        self.lines.lock().unwrap().pop_front()
    }
}

// A permit for each item that is there: without one the item goes back to who brought it.
struct Tray {
    sheets: Mutex<VecDeque<String>>,
    room: tokio::sync::Semaphore,
}

impl Tray {
    fn put(&self, sheet: String) -> Result<(), String> {
        let Ok(slot) = self.room.try_acquire() else {
            return Err(sheet);
        };
        self.sheets.lock().unwrap().push_back(sheet);
        slot.forget();
        Ok(())
    }

    fn next(&self) -> Option<String> {
        let sheet = self.sheets.lock().unwrap().pop_front()?;
        self.room.add_permits(1);
        Some(sheet)
    }
}
