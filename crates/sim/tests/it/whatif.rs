//! What a scenario gives when its hours and its luck vary. (Here and not beside its code: a unit test that plays would have
//! the compiler build the core and the simulator a second time.)

use relais_sim::script::Script;
use relais_sim::whatif::vary;

const STORY: &str = "date 2026-03-02\nnetwork: open Mon-Fri 08:00-20:00\n\
                     Dr B: gp at Palaiseau\nDr C: gp at Longjumeau\n\n\
                     10:00 request for gp, otalgie, Massy, within 12 h\n";

#[test]
fn every_figure_is_counted_over_the_requests_raised() {
    let script = Script::parse(STORY).unwrap();
    let outcome = vary(&script, 1, 60).unwrap();
    assert_eq!(outcome.breach, None);
    assert_eq!(outcome.tried, 60);
    assert!(outcome.raised > 50 && outcome.accepted > 0 && outcome.unfilled > 0);
    assert_eq!(
        outcome.asked.len(),
        usize::try_from(outcome.raised).unwrap()
    );
    assert_eq!(
        outcome.accepted_after.len(),
        usize::try_from(outcome.accepted).unwrap()
    );
    assert_eq!(outcome, vary(&script, 1, 60).unwrap());
    assert_ne!(outcome, vary(&script, 2, 60).unwrap());
}

#[test]
fn a_scenario_without_request_is_refused() {
    let script = Script::parse("date 2026-03-02\nDr B: gp at Palaiseau\n").unwrap();
    assert!(vary(&script, 1, 2).is_err());
}
