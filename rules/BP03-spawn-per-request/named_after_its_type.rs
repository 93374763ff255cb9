//highwater:nocompile needs Studio
// What is named after a type whose methods are in view is one, also where its own type is not: the task
// that the method starts is the handler's. A method that does the work itself starts nothing.
use axum::extract::{Path, State};

impl Printer {
    pub fn start_print(&self, sheet: u64) {
        let this = self.clone();
        tokio::spawn(async move { //~ BP03 high
            this.print(sheet).await;
        });
    }
}

impl Binder {
    pub async fn bind_now(&self, sheet: u64) {
        self.bind(sheet).await;
    }
}

pub async fn print(State(studio): State<Studio>, Path(sheet): Path<u64>) -> &'static str {
    studio.printer.start_print(sheet);
    "printing"
}

pub async fn bind(State(studio): State<Studio>, Path(sheet): Path<u64>) -> &'static str {
    studio.binder.bind_now(sheet).await;
    "bound"
}
