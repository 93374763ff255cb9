// The place is read by the line before it moves on; what was read is asked after that.
pub fn nth_word(words: &[String], mut wanted: usize) -> Option<String> {
    let mut index = 0;
    loop {
        let word = words.get(index);
        index += 1;
        match word.map(|word| word.trim()) {
            Some("") => continue,
            _ if wanted == 0 => return word.cloned(),
            _ => wanted -= 1,
        }
    }
}
