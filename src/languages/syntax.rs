//! A syntax tree laid out flat: what the grammar's parser found, in the order of the text, one
//! small entry for each node.
//!
//! Lowering asks a node for its children, its fields and what is around it many times over. In the
//! parser's own tree each such question walks through nodes that no grammar shows and that lie
//! anywhere in memory; here it is a step in an array. The parser's tree is gone as soon as it is
//! read, so that a crate's trees, which are all kept until it is lowered, stay small.

use std::ops::Range;

/// The tree of one text. It is read through its [`Node`]s.
pub(super) struct Tree {
    entries: Vec<Entry>,
}

/// One node, in 20 bytes.
#[derive(Clone, Copy, Debug)]
struct Entry {
    start: u32,
    end: u32,
    /// The node around it; the root is its own.
    parent: u32,
    /// The first node behind it that is not a part of it.
    past: u32,
    kind: u16,
    field: u8,
    flags: u8,
}

const NAMED: u8 = 1;
/// The text here is not what the grammar allows.
const WRONG: u8 = 2;
/// Something within is wrong, or the node itself.
const HAS_WRONG: u8 = 4;

/// A node of a [`Tree`].
#[derive(Clone, Copy)]
pub(super) struct Node<'t> {
    entries: &'t [Entry],
    at: u32,
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at && std::ptr::eq(self.entries, other.entries)
    }
}

impl Eq for Node<'_> {}

impl Tree {
    /// Reads the parser's tree, from its root to its last token, without recursion.
    pub fn read(tree: &tree_sitter::Tree) -> Tree {
        let root = tree.root_node();
        let is_wrong = root.has_error();
        let mut entries: Vec<Entry> = Vec::with_capacity(root.descendant_count());
        let mut cursor = root.walk();
        // The nodes around the one at hand, each with how many of its children are still to come:
        // a cursor that is asked for one child too many looks for it at length.
        let mut around: Vec<(u32, u32)> = Vec::new();
        loop {
            let node = cursor.node();
            let at = entries.len() as u32;
            let parent = around.last().map_or(at, |(parent, _)| *parent);
            entries.push(Entry {
                start: node.start_byte() as u32,
                end: node.end_byte() as u32,
                parent,
                past: at + 1,
                kind: node.kind_id(),
                field: field_of(&cursor, &entries, parent),
                flags: flags_of(&node, is_wrong),
            });
            let children = node.child_count();
            if children > 0 && cursor.goto_first_child() {
                around.push((at, children - 1));
                continue;
            }
            loop {
                let Some((parent, to_come)) = around.last_mut() else {
                    return Tree { entries };
                };
                if *to_come > 0 && cursor.goto_next_sibling() {
                    *to_come -= 1;
                    break;
                }
                let past = entries.len() as u32;
                entries[*parent as usize].past = past;
                cursor.goto_parent();
                around.pop();
            }
        }
    }

    /// The node of the whole text.
    pub fn root(&self) -> Node<'_> {
        Node {
            entries: &self.entries,
            at: 0,
        }
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The nodes in the order of the text, each before what is within it.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.entries.len() as u32).map(|at| Node {
            entries: &self.entries,
            at,
        })
    }
}

/// The number of the field that a node is in, of the few dozen that a grammar has; 0 for none. What
/// is not what the grammar allows has no fields.
fn field_of(cursor: &tree_sitter::TreeCursor<'_>, entries: &[Entry], parent: u32) -> u8 {
    let around = entries.get(parent as usize);
    let is_whole = around.is_some_and(|around| around.flags & WRONG == 0);
    let field = if is_whole { cursor.field_id() } else { None };
    field.map_or(0, |field| field.get() as u8)
}

/// A tree without an error has none in any of its nodes.
fn flags_of(node: &tree_sitter::Node<'_>, is_wrong: bool) -> u8 {
    let mut flags = if node.is_named() { NAMED } else { 0 };
    if is_wrong && node.has_error() {
        flags |= HAS_WRONG;
    }
    if is_wrong && (node.is_error() || node.is_missing()) {
        flags |= WRONG;
    }
    flags
}

