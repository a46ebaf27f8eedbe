//! Paragraphs, and how much room they take.
//!
//! The program that shows a slide breaks its lines; here they are only counted, with letters a little wider than Arial's, so that what fits here
//! fits there.

use std::fmt::Write as _;

use crate::report::escape;
use crate::report::view::Run;

/// How a paragraph looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// The lead on the first slide.
    Lead,
    /// A sentence.
    Body,
    /// A sentence in a list.
    Point,
    /// A label above what follows.
    Head,
    /// In bold.
    Strong,
    /// A remark.
    Small,
    /// A remark in a list.
    SmallPoint,
    /// Somebody's words.
    Quote,
    /// A cell of a table of many columns.
    Cell,
    /// A cell of a table of a few.
    LargeCell,
    /// The head of a column.
    CellHead,
}

pub(super) const INK: &str = "14213D";
pub(super) const SOFT: &str = "4A5468";
pub(super) const ACCENT: &str = "0B5D66";
pub(super) const HAIR: &str = "B9BCC4";

impl Look {
    /// Size of its letters, in points.
    pub(super) fn size(self) -> f64 {
        match self {
            Self::Lead => 24.0,
            Self::Body | Self::Point | Self::Strong => 18.0,
            Self::Quote => 17.0,
            Self::Head | Self::Small | Self::SmallPoint => 14.0,
            Self::LargeCell => 16.0,
            Self::Cell => 13.0,
            Self::CellHead => 12.0,
        }
    }

    /// Height of a line, in points.
    pub(super) fn line(self) -> f64 {
        self.size() * 1.22
    }

    /// Room below it, in points.
    fn after(self) -> f64 {
        match self {
            Self::Lead => 20.0,
            Self::Body | Self::Quote => 9.0,
            Self::Point | Self::SmallPoint | Self::Strong | Self::Head | Self::Small => 5.0,
            Self::Cell | Self::LargeCell | Self::CellHead => 0.0,
        }
    }

    /// Room at its left, in points.
    fn indent(self) -> f64 {
        match self {
            Self::Point | Self::SmallPoint => 20.0,
            Self::Quote => 12.0,
            _ => 0.0,
        }
    }

    fn bold(self) -> bool {
        matches!(self, Self::Head | Self::Strong | Self::CellHead)
    }

    fn serif(self) -> bool {
        matches!(self, Self::Lead | Self::Quote)
    }

    fn colour(self) -> &'static str {
        match self {
            Self::Head | Self::Small | Self::SmallPoint | Self::CellHead => SOFT,
            _ => INK,
        }
    }
}

/// A word, and what stands before it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    text: String,
    strong: bool,
    emphasis: bool,
    /// No blank before it: a style changes inside a word.
    glued: bool,
}

/// A paragraph.
#[derive(Clone, Debug)]
pub(super) struct Para {
    pub(super) look: Look,
    words: Vec<Word>,
    /// Its number in a list.
    pub(super) number: Option<usize>,
    /// Goes on with the one before: without its bullet.
    continued: bool,
}

impl Para {
    pub(super) fn new(look: Look, text: &str) -> Self {
        let run = Run {
            text: text.to_owned(),
            strong: false,
            emphasis: look == Look::Quote,
        };
        Self::of_runs(look, &[run])
    }

    /// "**Label** text".
    pub(super) fn labelled(label: &str, text: &str) -> Self {
        let run = |text: &str, strong| Run {
            text: text.to_owned(),
            strong,
            emphasis: false,
        };
        Self::of_runs(
            Look::Body,
            &[run(label, true), run(" ", false), run(text, false)],
        )
    }

    pub(super) fn numbered(number: usize, text: &str) -> Self {
        let mut para = Self::new(Look::Point, text);
        para.number = Some(number);
        para
    }

