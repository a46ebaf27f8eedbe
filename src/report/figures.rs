//! The report's drawings. Nothing is drawn more exactly than it may be said.

use crate::scoring::{IndexFigures, Question, ScoredRound, TradedPair};
use crate::survey::Count;

use super::desk::Desk;
use super::svg::{Anchor, Drawing};
use super::view::{Figure, Table};
use super::words::{Crowd, capital, list, number, several, shorten};

/// Longest label in a drawing, in characters; the table behind it has the whole.
const LABEL: usize = 38;
/// Most trade-offs drawn.
const AXES: usize = 8;
/// Most people drawn as circles on one side.
const CIRCLES: usize = 8;

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

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

/// People on one side of an axis, counted inwards from its end.
fn stand(
    drawing: &mut Drawing,
    crowd: Crowd,
    k: usize,
    (x, inwards): (f64, f64),
    y: f64,
    class: &str,
) {
    let ring = |width: f64| if inwards > 0.0 { 8.0 } else { -8.0 - width };
    match crowd.count(k) {
        Count::None => {}
        Count::OneOrTwo => drawing.pill("few", x, ring(36.0), y, 36.0),
        Count::NearlyAll => drawing.pill("few", x, ring(130.0), y, 130.0),
        Count::Exactly(k) | Count::All(k) if k <= CIRCLES => {
            for i in 0..k {
                drawing.circle(class, x, inwards * (16.0 + 18.0 * i as f64), y, 7.0);
            }
        }
        Count::Exactly(_) | Count::All(_) => drawing.pill(class, x, ring(130.0), y, 130.0),
    }
}

/// How many lists each distinct priority is on, from the most shared to the least.
pub(crate) fn strip(desk: &Desk<'_>) -> Option<Figure> {
    let crowd = desk.crowd;
    let lists: Vec<usize> = desk
        .themes
        .iter()
        .map(|t| t.priority)
        .filter(|k| *k > 0)
        .collect();
    if lists.is_empty() {
        return None;
    }
    // Groups of themes on equally many lists, as far as that may be said.
    let mut groups: Vec<(String, usize, usize)> = Vec::new();
    let mut sorted = lists.clone();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    for k in sorted {
        let label = match crowd.count(k) {
            Count::OneOrTwo => "one or two".to_owned(),
            Count::NearlyAll => "nearly all".to_owned(),
            Count::All(_) => "all".to_owned(),
            _ => k.to_string(),
        };
        let height = if label == "nearly all" {
            crowd.size() - 1
        } else {
            k.max(if label == "one or two" { 2 } else { 1 })
        };
        match groups.last_mut().filter(|g| g.0 == label) {
            Some(group) => group.2 += 1,
            None => groups.push((label, height, 1)),
        }
    }
    let rows: Vec<Vec<String>> = groups
        .iter()
        .map(|g| vec![g.0.clone(), g.2.to_string()])
        .collect();
    let said: Vec<String> = groups
        .iter()
        .map(|g| {
            format!(
                "on {}: {}",
                if g.0 == "1" {
                    "one list only".to_owned()
                } else {
                    format!("{} lists", g.0)
                },
                g.2
            )
        })
        .collect();
    let title = format!(
        "{} and the lists they are on",
        capital(&several(
            lists.len(),
            "different priority",
            "different priorities"
        ))
    );
    let mut drawing = Drawing::new("strip", &title, &capital(&format!("{}.", list(&said))), 152);
    let step = 100.0 / (lists.len().max(8) as f64);
    let mut at = 0.0;
    for (label, height, themes) in &groups {
        let tall = (96.0 * *height as f64 / crowd.size() as f64).max(8.0);
        let class = if height * 4 >= crowd.size() * 3 {
            "bar-shared"
        } else if *height > 2 {
            "bar-split"
        } else {
            "bar-lone"
        };
        let width = step * *themes as f64;
        for i in 0..*themes {
            drawing.bar(class, at + step * i as f64, 124.0 - tall, step * 0.86, tall);
        }
        // At the left edge a label in the middle could be cut off on a narrow screen.
        let (x, anchor) = if at > 0.0 {
            (at + width / 2.0 - step * 0.07, Anchor::Middle)
        } else {
            (0.0, Anchor::Start)
        };
        drawing.text("cap", x, 116.0 - tall, anchor, label);
        at += width;
    }
    drawing.line("ax", (0.0, 124.0), (100.0, 124.0));
    drawing.text("cap", 0.0, 144.0, Anchor::Start, "on most lists");
    drawing.text(
        "cap",
        100.0_f64.min(at),
        144.0,
        Anchor::End,
        "on the fewest",
    );
    Some(Figure {
        svg: drawing.finish(),
        caption: format!(
            "A bar is a priority; its height, the number of the {} lists it is on.",
            number(crowd.size())
        ),
        table: Table {
            caption: "Priorities by the number of lists".to_owned(),
            head: row(&["On so many lists", "Priorities"]),
            rows,
        },
    })
}

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

