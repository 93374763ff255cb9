//! What the tests of the program stand in: throw-away trees and repositories, a scrubbed
//! environment, the two schemas.

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A channel that no rule but BP02 has an opinion on.
pub const HUGE: &str = "package p\n\nvar jobs = make(chan int, 100000)\n";
/// The same, mended.
pub const SMALL: &str = "package p\n\nvar jobs = make(chan int, 100)\n";
/// Nothing wrong.
pub const CLEAN: &str = "package p\n\nvar n = 1\n";

/// What the program said.
#[derive(Debug)]
pub struct Said {
    /// The exit status.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// `line code state` of each finding of a JSON review.
    pub fn findings(&self) -> Vec<String> {
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let review = self.json();
        let findings = review["findings"].as_array().unwrap().iter();
        findings
            .map(|one| {
                format!(
                    "{}:{} {} {}",
                    word(&one["path"]),
                    one["line"],
                    word(&one["code"]),
                    word(&one["state"])
                )
            })
            .collect()
    }

    /// `path: reason` of each thing that a JSON review skipped.
    pub fn skipped(&self) -> Vec<String> {
        let review = self.json();
        let skipped = review["skipped"].as_array().unwrap().iter();
        skipped
            .map(|one| {
                format!(
                    "{}: {}",
                    one["path"].as_str().unwrap(),
                    one["reason"].as_str().unwrap()
                )
            })
            .collect()
    }
}

/// A directory with files in it.
pub struct World {
    /// Where it is.
    pub root: TempDir,
}

impl World {
    /// With these files.
    pub fn new(files: &[(&str, &str)]) -> World {
        let world = World {
            root: tempfile::tempdir().unwrap(),
        };
        for (path, text) in files {
            world.write(path, text);
        }
        world
    }

    /// A git repository with these files committed.
    pub fn repository(files: &[(&str, &str)]) -> World {
        let world = World::new(files);
        world.git(&["init", "-q", "-b", "main"]);
        world.commit("first");
        world
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let place = self.root.path().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text).unwrap();
    }

    /// Runs git.
    pub fn git(&self, arguments: &[&str]) {
        let output = std::process::Command::new("git")
            .args([
                "-c",
                "user.name=n",
                "-c",
                "user.email=e@e",
                "-c",
                "commit.gpgsign=false",
            ])
            .args(arguments)
            .current_dir(self.root.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Commits everything.
    pub fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    /// Runs the program here.
    pub fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(arguments, "", &[])
    }

    /// Runs the program here with standard input and variables.
    pub fn run_with(
        &self,
        arguments: &[&str],
        input: impl Into<Vec<u8>>,
        variables: &[(&str, &str)],
    ) -> Said {
        run_at(self.root.path(), arguments, input.into(), variables)
    }
}

fn run_at(here: &Path, arguments: &[&str], input: Vec<u8>, variables: &[(&str, &str)]) -> Said {
    let mut command = Command::cargo_bin("highwater").unwrap();
    command
        .args(arguments)
        .current_dir(here)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        // A hang fails the test and not the person who waits for it.
        .timeout(std::time::Duration::from_secs(300))
        .write_stdin(input);
    for (name, value) in variables {
        command.env(name, value);
    }
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    Said {
        status: status.code().unwrap_or(-1),
        out: String::from_utf8(stdout).expect("what is printed is UTF-8"),
        err: String::from_utf8_lossy(&stderr).into_owned(),
    }
}

/// Runs the program on a text from standard input.
pub fn check(code: &str, arguments: &[&str]) -> Said {
    let arguments: Vec<&str> = ["check", "-"].iter().chain(arguments).copied().collect();
    World::new(&[]).run_with(&arguments, code, &[])
}

/// Holds a value against one of the committed schemas.
pub fn assert_valid(schema: &str, value: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/schema")
        .join(schema);
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
