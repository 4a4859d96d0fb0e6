//! What a person sees: growth by epoch, and how far Sluice is ahead in every world. SVG, drawn without system libraries.

use std::ops::Range;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::Error;
use crate::run::{Kind, Outcome};
use crate::study::Report;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

const FONT: &str = "sans-serif";
const COLOURS: [RGBColor; 5] = [
    RGBColor(0x1f, 0x6f, 0xb4),
    RGBColor(0x7f, 0x7f, 0x7f),
    RGBColor(0xc4, 0x4e, 0x52),
    RGBColor(0xdd, 0x84, 0x52),
    RGBColor(0x55, 0xa8, 0x68),
];

/// Draws `report` into the file at `path`, as SVG.
pub fn draw(report: &Report, path: &Path) -> Result<(), Error> {
    let mut svg = String::new();
    panels(report, &mut svg)
        .and_then(|()| Ok(std::fs::write(path, svg)?))
        .map_err(|error| Error::NotDrawn { path: path.to_owned(), reason: error.to_string() })
}

fn panels(report: &Report, svg: &mut String) -> Drawn {
    let root = SVGBackend::with_string(svg, (1_000, 420)).into_drawing_area();
    root.fill(&WHITE)?;
    let (left, right) = root.split_horizontally(580);
    growth(report, &left)?;
    leads(report, &right)?;
    root.present()?;
    Ok(())
}

/// What the pool has become of what it was, in percent: the mean of all worlds.
fn growth(report: &Report, area: &Area) -> Drawn {
    let lines: Vec<Vec<(f64, f64)>> =
        (0..Kind::ALL.len()).map(|place| line(&report.outcomes, place)).collect();
    let highest = lines.iter().flatten().map(|(_, grown)| *grown).fold(0.0, f64::max);
    let epochs = report.study.epochs as f64;
    let mut chart = ChartBuilder::on(area)
        .caption("Pool's growth after switching costs, %", (FONT, 20))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(44)
        .build_cartesian_2d(0.0..epochs, 0.0..highest * 1.05)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .label_style((FONT, 16))
        .x_desc("epoch")
        .draw()?;
    for ((kind, colour), line) in Kind::ALL.iter().zip(COLOURS).zip(lines) {
        let style = colour.stroke_width(2);
        chart
            .draw_series(LineSeries::new(line, style))?
            .label(kind.name())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .label_font((FONT, 16))
        .background_style(WHITE.mix(0.8))
        .draw()?;
    Ok(())
}

fn line(outcomes: &[Vec<Outcome>], place: usize) -> Vec<(f64, f64)> {
    let worlds = outcomes.len() as f64;
    let epochs = outcomes.iter().map(|strategies| strategies[place].growth.len()).min().unwrap_or(0);
    let grown = |epoch: usize| {
        outcomes.iter().map(|strategies| strategies[place].growth[epoch] - 1.0).sum::<f64>() / worlds
    };
    (0..epochs).map(|epoch| ((epoch + 1) as f64, 100.0 * grown(epoch))).collect()
}

/// Net APY of Sluice less each other's: a point for every world.
fn leads(report: &Report, area: &Area) -> Drawn {
    let others = Kind::ALL.len() - 1;
    let lead = |strategies: &Vec<Outcome>, other: usize| {
        100.0 * (strategies[0].net_apy - strategies[other + 1].net_apy)
    };
    let all = || {
        report.outcomes.iter().flat_map(|strategies| (0..others).map(move |other| lead(strategies, other)))
    };
    let range: Range<f64> = all().fold(0.0, f64::min) - 0.1..all().fold(0.0, f64::max) * 1.1 + 0.1;
    let mut chart = ChartBuilder::on(area)
        .caption("Sluice's lead in net APY, points", (FONT, 20))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(150)
        .build_cartesian_2d(range.clone(), -0.5..others as f64 - 0.5)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .light_line_style(TRANSPARENT)
        .label_style((FONT, 16))
        .y_labels(others)
        .y_label_formatter(&|place| {
            let other = place.round().max(0.0) as usize;
            Kind::ALL.get(other + 1).map_or_else(String::new, |kind| kind.name().into())
        })
        .draw()?;
    let (bottom, top) = (-0.5, others as f64 - 0.5);
    chart.draw_series([PathElement::new([(0.0, bottom), (0.0, top)], BLACK)])?;
    for (other, colour) in (0..others).zip(COLOURS.into_iter().skip(1)) {
        let points = report.outcomes.iter().map(|strategies| {
            Circle::new((lead(strategies, other), other as f64), 4, colour.mix(0.5).filled())
        });
        chart.draw_series(points)?;
    }
    Ok(())
}
