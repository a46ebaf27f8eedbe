//! Trade-offs as axes.

use crate::scoring::TradedPair;

use super::super::desk::Desk;
use super::super::svg::{Anchor, Drawing};
use super::super::view::{Figure, Table};
use super::super::words::shorten;
use super::{LABEL, row, stand};

/// Most trade-offs drawn.
const AXES: usize = 8;

/// Where people stand between two themes, one axis a pair. `None` without a pair that may be shown.
pub(crate) fn axes(desk: &Desk<'_>, pairs: &[&TradedPair]) -> Option<Figure> {
    let pairs = &pairs[..pairs.len().min(AXES)];
    if pairs.is_empty() {
        return None;
    }
    let crowd = desk.crowd;
    let rows: Vec<Vec<String>> = pairs
        .iter()
        .map(|p| {
            vec![
                desk.title(&p.a),
                crowd.short(p.a_over_b),
                desk.title(&p.b),
                crowd.short(p.b_over_a),
            ]
        })
        .collect();
    let said: Vec<String> = rows
        .iter()
        .map(|r| format!("{}: {}. {}: {}.", r[0], r[1], r[2], r[3]))
        .collect();
    let step = 104.0;
    let mut drawing = Drawing::new(
        "axes",
        "Trade-offs and how many stand on either side",
        &said.join(" "),
        pairs.len() * 104 - 8,
    );
    for (i, pair) in pairs.iter().enumerate() {
        let y = step * i as f64;
        drawing.text(
            "lab",
            0.0,
            y + 16.0,
            Anchor::Start,
            &shorten(&rows[i][0], LABEL),
        );
        drawing.text(
            "lab",
            100.0,
            y + 36.0,
            Anchor::End,
            &shorten(&rows[i][2], LABEL),
        );
        drawing.line("ax", (0.0, y + 56.0), (100.0, y + 56.0));
        drawing.line("ax", (50.0, y + 50.0), (50.0, y + 62.0));
        stand(
            &mut drawing,
            crowd,
            pair.a_over_b,
            (0.0, 1.0),
            y + 56.0,
            "side-a",
        );
        stand(
            &mut drawing,
            crowd,
            pair.b_over_a,
            (100.0, -1.0),
            y + 56.0,
            "side-b",
        );
        drawing.text("cap", 0.0, y + 82.0, Anchor::Start, &rows[i][1]);
        drawing.text("cap", 100.0, y + 82.0, Anchor::End, &rows[i][3]);
    }
    let caption = if desk.names_people() {
        "A circle is a person. Who named neither is not drawn."
    } else {
        "A circle is a person; a short ring is one or two, a long one nearly all. Who named neither is not drawn."
    };
    Some(Figure {
        svg: drawing.finish(),
        caption: caption.to_owned(),
        table: Table {
            caption: "Trade-offs in figures".to_owned(),
            head: row(&["One side", "Favoured by", "Other side", "Favoured by"]),
            rows,
        },
    })
}
