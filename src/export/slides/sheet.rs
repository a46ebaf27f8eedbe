//! Slides in the making: what stands where, and when the next one begins.

use std::fmt::Write as _;

use crate::report::escape;

use super::super::labels;
use super::text::{ACCENT, HAIR, INK, Look, Para, emu, wide};

/// A slide of 16 to 9, in points.
pub(super) const SLIDE: (f64, f64) = (960.0, 540.0);
/// Room at the left and right.
const SIDE: f64 = 48.0;
/// Width of what stands on a slide.
const WIDTH: f64 = SLIDE.0 - 2.0 * SIDE;
/// Where it begins and ends.
const TOP: f64 = 112.0;
const BOTTOM: f64 = 496.0;
/// The most that fits on one slide.
const ROOM: f64 = BOTTOM - TOP;
/// Between columns.
const GUTTER: f64 = 28.0;
/// Between one thing and the next.
const GAP: f64 = 10.0;
/// Room below a picture.
const CAPTION: f64 = 44.0;
/// Room in a cell: at its right, and above and below.
const CELL: (f64, f64) = (8.0, 4.0);

/// A drawing.
pub(super) struct Picture {
    pub(super) png: Vec<u8>,
    /// What to read instead of it.
    pub(super) words: String,
    /// In pixels of the page.
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A finished slide.
pub(super) struct Slide {
    pub(super) title: String,
    /// Shapes, as markup.
    pub(super) shapes: String,
    /// Its pictures, as places in the deck's list, in the order of their relationships.
    pub(super) pictures: Vec<usize>,
}

/// All slides and pictures.
pub(super) struct Finished {
    pub(super) slides: Vec<Slide>,
    pub(super) pictures: Vec<Vec<u8>>,
    pub(super) footer: String,
}

/// Slides in the making.
pub(super) struct Deck {
    done: Finished,
    title: String,
    at: f64,
    /// Paragraphs that will share one box.
    open: Vec<Para>,
    open_from: f64,
    shapes: usize,
}

impl Deck {
    pub(super) fn new(footer: String) -> Self {
        Self {
            done: Finished {
                slides: Vec::new(),
                pictures: Vec::new(),
                footer,
            },
            title: String::new(),
            at: TOP,
            open: Vec::new(),
            open_from: TOP,
            shapes: 0,
        }
    }

    pub(super) fn finish(mut self) -> Finished {
        self.close();
        self.done
    }

    /// Begins a slide.
    pub(super) fn slide(&mut self, title: &str) {
        self.close();
        title.clone_into(&mut self.title);
        self.begin(title);
    }

    /// Begins a slide unless the section's own is still empty: then that one takes the title, below the section's name.
    pub(super) fn slide_within(&mut self, title: &str) {
        self.close();
        let fresh = self.at <= TOP;
        if let Some(last) = self.done.slides.last_mut().filter(|_| fresh) {
            let section = std::mem::replace(&mut self.title, title.to_owned());
            title.clone_into(&mut last.title);
            let label = Para::new(Look::Head, &section);
            self.say(&[label]);
            self.close();
        } else {
            self.slide(title);
        }
    }

    fn begin(&mut self, title: &str) {
        self.done.slides.push(Slide {
            title: title.to_owned(),
            shapes: String::new(),
            pictures: Vec::new(),
        });
        self.at = TOP;
        self.shapes = 4;
    }

    /// Goes on with the section on a further slide.
    fn go_on(&mut self) {
        self.close();
        let title = format!("{} {}", self.title, labels::CONTINUED);
        self.begin(&title);
    }

    fn left(&self) -> f64 {
        BOTTOM - self.at
    }

    /// Makes room of that height, on a further slide if need be.
    fn room(&mut self, height: f64) {
        if height > self.left() && self.at > TOP {
            self.go_on();
        }
    }

    pub(super) fn gap(&mut self) {
        self.close();
        if self.at > TOP {
            self.at += GAP;
        }
    }

    /// Paragraphs, one below the other; those that follow each other share a box.
    pub(super) fn say(&mut self, paras: &[Para]) {
        for (i, para) in paras.iter().enumerate() {
            if para.is_empty() {
                continue;
            }
            // A heading stays with two lines of what it heads.
            if matches!(para.look, Look::Head | Look::Strong) && i + 1 < paras.len() {
                self.room(para.height(WIDTH) + 40.0);
            }
            let mut rest = Some(para.clone());
            while let Some(para) = rest.take() {
                let (first, next) = para.split(WIDTH, self.left());
                if let Some(first) = first {
                    if self.open.is_empty() {
                        self.open_from = self.at;
                    }
                    self.at += first.height(WIDTH);
                    self.open.push(first);
                } else if self.at <= TOP {
                    // Not even two lines of a word without an end: it is cut rather than lost.
                    self.open.extend(next);
                    self.at = BOTTOM;
                    break;
                }
                if next.is_some() {
                    self.go_on();
                }
                rest = next;
            }
        }
    }

