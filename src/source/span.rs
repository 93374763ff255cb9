//! Places: byte ranges in a file. Lines and columns exist only for people and diffs.

/// A file of the unit at hand, by its position in the unit's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A byte range in a file, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span of no bytes at the start of a file.
    pub fn start_of(file: FileId) -> Span {
        Span {
            file,
            start: 0,
            end: 0,
        }
    }

    /// Whether `other` lies within this span.
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// A place as people write it: 1-based, columns in UTF-8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in bytes.
    pub column: u32,
}

/// Where each line of a text begins.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    length: u32,
}

impl Default for LineIndex {
    fn default() -> LineIndex {
        LineIndex::new("")
    }
}

impl LineIndex {
    /// Indexes a text. A line ends with `\n`; a `\r` before it belongs to the line.
    pub fn new(text: &str) -> LineIndex {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        LineIndex {
            starts,
            length: text.len() as u32,
        }
    }

    /// The position of a byte offset; offsets past the end are the end.
    pub fn position(&self, offset: u32) -> Position {
        let offset = offset.min(self.length);
        let line = self.starts.partition_point(|&start| start <= offset);
        Position {
            line: line as u32,
            column: offset - self.starts[line - 1] + 1,
        }
    }

    /// The 1-based line of a byte offset.
    pub fn line(&self, offset: u32) -> u32 {
        self.position(offset).line
    }

    /// The bytes of a 1-based line without its line end; empty when there is no such line.
    pub fn text_of<'t>(&self, text: &'t str, line: u32) -> &'t str {
        let Some(&start) = (line as usize)
            .checked_sub(1)
            .and_then(|at| self.starts.get(at))
        else {
            return "";
        };
        let end = self
            .starts
            .get(line as usize)
            .map_or(text.len(), |&next| next as usize - 1);
        text[start as usize..end].trim_end_matches('\r')
    }

    /// The byte offset at which a 1-based line begins.
    pub fn start_of(&self, line: u32) -> u32 {
        let at = (line.max(1) as usize - 1).min(self.starts.len() - 1);
        self.starts[at]
    }

    /// How many lines the text has; a final line end opens no further line.
    pub fn count(&self) -> u32 {
        let last = *self.starts.last().unwrap_or(&0);
        self.starts.len() as u32 - u32::from(last == self.length && self.length > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_bytes_from_one() {
        let index = LineIndex::new("aé\r\nb\n");
        assert_eq!(index.position(3), Position { line: 1, column: 4 });
        assert_eq!(index.position(5), Position { line: 2, column: 1 });
        assert_eq!(index.position(99).line, 3);
        assert_eq!(index.text_of("aé\r\nb\n", 1), "aé");
        assert_eq!(index.count(), 2);
    }
}
