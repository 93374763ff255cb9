//! How Go spells changes. What does not have the expected form is left as it is: a change that
//! cannot be written down is no suggestion.

use crate::languages::Edit;
use crate::model::change::{Change, Leave};
use crate::source::Span;

/// The text that makes a change, and the bytes that it replaces.
pub(in crate::languages) fn spell(text: &str, at: Span, change: &Change) -> Option<Edit> {
    let (start, end) = (at.start as usize, at.end as usize);
    let now = text.get(start..end)?;
    match change {
        Change::Instead(other) => Some(edit(start..end, other.clone())),
        Change::Room(room) => with_room(now, *room).map(|new| edit(start..end, new)),
        Change::Gone => {
            let lines = whole_lines(text, start, end)?;
            Some(edit(lines, String::new()))
        }
        Change::AtLeastOne { number } => {
            let indent = own_lines(text, start, end)?;
            let floor = format!("\n{indent}if {number} < 1 {{\n{indent}\t{number} = 1\n{indent}}}");
            Some(edit(end..end, floor))
        }
        Change::OrDone { context, leave } => {
            let indent = own_lines(text, start, end)?;
            let values = match leave {
                Leave::Plain => String::new(),
                Leave::Error => format!(" {context}.Err()"),
                Leave::NilAndError => format!(" nil, {context}.Err()"),
            };
            let select = format!(
                "select {{\n{indent}case {now}:\n{indent}case <-{context}.Done():\n{indent}\treturn{values}\n{indent}}}"
            );
            Some(edit(start..end, select))
        }
        Change::TryToSend { send } => try_to_send(text, at, *send),
        Change::CloseAtEnd { head, channel } => {
            let close = format!("defer close({channel})");
            first_in_body(text, at, *head, &close)
        }
        Change::DeferInTask { start, head } => defer_in_task(text, at, *start, *head),
    }
}

fn edit(at: std::ops::Range<usize>, replacement: String) -> Edit {
    Edit { at, replacement }
}

/// `make(chan T)` with a capacity.
fn with_room(make: &str, room: u32) -> Option<String> {
    let inner = make.strip_prefix("make(")?.strip_suffix(')')?;
    let is_plain = inner.trim_start().starts_with("chan ") && !inner.contains([',', '\n']);
    is_plain.then(|| format!("make({inner}, {room})"))
}

/// The indentation of a statement that has its lines to itself.
fn own_lines(text: &str, start: usize, end: usize) -> Option<&str> {
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let indent = &text[line..start];
    let tail = text[end..].split('\n').next().unwrap_or("").trim();
    (indent.trim().is_empty() && tail.is_empty()).then_some(indent)
}

/// The lines of such a statement, with their end.
fn whole_lines(text: &str, start: usize, end: usize) -> Option<std::ops::Range<usize>> {
    let indent = own_lines(text, start, end)?;
    let next = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
    Some(start - indent.len()..next)
}

/// `if len(c) < cap(c) { c <- v; … } else { … }` and `if len(c) == cap(c) { … return }; c <- v`
/// as a select.
fn try_to_send(text: &str, branch: Span, send: Span) -> Option<Edit> {
    let (start, end) = (branch.start as usize, branch.end as usize);
    let (from, to) = (send.start as usize, send.end as usize);
    let sent = text.get(from..to)?;
    let indent = own_lines(text, start, end)?;
    let open = start + text.get(start..end)?.find('{')?;
    if from >= end {
        // The branch refuses, and the send follows.
        if own_lines(text, from, to)? != indent || !text.get(end..from)?.trim().is_empty() {
            return None;
        }
        let refused = text.get(open + 1..end)?.strip_suffix('}')?.trim_end();
        let select =
            format!("select {{\n{indent}case {sent}:\n{indent}default:{refused}\n{indent}}}");
        return Some(edit(start..to, select));
    }
    if !text.get(open + 1..from)?.trim().is_empty() {
        return None;
    }
    let body = text.get(to..end)?.strip_suffix('}')?;
    let otherwise = format!("\n{indent}}} else {{");
    let (rest, refused) = body.split_once(&otherwise).unwrap_or((body, ""));
    let (rest, refused) = (rest.trim_end(), refused.trim_end());
    let select =
        format!("select {{\n{indent}case {sent}:{rest}\n{indent}default:{refused}\n{indent}}}");
    Some(edit(start..end, select))
}

/// A statement before the others of a function's body.
fn first_in_body(text: &str, function: Span, head: Span, statement: &str) -> Option<Edit> {
    let end = function.end as usize;
    let open = text.get(head.end as usize..end)?.find('{')? + head.end as usize;
    let body = text.get(open + 1..end)?;
    let line = body.strip_prefix('\n')?;
    let indent = &line[..line.len() - line.trim_start_matches(['\t', ' ']).len()];
    let at = open + 1;
    Some(edit(at..at, format!("\n{indent}{statement}")))
}

/// Moves a defer into the body of the task that is started behind it.
fn defer_in_task(text: &str, deferred: Span, start: Span, head: Span) -> Option<Edit> {
    let lines = whole_lines(text, deferred.start as usize, deferred.end as usize)?;
    let statement = text.get(deferred.start as usize..deferred.end as usize)?;
    if statement.contains('\n') || lines.end > start.start as usize {
        return None;
    }
    let first = first_in_body(text, start, head, statement)?;
    let between = text.get(lines.end..first.at.start)?;
    let moved = format!("{between}{}", first.replacement);
    Some(edit(lines.start..first.at.end, moved))
}
