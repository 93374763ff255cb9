//! The bot in numbers that are read when somebody asks for them: the queue is in the database, and
//! shared by all servers that use it.

use metrics::{describe_counter, describe_gauge, gauge};

use super::Bot;
use crate::store::Error;

const JOBS: &str = "highwater_queue_jobs";
const OLDEST: &str = "highwater_queue_oldest_seconds";
const SINCE: &str = "highwater_last_delivery_age_seconds";

impl Bot {
    /// Sets the numbers of the queue, as they are now.
    ///
    /// # Errors
    ///
    /// When the database fails; the numbers stay as they were.
    pub async fn measure(&self) -> Result<(), Error> {
        let (store, now) = (self.github.store(), self.github.clock().now());
        let depth = store.depth().await?;
        let states = [
            ("waiting", depth.waiting),
            ("running", depth.running),
            ("dead", depth.dead),
        ];
        for (state, jobs) in states {
            gauge!(JOBS, "state" => state).set(jobs as f64);
        }
        // What is put off to a later time is not late.
        let late = depth.oldest.map_or(0, |due| (now - due).max(0));
        gauge!(OLDEST).set(late as f64 / 1000.0);
        if let Some(last) = store.last_delivery().await? {
            gauge!(SINCE).set((now - last).max(0) as f64 / 1000.0);
        }
        Ok(())
    }
}

/// Says what is counted.
pub fn describe() {
    describe_gauge!(
        JOBS,
        "Jobs of the queue: waiting, running, or given up (dead)."
    );
    describe_gauge!(
        OLDEST,
        "How long the job that waits longest has been due, in seconds."
    );
    describe_gauge!(SINCE, "Time since the last delivery was kept, in seconds.");
    describe_gauge!(
        "highwater_last_delivery_seconds",
        "When this server took the last delivery in, in seconds since 1970."
    );
    describe_counter!(
        "highwater_deliveries_total",
        "Deliveries by what became of them."
    );
    describe_counter!(
        "highwater_reviews_total",
        "Pull requests that were looked at."
    );
    describe_counter!("highwater_comments_total", "Comments that were posted.");
    describe_counter!(
        "highwater_jobs_failed_total",
        "Tries of jobs that did not come to their end."
    );
    describe_counter!(
        "highwater_github_requests_total",
        "Requests to GitHub by outcome."
    );
    describe_gauge!(
        "highwater_github_budget_left",
        "Requests that an installation has left this hour; 0 is the App itself."
    );
}
