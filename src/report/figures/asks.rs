//! Who is asked to let something wait.

use super::super::svg::{Anchor, Drawing};
use super::super::view::{Figure, Table};
use super::super::words::{Crowd, shorten};
use super::{CIRCLES, LABEL, row, stand};

/// Most lines drawn; the table has them all.
const LINES: usize = 12;

/// The functions asked and by how many people, in the order given. `None` without one.
pub(crate) fn asked(crowd: Crowd, functions: &[(String, usize)]) -> Option<Figure> {
    if functions.is_empty() {
        return None;
    }
    let rows: Vec<Vec<String>> = functions
        .iter()
        .map(|(function, people)| vec![function.clone(), crowd.of(*people)])
        .collect();
    let shown = &functions[..functions.len().min(LINES)];
    let said: Vec<String> = rows
        .iter()
        .map(|r| format!("{}: {}.", r[0], r[1]))
        .collect();
    let mut drawing = Drawing::new(
        "asks",
        "Functions that are asked to let something wait",
        &said.join(" "),
        shown.len() * 52,
    );
    for (i, (function, people)) in shown.iter().enumerate() {
        let y = 52.0 * i as f64;
        let name = shorten(function, LABEL);
        drawing.text("lab", 0.0, y + 14.0, Anchor::Start, &name);
        drawing.text("cap", 100.0, y + 14.0, Anchor::End, &rows[i][1]);
        drawing.line("ax", (0.0, y + 32.0), (100.0, y + 32.0));
        stand(&mut drawing, crowd, *people, (0.0, 1.0), y + 32.0, "side-a");
    }
    Some(Figure {
        svg: drawing.finish(),
        caption: "A circle is a person who asks; a short ring is one or two, a long one nearly all. Who asks is not shown: a function is often one person."
            .to_owned(),
        table: Table {
            caption: "Functions asked, in figures".to_owned(),
            head: row(&["Function asked", "Asked by"]),
            rows,
        },
    })
}

/// Asks from one function to another.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) asks: usize,
    /// How many of them are against what the function asked protects.
    pub(crate) colliding: usize,
}

/// Who asks whom, the most asks first. It names people, so only where the promise does. `None` without an ask.
pub(crate) fn asking(asks: &[Asking], table: Table) -> Option<Figure> {
    if asks.is_empty() {
        return None;
    }
    let shown = &asks[..asks.len().min(LINES)];
    let words = |ask: &Asking| match (ask.asks, ask.colliding) {
        (1, 0) => "one ask".to_owned(),
        (1, _) => "one ask, against a priority".to_owned(),
        (k, 0) => format!("{k} asks"),
        (k, c) => format!("{k} asks, {c} against a priority"),
    };
    let said: Vec<String> = asks
        .iter()
        .map(|ask| format!("{} asks {}: {}.", ask.from, ask.to, words(ask)))
        .collect();
    let mut drawing = Drawing::new(
        "asks",
        "Asks between functions",
        &said.join(" "),
        shown.len() * 56,
    );
    for (i, ask) in shown.iter().enumerate() {
        let y = 56.0 * i as f64;
        let name = shorten(&format!("{} → {}", ask.from, ask.to), LABEL);
        drawing.text("lab", 0.0, y + 14.0, Anchor::Start, &name);
        drawing.text("cap", 100.0, y + 46.0, Anchor::End, &words(ask));
        drawing.line("ax", (0.0, y + 32.0), (100.0, y + 32.0));
        for nth in 0..ask.asks.min(CIRCLES) {
            let class = if nth < ask.colliding {
                "clash"
            } else {
                "side-a"
            };
            drawing.circle(class, 0.0, 16.0 + 18.0 * nth as f64, y + 32.0, 7.0);
        }
    }
    Some(Figure {
        svg: drawing.finish(),
        caption: "From the function that asks to the one asked. A circle is an ask; an open one is against what the function asked protects."
            .to_owned(),
        table,
    })
}