    /// Puts the open paragraphs into a box.
    fn close(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let paras = std::mem::take(&mut self.open);
        let (from, to) = (self.open_from, self.at);
        self.text_box((SIDE, from), (WIDTH, to - from), &paras, None);
        self.at += GAP;
    }

    fn number(&mut self) -> usize {
        self.shapes += 1;
        self.shapes
    }

    fn put(&mut self, markup: &str) {
        if let Some(slide) = self.done.slides.last_mut() {
            slide.shapes.push_str(markup);
        }
    }

    fn text_box(
        &mut self,
        (x, y): (f64, f64),
        (wide, high): (f64, f64),
        paras: &[Para],
        line: Option<&str>,
    ) {
        if let Some(colour) = line {
            let id = self.number();
            let (x, y, cx) = (emu(x), emu(y), emu(wide));
            self.put(&format!(
                "<p:cxnSp><p:nvCxnSpPr><p:cNvPr id=\"{id}\" name=\"Line {id}\"/><p:cNvCxnSpPr/><p:nvPr/></p:nvCxnSpPr><p:spPr><a:xfrm><a:off x=\"{x}\" y=\"{y}\"/>\
                 <a:ext cx=\"{cx}\" cy=\"0\"/></a:xfrm><a:prstGeom prst=\"line\"><a:avLst/></a:prstGeom><a:ln w=\"28575\"><a:solidFill><a:srgbClr val=\"{colour}\"/></a:solidFill></a:ln></p:spPr></p:cxnSp>"
            ));
        }
        let id = self.number();
        let (x, y, cx, cy) = (emu(x), emu(y), emu(wide), emu(high.max(1.0)));
        let top = if line.is_some() { emu(7.0) } else { 0 };
        let mut markup = format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"Text {id}\"/><p:cNvSpPr txBox=\"1\"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x=\"{x}\" y=\"{y}\"/>\
             <a:ext cx=\"{cx}\" cy=\"{cy}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom><a:noFill/></p:spPr>\
             <p:txBody><a:bodyPr wrap=\"square\" lIns=\"0\" tIns=\"{top}\" rIns=\"0\" bIns=\"0\"><a:noAutofit/></a:bodyPr><a:lstStyle/>"
        );
        for para in paras {
            markup.push_str(&para.xml());
        }
        markup.push_str("</p:txBody></p:sp>");
        self.put(&markup);
    }

    /// Columns side by side under lines of two colours; one below the other where they are too high.
    pub(super) fn columns(&mut self, columns: &[Vec<Para>]) {
        self.close();
        let many = columns.len().max(1) as f64;
        let wide = (WIDTH - GUTTER * (many - 1.0)) / many;
        let high = columns
            .iter()
            .map(|paras| paras.iter().map(|para| para.height(wide)).sum::<f64>() + 7.0)
            .fold(0.0, f64::max);
        if high > ROOM {
            for column in columns {
                self.say(column);
            }
            return;
        }
        self.room(high);
        for (i, paras) in columns.iter().enumerate() {
            let colour = if i == 1 { ACCENT } else { INK };
            let x = SIDE + (wide + GUTTER) * i as f64;
            self.text_box((x, self.at), (wide, high), paras, Some(colour));
        }
        self.at += high + GAP;
    }

    /// Labels with a line to write on.
    pub(super) fn blanks(&mut self, names: [&str; 2]) {
        self.close();
        self.room(36.0);
        for (i, name) in names.into_iter().enumerate() {
            let x = SIDE + f64::midpoint(WIDTH, GUTTER) * i as f64;
            let label = wide(name, 12.0, false, false) + 10.0;
            self.text_box(
                (x, self.at),
                (label, 18.0),
                &[Para::new(Look::Small, name)],
                None,
            );
            let id = self.number();
            let (from, y, cx) = (emu(x + label), emu(self.at + 16.0), emu(220.0));
            self.put(&format!(
                "<p:cxnSp><p:nvCxnSpPr><p:cNvPr id=\"{id}\" name=\"Line {id}\"/><p:cNvCxnSpPr/><p:nvPr/></p:nvCxnSpPr><p:spPr><a:xfrm><a:off x=\"{from}\" y=\"{y}\"/>\
                 <a:ext cx=\"{cx}\" cy=\"0\"/></a:xfrm><a:prstGeom prst=\"line\"><a:avLst/></a:prstGeom><a:ln w=\"9525\"><a:solidFill><a:srgbClr val=\"{HAIR}\"/></a:solidFill></a:ln></p:spPr></p:cxnSp>"
            ));
        }
        self.at += 36.0;
    }

