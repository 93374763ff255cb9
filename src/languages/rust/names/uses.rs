//! `use` declarations, and paths as code writes them.

use super::Target;
use crate::languages::rust::{Kind, Lowering};
use crate::languages::syntax::Node;
use std::borrow::Cow;

impl Lowering<'_> {
    /// Takes the names of a `use` declaration into the module at hand.
    pub(in crate::languages::rust) fn use_declaration(&mut self, node: &Node<'_>) {
        if let Some(argument) = self.field(node, self.f.argument) {
            self.use_tree(&argument, "", 0);
        }
    }

    fn use_tree(&mut self, node: &Node<'_>, prefix: &str, depth: u32) {
        if depth > 16 {
            return;
        }
        let under = |text: &str| match (prefix.is_empty(), text) {
            (true, text) => text.to_owned(),
            (false, "self") => prefix.to_owned(),
            (false, text) => format!("{prefix}::{text}"),
        };
        match self.kind(node) {
            Kind::ScopedUseList => {
                let path = self.field(node, self.f.path);
                let path = path.map_or(prefix.to_owned(), |path| under(self.text_of(&path)));
                if let Some(list) = self.field(node, self.f.list) {
                    self.use_tree(&list, &path, depth + 1);
                }
            }
            Kind::UseList => {
                for child in self.children(node) {
                    self.use_tree(&child, prefix, depth + 1);
                }
            }
            Kind::UseAsClause => {
                let (Some(path), Some(alias)) = (
                    self.field(node, self.f.path),
                    self.field(node, self.f.alias),
                ) else {
                    return;
                };
                let path = under(self.text_of(&path));
                self.take_name(self.text_of(&alias), path);
            }
            Kind::UseWildcard => {
                if let Some(path) = self.first_child(node) {
                    let path = self.absolute_use(under(self.text_of(&path)));
                    self.names.take_all(self.module, &path);
                }
            }
            _ => {
                let path = under(self.text_of(node));
                let name = path.rsplit("::").next().unwrap_or(&path).to_owned();
                self.take_name(&name, path);
            }
        }
    }

    fn take_name(&mut self, name: &str, path: String) {
        let path = self.absolute_use(path);
        self.names.take(self.module, name, &path);
        self.note_import(path);
    }

    /// `self::x` and `super::x` as seen from the crate's root; modules of the crate by their
    /// first part.
    fn absolute_use(&self, path: String) -> String {
        let (first, rest) = path.split_once("::").unwrap_or((&path, ""));
        let joined = |head: &str| match rest {
            "" => head.to_owned(),
            rest => format!("{head}::{rest}"),
        };
        match first {
            "self" => joined(&self.names.path(self.module)),
            "super" => {
                let module = self.names.path(self.module);
                let mut above = module.as_str();
                let mut rest = path.as_str();
                while let Some(next) = rest.strip_prefix("super") {
                    above = above.rsplit_once("::").map_or("crate", |(above, _)| above);
                    rest = next.strip_prefix("::").unwrap_or("");
                }
                match rest {
                    "" => above.to_owned(),
                    rest => format!("{above}::{rest}"),
                }
            }
            // The program of a package takes what its library holds by the package's name.
            _ if !rest.is_empty() && self.is_own_package(first) => joined("crate"),
            _ => path,
        }
    }

    /// Whether a name is that of the package at hand, which its directory mostly bears.
    fn is_own_package(&self, name: &str) -> bool {
        let path = &self.builder.program.files[self.file.0 as usize].path;
        let above = path.rfind("/src/").map(|at| &path[..at]);
        above
            .and_then(|above| above.rsplit('/').next())
            .is_some_and(|package| package.replace('-', "_") == name)
    }

    fn note_import(&mut self, path: String) {
        let facts = &mut self.builder.program.files[self.file.0 as usize];
        facts.imports.push(path);
    }

    /// The full path of what a node names, and the item there.
    pub(in crate::languages::rust) fn resolve(&mut self, node: &Node<'_>) -> Target {
        let text = self.text_of(node);
        let plain = match text.bytes().any(|b| matches!(b, b'<' | b' ' | b'\n')) {
            true => Cow::Owned(without_arguments(text)),
            false => Cow::Borrowed(text),
        };
        self.names.resolve(self.module, &plain)
    }
}

/// A path without its type arguments and white space: `Vec::<u8>::new` is `Vec::new`.
pub(super) fn without_arguments(path: &str) -> String {
    let mut depth = 0_u32;
    let mut plain = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            c if c.is_whitespace() => {}
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain.replace("::::", "::").trim_matches(':').to_owned()
}
