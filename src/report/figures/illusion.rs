//! What the executives expected of each other beside what their answers show.

use super::super::svg::{Anchor, Drawing};
use super::super::view::{Figure, Table};
use super::row;

/// The mean number of one's own first three priorities that one expected most colleagues to name, and the mean that
/// at least half of them do name; both from 0 to 3.
pub(crate) fn illusion(expected: f64, found: f64) -> Figure {
    let rows = [
        ("Expected", expected, "last-bar"),
        ("Found", found, "level"),
    ];
    let short = |value: f64| format!("{value:.1}").trim_end_matches(".0").to_owned();
    let said: Vec<String> = rows
        .iter()
        .map(|(what, value, _)| format!("{what}: {} of three.", short(*value)))
        .collect();
    let mut drawing = Drawing::new(
        "illusion",
        "Expected and found agreement on one’s own first three priorities",
        &said.join(" "),
        92,
    );
    for (i, (what, value, class)) in rows.iter().enumerate() {
        let y = 46.0 * i as f64;
        drawing.text("lab", 0.0, y + 14.0, Anchor::Start, what);
        let number = format!("{} of three", short(*value));
        drawing.text("cap", 100.0, y + 14.0, Anchor::End, &number);
        drawing.bar("track", 0.0, y + 22.0, 100.0, 10.0);
        let share = (value / 3.0).clamp(0.0, 1.0);
        drawing.bar(class, 0.0, y + 22.0, share * 100.0, 10.0);
        for third in [100.0 / 3.0, 200.0 / 3.0] {
            drawing.line("ax", (third, y + 20.0), (third, y + 34.0));
        }
    }
    Figure {
        svg: drawing.finish(),
        caption: "Of one’s own first three priorities, on average: how many one expected most colleagues to name, and how many at least half of them do name."
            .to_owned(),
        table: Table {
            caption: "Expected and found".to_owned(),
            head: row(&["Of one’s own first three priorities", "Mean"]),
            rows: rows
                .iter()
                .map(|(what, value, _)| vec![(*what).to_owned(), short(*value)])
                .collect(),
        },
    }
}
