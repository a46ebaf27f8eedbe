//! The consultant's commentary: Markdown reduced to paragraphs, headings, flat lists, bold and italics.
//!
//! A page, a PDF and a slide can all show that, and nothing of it can carry anything else: no markup is left, no
//! address, no picture.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::survey::Rule;
use crate::survey::text::Paragraphs;

use super::view::{Prose, Run};

/// Longest commentary of one chapter, in characters.
pub const LONGEST: usize = 4000;

/// Tidies what was typed and checks its length. Empty where there is no commentary.
pub fn parse(typed: &str) -> Result<String, Rule> {
    Ok(Paragraphs::<LONGEST>::parse(typed)?.as_str().to_owned())
}

/// What of the Markdown is printed. HTML stands there as it was typed, as text; a link is its words; a picture is
/// left out; a list inside a list goes on in the outer one.
pub fn prose(markdown: &str) -> Vec<Prose> {
    let mut page = Page::default();
    for event in Parser::new_ext(markdown, Options::empty()) {
        page.take(event);
    }
    page.end_paragraph();
    page.done
}

/// The words of the commentary without styles, one line a paragraph or entry: what a check reads.
pub fn plain(prose: &[Prose]) -> Vec<String> {
    let line = |runs: &[Run]| runs.iter().map(|run| run.text.as_str()).collect::<String>();
    prose
        .iter()
        .flat_map(|piece| match piece {
            Prose::Paragraph { runs } | Prose::Heading { runs } => vec![line(runs)],
            Prose::List { entries, .. } => entries.iter().map(|entry| line(entry)).collect(),
        })
        .collect()
}

