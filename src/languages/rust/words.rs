//! Rust's words for what the rules say in general ones. Longer phrases come first.

/// What is written instead of what.
pub(super) const WORDS: &[(&str, &str)] = &[
    (
        "a WaitGroup waited for in a goroutine that closes a channel, and a select on that channel and a deadline",
        "a `JoinSet` or `TaskTracker` awaited inside a `timeout`",
    ),
    ("in a `sync.WaitGroup`", "in a `JoinSet`"),
    ("`sync.WaitGroup`", "`JoinSet`"),
    ("A WaitGroup", "A `JoinSet`"),
    ("WaitGroup", "`JoinSet`"),
    ("one more goroutine", "one more task"),
    ("parked goroutine with its own stack", "parked task"),
    ("goroutines", "tasks"),
    ("goroutine", "task"),
    ("Goroutines", "Tasks"),
    ("Goroutine", "Task"),
    (
        "Use a channel with a capacity, or",
        "Use a bounded channel, or",
    ),
    ("a select with a default", "`try_send`"),
    ("a `select` with a `default`", "`try_send`"),
    ("a done channel", "a `CancellationToken`"),
    ("a context", "a `CancellationToken`"),
    ("no context", "no token"),
    ("its context", "its token"),
    ("the context", "the token"),
    ("`ctx.Done()`", "`token.cancelled()`"),
    ("in a defer", "when it is dropped"),
    (", best when it is dropped", ""),
    ("slice or list", "`Vec` or `VecDeque`"),
];
