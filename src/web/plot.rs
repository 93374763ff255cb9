//! A plot of a simulation as SVG. Its colours are stand-ins that the stylesheet replaces, so that
//! one picture fits light and dark.

use plotters::prelude::*;

use super::rows::escaped;
use crate::simulation::figure::{Curve, Plot, Role};

const SIZE: (u32, u32) = (580, 290);
/// The stand-ins; `site.css` names each.
const BUG: RGBColor = RGBColor(0xb0, 0x00, 0x01);
const FIX: RGBColor = RGBColor(0x00, 0x70, 0x02);
const OTHER: RGBColor = RGBColor(0x00, 0x50, 0xa3);
const INK: RGBColor = RGBColor(0x55, 0x55, 0x54);
const GRID: RGBColor = RGBColor(0xdd, 0xdd, 0xd5);
const MARK: RGBColor = RGBColor(0x88, 0x66, 0x06);
const SHADE: RGBColor = RGBColor(0xee, 0xee, 0xe7);

/// The picture with its title and its legend as text beside it.
pub fn svg(plot: &Plot) -> String {
    over(plot, "seconds")
}

/// The same over another unit of time.
pub fn over(plot: &Plot, time: &str) -> String {
    let mut drawing = String::new();
    if draw(plot, time, &mut drawing).is_err() {
        // Only a text is written to, which does not fail; then there is no picture.
        return String::new();
    }
    let label = format!("{}: {}", plot.title, spoken(plot));
    let drawing = drawing.replacen(
        "<svg ",
        &format!("<svg role=\"img\" aria-label=\"{}\" ", escaped(&label)),
        1,
    );
    let unit = match plot.unit.as_str() {
        "" => String::new(),
        unit => format!(", {}", escaped(unit)),
    };
    format!(
        "<figure class=\"plot\"><figcaption>{}{unit}</figcaption>{drawing}<ul class=\"legend\">{}</ul></figure>",
        escaped(&plot.title),
        legend(plot)
    )
}

fn legend(plot: &Plot) -> String {
    let mut html = String::new();
    for curve in &plot.curves {
        html += &format!(
            "<li class=\"{}\">{}</li>",
            class(curve.role),
            escaped(&curve.label)
        );
    }
    for mark in &plot.marks {
        html += &format!("<li class=\"mark\">{}</li>", escaped(&mark.label));
    }
    if let Some((.., label)) = &plot.shaded {
        html += &format!("<li class=\"shade\">{}</li>", escaped(label));
    }
    html
}

fn class(role: Role) -> &'static str {
    match role {
        Role::Bug => "bug",
        Role::Fix => "fix",
        Role::Other => "other",
    }
}

/// What a reader who does not see it is told: where each curve begins, is highest and ends.
fn spoken(plot: &Plot) -> String {
    let one = |curve: &Curve| {
        let value = |point: Option<&(f64, f64)>| point.map_or(0.0, |point| point.1);
        let most = curve.points.iter().map(|point| point.1).fold(0.0, f64::max);
        format!(
            "{} begins at {}, is at most {} and ends at {}",
            curve.label,
            number(value(curve.points.first())),
            number(most),
            number(value(curve.points.last()))
        )
    };
    plot.curves.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// A number as an axis shows it.
fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 1e9 => format!("{:.1}G", value / 1e9),
        size if size >= 1e6 => format!("{:.1}M", value / 1e6),
        size if size >= 1e4 => format!("{:.0}k", value / 1e3),
        size if size >= 10.0 || value == 0.0 => format!("{value:.0}"),
        size if size >= 0.1 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

type Drawn = Result<(), Box<dyn std::error::Error>>;

fn draw(plot: &Plot, time: &str, out: &mut String) -> Drawn {
    let area = SVGBackend::with_string(out, SIZE).into_drawing_area();
    let points = || plot.curves.iter().flat_map(|curve| &curve.points);
    let last = points().map(|point| point.0).fold(1.0, f64::max);
    let marks = plot.marks.iter().map(|mark| mark.value);
    let top = points().map(|point| point.1).chain(marks);
    let top = top.filter(|value| value.is_finite()).fold(0.0, f64::max);
    let top = if top > 0.0 { top * 1.08 } else { 1.0 };
    let mut chart = ChartBuilder::on(&area)
        .margin_right(14)
        .margin_top(8)
        .x_label_area_size(44)
        .y_label_area_size(58)
        .build_cartesian_2d(0.0..last, 0.0..top)?;
    if let Some((from, to, _)) = &plot.shaded {
        let corners = [(*from, 0.0), (to.min(last), top)];
        chart.draw_series([Rectangle::new(corners, SHADE.filled())])?;
    }
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(INK)
        .x_labels(7)
        .y_labels(5)
        .x_desc(time)
        .label_style(("sans-serif", 14, &INK))
        .x_label_formatter(&|value| number(*value))
        .y_label_formatter(&|value| number(*value))
        .draw()?;
    for mark in &plot.marks {
        let line = [(0.0, mark.value), (last, mark.value)];
        chart.draw_series(DashedLineSeries::new(line, 6, 4, MARK.stroke_width(2)))?;
    }
    // The fix is drawn last, so that it is seen where both are alike.
    for role in [Role::Other, Role::Bug, Role::Fix] {
        let colour = match role {
            Role::Bug => BUG,
            Role::Fix => FIX,
            Role::Other => OTHER,
        };
        for curve in plot.curves.iter().filter(|curve| curve.role == role) {
            let points = curve.points.iter().copied();
            chart.draw_series(LineSeries::new(points, colour.stroke_width(2)))?;
        }
    }
    area.present()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::models;

    #[test]
    fn every_model_has_a_picture_that_is_told() {
        for model in models::ALL {
            let figure = model.draw(&[]);
            for plot in &figure.plots {
                let svg = svg(plot);
                assert!(svg.contains("<svg role=\"img\""), "{}", model.code);
                assert!(svg.contains("<polyline"), "{}", model.code);
                assert!(!svg.contains("style="), "inline styles are not allowed");
            }
        }
    }
}
