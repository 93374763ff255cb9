//! Method calls: what they mean hangs on what they are called on.

use super::names::Item;
use super::{Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::types::{Library, Type};
use crate::model::{Api, ExprId, ExprKind, Init, NamedId, Symbol};

/// Methods that yield what they are called on, or what it holds.
const SAME: &[&str] = &[
    "unwrap",
    "unwrap_or_default",
    "unwrap_unchecked",
    "clone",
    "as_ref",
    "as_mut",
    "as_deref",
    "as_deref_mut",
    "to_owned",
    "borrow",
    "borrow_mut",
    "into",
    "iter",
    "iter_mut",
    "into_iter",
    "by_ref",
    "cloned",
    "copied",
    "ok",
    "boxed",
    "fuse",
    "deref",
    "deref_mut",
    "downgrade",
    "upgrade",
    "in_current_span",
    "into_inner",
    "get_ref",
    "rev",
    "take",
    "load_full",
    "as_slice",
    "enter",
    "into_future",
    "values",
    "peekable",
    "get_mut",
    "leak",
    "shared",
];

/// Methods that a guard does not have, and what it guards has.
const COPIES: &[&str] = &["clone", "to_owned", "cloned", "copied", "take", "upgrade"];

/// Methods with arguments that yield what they are called on, whatever those say.
const SAME_WITH: &[&str] = &[
    "map_err",
    "context",
    "with_context",
    "unwrap_or_else",
    "unwrap_or",
    "ok_or",
    "ok_or_else",
    "instrument",
    "or_else",
    "inspect_err",
    "wrap_err",
    "expect",
];

impl Lowering<'_> {
    /// A method call on a value.
    pub(super) fn method_on(&mut self, node: &Node<'_>, on: ExprId) -> ExprId {
        let Some((_, name, nodes)) = self.method_parts(node) else {
            return self.unknown(node);
        };
        let span = self.span(node);
        let symbol = self.symbol(&name);
        let name = self.text_of(&name);
        if let Some(value) = self.own_method(node, on, symbol) {
            return value;
        }
        if let Some(step) = self.sent_as(on)
            && matches!(name, "unwrap" | "expect" | "unwrap_unchecked")
        {
            self.builder.program.unwinding.insert(step);
            return on;
        }
        self.note_option(node, on, name);
        if let Some(value) = self.typed_method(node, on, name) {
            self.name_callee(value, ExprKind::Member(on, symbol));
            return value;
        }
        if nodes.is_empty()
            && let Some(value) = self.outcome_value(on, name, span)
        {
            return value;
        }
        if name == "or_default" && self.is_own(on) && self.is_entry(on) {
            return on;
        }
        if nodes.is_empty() && SAME.contains(&name) {
            if name == "take" {
                self.gone(on);
            }
            if COPIES.contains(&name) && self.is_guard(on) {
                // A copy of what is guarded, and not the guard.
                let ty = self.ty(on);
                return self.typed(ExprKind::Dereference(on), ty, span);
            }
            return on;
        }
        if let ("replace" | "insert" | "get_or_insert" | "set", [value]) = (name, &nodes[..])
            && (self.is_wrapper(on) || name == "insert" && self.is_entry(on))
        {
            let value = self.moved(*value);
            self.hand_over(value);
            self.assign(&[on], &[value], crate::model::AssignHow::Set, span);
            return on;
        }
        if SAME_WITH.contains(&name) {
            self.same_with(on, name, nodes);
            return on;
        }
        if let Some(value) = self.by_name(node, on, name) {
            self.name_callee(value, ExprKind::Member(on, symbol));
            return value;
        }
        let callee = self.expr(ExprKind::Member(on, symbol), span);
        let args = self.arguments(node);
        let value = self.emit_call(callee, args, None, span);
        self.gathered(node, name, on, value)
    }

    /// `collect::<FuturesUnordered<_>>()`, or tasks one by one.
    fn gathered(&mut self, node: &Node<'_>, name: &str, on: ExprId, value: ExprId) -> ExprId {
        if name != "collect" {
            return value;
        }
        if self.text_of(node).contains("FuturesUnordered<") {
            let ty = self.lends(Library::FutureSet);
            self.builder.program.exprs[value.index()].ty = ty;
        }
        self.tasks_gathered(node, on).unwrap_or(value)
    }

    /// Whether a value is an option, a cell or another holder of one value.
    fn is_wrapper(&self, on: ExprId) -> bool {
        matches!(
            self.builder.program.ty(self.ty(on)),
            Type::Pointer(_) | Type::Guarded(..)
        )
    }

    /// Whether a value is the place in a map that a pattern found: `Entry::Vacant(place)`.
    fn is_entry(&self, mut on: ExprId) -> bool {
        for _ in 0..4 {
            on = match *self.builder.program.kind(on) {
                ExprKind::Index(..) => return true,
                ExprKind::Variable(variable) => {
                    match self.builder.program.variable(variable).init {
                        Init::Value(of) | Init::Part(of, _) => of,
                        _ => return false,
                    }
                }
                _ => return false,
            };
        }
        false
    }

    /// Whether a value is of a type that the crate declares.
    fn is_own(&self, on: ExprId) -> bool {
        let ty = self.ty(on);
        matches!(self.builder.program.pointee(ty), Type::Named(_))
    }

    /// A method that the crate declares.
    fn own_method(&mut self, node: &Node<'_>, on: ExprId, name: Symbol) -> Option<ExprId> {
        let named = match *self.builder.program.pointee(self.ty(on)) {
            Type::Named(named) => named,
            Type::Unknown => self.named_after(on)?,
            _ => return None,
        };
        let function = self.method_named(named, name)?;
        let args = self.arguments_for(node, Some(function));
        Some(self.call_own(node, function, Some(on), args))
    }

    /// What is said beside a value that stays what it is.
    fn same_with(&mut self, on: ExprId, name: &str, nodes: Vec<Node<'_>>) {
        for node in nodes {
            let value = self.expression(node);
            if name == "unwrap_or" {
                self.builder.program.fallbacks.insert(on, value);
            }
        }
    }

    /// The type of the module that something of an unknown type is named after: `app.printer`
    /// is a `Printer`, where one has methods.
    fn named_after(&mut self, on: ExprId) -> Option<NamedId> {
        let name = self.name_of(on);
        let mut camel = String::with_capacity(name.len());
        for word in name.split('_') {
            let mut letters = word.chars();
            camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            camel.push_str(letters.as_str());
        }
        if camel.len() < 3 || camel == name {
            return None;
        }
        let place = self.names.under(self.module, &camel);
        match self.names.item(place)? {
            Item::Type(named, _) => Some(named),
            _ => None,
        }
    }

    fn typed_method(&mut self, node: &Node<'_>, on: ExprId, name: &str) -> Option<ExprId> {
        let ty = self.ty(on);
        if self.builder.program.lock_around(ty).is_some() {
            let through_lock = match name {
                "lock" | "lock_owned" | "blocking_lock" | "write" | "write_owned"
                | "blocking_write" | "lock_arc" | "upgradable_read" => {
                    Some(self.take_lock(on, false, node))
                }
                "read" | "read_owned" | "blocking_read" => Some(self.take_lock(on, true, node)),
                "get_mut" | "into_inner" => {
                    let inner = self.guarded(ty);
                    let span = self.span(node);
                    Some(self.typed(ExprKind::Dereference(on), inner, span))
                }
                _ => None,
            };
            if through_lock.is_some() {
                return through_lock;
            }
        }
        match *self.builder.program.underlying(ty) {
            Type::Channel(..) => self.channel_method(node, on, name),
            Type::List(..) => self.list_method(node, on, name),
            Type::Map(..) => self.map_method(node, on, name),
            Type::Library(library) => self
                .library_method(node, on, library, name)
                .or_else(|| self.number_method(node, on, name)),
            _ => self.number_method(node, on, name),
        }
    }

    pub(super) fn values(&mut self, node: &Node<'_>) -> Vec<ExprId> {
        let args = self.arguments(node);
        self.builder.program.list(args).to_vec()
    }

    pub(super) fn does(&mut self, api: Api, node: &Node<'_>, on: ExprId) -> ExprId {
        let span = self.span(node);
        let args = self.values(node);
        self.api_call(api, Some(on), &args, span).0
    }

    fn library_method(
        &mut self,
        node: &Node<'_>,
        on: ExprId,
        library: Library,
        name: &str,
    ) -> Option<ExprId> {
        let span = self.span(node);
        match library {
            Library::Semaphore => self.semaphore_method(node, on, name),
            Library::AtomicInteger | Library::AtomicFlag | Library::AtomicCell => {
                self.atomic_method(node, on, name, library)
            }
            Library::Condition => self.condition_method(node, on, name),
            Library::Context => self.token_method(node, on, name),
            Library::TaskGroup | Library::TaskSet | Library::FutureSet | Library::WaitGroup => {
                self.group_method(node, on, name)
            }
            Library::WorkerPool => {
                let submits = matches!(name, "spawn" | "execute" | "install" | "spawn_fifo");
                submits.then(|| self.does(Api::PoolSubmit, node, on))
            }
            Library::Ticker => match name {
                "tick" => {
                    let (ticks, _) = self.api_call(Api::TickerChannel, Some(on), &[], span);
                    Some(ticks)
                }
                _ => Some(self.does(Api::TimerControl, node, on)),
            },
            Library::Timer => Some(self.does(Api::TimerControl, node, on)),
            Library::Metric => {
                let is_child = name.contains("label");
                let value = self.does(
                    if is_child {
                        Api::Pure
                    } else {
                        Api::MetricRecord
                    },
                    node,
                    on,
                );
                if is_child {
                    let ty = self.ty(on);
                    self.builder.program.exprs[value.index()].ty = ty;
                }
                Some(value)
            }
            Library::Instant | Library::Duration => self.time_method(node, on, library, name),
            Library::RateLimiter => Some(self.does(Api::RateWait, node, on)),
            Library::Backoff => {
                let asks = matches!(name, "next_backoff" | "next_back_off");
                asks.then(|| self.does(Api::BackoffRetry, node, on))
            }
            Library::Once => (name == "call_once").then(|| self.does(Api::OnceDo, node, on)),
            _ => None,
        }
    }

    fn time_method(
        &mut self,
        node: &Node<'_>,
        on: ExprId,
        library: Library,
        name: &str,
    ) -> Option<ExprId> {
        match library {
            Library::Instant => {
                let value = self.does(Api::Now, node, on);
                let is_span = matches!(
                    name,
                    "elapsed" | "duration_since" | "saturating_duration_since"
                );
                let ty = if is_span {
                    basic::DURATION
                } else {
                    basic::INSTANT
                };
                self.builder.program.exprs[value.index()].ty = ty;
                Some(value)
            }
            Library::Duration => match name {
                "as_millis" | "as_secs" | "as_micros" | "as_nanos" => {
                    let value = self.does(Api::Pure, node, on);
                    self.builder.program.exprs[value.index()].ty = basic::INTEGER;
                    Some(value)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn semaphore_method(&mut self, node: &Node<'_>, on: ExprId, name: &str) -> Option<ExprId> {
        match name {
            "acquire" | "acquire_owned" | "acquire_many" | "acquire_many_owned" | "acquire_arc" => {
                Some(self.take_permit(on, node))
            }
            "add_permits" | "release" => Some(self.does(Api::PermitRelease, node, on)),
            "forget" => {
                self.hand_over(on);
                Some(self.unknown(node))
            }
            "close" => Some(self.does(Api::Cancel, node, on)),
            _ => None,
        }
    }

    pub(super) fn atomic_method(
        &mut self,
        node: &Node<'_>,
        on: ExprId,
        name: &str,
        library: Library,
    ) -> Option<ExprId> {
        let api = match name {
            "fetch_add" | "fetch_sub" | "add" | "inc" => Api::AtomicAdd,
            "load" | "into_inner" | "get_mut" => Api::AtomicLoad,
            "store" | "fetch_max" | "fetch_min" | "fetch_or" | "fetch_and" => Api::AtomicStore,
            "swap" => Api::AtomicSwap,
            "compare_exchange" | "compare_exchange_weak" | "fetch_update" | "compare_and_swap" => {
                Api::AtomicCompareSwap
            }
            _ => return None,
        };
        let span = self.span(node);
        // The ordering is no value of interest.
        let mut args = self.values(node);
        let is_ordered = !matches!(name, "into_inner" | "get_mut");
        if name == "fetch_update" {
            // Two orderings, and then what makes the new value of the old one.
            args.drain(..args.len().saturating_sub(1));
        } else if is_ordered && !args.is_empty() {
            args.pop();
        }
        let (value, _) = self.api_call(api, Some(on), &args, span);
        let ty = match (api, library) {
            (Api::AtomicLoad | Api::AtomicSwap, Library::AtomicFlag) => basic::BOOLEAN,
            (Api::AtomicLoad | Api::AtomicAdd | Api::AtomicSwap, Library::AtomicInteger) => {
                basic::INTEGER
            }
            _ => basic::UNKNOWN,
        };
        self.builder.program.exprs[value.index()].ty = ty;
        Some(value)
    }

    /// A condition variable gives its lock back while it waits, so its guard is the same before
    /// and after.
    pub(super) fn condition_method(
        &mut self,
        node: &Node<'_>,
        on: ExprId,
        name: &str,
    ) -> Option<ExprId> {
        let span = self.span(node);
        match name {
            "notified" => {
                let is_end = crate::model::channels::is_end_name(&self.name_of(on));
                let api = match is_end {
                    true => Api::ContextDone,
                    false => Api::ConditionWait,
                };
                Some(self.api_call(api, Some(on), &[], span).0)
            }
            "wait" | "wait_while" | "wait_timeout" | "wait_for" | "wait_timeout_while" => {
                let nodes = self.argument_nodes(node);
                let values: Vec<ExprId> = nodes
                    .into_iter()
                    .map(|node| self.expression(node))
                    .collect();
                let (value, _) = self.api_call(Api::ConditionWait, Some(on), &values, span);
                Some(values.first().copied().unwrap_or(value))
            }
            "notify_one" | "notify_all" | "notify_waiters" | "notify_last" => {
                Some(self.does(Api::ConditionSignal, node, on))
            }
            _ => None,
        }
    }

    pub(super) fn token_method(
        &mut self,
        node: &Node<'_>,
        on: ExprId,
        name: &str,
    ) -> Option<ExprId> {
        let span = self.span(node);
        match name {
            "cancelled" | "cancelled_owned" => {
                Some(self.api_call(Api::ContextDone, Some(on), &[], span).0)
            }
            "is_cancelled" => {
                let (value, _) = self.api_call(Api::ContextErr, Some(on), &[], span);
                self.builder.program.exprs[value.index()].ty = basic::BOOLEAN;
                Some(value)
            }
            "cancel" => Some(self.does(Api::Cancel, node, on)),
            "child_token" => {
                let (value, _) = self.api_call(Api::ContextWithCancel, None, &[on], span);
                let ty = self.lends(Library::Context);
                self.builder.program.exprs[value.index()].ty = ty;
                Some(value)
            }
            "drop_guard" => {
                self.builder.program.ended_by_guards.push(on);
                let ty = self.lends(Library::CancelFunction);
                Some(self.typed(ExprKind::Unknown, ty, span))
            }
            "run_until_cancelled" | "run_until_cancelled_owned" => {
                Some(self.until_cancelled(node, on))
            }
            _ => None,
        }
    }
}
