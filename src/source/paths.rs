//! Which paths are reviewed, which are left out and why, and which belong together.
//!
//! Works on path strings with `/` between parts; walks no disk.

use super::Language;
use std::fmt;

/// Why a file or directory is left out by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Skip {
    /// Carries the marker line of generated Go code.
    Generated,
    /// Protocol-buffer output by its name.
    ProtocolBuffers,
    /// Other people's code, copied in.
    Vendored,
    /// Input of tests, often wrong on purpose.
    TestData,
    /// JavaScript packages.
    NodeModules,
    /// Starts with a dot or an underscore, which the Go tools ignore as well.
    Hidden,
}

impl Skip {
    /// The reason in words, as it stands under `skipped`.
    pub fn reason(self) -> &'static str {
        match self {
            Skip::Generated => "generated code (`DO NOT EDIT` marker)",
            Skip::ProtocolBuffers => "generated code (protocol buffers)",
            Skip::Vendored => "vendored code",
            Skip::TestData => "test data",
            Skip::NodeModules => "JavaScript packages",
            Skip::Hidden => "hidden (starts with `.` or `_`)",
        }
    }
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

/// Whether a directory of this name is left out with all that is in it.
pub fn skip_directory(name: &str) -> Option<Skip> {
    match name {
        "vendor" => Some(Skip::Vendored),
        "testdata" => Some(Skip::TestData),
        "node_modules" => Some(Skip::NodeModules),
        "" | "." | ".." => None,
        _ if name.starts_with(['.', '_']) => Some(Skip::Hidden),
        _ => None,
    }
}

/// Whether a file is left out by its path: by a directory above it or by its own name.
pub fn skip_file(path: &str) -> Option<Skip> {
    let (directory, name) = split(path);
    directory
        .split('/')
        .find_map(skip_directory)
        .or_else(|| skip_name(name))
}

fn skip_name(name: &str) -> Option<Skip> {
    if name.ends_with(".pb.go") || name.ends_with(".pb.gw.go") {
        Some(Skip::ProtocolBuffers)
    } else if name.starts_with(['.', '_']) {
        Some(Skip::Hidden)
    } else {
        None
    }
}

/// Whether a Go text carries `// Code generated … DO NOT EDIT.` as a line of its own before its
/// first code, which is how the Go tools tell generated files.
pub fn is_generated(text: &str) -> bool {
    let mut in_block = false;
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if in_block || !line.starts_with("//") {
            match code_before_package(line, in_block) {
                Some(still_in_block) => in_block = still_in_block,
                None => return false,
            }
        } else if line.starts_with("// Code generated ") && line.ends_with(" DO NOT EDIT.") {
            return true;
        }
    }
    false
}

/// Reads a line that is no line comment: `None` when it holds code, else whether a block comment
/// is open after it.
fn code_before_package(line: &str, in_block: bool) -> Option<bool> {
    let mut rest = line;
    if in_block {
        match rest.find("*/") {
            Some(at) => rest = &rest[at + 2..],
            None => return Some(true),
        }
    }
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if rest.is_empty() || rest.starts_with("//") {
            return Some(false);
        }
        let comment = rest.strip_prefix("/*")?;
        match comment.find("*/") {
            Some(at) => rest = &comment[at + 2..],
            None => return Some(true),
        }
    }
}

/// Whether a file holds tests, by its path.
pub fn is_test(path: &str) -> bool {
    let (directory, name) = split(path);
    match Language::of_path(path) {
        Some(Language::Rust) => {
            matches!(name, "tests.rs" | "test.rs")
                || name.ends_with("_test.rs")
                || name.ends_with("_tests.rs")
                || directory
                    .split('/')
                    .any(|part| matches!(part, "tests" | "benches" | "test" | "examples"))
        }
        _ => name.ends_with("_test.go"),
    }
}

/// What is analysed together: of Go the files of one directory, of Rust those of one crate;
/// tests apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitId {
    /// The directory without a final `/`; empty at the root. Of Rust that of the crate's source,
    /// or the path of a file that is a crate of its own.
    pub directory: String,
    /// The language, where it has a front-end.
    pub language: Option<Language>,
    /// Whether these are its tests.
    pub tests: bool,
}

/// The unit that a file belongs to.
pub fn unit_of(path: &str) -> UnitId {
    let language = Language::of_path(path);
    let directory = match language {
        Some(Language::Rust) => crate_of(path),
        _ => split(path).0,
    };
    UnitId {
        directory: directory.to_owned(),
        language,
        tests: is_test(path),
    }
}

