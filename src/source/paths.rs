//! placeholder
/// Whether a path holds tests.
pub fn is_test(path: &str) -> bool {
    path.ends_with("_test.go")
}