pub(crate) fn held_at(x: f64) -> Anchor {
    match x {
        x if x < 25.0 => Anchor::Start,
        x if x > 75.0 => Anchor::End,
        _ => Anchor::Middle,
    }
}

/// A whole number, without a minus before nothing.
pub(crate) fn whole(value: f64) -> String {
    format!("{}", value.round() as i64)
}

/// What each question is called in tables.
pub(crate) fn question_name(question: Question) -> &'static str {
    match question {
        Question::Priorities => "Priorities",
        Question::TradeOffs => "Trade-offs",
        Question::Stops => "What would stop",
        Question::Successes => "Success",
        Question::Asks => "Asks between functions",
    }
}

/// The agreement of each question as a bar.
pub(crate) fn agreement(score: &ScoredRound) -> Figure {
    let figures = Question::ALL.map(|q| (question_name(q), score.questions.agreement(q)));
    let rows: Vec<Vec<String>> = figures
        .iter()
        .map(|(name, value)| {
            vec![
                (*name).to_owned(),
                value.map_or_else(|| "not defined".to_owned(), |v| whole(v * 100.0)),
            ]
        })
        .collect();
    let said: Vec<String> = rows
        .iter()
        .map(|r| format!("{}: {}.", r[0], r[1]))
        .collect();
    let mut drawing = Drawing::new(
        "agreement",
        "Agreement in each question, of 100",
        &said.join(" "),
        5 * 44,
    );
    for (i, (name, value)) in figures.iter().enumerate() {
        let y = 44.0 * i as f64;
        drawing.text("lab", 0.0, y + 14.0, Anchor::Start, name);
        drawing.text("lab", 100.0, y + 14.0, Anchor::End, &rows[i][1]);
        drawing.bar("track", 0.0, y + 22.0, 100.0, 10.0);
        drawing.bar("level", 0.0, y + 22.0, value.unwrap_or(0.0) * 100.0, 10.0);
    }
    Figure {
        svg: drawing.finish(),
        caption: "How alike two people’s answers are on average: 0 when they share nothing, 100 when they are the same.".to_owned(),
        table: Table { caption: "Agreement in figures".to_owned(), head: row(&["Question", "Of 100"]), rows },
    }
}

/// Priorities of the same people in two rounds: theme, before, after.
pub(crate) fn movement(crowd: Crowd, themes: &[(String, usize, usize)]) -> Option<Figure> {
    if themes.is_empty() {
        return None;
    }
    let rows: Vec<Vec<String>> = themes
        .iter()
        .map(|(name, before, after)| vec![name.clone(), crowd.short(*before), crowd.short(*after)])
        .collect();
    let said: Vec<String> = rows
        .iter()
        .map(|r| format!("{}: {} before, {} now.", r[0], r[1], r[2]))
        .collect();
    let mut drawing = Drawing::new(
        "movement",
        "Priorities last round and this round",
        &said.join(" "),
        themes.len() * 52,
    );
    // A number not said is drawn in the middle of what it may be.
    let at = |k: usize| {
        let n = crowd.size() as f64;
        let k = match crowd.count(k) {
            Count::None => 0.0,
            Count::OneOrTwo => 1.5,
            Count::NearlyAll => n - 1.5,
            Count::Exactly(k) | Count::All(k) => k as f64,
        };
        2.0 + 96.0 * k / n.max(1.0)
    };
    for (i, (name, before, after)) in themes.iter().enumerate() {
        let y = 52.0 * i as f64;
        drawing.text("lab", 0.0, y + 14.0, Anchor::Start, &shorten(name, LABEL));
        drawing.line("ax", (0.0, y + 32.0), (100.0, y + 32.0));
        drawing.line("move", (at(*before), y + 32.0), (at(*after), y + 32.0));
        for (k, ring, blurred) in [(*before, "last", "few"), (*after, "side-a", "few-now")] {
            if matches!(crowd.count(k), Count::OneOrTwo | Count::NearlyAll) {
                drawing.pill(blurred, at(k), -14.0, y + 32.0, 28.0);
            } else {
                drawing.circle(ring, at(k), 0.0, y + 32.0, 7.0);
            }
        }
    }
    Some(Figure {
        svg: drawing.finish(),
        caption: format!(
            "From nobody on the left to all {} on the right. Ring: last round; full: this round; long: a number not said exactly.",
            number(crowd.size())
        ),
        table: Table {
            caption: "Priorities in two rounds".to_owned(),
            head: row(&["Priority", "Last round", "This round"]),
            rows,
        },
    })
}
