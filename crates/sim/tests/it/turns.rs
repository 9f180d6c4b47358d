//! Whose turn it is (R4.3): over many requests, those equally near are put first as often as one another, whoever answers.

use relais_sim::engine::Core;
use relais_sim::play::Play;
use relais_sim::script::Script;
use std::collections::BTreeMap;

const EQUALS: [&str; 6] = ["Dr A", "Dr B", "Dr C", "Dr D", "Dr E", "Dr F"];

/// Forty requests of a day in waves of one, each taken by the first who is asked after so many passed; how often each
/// was asked, and asked first.
fn day(setting: &str, passes: usize) -> (BTreeMap<String, usize>, BTreeMap<String, usize>) {
    let mut text = format!(
        "date 2026-03-02\nnetwork: open Mon-Sun 00:00-24:00, waves of 1 every 60 min{setting}\n"
    );
    for name in EQUALS {
        text.push_str(&format!("{name}: gp at Palaiseau\n"));
    }
    text.push('\n');
    // The names of lines are made as the story goes: who is asked next is read from the play itself.
    let opening = Script::parse(&format!("{text}00:00 tick\n")).expect("a script");
    let mut play = Play::new(&opening, &Core).expect("a play");
    let (mut asked, mut first) = (BTreeMap::new(), BTreeMap::new());
    for number in 1..=40_u32 {
        let at = format!("{:02}:{:02}", 8 + number / 10, number % 10 * 5);
        let mut does = |what: String| {
            let script = Script::parse(&format!("{text}{at} {what} #{number}\n")).expect("a line");
            let line = script.lines.first().expect("one line");
            play.line(line).expect("plays");
            assert!(play.breaches.is_empty(), "{:?}", play.breaches);
            let label = u8::try_from(number).expect("few");
            let life = play.lives.get(&label).expect("raised");
            let offer = life.state.live_offers().next().map(|o| o.professional);
            offer.map(|id| play.world.names.of(id).to_owned())
        };
        let mut now = does("request for gp, otalgie, Massy, within 12 h".to_owned());
        let someone = now.clone().expect("somebody is asked");
        *first.entry(someone).or_default() += 1;
        for turn in 0..=passes {
            let name = now.clone().expect("somebody is asked");
            *asked.entry(name.clone()).or_default() += 1;
            now = if turn == passes {
                does(format!("{name} accepts, at 20:00"))
            } else {
                does(format!("{name} passes"))
            };
        }
    }
    (asked, first)
}

fn spread(counts: &BTreeMap<String, usize>) -> usize {
    let count = |name: &str| counts.get(name).copied().unwrap_or(0);
    let all = EQUALS.map(count);
    all.iter().max().unwrap_or(&0) - all.iter().min().unwrap_or(&0)
}

#[test]
fn those_equally_near_are_put_first_as_often_as_one_another() {
    for passes in 0..4 {
        let (asked, first) = day("", passes);
        assert!(spread(&asked) <= 1, "{passes} passes: {asked:?}");
        // With as many asked each time as divide the six, the same ones would always lead; here they do not.
        assert!(first.len() > 1, "{passes} passes: {first:?}");
    }
}

/// Without looking back, the first by id are always asked and the others never: the property above is the rule's doing.
#[test]
fn without_looking_back_the_first_by_id_are_always_asked() {
    let (asked, _) = day(", looks back 0 days", 1);
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert_eq!(spread(&asked), 40);
}