    /// A picture, as wide as the slide or as high as there is room.
    pub(super) fn picture(&mut self, picture: Picture) {
        self.close();
        let natural = WIDTH;
        let shape = picture.height / picture.width.max(1.0);
        // Below two thirds of its size its letters are too small: rather a further slide. A line or two of caption stands below.
        self.room((natural * shape * 0.66 + CAPTION).min(ROOM));
        let high = (natural * shape).min(self.left() - CAPTION).max(24.0);
        let wide = high / shape.max(0.01);
        let id = self.number();
        let place = self.done.pictures.len();
        self.done.pictures.push(picture.png);
        let nth = self.done.slides.last_mut().map_or(1, |slide| {
            slide.pictures.push(place);
            slide.pictures.len()
        });
        let words = escape(&picture.words);
        let relation = nth + 1;
        let (x, y, cx, cy) = (emu(SIDE), emu(self.at), emu(wide), emu(high));
        self.put(&format!(
            "<p:pic><p:nvPicPr><p:cNvPr id=\"{id}\" name=\"Picture {id}\" descr=\"{words}\"/><p:cNvPicPr><a:picLocks noChangeAspect=\"1\"/></p:cNvPicPr><p:nvPr/></p:nvPicPr>\
             <p:blipFill><a:blip r:embed=\"rId{relation}\"/><a:stretch><a:fillRect/></a:stretch></p:blipFill>\
             <p:spPr><a:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{cx}\" cy=\"{cy}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr></p:pic>"
        ));
        self.at += high + 4.0;
    }

    /// A table whose first column is the widest.
    pub(super) fn table(&mut self, caption: &str, head: &[String], rows: &[Vec<String>]) {
        let mut shares = vec![1.0; head.len()];
        if let Some(first) = shares.first_mut() {
            *first = 1.6;
        }
        self.grid(caption, head, rows, &shares);
    }

    /// A table of two columns, the first of which is narrow.
    pub(super) fn narrow_table(&mut self, caption: &str, head: &[String], rows: &[Vec<String>]) {
        self.grid(caption, head, rows, &[1.0, 6.0]);
    }

    fn grid(&mut self, caption: &str, head: &[String], rows: &[Vec<String>], shares: &[f64]) {
        self.close();
        if head.is_empty() || rows.is_empty() {
            return;
        }
        let sum: f64 = shares.iter().sum();
        let widths: Vec<f64> = shares.iter().map(|share| WIDTH * share / sum).collect();
        let paras = |look: Look, row: &[String]| -> Vec<Para> {
            (0..head.len())
                .map(|i| Para::new(look, row.get(i).map_or("", String::as_str)))
                .collect()
        };
        let high = |cells: &[Para]| {
            let tallest = cells
                .iter()
                .zip(&widths)
                .map(|(cell, wide)| cell.height(wide - CELL.0))
                .fold(Look::Cell.line(), f64::max);
            tallest + 2.0 * CELL.1
        };
        let cell = if head.len() <= 4 {
            Look::LargeCell
        } else {
            Look::Cell
        };
        let top = paras(Look::CellHead, head);
        let top_high = high(&top);
        let mut waiting: std::collections::VecDeque<Vec<Para>> =
            rows.iter().map(|row| paras(cell, row)).collect();
        // A table that fits on a slide is not cut; a longer one begins with its head and a row or two.
        let first = waiting.iter().take(2).map(|row| high(row)).sum::<f64>();
        let whole = top_high + waiting.iter().map(|row| high(row)).sum::<f64>();
        self.room(if whole <= ROOM {
            whole
        } else {
            (top_high + first).min(ROOM)
        });
        while !waiting.is_empty() {
            let mut room = self.left() - top_high;
            let mut shown = vec![(top.clone(), top_high)];
            while let Some(row) = waiting.pop_front() {
                let tall = high(&row);
                if tall <= room {
                    room -= tall;
                    shown.push((row, tall));
                } else if shown.len() == 1 && self.at <= TOP {
                    // A row higher than a slide: each cell goes on in the next.
                    let most = room - 2.0 * CELL.1;
                    let (now, later): (Vec<Para>, Vec<Para>) = row
                        .into_iter()
                        .zip(&widths)
                        .map(|(cell, wide)| match cell.split(wide - CELL.0, most) {
                            (Some(first), Some(rest)) => (first, rest),
                            (Some(all), None) => (all, Para::new(Look::Cell, "")),
                            (None, rest) => (
                                rest.unwrap_or_else(|| Para::new(Look::Cell, "")),
                                Para::new(Look::Cell, ""),
                            ),
                        })
                        .unzip();
                    if later.iter().any(|cell| !cell.is_empty()) {
                        waiting.push_front(later);
                    }
                    shown.push((now, most + 2.0 * CELL.1));
                    break;
                } else {
                    waiting.push_front(row);
                    break;
                }
            }
            if shown.len() > 1 {
                self.frame(caption, &shown, &widths);
            }
            if !waiting.is_empty() {
                self.go_on();
            }
        }
        self.at += GAP;
    }

