//! What lowering and linking promise, one promise a test. Code comes in as text; the answer is
//! read off the model.

use crate::languages::analyse;
use crate::model::channels::Capacity;
use crate::model::closing::Closings;
use crate::model::{Api, Constant, FunctionId, LoopKind, ObjectId, Op, Program, StepId};
use crate::source::limits::{Cut, Limits};
use crate::source::{Language, SourceFile};

fn program(files: &[&str]) -> Program {
    let files: Vec<SourceFile> = files
        .iter()
        .enumerate()
        .map(|(at, text)| {
            SourceFile::new(format!("{at}.go"), Language::Go, text.as_bytes().to_vec())
        })
        .collect();
    analyse(&files, &Limits::default()).program
}

/// The channel with a variable of this name.
fn channel(program: &Program, name: &str) -> ObjectId {
    program
        .object_ids()
        .find(|&id| {
            program.is_channel(id)
                && program
                    .object(id)
                    .variables
                    .iter()
                    .any(|&variable| program.text(program.variable(variable).name) == name)
        })
        .unwrap_or_else(|| panic!("no channel `{name}`"))
}

fn function(program: &Program, name: &str) -> FunctionId {
    program
        .functions_with_ids()
        .find(|(_, function)| program.text(function.name) == name)
        .map(|(id, _)| id)
        .unwrap_or_else(|| panic!("no function `{name}`"))
}

#[test]
fn a_field_is_one_channel_for_all_methods_and_files() {
    let program = program(&[
        "package a\ntype Pool struct { jobs chan int }\nfunc (p *Pool) Close() { close(p.jobs) }",
        "package a\nfunc (q *Pool) Submit(j int) { q.jobs <- j }\nfunc New() *Pool { return &Pool{jobs: make(chan int, 4*batch)} }",
        "package a\nconst batch = 1 << 3",
    ]);
    let jobs = program.object(channel(&program, "jobs"));
    assert_eq!(
        (jobs.sends.len(), jobs.closes.len(), jobs.makes.len()),
        (1, 1, 1)
    );
    assert_eq!(
        program.capacity(channel(&program, "jobs")),
        Capacity::Known(32)
    );
    assert!(!jobs.escapes);
}

#[test]
fn arguments_results_closures_and_aliases_are_followed() {
    let program = program(&[
        "package a\nfunc open() chan int { c := make(chan int); return c }\nfunc run() {\n x := open()\n y := x\n go func() { y <- 1 }()\n take(x)\n}\nfunc take(in <-chan int) { for range in {} }",
    ]);
    let object = program.object(channel(&program, "in"));
    assert_eq!(
        (object.sends.len(), object.loops.len(), object.makes.len()),
        (1, 1, 1)
    );
    assert!(!object.escapes);
}

#[test]
fn elements_of_lists_and_channels_of_channels_are_followed() {
    let program = program(&[
        "package a\ntype req struct { reply chan int }\nfunc run(reqs chan req) {\n r := req{reply: make(chan int, 1)}\n reqs <- r\n <-r.reply\n}\nfunc serve(reqs chan req) { for q := range reqs { q.reply <- 1 } }\nfunc fan() {\n var all []chan int\n c := make(chan int)\n all = append(all, c)\n for _, each := range all { each <- 1 }\n}",
    ]);
    let reply = program.object(channel(&program, "reply"));
    assert_eq!((reply.sends.len(), reply.receives.len()), (1, 1));
    assert_eq!(program.object(channel(&program, "each")).makes.len(), 1);
}

#[test]
fn what_leaves_the_package_escapes() {
    let program = program(&[
        "package a\nimport \"other\"\ntype T struct { Out chan int; in chan int }\nvar c = make(chan int)\nfunc f() { other.Take(c) }\nfunc (t *T) g() { t.Out <- 1; t.in <- 1 }",
    ]);
    assert!(program.object(channel(&program, "c")).escapes);
    assert!(program.object(channel(&program, "Out")).escapes);
    assert!(!program.object(channel(&program, "in")).escapes);
}

#[test]
fn constants_fold_across_files() {
    let program = program(&[
        "package a\nimport \"time\"\nconst (\n first = iota + 1\n second\n third\n)\nconst wait = 2 * time.Second",
        "package a\nvar size = third * 100_000\nvar x = make(chan int, size)",
    ]);
    assert_eq!(
        program.capacity(channel(&program, "x")),
        Capacity::Known(300_000)
    );
    let wait = program
        .globals
        .iter()
        .find(|(variable, _)| program.text(program.variable(*variable).name) == "wait");
    assert_eq!(
        wait.and_then(|&(variable, _)| program.constant_of(variable)),
        Some(Constant::Int(2_000_000_000))
    );
}

#[test]
fn imports_decide_and_aliases_are_respected() {
    let program = program(&[
        "package a\nimport zzz \"time\"\nimport time \"example.com/calendar\"\nfunc f() { zzz.Sleep(1); time.Sleep(1) }",
    ]);
    let sleeps = program
        .steps
        .iter()
        .filter(|step| matches!(&step.op, Op::Call(call) if call.api == Api::Sleep))
        .count();
    assert_eq!(sleeps, 1);
}

