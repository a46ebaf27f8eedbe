//! The index on its scale.

use crate::scoring::IndexFigures;

use super::super::svg::Drawing;
use super::super::view::{Figure, Table};
use super::{held_at, row, whole};

/// The index on its scale, with chance, the best these lists allow and what is not known.
pub(crate) fn scale(index: &IndexFigures, last: Option<f64>) -> Option<Figure> {
    let value = index.value?;
    let mut rows = vec![vec!["The index".to_owned(), whole(value)]];
    let mut drawing_rows = Vec::new();
    if let Some(chance) = &index.chance {
        rows.push(vec![
            "What chance alone would give".to_owned(),
            whole(chance.mean),
        ]);
        drawing_rows.push((chance.mean, format!("chance {}", whole(chance.mean)), 82.0));
    }
    if let Some(ceiling) = index.ceiling {
        rows.push(vec![
            "The best these lists allow".to_owned(),
            whole(ceiling),
        ]);
        drawing_rows.push((
            ceiling,
            format!("best these lists allow {}", whole(ceiling)),
            100.0,
        ));
    }
    let range = index
        .grouping
        .as_ref()
        .filter(|g| g.unconfirmed > 0 && g.p95 - g.p05 >= 0.5);
    if let Some(range) = range {
        rows.push(vec![
            "While some grouping is unconfirmed".to_owned(),
            format!("{} to {}", whole(range.p05), whole(range.p95)),
        ]);
    }
    if let Some(missing) = index.missing.as_ref().filter(|m| m.high - m.low >= 0.5) {
        rows.push(vec![
            "Depending on those who did not answer".to_owned(),
            format!("{} to {}", whole(missing.low), whole(missing.high)),
        ]);
    }
    if let Some(last) = last {
        rows.push(vec!["Last round, the same people".to_owned(), whole(last)]);
        drawing_rows.push((last, format!("last round {}", whole(last)), 118.0));
    }
    let said: Vec<String> = rows
        .iter()
        .map(|r| format!("{}: {}.", r[0], r[1]))
        .collect();
    let mut drawing = Drawing::new(
        "scale",
        "The coherence index, from 0 to 100",
        &said.join(" "),
        128,
    );
    drawing.bar("track", 0.0, 42.0, 100.0, 10.0);
    if let (Some(chance), Some(ceiling)) = (&index.chance, index.ceiling) {
        drawing.bar("range", chance.mean, 42.0, ceiling - chance.mean, 10.0);
    }
    if let Some(range) = range {
        drawing.bar("unsure", range.p05, 38.0, range.p95 - range.p05, 18.0);
    }
    for (x, label, y) in &drawing_rows {
        drawing.line("tick", (*x, 52.0), (*x, y - 12.0));
        drawing.text("cap", *x, *y, held_at(*x), label);
    }
    if let Some(last) = last {
        drawing.circle("last", last, 0.0, 47.0, 6.0);
    }
    drawing.line("now", (value, 30.0), (value, 64.0));
    drawing.text("big", value, 22.0, held_at(value), &whole(value));
    let mut caption = "The shaded part runs from what chance would give to the best that lists of these lengths allow.".to_owned();
    if range.is_some() {
        caption.push_str(
            " The broad band: where the index may still move while statements wait to be sorted.",
        );
    }
    if last.is_some() {
        caption.push_str(" The ring: last round, the same people.");
    }
    Some(Figure {
        svg: drawing.finish(),
        caption,
        table: Table {
            caption: "The index in figures".to_owned(),
            head: row(&["What", "Of 100"]),
            rows,
        },
    })
}
