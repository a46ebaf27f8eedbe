//! Plain text as mail programs like it.

/// Longest line of a plain text, in characters, unless a single word is longer (RFC 3676 advises
/// 78 at most; replies quote with two more).
pub(super) const WIDTH: usize = 72;

/// Marks that turn the direction of writing: in a name or a subject they only serve to deceive.
const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// One line without control characters: what a header may hold.
pub(super) fn one_line(raw: &str) -> String {
    let plain: String = raw
        .chars()
        .filter(|c| !turns_direction(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Paragraphs (parted by empty lines) of lines, without control characters.
pub(super) fn paragraphs(raw: &str) -> Vec<Vec<String>> {
    let mut paragraphs = vec![Vec::new()];
    for line in raw.lines() {
        let line = one_line(line);
        match paragraphs.last_mut() {
            Some(last) if !line.is_empty() => last.push(line),
            _ => paragraphs.push(Vec::new()),
        }
    }
    paragraphs.retain(|lines| !lines.is_empty());
    paragraphs
}

/// Breaks long lines between words; the lines of a list's entry are indented. Runs of empty
/// lines become one, and the text ends with one line break.
pub(super) fn wrapped(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len() + raw.len() / 32);
    for line in raw.trim().lines() {
        let line = line.trim_end();
        if line.is_empty() && text.ends_with("\n\n") {
            continue;
        }
        wrap_line(line, &mut text);
        text.push('\n');
    }
    text
}

fn wrap_line(line: &str, text: &mut String) {
    let indent = if line.starts_with("- ") { "  " } else { "" };
    let mut length = 0;
    for word in line.split_whitespace() {
        let characters = word.chars().count();
        if length == 0 {
            length = characters;
        } else if length + 1 + characters <= WIDTH {
            text.push(' ');
            length += 1 + characters;
        } else {
            text.push('\n');
            text.push_str(indent);
            length = indent.len() + characters;
        }
        text.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_break_between_words_and_links_never() {
        let link = format!("https://example.com/{}", "x".repeat(90));
        let text = wrapped(&format!(
            "{}\n\n\n\n{link}\n- {}",
            "word ".repeat(20),
            "item ".repeat(20)
        ));
        assert!(
            text.lines()
                .all(|line| line.chars().count() <= WIDTH || line == link),
            "{text}"
        );
        assert!(text.contains("\n  item"), "{text}");
        assert!(!text.contains("\n\n\n"), "{text}");
        assert_eq!(wrapped(""), "");
    }

    #[test]
    fn a_line_loses_what_a_header_must_not_hold() {
        assert_eq!(
            one_line("Ada\r\nBcc: eve@example.com"),
            "Ada Bcc: eve@example.com"
        );
        assert_eq!(one_line(" \u{202E}moc.live\u{202C}\0 x "), "moc.live x");
    }

    #[test]
    fn paragraphs_part_at_empty_lines() {
        assert_eq!(paragraphs("a\r\nb\n\n\nc\n"), [vec!["a", "b"], vec!["c"]]);
        assert!(paragraphs(" \n\n").is_empty());
    }
}
