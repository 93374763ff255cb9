// What is many calls away from a handler happens in some of its runs, and what a handler waits for
// is under way as often as it is asked. What it does in every run is another thing.
use axum::extract::State;
use std::sync::Arc;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::sync::oneshot;

pub struct Plans {
    hints: UnboundedSender<String>,
    visits: UnboundedSender<String>,
    builds: UnboundedSender<String>,
}

pub async fn plan(State(plans): State<Arc<Plans>>, query: String) -> String {
    plans.note_visit(&query);
    plans.parse(&query)
}

impl Plans {
    pub fn new(run: fn([mpsc::UnboundedReceiver<String>; 3])) -> Plans {
        let (hints, hinted) = mpsc::unbounded_channel(); //~ BP01 low

        let (visits, visited) = mpsc::unbounded_channel(); //~ BP01 high

        let (builds, built) = mpsc::unbounded_channel(); //~ BP01 low
        run([hinted, visited, built]);
        Plans {
            hints,
            visits,
            builds,
        }
    }

    fn note_visit(&self, query: &str) {
        let _ = self.visits.send(query.to_owned());
    }

    fn parse(&self, query: &str) -> String {
        self.bind(query)
    }

    fn bind(&self, query: &str) -> String {
        self.look_up(query)
    }

    fn look_up(&self, query: &str) -> String {
        self.read_schema(query)
    }

    fn read_schema(&self, query: &str) -> String {
        if query.contains("old_") {
            self.hint("this column has a new name");
        }
        query.to_owned()
    }

    fn hint(&self, words: &str) {
        let _ = self.hints.send(words.to_owned());
    }

    fn start_build(&self, name: String) -> bool {
        self.builds.send(name).is_ok()
    }
}

pub async fn build(State(plans): State<Arc<Plans>>, name: String) -> &'static str {
    let ended = ends_of(&name);
    if !plans.start_build(name) {
        return "nobody builds";
    }
    match ended.await {
        Ok(()) => "built",
        Err(_) => "given up",
    }
}

/// Whoever builds tells by the name when it is done.
fn ends_of(_name: &str) -> oneshot::Receiver<()> {
    oneshot::channel().1
}