#[test]
fn fragments_are_normal_input() {
    let program =
        program(&["for j := range jobs {\n go work(j)\n}\nselect {\ncase out <- 1:\ndefault:\n}"]);
    assert!(
        program
            .steps
            .iter()
            .any(|step| matches!(step.op, Op::Spawn(_)))
    );
    assert!(
        program
            .steps
            .iter()
            .any(|step| matches!(step.op, Op::Select(_)))
    );
}

#[test]
fn a_syntax_error_stays_local() {
    let program = program(&[
        "package a\nfunc f(c chan int) { x := new(1 + ; c <- 1 }\nfunc g(c chan int) { close(c) }",
    ]);
    assert!(
        program
            .steps
            .iter()
            .any(|step| matches!(step.op, Op::Close { .. }))
    );
}

#[test]
fn a_range_is_over_a_channel_when_its_type_says_so() {
    let program = program(&[
        "package a\ntype feed chan int\nfunc f(c feed, l []int) { for range c {}; for range l {} }",
    ]);
    let loops: Vec<_> = program
        .steps
        .iter()
        .filter_map(|step| match &step.op {
            Op::Loop(l) => Some(matches!(l.kind, LoopKind::Channel(_))),
            _ => None,
        })
        .collect();
    assert_eq!(loops, [true, false]);
}

#[test]
fn locks_are_held_by_control_flow() {
    let program = program(&[
        "package a\nimport \"sync\"\nvar mu sync.Mutex\nfunc f(c chan int, x bool) {\n mu.Lock()\n if x {\n  mu.Unlock()\n  c <- 1\n  return\n }\n c <- 2\n mu.Unlock()\n c <- 3\n}\nfunc g(c chan int) { mu.Lock(); defer mu.Unlock(); send(c) }\nfunc send(c chan int) { c <- 4 }",
    ]);
    let held: Vec<usize> = program
        .step_ids()
        .filter(|&step| matches!(program.op(step), Op::Send { .. }))
        .map(|step| program.held_at(step).len())
        .collect();
    assert_eq!(held, [0, 1, 0, 1]);
}

#[test]
fn tasks_and_who_runs_what() {
    let program = program(&[
        "package a\nfunc start() { for i := 0; i < 3; i++ { go loop() } }\nfunc loop() { step() }\nfunc step() {}",
    ]);
    let (start, looped, step) = (
        function(&program, "start"),
        function(&program, "loop"),
        function(&program, "step"),
    );
    assert!(program.is_task(looped) && program.is_many(looped));
    assert_eq!(program.entries_of(step), [looped]);
    assert_eq!(program.entries_of(start), [start]);
}

#[test]
fn a_break_in_a_select_does_not_leave_the_loop() {
    let program = program(&[
        "package a\nfunc f(c, d chan int) {\nouter:\n for {\n  select {\n  case <-c: break\n  case <-d: break outer\n  }\n }\n}",
    ]);
    let looped = program
        .step_ids()
        .find(|&step| matches!(program.op(step), Op::Loop(_)))
        .expect("a loop");
    assert_eq!(program.loop_exits(looped).len(), 1);
}

/// The first send of a program.
fn the_send(program: &Program) -> StepId {
    program
        .step_ids()
        .find(|&step| matches!(program.op(step), Op::Send { .. }))
        .expect("a send")
}

#[test]
fn methods_of_embedded_locks_are_locks() {
    let program = program(&[
        "package a\nimport \"sync\"\ntype T struct { sync.Mutex; n int }\nfunc (t *T) f(c chan int) { t.Lock(); c <- 1; t.Unlock() }",
    ]);
    assert_eq!(program.held_at(the_send(&program)).len(), 1);
}

#[test]
fn a_nameless_struct_takes_over_the_methods_of_its_lock() {
    let program = program(&[
        "package a\nimport \"sync\"\ntype T struct { s struct { sync.Mutex; n int } }\nfunc (t *T) f(c chan int) { t.s.Lock(); c <- 1; t.s.Unlock() }",
    ]);
    assert_eq!(program.held_at(the_send(&program)).len(), 1);
}

#[test]
fn files_that_hold_one_function_twice_are_never_built_together() {
    let one = "package a\ntype T struct { done chan int }\nfunc (t *T) run() { close(t.done) }";
    let other = "package a\nfunc (t *T) run() {}\nfunc (t *T) stop() { close(t.done) }";
    let third = "package a\nfunc (t *T) end() { close(t.done) }";
    let program = program(&[one, other, third]);
    let done = channel(&program, "done");
    let closings = Closings::of(&program);
    let [a, b, c] = program.object(done).closes[..] else {
        panic!("three closes");
    };
    assert!(closings.have_own_lives(done, a, b));
    assert!(!closings.have_own_lives(done, a, c));
}

#[test]
fn too_deep_is_said_and_the_rest_is_read() {
    let deep = format!(
        "package a\nfunc f() {}{}\nfunc g(c chan int) {{ close(c) }}",
        "{".repeat(5000),
        "}".repeat(5000)
    );
    let deep = deep.replace("func f() {", "func f() {{");
    let file = SourceFile::new("a.go", Language::Go, deep.into_bytes());
    let analysis = analyse(&[file], &Limits::default());
    assert!(matches!(analysis.cuts[0].1, Cut::Depth { .. }));
    assert!(
        analysis
            .program
            .steps
            .iter()
            .any(|step| matches!(step.op, Op::Close { .. }))
    );
}
