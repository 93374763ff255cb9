// A pace that some answers slow down and none speeds up again, and one that comes back.
pub struct Steps {
    per_second: f64,
}

impl Steps {
    pub fn answered(&mut self, status: u16) -> f64 {
        match status {
            408 | 429 | 503 => self.per_second = (self.per_second * 0.5).max(0.2), //~ BP18 high
            _ => {}
        }
        1.0 / self.per_second
    }
}

pub struct Walk {
    per_second: f64,
}

impl Walk {
    pub fn answered(&mut self, status: u16) -> f64 {
        match status {
            408 | 429 | 503 => self.per_second = (self.per_second * 0.5).max(0.2),
            _ => self.per_second = (self.per_second + 0.1).min(8.0),
        }
        1.0 / self.per_second
    }
}
