//! The report's drawings outside a page: the same markup with its style inside it and a width of its own.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use crate::report::view::Figure;

use super::letters::{FILES, SANS, SERIF, printable};

/// Width of a drawing in pixels: its letters come out a little smaller than the type beside it.
pub(super) const WIDTH: usize = 760;
/// Dots of a picture for each pixel of the page.
const DOTS: f32 = 2.0;
/// Room around it, for strokes that stand on its edge.
const MARGIN: usize = 8;

/// The page's own sheets: a class that is styled there is styled here.
const TOKENS: &str = include_str!("../../assets/app.css");
const SHEET: &str = include_str!("../../assets/report.css");

/// Rules for drawings with the colours of light paper put in, since nothing outside a browser knows variables.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    let tokens = TOKENS
        .split_once(":root {")
        .and_then(|(_, rest)| rest.split_once('}'))
        .map_or("", |(tokens, _)| tokens);
    let mut style = format!("text{{font-family:\"{SANS}\";font-size:13px}}");
    // What depends on the window or on how colours are forced is not for paper.
    let plain = SHEET.split_once("@media").map_or(SHEET, |(plain, _)| plain);
    for rule in plain.split('}') {
        let Some((selectors, declarations)) = rule.rsplit_once('{') else {
            continue;
        };
        let selectors = selectors.rsplit("*/").next().unwrap_or_default();
        let selectors: Vec<&str> = selectors
            .split(',')
            .filter_map(|selector| selector.trim().strip_prefix(".report svg "))
            .collect();
        if !selectors.is_empty() {
            let _ = write!(
                style,
                "{}{{{}}}",
                selectors.join(","),
                resolved(declarations, tokens)
            );
        }
    }
    style
});

/// Declarations without variables.
fn resolved(declarations: &str, tokens: &str) -> String {
    let mut parts = declarations.split("var(");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(')').unwrap_or((part, ""));
        let value = match name {
            "--paper" => "#ffffff".to_owned(),
            "--serif" => format!("\"{SERIF}\""),
            "--sans" => format!("\"{SANS}\""),
            // What leans on grey alone on screen has to be seen on paper.
            "--rule" => "#b9bcc4".to_owned(),
            _ => tokens
                .split(';')
                .filter_map(|token| token.trim().rsplit_once(':'))
                .find(|(known, _)| known.trim().ends_with(name))
                .map_or_else(
                    || "#14213d".to_owned(),
                    |(_, value)| value.trim().to_owned(),
                ),
        };
        out.push_str(&value);
        out.push_str(rest);
    }
    out
}

/// Takes a drawing off the page. `None` where it is no drawing as the report makes them.
pub(super) fn standalone(figure: &Figure) -> Option<String> {
    let svg = figure.svg.trim();
    let (head, body) = svg.split_once('>')?;
    let attribute = |name: &str| {
        let (_, rest) = head.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value)
    };
    let height: usize = attribute("height")?.parse().ok()?;
    let body = body.strip_suffix("</svg>")?;
    let (width, high) = (WIDTH + 2 * MARGIN, height + 2 * MARGIN);
    let style = &*STYLE;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{high}\"><style>{style}</style>\
         <svg x=\"{MARGIN}\" y=\"{MARGIN}\" width=\"{WIDTH}\" height=\"{height}\" overflow=\"visible\">{body}</svg></svg>"
    ))
}

/// What to read instead of the drawing: its caption, and what it shows in sentences.
pub(super) fn in_words(figure: &Figure) -> String {
    let said = figure
        .svg
        .split_once("<desc")
        .and_then(|(_, rest)| rest.split_once('>'))
        .and_then(|(_, rest)| rest.split_once("</desc>"))
        .map_or("", |(said, _)| said);
    let said = said
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    format!("{} {said}", figure.caption).trim().to_owned()
}

/// A drawing as dots.
pub(super) struct Drawn {
    /// PNG, two dots a pixel of the page.
    pub(super) png: Vec<u8>,
    /// Width and height in pixels of the page.
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The typefaces, read once.
static TYPEFACES: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut typefaces = fontdb::Database::new();
    for file in FILES {
        typefaces.load_font_data(file.to_vec());
    }
    Arc::new(typefaces)
});

/// Draws a figure. `None` where it is no drawing as the report makes them.
pub(super) fn picture(figure: &Figure) -> Option<Drawn> {
    let svg = printable(&standalone(figure)?, &mut false);
    let options = Options {
        font_family: SANS.to_owned(),
        fontdb: TYPEFACES.clone(),
        ..Options::default()
    };
    let tree = Tree::from_str(&svg, &options).ok()?;
    let size = tree.size();
    let dots = |length: f32| (length * DOTS).ceil() as u32;
    let mut map = Pixmap::new(dots(size.width()), dots(size.height()))?;
    map.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(DOTS, DOTS), &mut map.as_mut());
    Some(Drawn {
        png: map.encode_png().ok()?,
        width: size.width().into(),
        height: size.height().into(),
    })
}
