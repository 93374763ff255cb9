// Of a stack the newest is taken first: a history with a bound forgets what is oldest, and a store of
// spare things needs no more than it has room for. A queue owes its readers every item.
const MOST: usize = 100;

pub struct Editor {
    text: String,
    undo: Vec<String>,
    rings: Vec<Vec<u8>>,
}

impl Editor {
    pub fn keep(&mut self) {
        if self.undo.len() >= MOST { //~ BP07 low
            self.undo.remove(0);
        }
        self.undo.push(self.text.clone());
    }

    pub fn back(&mut self) {
        if let Some(text) = self.undo.pop() {
            self.text = text;
        }
    }

    pub fn give(&mut self, buffer: Vec<u8>) {
        if self.rings.len() >= MOST { //~ BP07 low
            return;
        }
        self.rings.push(buffer);
    }

    pub fn take(&mut self) -> Vec<u8> {
        self.rings.pop().unwrap_or_default()
    }
}

pub struct Outbox {
    letters: Vec<String>,
}

impl Outbox {
    pub fn put(&mut self, letter: String) {
        if self.letters.len() >= MOST { //~ BP07 high
            self.letters.remove(0);
        }
        self.letters.push(letter);
    }

    pub fn next(&mut self) -> String {
        self.letters.remove(0)
    }
}
