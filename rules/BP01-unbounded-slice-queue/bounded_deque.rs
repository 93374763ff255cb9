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
