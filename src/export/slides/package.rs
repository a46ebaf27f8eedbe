//! The package around the slides: what Office Open XML wants to be told before it shows one.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::report::{ClientReport, escape};

use super::super::{Fault, table::one_line};
use super::sheet::{FOOTER, Finished, NUMBER, SLIDE, Slide, TITLE, title_size};
use super::text::{ACCENT, HAIR, INK, SOFT, emu};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const SPACES: &str = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"";
const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "application/vnd.openxmlformats-officedocument.presentationml";

/// A group without a shape, as every tree of shapes begins.
const TREE: &str = "<p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x=\"0\" y=\"0\"/>\
    <a:ext cx=\"0\" cy=\"0\"/><a:chOff x=\"0\" y=\"0\"/><a:chExt cx=\"0\" cy=\"0\"/></a:xfrm></p:grpSpPr>";

struct Package {
    zip: ZipWriter<Cursor<Vec<u8>>>,
}

impl Package {
    fn part(&mut self, name: &str, content: &[u8]) -> Result<(), Fault> {
        let fault = |cause: String| Fault::new("PPTX", cause);
        // The same date in every package: 1980 is the first that the format knows.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        self.zip
            .start_file(name, options)
            .map_err(|error| fault(error.to_string()))?;
        self.zip
            .write_all(content)
            .map_err(|error| fault(error.to_string()))
    }

    fn xml(&mut self, name: &str, content: &str) -> Result<(), Fault> {
        self.part(name, format!("{HEAD}{content}").as_bytes())
    }

    fn relations(&mut self, name: &str, targets: &[(&str, String)]) -> Result<(), Fault> {
        let mut all = String::new();
        for (i, (kind, target)) in targets.iter().enumerate() {
            let kind = if kind.starts_with("http") {
                (*kind).to_owned()
            } else {
                format!("{KIND}/{kind}")
            };
            let _ = write!(
                all,
                "<Relationship Id=\"rId{}\" Type=\"{kind}\" Target=\"{target}\"/>",
                i + 1
            );
        }
        self.xml(
            name,
            &format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>"
            ),
        )
    }
}

/// The finished file.
pub(super) fn write(deck: &Finished, report: &ClientReport) -> Result<Vec<u8>, Fault> {
    let mut package = Package {
        zip: ZipWriter::new(Cursor::new(Vec::new())),
    };
    package.xml("[Content_Types].xml", &types(deck))?;
    package.relations(
        "_rels/.rels",
        &[
            ("officeDocument", "ppt/presentation.xml".to_owned()),
            (
                "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
                "docProps/core.xml".to_owned(),
            ),
            ("extended-properties", "docProps/app.xml".to_owned()),
        ],
    )?;
    let title = escape(&one_line(&report.headline));
    package.xml(
        "docProps/core.xml",
        &format!(
            "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{title}</dc:title><dc:language>en-GB</dc:language></cp:coreProperties>"
        ),
    )?;
    package.xml(
        "docProps/app.xml",
        "<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\"><Application>Coherence</Application></Properties>",
    )?;
    presentation(&mut package, deck)?;
    package.xml("ppt/theme/theme1.xml", &theme())?;
    master(&mut package)?;
    for (i, slide) in deck.slides.iter().enumerate() {
        let nth = i + 1;
        package.xml(
            &format!("ppt/slides/slide{nth}.xml"),
            &sheet(slide, &deck.footer),
        )?;
        let mut targets = vec![("slideLayout", "../slideLayouts/slideLayout1.xml".to_owned())];
        for picture in &slide.pictures {
            targets.push(("image", format!("../media/image{}.png", picture + 1)));
        }
        package.relations(&format!("ppt/slides/_rels/slide{nth}.xml.rels"), &targets)?;
    }
    for (i, png) in deck.pictures.iter().enumerate() {
        package.part(&format!("ppt/media/image{}.png", i + 1), png)?;
    }
    let done = package
        .zip
        .finish()
        .map_err(|error| Fault::new("PPTX", error.to_string()))?;
    Ok(done.into_inner())
}

fn types(deck: &Finished) -> String {
    let mut all = format!(
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"png\" ContentType=\"image/png\"/>\
         <Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>\
         <Override PartName=\"/docProps/app.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.extended-properties+xml\"/>\
         <Override PartName=\"/ppt/presentation.xml\" ContentType=\"{MAIN}.presentation.main+xml\"/>\
         <Override PartName=\"/ppt/theme/theme1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.theme+xml\"/>\
         <Override PartName=\"/ppt/slideMasters/slideMaster1.xml\" ContentType=\"{MAIN}.slideMaster+xml\"/>\
         <Override PartName=\"/ppt/slideLayouts/slideLayout1.xml\" ContentType=\"{MAIN}.slideLayout+xml\"/>"
    );
    for nth in 1..=deck.slides.len() {
        let _ = write!(
            all,
            "<Override PartName=\"/ppt/slides/slide{nth}.xml\" ContentType=\"{MAIN}.slide+xml\"/>"
        );
    }
    all.push_str("</Types>");
    all
}