#[derive(Default)]
struct Page {
    done: Vec<Prose>,
    runs: Vec<Run>,
    entries: Vec<Vec<Run>>,
    /// How deep inside lists, and whether the outermost is numbered.
    depth: usize,
    ordered: bool,
    strong: usize,
    emphasis: usize,
    /// How deep inside pictures, whose words are left out.
    pictures: usize,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.say(&text);
            }
            Event::SoftBreak | Event::HardBreak => self.say(" "),
            // Maths, footnotes and ticked boxes are extensions, which are off; a rule is a mere line.
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::List(first) => {
                if self.depth == 0 {
                    self.end_paragraph();
                    self.ordered = first.is_some();
                } else {
                    self.end_entry();
                }
                self.depth += 1;
            }
            Tag::Item => self.end_entry(),
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.emphasis += 1,
            Tag::Image { .. } => self.pictures += 1,
            Tag::Paragraph | Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock => {
                if self.depth == 0 {
                    self.end_paragraph();
                } else if !self.runs.is_empty() {
                    // A second paragraph of one entry.
                    self.say(" ");
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::List(_) => {
                self.end_entry();
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 && !self.entries.is_empty() {
                    self.done.push(Prose::List {
                        ordered: self.ordered,
                        entries: std::mem::take(&mut self.entries),
                    });
                }
            }
            TagEnd::Item => self.end_entry(),
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Emphasis => self.emphasis = self.emphasis.saturating_sub(1),
            TagEnd::Image => self.pictures = self.pictures.saturating_sub(1),
            TagEnd::Heading(_) if self.depth == 0 => {
                if let Some(runs) = self.line() {
                    self.done.push(Prose::Heading { runs });
                }
            }
            TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::HtmlBlock if self.depth == 0 => {
                self.end_paragraph();
            }
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        if self.pictures > 0 || text.is_empty() {
            return;
        }
        // Line ends of code and HTML are spaces here.
        let text = text.replace(['\n', '\r', '\t'], " ");
        let (strong, emphasis) = (self.strong > 0, self.emphasis > 0);
        match self.runs.last_mut() {
            Some(last) if last.strong == strong && last.emphasis == emphasis => {
                last.text.push_str(&text);
            }
            _ => self.runs.push(Run {
                text,
                strong,
                emphasis,
            }),
        }
    }

    /// What has been said since the last end, without space around it; `None` where that is nothing.
    fn line(&mut self) -> Option<Vec<Run>> {
        let mut runs = std::mem::take(&mut self.runs);
        while let Some(first) = runs.first_mut() {
            first.text = first.text.trim_start().to_owned();
            if !first.text.is_empty() {
                break;
            }
            runs.remove(0);
        }
        while let Some(last) = runs.last_mut() {
            last.text.truncate(last.text.trim_end().len());
            if !last.text.is_empty() {
                break;
            }
            runs.pop();
        }
        (!runs.is_empty()).then_some(runs)
    }

    fn end_paragraph(&mut self) {
        if let Some(runs) = self.line() {
            self.done.push(Prose::Paragraph { runs });
        }
    }

    fn end_entry(&mut self) {
        if let Some(runs) = self.line() {
            self.entries.push(runs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(text: &str, strong: bool, emphasis: bool) -> Run {
        Run {
            text: text.to_owned(),
            strong,
            emphasis,
        }
    }

    fn words(text: &str) -> Vec<Run> {
        vec![run(text, false, false)]
    }

    #[test]
    fn paragraphs_headings_lists_bold_and_italics_stay() {
        let said = prose(
            "## First\n\nTalk to **Ada** and *then*\nto Bo.\n\n1. one\n2. **two**\n\n- three\n  - four\n- five\n\n  six",
        );
        let talk = vec![
            run("Talk to ", false, false),
            run("Ada", true, false),
            run(" and ", false, false),
            run("then", false, true),
            run(" to Bo.", false, false),
        ];
        assert_eq!(
            said,
            [
                Prose::Heading {
                    runs: words("First")
                },
                Prose::Paragraph { runs: talk },
                Prose::List {
                    ordered: true,
                    entries: vec![words("one"), vec![run("two", true, false)]]
                },
                Prose::List {
                    ordered: false,
                    entries: ["three", "four", "five six"].map(words).to_vec()
                },
            ]
        );
    }

    #[test]
    fn html_is_text_links_are_their_words_and_pictures_are_nothing() {
        let said = plain(&prose(
            "<script>alert(1)</script>\n\nSee [the plan](javascript:alert(1)) <b onclick=x>now</b>.\n\n\
             ![a face](https://evil.example/x.png)\n\n<https://evil.example>\n\n| a | b |\n|---|---|\n| c | d |\n\n> quoted\n\n    code",
        ));
        assert_eq!(
            said,
            [
                "<script>alert(1)</script>",
                "See the plan <b onclick=x>now</b>.",
                "https://evil.example",
                "| a | b | |---|---| | c | d |",
                "quoted",
                "code"
            ]
        );
    }

    #[test]
    fn what_is_too_long_is_refused_with_its_length() {
        assert_eq!(parse(&"x".repeat(LONGEST)).expect("fits").len(), LONGEST);
        assert_eq!(
            parse(&"x".repeat(LONGEST + 1)),
            Err(Rule::TooLong {
                max: LONGEST,
                given: LONGEST + 1
            })
        );
        assert_eq!(parse(" \r\n "), Ok(String::new()));
        assert!(prose("").is_empty() && prose("---\n\n![](x)\n\n- ").is_empty());
    }

    proptest! {
        #[test]
        fn any_markdown_ends_in_non_empty_runs(text in "[-*_#>`\\[\\]()!<a 1.\n|&;/\\\\]{0,200}") {
            for piece in prose(&text) {
                let lines = match piece {
                    Prose::Paragraph { runs } | Prose::Heading { runs } => vec![runs],
                    Prose::List { entries, .. } => entries,
                };
                prop_assert!(!lines.is_empty());
                for line in lines {
                    prop_assert!(!line.is_empty());
                    prop_assert!(line.iter().all(|run| !run.text.is_empty() && !run.text.contains('\n')));
                }
            }
        }
    }
}
