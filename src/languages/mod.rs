//! Syntax trees are born and die here: bytes in, a linked [`Program`] out.
//!
//! Broken input is data. Analysis never fails: it returns what it understood, and says what
//! was cut and where the syntax is wrong.

mod build;
pub mod colours;
pub mod go;
mod grammar;
mod link;
mod nodes;
mod operators;
mod parse;
mod reach;
pub mod rust;
mod scope;
mod syntax;
#[cfg(test)]
mod tests;

use colours::Coloured;

use crate::model::Program;
use crate::model::change::Change;
use crate::source::limits::{Cut, Limits};
use crate::source::{FileId, Language, SourceFile, Span};

/// A unit, analysed as far as it could be.
#[derive(Debug, Default)]
pub struct Analysis {
    /// The model.
    pub program: Program,
    /// Whether the analysis was stopped before there was a program: nothing can be said then.
    pub is_stopped: bool,
    /// What was not looked at, by file.
    pub cuts: Vec<(FileId, Cut)>,
    /// Where the syntax is wrong: the first such place of each file.
    pub syntax_errors: Vec<Span>,
    /// The colours of each file that was parsed, where they were asked for.
    pub colours: Vec<(FileId, Vec<Coloured>)>,
}

/// A change of text: the bytes that are replaced, and what stands there afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes.
    pub at: std::ops::Range<usize>,
    /// What stands there afterwards.
    pub replacement: String,
}

/// Spells a change at a place of a file, where the code there has the form for it.
pub fn spell(file: &SourceFile, at: Span, change: &Change) -> Option<Edit> {
    match file.language {
        Language::Go => go::spell(&file.text, at, change),
        Language::Rust => None,
    }
}

/// Analyses the files of one unit. A [`FileId`] of the result indexes `files`.
pub fn analyse(files: &[SourceFile], limits: &Limits) -> Analysis {
    analyse_and_colour(files, limits, false)
}

/// The same, with the colours of the files: they stand in the trees, which are not kept.
pub fn analyse_and_colour(files: &[SourceFile], limits: &Limits, colour: bool) -> Analysis {
    let mut colours = Vec::new();
    let mut builder = build::Builder::new();
    let mut cuts = Vec::new();
    let mut syntax_errors = Vec::new();
    let mut go = go::FrontEnd::new();
    let mut trees = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let id = FileId(at as u32);
        builder.start_file(file);
        let tree = match parse::parse(file, limits) {
            Ok(tree) => tree,
            Err(cut) => {
                cuts.push((id, cut));
                continue;
            }
        };
        if let Some((start, end)) = parse::first_error(&tree) {
            let file = id;
            syntax_errors.push(Span { file, start, end });
        }
        if colour {
            colours.push((id, colours::of_tree(&tree, file.language)));
        }
        match file.language {
            Language::Go => {
                let cut = go.lower(&mut builder, &tree, &file.text, id, limits);
                cuts.extend(cut.map(|cut| (id, cut)));
            }
            // What `send` means hangs on types that another file may declare.
            Language::Rust => trees.push((id, tree)),
        }
    }
    let parsed: Vec<rust::Parsed<'_>> = trees
        .iter()
        .map(|(id, tree)| rust::Parsed {
            tree,
            text: &files[id.0 as usize].text,
            path: &files[id.0 as usize].path,
            file: *id,
        })
        .collect();
    cuts.extend(rust::lower(&mut builder, &parsed, limits));
    drop(parsed);
    drop(trees);
    let dialect: &dyn link::Dialect = match files.first().map(|file| file.language) {
        Some(Language::Rust) => &rust::Dialect,
        _ => &go::Dialect,
    };
    let linked = link::link(builder, dialect, &limits.stop);
    let is_stopped = linked.is_none();
    Analysis {
        program: linked.unwrap_or_default(),
        is_stopped,
        cuts,
        syntax_errors,
        colours,
    }
}