    pub(super) fn of_runs(look: Look, runs: &[Run]) -> Self {
        let mut words = Vec::new();
        let mut open = false;
        for run in runs {
            let mut glued = open && !run.text.starts_with(char::is_whitespace);
            for word in run.text.split_whitespace() {
                words.push(Word {
                    text: word.to_owned(),
                    strong: run.strong || look.bold(),
                    emphasis: run.emphasis,
                    glued,
                });
                glued = false;
            }
            if !run.text.is_empty() {
                open = !run.text.ends_with(char::is_whitespace);
            }
        }
        Self {
            look,
            words,
            number: None,
            continued: false,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Where its lines begin, as places of words, in a box of that width; every line has a word.
    fn lines(&self, width: f64) -> Vec<(usize, usize)> {
        let room = (width - self.look.indent()).max(20.0);
        let mut starts = vec![(0, 1)];
        let mut at = 0.0;
        for (i, word) in self.words.iter().enumerate() {
            let wide = wide(&word.text, self.look.size(), word.strong, self.look.serif());
            let blank = if word.glued || at == 0.0 {
                0.0
            } else {
                self.look.size() * 0.29
            };
            if at > 0.0 && at + blank + wide > room {
                starts.push((i, 1));
                at = 0.0;
            } else {
                at += blank;
            }
            at += wide;
            // A word longer than a line goes on below.
            if let Some(last) = starts.last_mut().filter(|_| at > room) {
                let more = (at / room).floor();
                last.1 += more as usize;
                at -= more * room;
            }
        }
        starts
    }

    /// How high it is in a box of that width, in points, with the room below it.
    pub(super) fn height(&self, width: f64) -> f64 {
        let lines: usize = self.lines(width).iter().map(|line| line.1).sum();
        lines as f64 * self.look.line() + self.look.after()
    }

    /// Cuts it so that its first part is at most that high. `None` for the first part where not even two lines fit; for the second, where
    /// all does.
    pub(super) fn split(self, width: f64, height: f64) -> (Option<Self>, Option<Self>) {
        if self.height(width) - self.look.after() <= height {
            return (Some(self), None);
        }
        let most = (height / self.look.line()).floor() as usize;
        let mut used = 0;
        let mut cut = 0;
        for (start, lines) in self.lines(width) {
            if used + lines > most {
                cut = start;
                break;
            }
            used += lines;
        }
        if used < 2 || cut == 0 {
            return (None, Some(self));
        }
        let mut first = self;
        let rest = Self {
            look: first.look,
            words: first.words.split_off(cut),
            number: None,
            continued: true,
        };
        (Some(first), Some(rest))
    }

    /// `a:p`.
    pub(super) fn xml(&self) -> String {
        let look = self.look;
        let mut out = String::from("<a:p>");
        let indent = emu(look.indent());
        let hanging = if self.number.is_some() || look == Look::Point || look == Look::SmallPoint {
            -indent
        } else {
            0
        };
        let after = (look.after() * 100.0) as i64;
        let _ = write!(
            out,
            "<a:pPr marL=\"{indent}\" indent=\"{hanging}\"><a:lnSpc><a:spcPct val=\"100000\"/></a:lnSpc>\
             <a:spcBef><a:spcPts val=\"0\"/></a:spcBef><a:spcAft><a:spcPts val=\"{after}\"/></a:spcAft>"
        );
        match (self.number, look) {
            _ if self.continued => out.push_str("<a:buNone/>"),
            (Some(number), _) => {
                let _ = write!(
                    out,
                    "<a:buFont typeface=\"+mj-lt\"/><a:buAutoNum type=\"arabicPeriod\" startAt=\"{}\"/>",
                    number.min(32_767)
                );
            }
            (None, Look::Point | Look::SmallPoint) => {
                out.push_str("<a:buFont typeface=\"Arial\"/><a:buChar char=\"•\"/>");
            }
            _ => out.push_str("<a:buNone/>"),
        }
        out.push_str("</a:pPr>");
        let mut rest = self.words.as_slice();
        while let Some(first) = rest.first() {
            let alike = rest
                .iter()
                .take_while(|word| word.strong == first.strong && word.emphasis == first.emphasis)
                .count();
            let (run, next) = rest.split_at(alike.max(1));
            let mut text = String::new();
            for (i, word) in run.iter().enumerate() {
                if i > 0 && !word.glued {
                    text.push(' ');
                }
                text.push_str(&word.text);
            }
            // The blank between two styles belongs to the first.
            if next.first().is_some_and(|word| !word.glued) {
                text.push(' ');
            }
            out.push_str(&run_xml(&text, look, first.strong, first.emphasis));
            rest = next;
        }
        out.push_str("</a:p>");
        out
    }
}

fn run_xml(text: &str, look: Look, strong: bool, emphasis: bool) -> String {
    let size = (look.size() * 100.0) as i64;
    let bold = u8::from(strong);
    let italic = u8::from(emphasis);
    let colour = look.colour();
    let face = if look.serif() { "+mj-lt" } else { "+mn-lt" };
    let text = escape(text);
    format!(
        "<a:r><a:rPr lang=\"en-GB\" sz=\"{size}\" b=\"{bold}\" i=\"{italic}\" dirty=\"0\"><a:solidFill><a:srgbClr val=\"{colour}\"/></a:solidFill>\
         <a:latin typeface=\"{face}\"/></a:rPr><a:t>{text}</a:t></a:r>"
    )
}

/// Points as English metric units.
pub(super) fn emu(points: f64) -> i64 {
    (points * 12_700.0).round() as i64
}

/// About how wide a word is, in points; never too narrow for Arial, nor for Georgia where `serif`.
pub(super) fn wide(word: &str, size: f64, bold: bool, serif: bool) -> f64 {
    let units: f64 = word
        .chars()
        .map(|letter| match letter {
            'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '’' | '|' | '!' | '(' | ')'
            | '[' | ']' => 0.32,
            'f' | 't' | 'r' | '-' | '“' | '”' => 0.37,
            'm' | 'w' | 'M' | 'W' | '@' | '%' | '—' | '…' => 0.92,
            c if c.is_ascii_uppercase() => 0.73,
            c if c.is_ascii() => 0.56,
            // Letters of other scripts can be as wide as they are high.
            c if c > '\u{2e80}' => 1.05,
            _ => 0.66,
        })
        .sum();
    units * size * if bold || serif { 1.08 } else { 1.0 }
}