impl<'t> Node<'t> {
    fn entry(&self) -> &'t Entry {
        &self.entries[self.at as usize]
    }

    /// Another node of the same tree.
    fn other(&self, at: u32) -> Node<'t> {
        Node {
            entries: self.entries,
            at,
        }
    }

    /// The number of its kind in the grammar.
    pub fn kind_id(&self) -> u16 {
        self.entry().kind
    }

    /// Whether the grammar has a name for it, as for all but keywords and signs.
    pub fn is_named(&self) -> bool {
        self.entry().flags & NAMED != 0
    }

    /// Whether the text here is not what the grammar allows.
    pub fn is_wrong(&self) -> bool {
        self.entry().flags & WRONG != 0
    }

    /// Whether something is wrong here or within.
    pub fn has_error(&self) -> bool {
        self.entry().flags & HAS_WRONG != 0
    }

    /// Where it begins, in bytes of the text.
    pub fn start_byte(&self) -> usize {
        self.entry().start as usize
    }

    /// Where it ends, in bytes of the text.
    pub fn end_byte(&self) -> usize {
        self.entry().end as usize
    }

    /// Its bytes.
    pub fn byte_range(&self) -> Range<usize> {
        self.start_byte()..self.end_byte()
    }

    /// The node around it.
    pub fn parent(&self) -> Option<Node<'t>> {
        (self.at != 0).then(|| self.other(self.entry().parent))
    }

    /// What stands directly within, keywords and signs among them.
    pub fn children(&self) -> Nodes<'t> {
        Nodes {
            entries: self.entries,
            at: self.at + 1,
            end: self.entry().past,
        }
    }

    /// What follows it within the same node.
    pub fn behind(&self) -> Nodes<'t> {
        let around = self.entries[self.entry().parent as usize];
        Nodes {
            entries: self.entries,
            at: self.entry().past,
            end: around.past,
        }
    }

    /// The children in a field of the grammar.
    pub fn children_by_field_id(&self, field: u16) -> impl Iterator<Item = Node<'t>> + use<'t> {
        self.children()
            .filter(move |child| field != 0 && u16::from(child.entry().field) == field)
    }

    /// The first child in a field of the grammar.
    pub fn child_by_field_id(&self, field: u16) -> Option<Node<'t>> {
        self.children_by_field_id(field).next()
    }

    /// The innermost node within that holds some bytes.
    pub fn descendant_for_byte_range(&self, range: &Range<usize>) -> Node<'t> {
        let mut at = *self;
        let holds =
            |child: &Node<'t>| child.start_byte() <= range.start && range.end <= child.end_byte();
        while let Some(child) = at.children().find(holds) {
            at = child;
        }
        at
    }
}

/// Nodes that stand one behind the other.
pub(super) struct Nodes<'t> {
    entries: &'t [Entry],
    at: u32,
    end: u32,
}

impl<'t> Iterator for Nodes<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        if self.at >= self.end {
            return None;
        }
        let node = Node {
            entries: self.entries,
            at: self.at,
        };
        self.at = node.entry().past;
        Some(node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages::parse;
    use crate::source::Language;

    /// Holds a node against the parser's own, then what is within both.
    fn hold_against(ours: Node<'_>, theirs: tree_sitter::Node<'_>, fields: u16) {
        let at = format!("{theirs:?}");
        assert_eq!(ours.kind_id(), theirs.kind_id(), "{at}");
        assert_eq!(ours.byte_range(), theirs.byte_range(), "{at}");
        assert_eq!(ours.is_named(), theirs.is_named(), "{at}");
        assert_eq!(ours.has_error(), theirs.has_error(), "{at}");
        let is_wrong = theirs.is_error() || theirs.is_missing();
        assert_eq!(ours.is_wrong(), is_wrong, "{at}");
        for field in 1..=fields {
            let found = ours.child_by_field_id(field).map(|node| node.byte_range());
            let expected = theirs.child_by_field_id(field);
            assert_eq!(found, expected.map(|node| node.byte_range()), "{at}");
        }
        let mut cursor = theirs.walk();
        let theirs_within: Vec<_> = theirs.children(&mut cursor).collect();
        let within: Vec<Node<'_>> = ours.children().collect();
        assert_eq!(within.len(), theirs_within.len(), "{at}");
        for (nth, (child, their_child)) in within.iter().zip(theirs_within).enumerate() {
            assert!(child.parent() == Some(ours), "{at}");
            let behind: Vec<Node<'_>> = child.behind().collect();
            assert!(behind == within[nth + 1..], "{at}");
            hold_against(*child, their_child, fields);
        }
    }

    const GO: [&str; 6] = [
        include_str!("../../rules/BP01-unbounded-slice-queue/bounded_by_other_means.go"),
        include_str!("../../rules/BP06-blocking-send-in-handler/one_word_per_channel.go"),
        include_str!("../../rules/BP11-naive-retry/few_tries_and_probes.go"),
        include_str!("../../rules/BP20-detached-context/kept_by_something_else.go"),
        include_str!("../../rules/BP22-abandoned-sender/room_for_what_may_be_left.go"),
        include_str!("../../rules/BP23-blocking-under-lock/slots_and_batons.go"),
    ];

    const RUST: [&str; 6] = [
        include_str!("../../rules/BP09-uncancellable-worker/once_for_the_process.rs"),
        include_str!("../../rules/BP11-naive-retry/own_machine.rs"),
        include_str!("colours.rs"),
        include_str!("grammar.rs"),
        include_str!("link/unify.rs"),
        include_str!("syntax.rs"),
    ];

    #[test]
    fn a_flat_tree_says_what_the_parser_found_in_whole_and_in_broken_text() {
        let go = GO.map(|text| (Language::Go, text));
        for (language, text) in go
            .into_iter()
            .chain(RUST.map(|text| (Language::Rust, text)))
        {
            let mut parser = parse::new_parser(language);
            let fields = parser.language().unwrap().field_count() as u16;
            let half = text.floor_char_boundary(text.len() / 2);
            for text in [text, &text[..half]] {
                let theirs = parser.parse(text, None).unwrap();
                let ours = Tree::read(&theirs);
                assert_eq!(ours.len(), theirs.root_node().descendant_count());
                hold_against(ours.root(), theirs.root_node(), fields);
            }
        }
    }
}
