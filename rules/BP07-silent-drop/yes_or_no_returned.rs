// What came of the try is what the function yields, also as an option of nothing. A function that
// yields nothing keeps it from everybody.
pub struct Printer {
    pages: async_channel::Sender<u32>,
}

impl Printer {
    pub fn offer(&self, page: u32) -> Option<()> {
        self.pages.try_send(page).ok()
    }

    pub fn says_whether(&self, page: u32) -> bool {
        self.pages.try_send(page).is_ok()
    }

    pub fn drops(&self, page: u32) {
        self.pages.try_send(page).ok(); //~ BP07 high
    }
}
