//! What the finished report costs to print: `cargo bench --bench report`.
//!
//! One core, one report: that of an eight-person round with the round before it, as it is frozen on publishing. Prints first the sizes of the files and
//! figures and what the first PDF of a process takes (its typefaces are read then), then measures the page and each format.

use std::hint::black_box;
use std::time::{Duration, Instant};

use coherence::app::templates;
use coherence::export::{Edition, Format};
use coherence::report::ClientReport;
use coherence::report::view::Block;
use criterion::Criterion;
use minijinja::context;
use minijinja::value::Serde;

fn main() {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global()
        .expect("the first pool of this process");
    let frozen = include_str!("../tests/fixtures/client-report.json");
    let report: ClientReport = serde_json::from_str(frozen).expect("a frozen report");
    let begun = Instant::now();
    black_box(
        Format::Pdf
            .write(&report, Edition::Published)
            .expect("a PDF"),
    );
    println!(
        "first PDF of the process: {:.0} ms",
        begun.elapsed().as_secs_f64() * 1e3
    );
    for format in Format::ALL {
        let file = format.write(&report, Edition::Published).expect("a file");
        println!("{}: {} bytes", format.ending(), file.len());
    }
    for block in report.sections.iter().flat_map(|section| &section.blocks) {
        if let Block::Figure { figure } = block {
            println!(
                "figure “{}”: {} bytes",
                figure.table.caption,
                figure.svg.len()
            );
        }
    }
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(4))
        .configure_from_args();
    let pages = templates().expect("they compile");
    let page = pages
        .get_template("report/client.html")
        .expect("it is there");
    let mut group = criterion.benchmark_group("report of eight");
    group.bench_function("page", |bencher| {
        bencher.iter(|| {
            page.render(context! { letters => false, report => Serde(&report) })
                .expect("it renders")
        });
    });
    for format in Format::ALL {
        group.bench_function(format.ending(), |bencher| {
            bencher.iter(|| format.write(&report, Edition::Published).expect("a file"));
        });
    }
    group.finish();
    criterion.final_summary();
}
