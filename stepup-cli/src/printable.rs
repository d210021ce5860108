//! What others say, made fit for a terminal.

/// With everything escaped that a terminal takes for a command, or that shows a text in another
/// order than it has.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_plain(character) {
            out.push(character);
        } else {
            out.extend(character.escape_unicode());
        }
    }
    out
}

/// The same of a text whose lines and tabs are its own.
pub(crate) fn printable_lines(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.split('\t').map(printable).collect::<Vec<_>>().join("\t")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_plain(character: char) -> bool {
    !character.is_control()
        && !matches!(character,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b5_no_command_reaches_the_terminal() {
        for (text, expected) in [
            ("plain, ümläut, 漢字", "plain, ümläut, 漢字"),
            ("\u{1b}[2Jgone", r"\u{1b}[2Jgone"),
            ("\u{9b}31m", r"\u{9b}31m"),
            ("\u{1b}]0;title\u{7}", r"\u{1b}]0;title\u{7}"),
            ("one\rtwo\nthree", r"one\u{d}two\u{a}three"),
            ("\u{202e}txt.exe", r"\u{202e}txt.exe"),
            ("pay\u{200b}pal", r"pay\u{200b}pal"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(printable_lines("a\tb\r\nc\u{1b}\n"), "a\tb\nc\\u{1b}\n");
        assert_eq!(printable_lines("a\rb"), r"a\u{d}b");
    }
}