/// The directory of a Rust file's crate: up to `src`, as cargo has it. A file under `src/bin`,
/// `tests`, `benches` or `examples` is a crate of its own, one that stands elsewhere is taken with
/// its neighbours.
fn crate_of(path: &str) -> &str {
    let (directory, _) = split(path);
    let mut end = 0;
    for part in directory.split('/') {
        let start = end;
        end = start + part.len();
        let rest = path.get(end + 1..).unwrap_or("");
        match part {
            "src" => {
                return match rest.strip_prefix("bin/") {
                    Some(name) if !name.contains('/') => path,
                    _ => &path[..end],
                };
            }
            "tests" | "benches" | "examples" if !rest.contains('/') => return path,
            "tests" | "benches" | "examples" => {
                let inner = rest.split('/').next().unwrap_or("");
                return &path[..end + 1 + inner.len()];
            }
            _ => end += 1,
        }
    }
    directory
}

/// The directory (empty at the root) and the name.
pub fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// The path without `.`, `..`, empty parts and a leading `/`, so that it cannot leave the tree:
/// a `..` at the root goes nowhere.
pub fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_and_names_decide() {
        for (path, expected) in [
            ("a/b.go", None),
            ("vendor/x/y.go", Some(Skip::Vendored)),
            ("a/vendor/x.go", Some(Skip::Vendored)),
            ("vendored/x.go", None),
            ("a/testdata/x.go", Some(Skip::TestData)),
            ("web/node_modules/m/x.go", Some(Skip::NodeModules)),
            (".github/x.go", Some(Skip::Hidden)),
            ("_examples/x.go", Some(Skip::Hidden)),
            ("./a.go", None),
            ("../a.go", None),
            ("api/x.pb.go", Some(Skip::ProtocolBuffers)),
            ("api/x.pb.gw.go", Some(Skip::ProtocolBuffers)),
            ("_scratch.go", Some(Skip::Hidden)),
        ] {
            assert_eq!(skip_file(path), expected, "{path}");
        }
    }

    #[test]
    fn the_marker_counts_before_the_package_clause_only() {
        for (text, expected) in [
            (
                "// Code generated by stringer; DO NOT EDIT.\n\npackage x\n",
                true,
            ),
            (
                "// Code generated by stringer; DO NOT EDIT.\r\npackage x\r\n",
                true,
            ),
            (
                "// a licence\n\n/* more\nwords */\n// Code generated x DO NOT EDIT.\npackage x",
                true,
            ),
            (
                "package x\n// Code generated by stringer; DO NOT EDIT.\n",
                false,
            ),
            (
                "/*\n// Code generated by stringer; DO NOT EDIT.\n*/\npackage x\n",
                false,
            ),
            (
                "/* a */ package x\n// Code generated by x DO NOT EDIT.\n",
                false,
            ),
            (
                "// Code generated by x DO NOT EDIT. really\npackage x\n",
                false,
            ),
            (" // Code generated by x DO NOT EDIT.\npackage x\n", false),
            ("// Code generated by x; do not edit.\npackage x\n", false),
            ("", false),
        ] {
            assert_eq!(is_generated(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_unit_is_a_directory_with_its_tests_apart() {
        assert_eq!(unit_of("a/b/c.go"), unit_of("a/b/d.go"));
        assert_ne!(unit_of("a/b/c.go"), unit_of("a/b/c_test.go"));
        assert_ne!(unit_of("a/b/c.go"), unit_of("a/c.go"));
        assert_eq!(unit_of("c.go").directory, "");
        for (path, crate_is) in [
            ("a/src/lib.rs", "a/src"),
            ("a/src/net/tcp.rs", "a/src"),
            ("src/main.rs", "src"),
            ("src/bin/tool.rs", "src/bin/tool.rs"),
            ("src/bin/tool/main.rs", "src"),
            ("tests/it.rs", "tests/it.rs"),
            ("tests/it/main.rs", "tests/it"),
            ("x.rs", ""),
            ("demo/x.rs", "demo"),
        ] {
            assert_eq!(unit_of(path).directory, crate_is, "{path}");
        }
        assert_ne!(unit_of("a/x.rs"), unit_of("a/x.go"));
    }

    #[test]
    fn cleaned_paths_stay_in_the_tree() {
        for (path, expected) in [
            ("a/./b//c.go", "a/b/c.go"),
            ("../../etc/passwd", "etc/passwd"),
            ("/tmp/x.go", "tmp/x.go"),
            ("a/../../b.go", "b.go"),
            ("", ""),
        ] {
            assert_eq!(clean(path), expected);
        }
    }
}
