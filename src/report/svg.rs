//! A small SVG writer. Every text passes through [`escape`], so that what it makes can be printed as it is.
//!
//! Positions across are percentages and there is no view box: letters keep their size on a narrow screen.

use std::fmt::Write;

/// Text made harmless in markup: characters that XML forbids are dropped.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// Where a text is held.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing in the making: `x` in per cent of the width, `y` and sizes in pixels.
pub(crate) struct Drawing {
    id: String,
    title: String,
    description: String,
    height: usize,
    body: String,
}

impl Drawing {
    /// An empty drawing. `id` is unique in the page.
    pub(crate) fn new(id: &str, title: &str, description: &str, height: usize) -> Self {
        Self {
            id: escape(id),
            title: escape(title),
            description: escape(description),
            height,
            body: String::new(),
        }
    }

    pub(crate) fn text(&mut self, class: &str, x: f64, y: f64, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escape(text);
        self.put(format_args!("<text class=\"{class}\" x=\"{x:.2}%\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"));
    }

    pub(crate) fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        self.put(format_args!("<line class=\"{class}\" x1=\"{x1:.2}%\" y1=\"{y1:.1}\" x2=\"{x2:.2}%\" y2=\"{y2:.1}\"/>"));
    }

    pub(crate) fn bar(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        let width = width.max(0.0);
        self.put(format_args!(
            "<rect class=\"{class}\" x=\"{x:.2}%\" y=\"{y:.1}\" width=\"{width:.2}%\" height=\"{height:.1}\"/>"
        ));
    }

    /// A circle `dx` pixels from `x`.
    pub(crate) fn circle(&mut self, class: &str, x: f64, dx: f64, y: f64, radius: f64) {
        self.put(format_args!(
            "<svg x=\"{x:.2}%\" overflow=\"visible\"><circle class=\"{class}\" cx=\"{dx:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"/></svg>"
        ));
    }

    /// A long ring of `width` pixels that starts `dx` pixels from `x`: a number not said exactly.
    pub(crate) fn pill(&mut self, class: &str, x: f64, dx: f64, y: f64, width: f64) {
        let top = y - 8.0;
        self.put(format_args!(
            "<svg x=\"{x:.2}%\" overflow=\"visible\"><rect class=\"{class}\" x=\"{dx:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"16\" rx=\"8\"/></svg>"
        ));
    }

    /// A band from `(x, height)` to `(x, height)` around `y`: it swells or thins on its way. Heights up to 30 pixels.
    pub(crate) fn band(
        &mut self,
        class: &str,
        (x1, from): (f64, f64),
        (x2, to): (f64, f64),
        y: f64,
    ) {
        let (top, half) = (y - 15.0, |height: f64| height.clamp(0.0, 30.0) / 2.0);
        let (a, b, turn) = (half(from), half(to), x1.midpoint(x2));
        // A view box of its own, stretched: curves cannot be given in per cent.
        self.put(format_args!(
            "<svg x=\"0\" y=\"{top:.1}\" width=\"100%\" height=\"30\" viewBox=\"0 0 100 30\" preserveAspectRatio=\"none\"><path class=\"{class}\" \
             d=\"M{x1:.1} {:.1}C{turn:.1} {:.1} {turn:.1} {:.1} {x2:.1} {:.1}V{:.1}C{turn:.1} {:.1} {turn:.1} {:.1} {x1:.1} {:.1}Z\"/></svg>",
            15.0 - a, 15.0 - a, 15.0 - b, 15.0 - b, 15.0 + b, 15.0 + b, 15.0 + a, 15.0 + a
        ));
    }

    fn put(&mut self, markup: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(markup);
    }

    /// The finished markup.
    pub(crate) fn finish(self) -> String {
        let Self {
            id,
            title,
            description,
            height,
            body,
        } = self;
        format!(
            "<svg class=\"figure\" xmlns=\"http://www.w3.org/2000/svg\" width=\"100%\" height=\"{height}\" role=\"img\" \
             aria-labelledby=\"figure-{id}-title figure-{id}-text\"><title id=\"figure-{id}-title\">{title}</title>\
             <desc id=\"figure-{id}-text\">{description}</desc>{body}</svg>"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_written_into_a_drawing_becomes_markup() {
        let hostile = "<script>alert(\"x\")</script>' & \u{0}\u{1b}";
        let mut drawing = Drawing::new("f", hostile, hostile, 10);
        drawing.text("lab", 0.0, 0.0, Anchor::Start, hostile);
        let svg = drawing.finish();
        assert!(!svg.contains("<script") && !svg.contains('\u{0}') && !svg.contains('\u{1b}'));
        assert_eq!(svg.matches("&lt;script&gt;alert(&quot;x&quot;)").count(), 3);
    }
}
