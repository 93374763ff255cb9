//! The pictures of failures are computed honestly: nothing is lost or made up, queues obey
//! Little's law, and the same numbers give the same picture.

use highwater::rules;
use highwater::simulation::station::{Load, Retry, Station, UNLIMITED, WhenFull, run};
use highwater::simulation::{ALL, Figure, Model, Role};

fn steady(rate: f64, seconds: f64) -> Load {
    Load {
        rate,
        surge: None,
        random: true,
        seconds,
    }
}

#[test]
fn littles_law_holds() {
    // Number inside = rate of arrivals x time inside, for a queue that is stable.
    for (workers, job, rate) in [(1, 0.01, 70.0), (4, 0.02, 150.0), (16, 0.1, 120.0)] {
        let load = steady(rate, 2000.0);
        let run = run(&Station::new(workers, job), &load, 42);
        let came = run.account.came as f64 / load.seconds;
        let expected = came * run.mean_time;
        let off = (run.mean_inside - expected).abs() / expected;
        assert!(off < 0.05, "{workers} workers: {off:.3} off");
    }
}

#[test]
fn one_worker_waits_as_the_formula_says() {
    // M/M/1: mean number inside = u / (1 - u).
    let run = run(&Station::new(1, 0.01), &steady(60.0, 5000.0), 7);
    let expected = 0.6 / 0.4;
    assert!(
        (run.mean_inside - expected).abs() / expected < 0.05,
        "{} against {expected}",
        run.mean_inside
    );
}

#[test]
fn what_came_is_what_went_and_what_is_inside() {
    let base = Station {
        room: 20,
        ..Station::new(3, 0.02)
    };
    let retry = Some(Retry {
        base: 0.05,
        growth: 2.0,
        cap: 1.0,
        jitter: true,
        attempts: 4,
    });
    let policies = [
        WhenFull::Reject,
        WhenFull::Drop,
        WhenFull::DropOldest,
        WhenFull::Wait,
        WhenFull::LookThenWait,
    ];
    for when_full in policies {
        for patience in [None, Some(0.1)] {
            for cancels in [false, true] {
                for retry in [None, retry] {
                    for room in [0, 20, UNLIMITED] {
                        let station = Station {
                            room,
                            when_full,
                            gap: 0.01,
                            patience,
                            cancels,
                            outage: Some((3.0, 5.0)),
                            retry,
                            ..base
                        };
                        let run = run(&station, &steady(200.0, 10.0), 3);
                        assert!(run.account.came > 1000);
                        assert!(run.account.balances(), "{station:?}: {:?}", run.account);
                    }
                }
            }
        }
    }
}

#[test]
fn the_queue_is_never_longer_than_its_room() {
    let station = Station {
        room: 25,
        ..Station::new(2, 0.05)
    };
    let run = run(&station, &steady(300.0, 20.0), 1);
    assert_eq!(run.most(|sample| sample.queued), 25);
    assert!(run.account.rejected > 0);
}

#[test]
fn every_class_has_a_picture() {
    let of_rules: Vec<&str> = rules::ALL.iter().map(|rule| rule.code).collect();
    let of_models: Vec<&str> = ALL.iter().map(|model| model.code).collect();
    assert_eq!(of_rules, of_models);
}

/// The values at one end of every parameter, and as they begin.
fn choices(model: &Model) -> Vec<Vec<f64>> {
    let all = |of: fn(&highwater::simulation::Parameter) -> f64| {
        model.parameters.iter().map(of).collect::<Vec<f64>>()
    };
    let start = all(|parameter| parameter.start);
    let mut choices = vec![
        start.clone(),
        all(|parameter| parameter.least),
        all(|parameter| parameter.most),
    ];
    for (at, parameter) in model.parameters.iter().enumerate() {
        for end in [parameter.least, parameter.most] {
            let mut changed = start.clone();
            changed[at] = end;
            choices.push(changed);
        }
    }
    choices
}

fn check(model: &Model, figure: &Figure) {
    assert!(!figure.plots.is_empty(), "{}", model.code);
    assert!(
        figure.caption.len() > 40,
        "{}: {}",
        model.code,
        figure.caption
    );
    for account in &figure.accounts {
        assert!(account.balances(), "{}: {account:?}", model.code);
    }
    for plot in &figure.plots {
        let has = |role: Role| plot.curves.iter().any(|curve| curve.role == role);
        assert!(
            has(Role::Bug) && has(Role::Fix),
            "{} {}",
            model.code,
            plot.title
        );
        for curve in &plot.curves {
            assert!(!curve.points.is_empty(), "{} {}", model.code, curve.label);
            assert!(
                curve.points.len() <= 1000,
                "{} {}",
                model.code,
                curve.points.len()
            );
            let fine =
                |point: &(f64, f64)| point.0.is_finite() && point.1.is_finite() && point.1 >= 0.0;
            assert!(
                curve.points.iter().all(fine),
                "{} {}",
                model.code,
                curve.label
            );
        }
    }
}

#[test]
fn pictures_hold_over_all_their_parameters() {
    for model in ALL {
        for values in choices(model) {
            check(model, &model.draw(&values));
        }
    }
}

#[test]
fn the_same_numbers_give_the_same_picture() {
    for model in ALL {
        assert_eq!(model.draw(&[]), model.draw(&[]), "{}", model.code);
        // What is no number or out of range is brought into it.
        let broken = vec![f64::NAN; model.parameters.len()];
        assert_eq!(model.draw(&broken), model.draw(&[]), "{}", model.code);
    }
}

#[test]
fn the_bug_is_worse_than_its_fix() {
    // As the pictures begin, something is higher with the bug, or lower where more is better.
    for model in ALL {
        let figure = model.draw(&[]);
        let plot = &figure.plots[0];
        let area = |role: Role| -> f64 {
            let curves = plot.curves.iter().filter(|curve| curve.role == role);
            curves
                .map(|curve| curve.points.iter().map(|point| point.1).sum::<f64>())
                .sum()
        };
        let (bug, fix) = (area(Role::Bug), area(Role::Fix));
        let apart = (bug - fix).abs() / bug.max(fix).max(1e-9);
        assert!(
            apart > 0.05,
            "{}: {bug} and {fix} look the same",
            model.code
        );
    }
}

#[test]
fn the_calculator_knows_the_capacity_that_fits() {
    let model = highwater::simulation::by_code("BP19").unwrap();
    let figure = model.draw(&[200.0, 100.0, 8.0, 10_000.0]);
    assert!(
        figure.caption.contains("there is room for 8:"),
        "{}",
        figure.caption
    );
    assert!(figure.caption.contains("2 min"), "{}", figure.caption);
    // No room at all where the job alone takes longer than the objective.
    let figure = model.draw(&[50.0, 100.0, 8.0, 100.0]);
    assert!(
        figure.caption.contains("there is room for 0:"),
        "{}",
        figure.caption
    );
}
