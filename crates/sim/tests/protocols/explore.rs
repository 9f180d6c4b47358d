//! Runs the checker over all states of a model and says how many there were.
//!
//! The checker's own "eventually" may miss a broken promise where two paths meet in one state. So
//! every model is built to end: each step uses up time, a fault or a try that is counted in the
//! state. "Eventually" is then asked of every state in which nothing more can happen.

use stateright::{Checker, Expectation, HasDiscoveries, Model};
use std::fmt::Debug;
use std::hash::Hash;

/// What a run over all states found.
pub(crate) struct Explored {
    /// Promises broken, each with the steps that break it.
    broken: Vec<(&'static str, String)>,
    /// "Sometimes" that never came.
    never: Vec<&'static str>,
    /// Distinct states.
    states: usize,
}

/// Looks at every state that can be reached.
pub(crate) fn explore<M>(model: M) -> Explored
where
    M: Model + Send + Sync + 'static,
    M::State: Debug + Hash + Clone + PartialEq + Send + Sync + 'static,
    M::Action: Debug + Clone + PartialEq + Send + Sync + 'static,
{
    found(&model.checker().threads(2).spawn_bfs().join())
}

/// Looks until the checker sees that this promise does not hold: for a model with a mistake in it.
#[track_caller]
pub(crate) fn breaks<M>(model: M, promise: &'static str)
where
    M: Model + Send + Sync + 'static,
    M::State: Debug + Hash + Clone + PartialEq + Send + Sync + 'static,
    M::Action: Debug + Clone + PartialEq + Send + Sync + 'static,
{
    let until = HasDiscoveries::AnyOf([promise].into());
    let checker = model.checker().threads(2).finish_when(until).spawn_bfs();
    let found = found(&checker.join());
    assert!(
        found.broken.iter().any(|(name, _)| *name == promise),
        "not caught: {promise}; broken: {:?}",
        found.broken
    );
}

fn found<M>(checker: &impl Checker<M>) -> Explored
where
    M: Model,
    M::State: Debug + Hash + Clone + PartialEq,
    M::Action: Debug + Clone + PartialEq,
{
    let mut found = Explored {
        broken: Vec::new(),
        never: Vec::new(),
        states: checker.unique_state_count(),
    };
    let discoveries = checker.discoveries();
    for property in checker.model().properties() {
        let path = discoveries.get(property.name);
        match (property.expectation, path) {
            (Expectation::Always | Expectation::Eventually, Some(path)) => {
                let steps: Vec<String> = path
                    .clone()
                    .into_actions()
                    .iter()
                    .map(|step| format!("{step:?}"))
                    .collect();
                found.broken.push((property.name, steps.join(" → ")));
            }
            (Expectation::Sometimes, None) => found.never.push(property.name),
            _ => {}
        }
    }
    found
}

impl Explored {
    /// Every promise holds, every rare thing happened, and there were at least that many states.
    #[track_caller]
    #[expect(
        clippy::print_stderr,
        reason = "the number of states is part of the proof"
    )]
    pub(crate) fn holds(&self, what: &str, at_least: usize) {
        eprintln!("{what}: {} states, all of them", self.states);
        assert!(self.broken.is_empty(), "{what}: {:#?}", self.broken);
        assert!(
            self.never.is_empty(),
            "{what}: never seen: {:?}",
            self.never
        );
        assert!(
            self.states >= at_least,
            "{what}: only {} states: the model became smaller than it was",
            self.states
        );
    }

    /// Promises broken, each with the steps that break it.
    pub(crate) fn broken(&self) -> &[(&'static str, String)] {
        &self.broken
    }
}
