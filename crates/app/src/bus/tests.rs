//! Who hears what, in which order, and what somebody who was away is told.

use super::*;
use relais_core::ids::{RequestId, UserId};

fn change(network: u128, request: u128, professionals: Option<&[u128]>) -> News {
    let ids = |list: &[u128]| {
        list.iter()
            .copied()
            .map(ProfessionalId::from_bits)
            .collect()
    };
    News::Changed(Arc::new(Change {
        network: NetworkId::from_bits(network),
        request: Some(RequestId::from_bits(request)),
        professionals: professionals.map(ids),
        alert: None,
    }))
}

fn actor(role: Role, network: u128, professional: Option<u128>) -> Actor {
    Actor {
        user: UserId::from_bits(9),
        role,
        network: NetworkId::from_bits(network),
        professional: professional.map(ProfessionalId::from_bits),
    }
}

fn operator(network: u128) -> Actor {
    actor(Role::Operator, network, None)
}

fn whats(told: &[Arc<Told>]) -> Vec<What> {
    told.iter().map(|told| told.what).collect()
}

fn request(bits: u128) -> What {
    What::Changed(RequestId::from_bits(bits))
}

fn mark(bus: &Bus, seq: u64) -> String {
    let epoch = bus.epoch();
    Mark { epoch, seq }.to_string()
}

fn replayed(bus: &Bus, actor: &Actor, seq: u64) -> Vec<Arc<Told>> {
    match bus.listen(actor, Some(&mark(bus, seq))).1 {
        Start::Replay(told) => told,
        other => panic!("{other:?}"),
    }
}

/// I13, I4: the desk hears its network, a professional what was put to them, others nothing.
#[test]
fn news_stay_with_those_they_concern_live_and_on_replay() {
    let bus = Bus::default();
    let actors = [
        operator(1),
        operator(2),
        actor(Role::Professional, 2, Some(7)),
        actor(Role::Professional, 1, Some(8)),
        actor(Role::Professional, 1, None),
        actor(Role::Auditor, 1, None),
        actor(Role::Partner, 1, None),
    ];
    let mut readers = actors.map(|actor| bus.listen(&actor, None).0);
    bus.tell(change(1, 100, Some(&[7])));
    bus.tell(change(2, 200, None));
    bus.tell(change(1, 300, Some(&[])));
    let expected = [
        vec![request(100), request(300)],
        vec![request(200)],
        vec![request(100), What::Something],
        vec![What::Something],
        vec![],
        vec![],
        vec![],
    ];
    for ((actor, reader), expected) in actors.iter().zip(&mut readers).zip(expected) {
        assert_eq!(whats(&reader.look()), expected, "live, {actor:?}");
        assert_eq!(
            whats(&replayed(&bus, actor, 0)),
            expected,
            "replay, {actor:?}"
        );
    }
    bus.tell(News::Resync);
    for (actor, reader) in actors.iter().zip(&mut readers) {
        assert_eq!(whats(&reader.look()), [What::Resync], "{actor:?}");
    }
}

/// Q11: whatever the moment of the cut, what was heard before and what is replayed after are all
/// the news, once each, in order.
#[test]
fn a_reader_cut_anywhere_misses_nothing_and_hears_nothing_twice() {
    for cut in 0..=12 {
        let bus = Bus::default();
        let (mut before, _) = bus.listen(&operator(1), None);
        let mut heard = Vec::new();
        let mut after = None;
        for n in 1..=12_u64 {
            bus.tell(change(1 + u128::from(n % 2), u128::from(n), Some(&[])));
            if n <= cut {
                heard.extend(before.look());
            }
            if n == cut + 3 {
                let seen = heard.last().map_or(0, |told| told.seq);
                let (reader, start) = bus.listen(&operator(1), Some(&mark(&bus, seen)));
                let Start::Replay(told) = start else {
                    panic!("{start:?}");
                };
                heard.extend(told);
                after = Some(reader);
            }
        }
        if let Some(mut after) = after {
            heard.extend(after.look());
            let expected: Vec<_> = (1..=12).filter(|n| n % 2 == 0).map(request).collect();
            assert_eq!(whats(&heard), expected, "cut after {cut}");
        }
        let seqs: Vec<_> = heard.iter().map(|told| told.seq).collect();
        assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");
    }
}

