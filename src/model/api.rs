//! What a call means, whichever library it belongs to.

/// The meaning of a call. Front-ends fill it in from their tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Api {
    /// Nothing known.
    Other,
    /// Takes a lock; `true` for reading.
    Lock(bool),
    /// Takes a lock if it is free.
    TryLock,
    /// Gives a lock back; `true` for reading.
    Unlock(bool),
    /// Runs its argument once.
    OnceDo,
    /// Counts tasks that are about to start.
    GroupAdd,
    /// Counts a task that ended.
    GroupDone,
    /// Waits for all tasks of a group.
    GroupWait,
    /// Bounds how many tasks of a group run at once.
    GroupLimit,
    /// Makes a task group.
    GroupNew,
    /// Starts a task of a group if there is room.
    GroupTrySpawn,
    /// Waits for a condition; gives its lock back meanwhile.
    ConditionWait,
    /// Wakes waiters of a condition.
    ConditionSignal,
    /// Takes a permit, waiting for it; `true` when a context or deadline ends the wait.
    PermitAcquire(bool),
    /// Takes a permit if there is one.
    PermitTryAcquire,
    /// Gives a permit back.
    PermitRelease,
    /// Waits a given time, deaf to anything else.
    Sleep,
    /// A channel that yields once after a given time.
    TimerChannel,
    /// A channel that yields again and again.
    TickerChannel,
    /// Makes a timer.
    TimerNew,
    /// Makes a ticker.
    TickerNew,
    /// Stops or resets a timer or ticker.
    TimerControl,
    /// Runs its argument in a task of its own after a given time.
    TimerFunction,
    /// Adds to an atomic number.
    AtomicAdd,
    /// Reads an atomic.
    AtomicLoad,
    /// Writes an atomic.
    AtomicStore,
    /// Writes an atomic and yields the old value.
    AtomicSwap,
    /// Writes an atomic if it holds what is expected.
    AtomicCompareSwap,
    /// A context that nothing cancels.
    ContextRoot,
    /// A context cut loose from its parent on purpose.
    ContextDetach,
    /// A context that a function can cancel.
    ContextWithCancel,
    /// A context with a deadline.
    ContextWithDeadline,
    /// A context with a value.
    ContextWithValue,
    /// Ends a context.
    Cancel,
    /// The channel that closes when a context ends.
    ContextDone,
    /// Why or whether a context ended.
    ContextErr,
    /// The context of a request or stream.
    ContextOf,
    /// Calls a function when a context ends.
    ContextAfter,
    /// Asks for the process's signals.
    SignalNotify,
    /// Ends the process.
    Exit,
    /// Unwinds.
    Panic,
    /// Catches an unwinding.
    Recover,
    /// Ends the task at hand.
    TaskExit,
    /// Writes a log line.
    Log,
    /// Changes an exported metric.
    MetricRecord,
    /// Registers something for export.
    MetricRegister,
    /// Hands a task to a pool that bounds it.
    PoolSubmit,
    /// A library that retries with back-off.
    BackoffRetry,
    /// Waits for a rate limiter's leave.
    RateWait,
    /// A random number.
    Random,
    /// The time now, or since, or until.
    Now,
    /// Whether an error is of a kind.
    ErrorTest,
    /// Makes an error.
    ErrorNew,
    /// Formats text.
    Format,
    /// Puts an item into a linked list.
    ListPush,
    /// Takes an item out of a linked list.
    ListRemove,
    /// The first or last item of a linked list.
    ListPeek,
    /// How many items a linked list has.
    ListLength,
    /// Calls out over the network.
    Outbound,
    /// Answers a request.
    Respond,
    /// Works on the machine itself: files, processes, memory.
    Local,
    /// Accepts a connection.
    Accept,
    /// Takes the next message from a broker or a peer.
    MessageFetch,
    /// Takes a value out of a pool of reusable ones.
    LoanTake,
    /// Puts a value back into its pool.
    LoanReturn,
    /// Serves requests until it is shut down.
    Serve,
    /// Yields the processor.
    Yield,
    /// Removes a key from a map, or all.
    MapDelete,
    /// Copies elements.
    Copy,
    /// Known to neither block nor keep anything.
    Pure,
}
