//highwater:nocompile needs shelf
// A piece of a file: what the fields are is told by what is done with them. A socket is none.
use shelf::{Label, Printed};

impl Printer {
    pub fn print(&mut self, label: Label) -> Printed {
        let printed = self.head.press(&label);
        self.labels.try_send(label).ok(); //~ BP07 high
        self.socket.try_send(printed.bytes()).ok();
        printed
    }

    pub fn again(&self, label: Label) -> Result<(), Label> {
        self.labels.try_send(label).map_err(|full| full.into_inner())
    }
}