#[test]
fn a_mark_that_says_nothing_here_is_lost_and_never_guessed() {
    let bus = Bus::default();
    bus.tell(change(1, 1, Some(&[])));
    let other = Bus::default();
    assert_ne!(bus.epoch(), other.epoch());
    let of_another_life = mark(&other, 0);
    let of_the_future = mark(&bus, 2);
    for wrong in ["", "1", "x-1", &of_another_life, &of_the_future] {
        let (mut reader, start) = bus.listen(&operator(1), Some(wrong));
        assert!(matches!(start, Start::Lost), "{wrong}");
        assert!(reader.look().is_empty(), "it begins now");
    }
}

#[test]
fn older_than_what_is_kept_is_lost_and_the_oldest_kept_is_not() {
    let bus = Bus::default();
    for n in 0..HELD_MAX + 10 {
        bus.tell(change(1, n as u128, Some(&[])));
    }
    let told = replayed(&bus, &operator(1), 10);
    assert_eq!(told.len(), HELD_MAX);
    assert_eq!(told[0].seq, 11);
    let (_, start) = bus.listen(&operator(1), Some(&mark(&bus, 9)));
    assert!(matches!(start, Start::Lost));
}

/// Missed wake-ups of the database in between: nothing that is kept proves to be all.
#[test]
fn a_gap_known_to_the_process_is_a_gap_for_whoever_comes_back_over_it() {
    let bus = Bus::default();
    bus.tell(change(1, 1, Some(&[])));
    bus.tell(News::Resync);
    bus.tell(change(1, 2, Some(&[])));
    let (_, over) = bus.listen(&operator(1), Some(&mark(&bus, 1)));
    assert!(matches!(over, Start::Lost));
    assert_eq!(whats(&replayed(&bus, &operator(1), 2)), [request(2)]);
}

#[test]
fn a_slow_reader_is_told_once_that_it_missed_something() {
    let bus = Bus::default();
    let (mut slow, _) = bus.listen(&operator(1), None);
    let mut last = 0;
    for n in 1..=200_u64 {
        bus.tell(change(1, u128::from(n), Some(&[])));
        last = n;
    }
    let told = slow.look();
    assert_eq!(whats(&told), [What::Resync]);
    assert_eq!(told[0].seq, last);
    bus.tell(change(1, 999, Some(&[])));
    assert_eq!(whats(&slow.look()), [request(999)]);
}

#[test]
fn news_for_others_never_make_a_reader_slow() {
    let bus = Bus::default();
    let (mut quiet, _) = bus.listen(&operator(2), None);
    for n in 0..HELD_MAX + 10 {
        bus.tell(change(1, n as u128, Some(&[])));
    }
    assert!(quiet.look().is_empty());
    bus.tell(change(2, 5, Some(&[])));
    assert_eq!(whats(&quiet.look()), [request(5)]);
}

#[tokio::test]
async fn the_bell_wakes_whoever_waits_and_the_form_is_made_once() {
    let bus = Bus::default();
    let (mut one, _) = bus.listen(&operator(1), None);
    let (mut two, _) = bus.listen(&operator(1), None);
    let teller = bus.clone();
    let (heard, ()) = tokio::join!(one.next(), async move {
        teller.tell(change(1, 4, Some(&[])));
    });
    let made = heard[0].carried(|_| bytes::Bytes::from_static(b"once"));
    let again = two.next().await[0].carried(|_| panic!("made twice"));
    assert_eq!(made.as_ptr(), again.as_ptr());
}

#[test]
fn audiences_that_nobody_reads_any_more_are_forgotten() {
    let bus = Bus::default();
    for n in 0..1_000 {
        drop(bus.listen(&actor(Role::Professional, 1, Some(n)), None));
    }
    assert!(bus.state().topics.len() <= 65);
}