fn presentation(package: &mut Package, deck: &Finished) -> Result<(), Fault> {
    let mut list = String::new();
    let mut targets = vec![
        ("slideMaster", "slideMasters/slideMaster1.xml".to_owned()),
        ("theme", "theme/theme1.xml".to_owned()),
    ];
    for nth in 1..=deck.slides.len() {
        let _ = write!(
            list,
            "<p:sldId id=\"{}\" r:id=\"rId{}\"/>",
            255 + nth,
            nth + 2
        );
        targets.push(("slide", format!("slides/slide{nth}.xml")));
    }
    let (cx, cy) = (emu(SLIDE.0), emu(SLIDE.1));
    package.xml(
        "ppt/presentation.xml",
        &format!(
            "<p:presentation {SPACES} saveSubsetFonts=\"1\"><p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" r:id=\"rId1\"/></p:sldMasterIdLst>\
             <p:sldIdLst>{list}</p:sldIdLst><p:sldSz cx=\"{cx}\" cy=\"{cy}\"/><p:notesSz cx=\"6858000\" cy=\"9144000\"/></p:presentation>"
        ),
    )?;
    package.relations("ppt/_rels/presentation.xml.rels", &targets)
}

fn theme() -> String {
    let mut colours = String::new();
    for (name, colour) in [
        ("dk1", INK),
        ("lt1", "FFFFFF"),
        ("dk2", SOFT),
        ("lt2", "F3F0E8"),
        ("accent1", ACCENT),
        ("accent2", "9A5B00"),
        ("accent3", "A3243B"),
        ("accent4", "0B6B5D"),
        ("accent5", "6B7280"),
        ("accent6", HAIR),
        ("hlink", ACCENT),
        ("folHlink", SOFT),
    ] {
        let _ = write!(
            colours,
            "<a:{name}><a:srgbClr val=\"{colour}\"/></a:{name}>"
        );
    }
    let font = |face: &str| {
        format!("<a:latin typeface=\"{face}\"/><a:ea typeface=\"\"/><a:cs typeface=\"\"/>")
    };
    let (serif, sans) = (font("Georgia"), font("Arial"));
    let fill = "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>".repeat(3);
    let line =
        "<a:ln w=\"9525\"><a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill></a:ln>".repeat(3);
    let effect = "<a:effectStyle><a:effectLst/></a:effectStyle>".repeat(3);
    format!(
        "<a:theme xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" name=\"Coherence\"><a:themeElements>\
         <a:clrScheme name=\"Coherence\">{colours}</a:clrScheme>\
         <a:fontScheme name=\"Coherence\"><a:majorFont>{serif}</a:majorFont><a:minorFont>{sans}</a:minorFont></a:fontScheme>\
         <a:fmtScheme name=\"Coherence\"><a:fillStyleLst>{fill}</a:fillStyleLst><a:lnStyleLst>{line}</a:lnStyleLst>\
         <a:effectStyleLst>{effect}</a:effectStyleLst><a:bgFillStyleLst>{fill}</a:bgFillStyleLst></a:fmtScheme>\
         </a:themeElements></a:theme>"
    )
}

fn placed((x, y, wide, high): (f64, f64, f64, f64)) -> String {
    let (x, y, cx, cy) = (emu(x), emu(y), emu(wide), emu(high));
    format!(
        "<p:spPr><a:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{cx}\" cy=\"{cy}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr>"
    )
}

/// A placeholder: `2` the title, `3` the footer, `4` the number.
fn holder(id: usize, name: &str, kind: &str, place: &str, body: &str, text: &str) -> String {
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{name}\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr>{place}\
         <p:txBody><a:bodyPr {body}/><a:lstStyle/><a:p>{text}</a:p></p:txBody></p:sp>"
    )
}

const TITLED: &str = "type=\"title\"";
const FOOTED: &str = "type=\"ftr\" sz=\"quarter\" idx=\"11\"";
const COUNTED: &str = "type=\"sldNum\" sz=\"quarter\" idx=\"12\"";
/// No room inside a box: what stands on a slide begins at one edge.
const FLUSH: &str = "lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\"";

