//! The fenced blocks of a document.

pub(super) struct Block {
    pub(super) language: String,
    pub(super) text: String,
    /// Of the fence that opens it, from one.
    pub(super) line: usize,
}

pub(super) fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (line, text) in (1..).zip(document.lines()) {
        match (text.trim_start().strip_prefix("```"), open.take()) {
            (Some(language), None) => {
                // What follows it is for rustdoc, such as `no_run`.
                let language = language.split(',').next().unwrap_or_default().to_owned();
                open = Some(Block { language, text: String::new(), line });
            }
            (Some(_), Some(closed)) => blocks.push(closed),
            (None, Some(mut block)) => {
                block.text.push_str(text);
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    // One that nobody closed goes on to the end, as it is rendered.
    blocks.extend(open);
    blocks
}

impl Block {
    /// Each in one line, without comments.
    pub(super) fn commands(&self) -> Vec<String> {
        let lines = self.text.replace("\\\n", " ");
        let lines = lines.lines().map(|line| line.split(" # ").next().unwrap_or_default());
        let lines = lines.filter(|line| !line.trim_start().starts_with('#'));
        let commands = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        commands.filter(|command| !command.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_a_language_a_text_and_a_line() {
        let found = blocks("a\n```sh\nls\n```\n* b\n\n  ```\n  c\n  ```\n```text\nnever closed\n");
        let found: Vec<_> = found
            .iter()
            .map(|block| (block.language.as_str(), block.text.as_str(), block.line))
            .collect();
        assert_eq!(found, [("sh", "ls\n", 2), ("", "  c\n", 7), ("text", "never closed\n", 10)]);
    }

    #[test]
    fn a_command_is_one_whatever_its_lines() {
        let text = "# first\n\nstepup call \\\n    --authority 'a#b'\ncargo xtask test   # all\n";
        let block = Block { language: "sh".to_owned(), text: text.to_owned(), line: 1 };
        assert_eq!(block.commands(), ["stepup call --authority 'a#b'", "cargo xtask test"]);
    }
}
