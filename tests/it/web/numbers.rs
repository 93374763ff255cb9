//! What probes and Prometheus are told.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;

use super::{BUG, get, post, site};

/// A text in Prometheus's format, read strictly.
#[derive(Debug, Default)]
struct Numbers {
    /// Kinds by family.
    kinds: BTreeMap<String, String>,
    /// Values by name and labels, as they are written.
    samples: BTreeMap<String, f64>,
}

impl Numbers {
    fn read(text: &str) -> Numbers {
        assert!(text.ends_with('\n'), "the last line ends");
        let mut numbers = Numbers::default();
        let (mut helped, mut family) = (BTreeSet::new(), String::new());
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').unwrap();
                assert!(!help.is_empty() && helped.insert(name.to_owned()), "{line}");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert!(helped.contains(name), "help comes first: {line}");
                let before = numbers.kinds.insert(name.to_owned(), kind.to_owned());
                assert!(before.is_none(), "a family stands together: {line}");
                family = name.to_owned();
            } else {
                numbers.sample(line, &family);
            }
        }
        numbers.buckets_grow();
        numbers
    }

    fn sample(&mut self, line: &str, family: &str) {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let name = series.split('{').next().unwrap();
        let is_name = |text: &str| {
            let mut letters = text.chars();
            let first = letters.next().unwrap();
            (first.is_ascii_alphabetic() || first == '_')
                && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        assert!(is_name(name), "{line}");
        let stem = match self.kinds[family].as_str() {
            "histogram" => ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|end| name.strip_suffix(end))
                .unwrap(),
            _ => name,
        };
        assert_eq!(stem, family, "a sample follows its type: {line}");
        if let Some(labels) = series
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('{'))
        {
            let labels = labels.strip_suffix('}').unwrap();
            for label in labels.split(',') {
                let (name, value) = label.split_once('=').unwrap();
                let value = value
                    .strip_prefix('"')
                    .and_then(|rest| rest.strip_suffix('"'));
                assert!(
                    is_name(name) && !value.unwrap().contains(['"', '\n']),
                    "{line}"
                );
            }
        }
        let value: f64 = value.parse().unwrap();
        assert!(value.is_finite() && value >= 0.0, "{line}");
        let before = self.samples.insert(series.to_owned(), value);
        assert!(before.is_none(), "twice: {line}");
    }

    /// Buckets hold what smaller ones hold, and the last one everything.
    fn buckets_grow(&self) {
        let mut buckets: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
        for (series, value) in &self.samples {
            let Some((before, rest)) = series.split_once("le=\"") else {
                continue;
            };
            let end = rest.split('"').next().unwrap();
            let end = if end == "+Inf" {
                f64::INFINITY
            } else {
                end.parse().unwrap()
            };
            let of = before.trim_end_matches([',', '{']).replace("_bucket", "");
            buckets.entry(of).or_default().push((end, *value));
        }
        assert!(!buckets.is_empty());
        for (of, mut buckets) in buckets {
            buckets.sort_by(|one, two| one.0.total_cmp(&two.0));
            assert!(
                buckets.is_sorted_by_key(|bucket| bucket.1),
                "{of} {buckets:?}"
            );
            let (last, all) = *buckets.last().unwrap();
            let closed = if of.contains('{') { "}" } else { "" };
            let count = of.replacen('{', "_count{", 1) + closed;
            let count = if closed.is_empty() {
                of.clone() + "_count"
            } else {
                count
            };
            assert_eq!(
                (last, Some(&all)),
                (f64::INFINITY, self.samples.get(&count)),
                "{of}"
            );
        }
    }
}

#[tokio::test]
async fn probes_answer() {
    let site = site();
    assert_eq!(get(&site, "/healthz").await.text, "ok\n");
    assert_eq!(get(&site, "/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn numbers_are_as_prometheus_reads_them() {
    let site = site();
    get(&site, "/healthz").await;
    let before = Numbers::read(&get(&site, "/metrics").await.text);
    get(&site, "/bugs/BP06-blocking-send-in-handler?nothing=canary").await;
    get(&site, "/canary").await;
    post(&site, "/", &[("text", BUG)]).await;
    let text = get(&site, "/metrics").await.text;
    let numbers = Numbers::read(&text);
    let grown = |series: &str| {
        let (new, old) = (numbers.samples.get(series), before.samples.get(series));
        new.unwrap_or_else(|| panic!("{series} in {text}")) - old.unwrap_or(&0.0)
    };
    // Other tests of this process may count as well.
    for series in [
        "highwater_response_seconds_count{route=\"page\",status=\"2xx\"}",
        "highwater_response_seconds_count{route=\"none\",status=\"4xx\"}",
        "highwater_response_seconds_count{route=\"check\",status=\"2xx\"}",
        "highwater_analysis_seconds_count",
    ] {
        assert!(grown(series) >= 1.0, "{series}");
    }
    for series in [
        "highwater_refused_total{reason=\"busy\"}",
        "highwater_refused_total{reason=\"too_often\"}",
        "highwater_kept_results_total{what=\"kept\"}",
    ] {
        assert!(grown(series) >= 0.0, "{series}");
    }
    for series in ["highwater_analyses_running", "highwater_analyses_waiting"] {
        assert!(numbers.samples[series] >= 0.0, "{series}");
    }
    assert!(!text.contains("canary"), "addresses are no labels");
}