fn small(align: &str, inner: &str) -> String {
    format!("<a:pPr algn=\"{align}\"/>{inner}")
}

fn run(size: usize, bold: u8, colour: &str, face: &str, text: &str) -> String {
    let text = escape(text);
    format!(
        "<a:r><a:rPr lang=\"en-GB\" sz=\"{size}\" b=\"{bold}\" dirty=\"0\"><a:solidFill><a:srgbClr val=\"{colour}\"/></a:solidFill><a:latin typeface=\"{face}\"/></a:rPr><a:t>{text}</a:t></a:r>"
    )
}

fn counter() -> String {
    small(
        "r",
        &format!(
            "<a:fld id=\"{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}\" type=\"slidenum\"><a:rPr lang=\"en-GB\" sz=\"900\" dirty=\"0\"><a:solidFill><a:srgbClr val=\"{SOFT}\"/></a:solidFill><a:latin typeface=\"+mn-lt\"/></a:rPr><a:t>1</a:t></a:fld>"
        ),
    )
}

fn master(package: &mut Package) -> Result<(), Fault> {
    let shapes = |place: bool| {
        let at = |what| {
            if place {
                placed(what)
            } else {
                "<p:spPr/>".to_owned()
            }
        };
        let empty = "<a:endParaRPr lang=\"en-GB\"/>";
        [
            holder(
                2,
                "Title",
                TITLED,
                &at(TITLE),
                &format!("anchor=\"b\" {FLUSH}"),
                empty,
            ),
            holder(3, "Footer", FOOTED, &at(FOOTER), FLUSH, &small("l", empty)),
            holder(4, "Number", COUNTED, &at(NUMBER), FLUSH, &counter()),
        ]
        .concat()
    };
    let level = |size: usize| {
        format!(
            "<a:lvl1pPr algn=\"l\"><a:buNone/><a:defRPr sz=\"{size}\"><a:solidFill><a:schemeClr val=\"tx1\"/></a:solidFill></a:defRPr></a:lvl1pPr>"
        )
    };
    let (title, body) = (level(2800), level(1500));
    let master = shapes(true);
    package.xml(
        "ppt/slideMasters/slideMaster1.xml",
        &format!(
            "<p:sldMaster {SPACES}><p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val=\"bg1\"/></a:solidFill><a:effectLst/></p:bgPr></p:bg><p:spTree>{TREE}{master}</p:spTree></p:cSld>\
             <p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" accent2=\"accent2\" accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" accent6=\"accent6\" hlink=\"hlink\" folHlink=\"folHlink\"/>\
             <p:sldLayoutIdLst><p:sldLayoutId id=\"2147483649\" r:id=\"rId1\"/></p:sldLayoutIdLst>\
             <p:txStyles><p:titleStyle>{title}</p:titleStyle><p:bodyStyle>{body}</p:bodyStyle><p:otherStyle>{body}</p:otherStyle></p:txStyles></p:sldMaster>"
        ),
    )?;
    package.relations(
        "ppt/slideMasters/_rels/slideMaster1.xml.rels",
        &[
            ("slideLayout", "../slideLayouts/slideLayout1.xml".to_owned()),
            ("theme", "../theme/theme1.xml".to_owned()),
        ],
    )?;
    let layout = shapes(false);
    package.xml(
        "ppt/slideLayouts/slideLayout1.xml",
        &format!(
            "<p:sldLayout {SPACES} type=\"titleOnly\" preserve=\"1\"><p:cSld name=\"Title only\"><p:spTree>{TREE}{layout}</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
        ),
    )?;
    package.relations(
        "ppt/slideLayouts/_rels/slideLayout1.xml.rels",
        &[("slideMaster", "../slideMasters/slideMaster1.xml".to_owned())],
    )
}

fn sheet(slide: &Slide, footer: &str) -> String {
    let title = one_line(&slide.title);
    let size = (title_size(&title) * 100.0) as usize;
    let place = "<p:spPr/>";
    let shapes = [
        holder(
            2,
            "Title",
            TITLED,
            place,
            "",
            &run(size, 1, INK, "+mj-lt", &title),
        ),
        holder(
            3,
            "Footer",
            FOOTED,
            place,
            "",
            &small("l", &run(900, 0, SOFT, "+mn-lt", &one_line(footer))),
        ),
        holder(4, "Number", COUNTED, place, "", &counter()),
        slide.shapes.clone(),
    ]
    .concat();
    format!(
        "<p:sld {SPACES}><p:cSld><p:spTree>{TREE}{shapes}</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>"
    )
}