    fn frame(&mut self, caption: &str, rows: &[(Vec<Para>, f64)], widths: &[f64]) {
        let id = self.number();
        let all: f64 = rows.iter().map(|row| row.1).sum();
        let (x, y, cx, cy) = (emu(SIDE), emu(self.at), emu(WIDTH), emu(all));
        let caption = escape(caption);
        let mut markup = format!(
            "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"{id}\" name=\"Table {id}\" descr=\"{caption}\"/><p:cNvGraphicFramePr><a:graphicFrameLocks noGrp=\"1\"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>\
             <p:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{cx}\" cy=\"{cy}\"/></p:xfrm><a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/table\"><a:tbl><a:tblPr firstRow=\"1\" firstCol=\"1\"/><a:tblGrid>"
        );
        for wide in widths {
            let _ = write!(markup, "<a:gridCol w=\"{}\"/>", emu(*wide));
        }
        markup.push_str("</a:tblGrid>");
        for (i, (cells, high)) in rows.iter().enumerate() {
            let _ = write!(markup, "<a:tr h=\"{}\">", emu(*high));
            let (colour, weight) = if i == 0 { (INK, 12_700) } else { (HAIR, 6_350) };
            for cell in cells {
                let text = cell.xml();
                let (right, above) = (emu(CELL.0), emu(CELL.1));
                let _ = write!(
                    markup,
                    "<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{text}</a:txBody><a:tcPr marL=\"0\" marR=\"{right}\" marT=\"{above}\" marB=\"{above}\">\
                     <a:lnL w=\"0\"><a:noFill/></a:lnL><a:lnR w=\"0\"><a:noFill/></a:lnR><a:lnT w=\"0\"><a:noFill/></a:lnT>\
                     <a:lnB w=\"{weight}\"><a:solidFill><a:srgbClr val=\"{colour}\"/></a:solidFill></a:lnB><a:noFill/></a:tcPr></a:tc>"
                );
            }
            markup.push_str("</a:tr>");
        }
        markup.push_str("</a:tbl></a:graphicData></a:graphic></p:graphicFrame>");
        self.put(&markup);
        self.at += all;
    }
}

/// The size of a title in points: the largest at which it stands on two lines, or three of the smaller ones.
pub(super) fn title_size(title: &str) -> f64 {
    let long = |size: f64| {
        title
            .split_whitespace()
            .map(|word| wide(word, size, true, true) + size * 0.29)
            .sum::<f64>()
    };
    [(28.0, 2.0), (24.0, 2.0), (20.0, 3.0), (16.0, 4.0)]
        .into_iter()
        .find(|(size, lines)| long(*size) <= WIDTH * lines * 0.92)
        .map_or(12.0, |(size, _)| size)
}

/// Where the title stands: left, top, width, height.
pub(super) const TITLE: (f64, f64, f64, f64) = (SIDE, 26.0, WIDTH, 74.0);
/// Where the footer stands, likewise.
pub(super) const FOOTER: (f64, f64, f64, f64) = (SIDE, 508.0, WIDTH - 80.0, 18.0);
/// Where the number stands, likewise.
pub(super) const NUMBER: (f64, f64, f64, f64) = (SLIDE.0 - SIDE - 60.0, 508.0, 60.0, 18.0);
