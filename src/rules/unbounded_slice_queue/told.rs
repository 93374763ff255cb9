//! What names and comments tell of a queue: that it is for tests, that nothing bounds it and why.

use crate::model::nearby::says;
use crate::model::{ObjectId, Program, VariableId, VariableKind};
use crate::source::Span;

/// Words of those who say that something must be as it is.
const MEANT: &[&str] = &[
    "need",
    "must be",
    "deadlock",
    "on purpose",
    "deliberate",
    "intention",
    "by design",
    // Whoever uses it is told to see to it.
    "with care",
    "caution",
    "beware",
];

/// Words that deny those.
const NOT_MEANT: &[&str] = &["no need", "not need", "need not", "needn't", "needless"];

/// Words in the paths of what stands in for others while they are tried out.
const STAND_INS: &[&str] = &[
    "mock",
    "mocks",
    "fake",
    "fakes",
    "stub",
    "stubs",
    "simulation",
    "simulator",
    "sim",
];

/// Whether a channel's name, or that of what makes it, or its crate's, says that it is for tests.
pub(super) fn serves_tests(program: &Program, channel: ObjectId, place: Span) -> bool {
    let is_of_tests =
        |name: &str| words_of(name).any(|word| matches!(&*word, "test" | "tests" | "testing"));
    let maker = program
        .function_at(place)
        .map(|maker| program.outermost(maker));
    let variables = &program.object(channel).variables;
    is_of_tests(&program.file(place.file).path)
        || maker.is_some_and(|maker| is_of_tests(program.text(program.function(maker).name)))
        || variables
            .iter()
            .any(|&variable| is_of_tests(program.text(program.variable(variable).name)))
        || stands_in(program, place)
}

fn words_of(name: &str) -> impl Iterator<Item = String> + '_ {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .map(str::to_ascii_lowercase)
}

/// Whether a file belongs by its path to what stands in for others: a double, a simulated world.
pub(super) fn stands_in(program: &Program, place: Span) -> bool {
    let is_simulation = |word: &str| word.len() > "esim".len() && word.ends_with("sim");
    words_of(&program.file(place.file).path)
        .any(|word| STAND_INS.contains(&&*word) || is_simulation(&word))
}

/// Whether what sends on a channel tells its callers to ask for room first.
fn tells_of_room(program: &Program, channel: ObjectId) -> bool {
    let sends = &program.object(channel).sends;
    sends.iter().any(|&send| {
        let head = program.function(program.function_of(send)).head;
        program.remark_says(head, &["capacity", "backpressure", "back-pressure"])
    })
}

/// Whether somebody says that the channel has no bound, and thought of it: where it is made, or at
/// the head of what sends, takes or keeps an end, with a reason why it must be so.
pub(super) fn is_meant(program: &Program, channel: ObjectId, place: Span) -> bool {
    if program.remark_says(place, &["bounded", "blocking", "ensure"])
        || tells_of_room(program, channel)
    {
        return true;
    }
    let object = program.object(channel);
    let ends = object.sends.iter().copied().chain(object.takes());
    let mut heads: Vec<Span> = ends
        .map(|step| {
            let function = program.outermost(program.function_of(step));
            program.function(function).head
        })
        .chain(
            object
                .variables
                .iter()
                .flat_map(|&one| kept_at(program, one)),
        )
        .collect();
    heads.sort_unstable();
    heads.dedup();
    heads.into_iter().any(|head| {
        program.remark_on(head).split('.').any(|sentence| {
            says(sentence, &["unbounded"]) && says(sentence, MEANT) && !says(sentence, NOT_MEANT)
        })
    })
}

/// Where a field is declared that holds an end of a channel, and the type that it is a part of.
fn kept_at(program: &Program, variable: VariableId) -> impl Iterator<Item = Span> + use<> {
    let of = program.variable(variable);
    let (own, owner) = match of.kind {
        VariableKind::Field(owner) => (Some(of.span), program.named[owner.index()].span),
        VariableKind::Global => (Some(of.span), None),
        _ => (None, None),
    };
    own.into_iter().chain(owner)
}

/// Whether what makes a channel or holds an end of it tells everybody by its name that nothing
/// bounds it: then that is meant, and whoever uses it has been told.
pub(super) fn is_called_unbounded(program: &Program, channel: ObjectId, place: Span) -> bool {
    let is_open = |name: &str| name.to_ascii_lowercase().contains("unbounded");
    let maker = program
        .function_at(place)
        .map(|maker| program.outermost(maker));
    maker.is_some_and(|maker| is_open(program.text(program.function(maker).name)))
        || program.object(channel).variables.iter().any(|&variable| {
            match program.variable(variable).kind {
                VariableKind::Field(owner) => {
                    is_open(program.text(program.named[owner.index()].name))
                }
                _ => false,
            }
        })
}
