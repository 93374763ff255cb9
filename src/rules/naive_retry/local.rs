//! What is repeated is felt by this machine only: files, local sockets, processes of its own.

use super::{Retry, says};
use crate::model::{Call, ExprId, ExprKind, FunctionKind, Library, Program};

/// Packages whose calls do not leave the machine.
const LOCAL_PACKAGES: &[&str] = &[
    "os", "ioutil", "filepath", "syscall", "unix", "windows", "exec", "netlink",
];
/// What the names of calls on files and the like begin with.
const LOCAL_CALLS: &[&str] = &[
    "rename",
    "removeall",
    "mkdir",
    "writefile",
    "readfile",
    "listen",
    "mount",
    "unmount",
    "symlink",
    "unlink",
    "flock",
    "bind",
    "rebind",
    "dialpipe",
    "dialunix",
];
/// What comments call a way to another process of this machine.
const LOCAL_WORDS: &[&str] = &["unix socket", "unix domain socket", "named pipe"];
/// What the names of paths and types call one.
const LOCAL_NAMES: &[&str] = &["named_pipe", "namedpipe", "unixlistener", "unixstream"];
/// The same as one word of a name.
const LOCAL_PARTS: &[&str] = &["pipe", "ipc"];
/// How a text names this machine.
const THIS_MACHINE: &[&str] = &["localhost", "127.0.0.1", "[::1]"];

impl Retry {
    /// Whether only this machine feels the call.
    pub(super) fn is_local(&self, program: &Program, name: &str) -> bool {
        let Some(call) = program.call(self.call) else {
            return false;
        };
        let of_package = match *program.kind(call.callee) {
            ExprKind::Qualified(package, _) => {
                let package = program.text(package);
                is_of_files(package) || package.contains("file") || name == "open"
            }
            _ => false,
        };
        let around = program.function(program.function_of(self.step)).span;
        of_package
            || LOCAL_CALLS.iter().any(|local| name.starts_with(local))
            || is_told_a_place(program, call)
            || self.is_named_local(program, call)
            || only_reads_files(program, call)
            || program.remark_says(around, LOCAL_WORDS)
    }

    /// Whether the path of the call, or the type that this is a method of, is called a way to
    /// another process of this machine.
    fn is_named_local(&self, program: &Program, call: &Call) -> bool {
        let function = program.outermost(program.function_of(self.step));
        let owner = match program.function(function).kind {
            FunctionKind::Method(_, owner) => program.text(program.named[owner.index()].name),
            _ => "",
        };
        let path = program.show(call.callee).to_ascii_lowercase();
        let mut words = path.split(|letter: char| !letter.is_ascii_alphanumeric());
        says(&path, LOCAL_NAMES)
            || says(owner, LOCAL_NAMES)
            || words.any(|word| LOCAL_PARTS.contains(&word))
    }

    /// Whether it waits for a process that its own function or its own type has started.
    pub(super) fn waits_for_its_process(&self, program: &Program) -> bool {
        let function = program.outermost(program.function_of(self.step));
        if let FunctionKind::Method(_, owner) = program.function(function).kind {
            let mut fields = program.named[owner.index()].fields.iter();
            let holds = |ty| is_lent(program, ty, Library::Process);
            if fields.any(|&(_, field)| holds(program.variable(field).ty)) {
                return true;
            }
        }
        let before = program.span(self.step).start;
        let calls = program.calls_in(program.function(function).body);
        calls.into_iter().any(|(step, call)| {
            let name = program.callee_name(call.callee).to_ascii_lowercase();
            program.span(step).start < before
                && matches!(name.as_str(), "spawn" | "start")
                && call.receiver.is_some_and(|on| {
                    let mut parts = program.parts_of(on).into_iter();
                    parts.any(|part| is_lent(program, program.expr(part).ty, Library::Process))
                })
        })
    }
}

/// Whether all that a call is told of where to go is a place on this machine.
fn is_told_a_place(program: &Program, call: &Call) -> bool {
    let is_place = |part: ExprId| match *program.kind(part) {
        ExprKind::Text(text) => says(program.text(text), THIS_MACHINE),
        _ => call.receiver.is_none() && is_lent(program, program.expr(part).ty, Library::LocalPath),
    };
    let given = program.list(call.args).iter();
    given
        .flat_map(|&given| program.parts_of(given))
        .any(is_place)
}

fn is_lent(program: &Program, ty: crate::model::TypeId, library: Library) -> bool {
    *program.pointee(ty) == crate::model::Type::Library(library)
}

/// Whether a function in view works on files, and nothing that it reaches is felt by others.
fn only_reads_files(program: &Program, call: &Call) -> bool {
    let Some(target) = call.target else {
        return false;
    };
    let calls_in = |function| program.calls_in(program.function(function).body);
    let works_on_files = |call: &Call| match *program.kind(call.callee) {
        ExprKind::Qualified(package, _) => is_of_files(program.text(package)),
        _ => false,
    };
    calls_in(target)
        .into_iter()
        .any(|(_, call)| works_on_files(call))
        && !program.reach(target).into_iter().any(|function| {
            let mut calls = calls_in(function).into_iter();
            calls.any(|(_, call)| super::remote::leaves(program, call))
        })
}

/// Whether a package holds what works on files, or talks within the machine.
fn is_of_files(package: &str) -> bool {
    let last = package.rsplit([':', '/']).next().unwrap_or(package);
    matches!(last, "fs" | "File" | "OpenOptions" | "ipc" | "UnixStream")
        || LOCAL_PACKAGES.contains(&last)
}
