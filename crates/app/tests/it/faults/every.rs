//! One whole life of a request, on SQLite, once for every operation of its disk: that operation fails,
//! or is the last before the process dies or the power goes. What was answered is there, nothing is
//! half done, and the life is carried to its end.

use super::audit::{holds, leases_end, sound, told};
use super::deeds::{Deed, Slots};
use super::ground::Ground;
use super::say;
use super::shape::shape;
use crate::village::Village;
use relais_faults::disk::Trouble;

/// The life: the usual doctor passes, a colleague accepts, sets the time, and has seen the patient.
const LIFE: &[Deed] = &[
    Deed::Raise(0, Some("Martin")),
    Deed::Settle,
    Deed::Refuse(0, "Martin"),
    Deed::Settle,
    Deed::Accept(0, "Garnier"),
    Deed::Settle,
    Deed::Appoint(0),
    Deed::Settle,
    Deed::Close(0),
    Deed::Settle,
];

/// More than the operations of a life, whatever changes in it.
const BOUND: u64 = 5_000;

/// What the store says before the life and after each deed, when nothing fails; and what the phones
/// show at the end.
struct Reference {
    after: Vec<String>,
    shown: Vec<String>,
}

async fn healthy(ground: &Ground) -> Reference {
    let (v, sends) = ground.process();
    let (mut slots, mut after) = (Slots::default(), vec![shape(&v).await]);
    for deed in LIFE {
        deed.once(&v, &mut slots).await.unwrap();
        after.push(shape(&v).await);
    }
    leases_end(&v).await;
    told(&v, &sends, 0, "healthy").await;
    let last = after.last().unwrap();
    assert!(last.starts_with("closed"), "{last}");
    for (deed, pair) in LIFE.iter().zip(after.windows(2)) {
        let same = pair[0] == pair[1];
        assert_eq!(same, *deed == Deed::Settle, "{deed:?}: {pair:?}");
    }
    let shown = shown(&v);
    assert!(shown.len() >= 8, "{shown:?}");
    v.app.db().close();
    Reference { after, shown }
}

/// What people read, letters only: codes and hours differ from life to life.
fn shown(v: &Village) -> Vec<String> {
    let rows = v.phones.list();
    let mut texts: Vec<String> = rows
        .iter()
        .map(|row| {
            // The secret of a patient's page is chance; that there is one is not.
            let said = match row.text.split_once("/p/") {
                Some((said, secret)) => format!("{said}, page {}", secret.len() == 22),
                None => row.text.clone(),
            };
            let text: String = said.chars().filter(|c| c.is_alphabetic()).collect();
            format!("{:?} {} {text}", row.channel, row.owner)
        })
        .collect();
    texts.sort();
    texts
}

/// One life with one trouble. Answers whether the trouble happened.
async fn live(ground: &Ground, reference: &Reference, at: u64, trouble: Trouble) -> bool {
    let when = format!("{trouble:?} at operation {at}");
    let (mut v, sends) = ground.process();
    let (mut slots, mut struck) = (Slots::default(), false);
    ground.disk.strike(at, trouble);
    for (deed, pair) in LIFE.iter().zip(reference.after.windows(2)) {
        let when = format!("{when}, during {deed:?}");
        let answer = deed.once(&v, &mut slots).await;
        let mut done = answer.is_ok();
        // A failure inside a task is put off, not told.
        let failed = !done || !ground.lives(&v) || ground.disk.operations() >= at;
        if failed && !struck {
            struck = true;
            if ground.lives(&v) {
                ground.disk.calm();
            } else {
                v = ground.next(&v).unwrap();
            }
            sound(&ground.disk, &when);
            holds(&v, &sends, &when).await;
            let now = shape(&v).await;
            if done {
                assert_eq!(now, pair[1], "{when}: answered, then lost");
            } else {
                assert!(pair.contains(&now), "{when}: half done: {now}");
            }
            leases_end(&v).await;
            done = done || deed.happened(&v, &slots).await.unwrap();
        }
        if !done {
            assert!(struck, "{when}: {answer:?}");
            deed.once(&v, &mut slots).await.unwrap();
        }
        let now = shape(&v).await;
        assert_eq!(now, pair[1], "{when}");
    }
    ground.disk.calm();
    leases_end(&v).await;
    // The end is as durable as the rest.
    ground.disk.strike_now(Trouble::Cut);
    let v = ground.next(&v).unwrap();
    sound(&ground.disk, &when);
    holds(&v, &sends, &when).await;
    told(&v, &sends, u32::from(struck), &when).await;
    assert_eq!(&shape(&v).await, reference.after.last().unwrap(), "{when}");
    assert_eq!(
        shown(&v),
        reference.shown,
        "{when}: people were told otherwise"
    );
    v.app.db().close();
    struck
}

/// One life on a disk that has no room from an operation on, until somebody makes some.
async fn cramped(ground: &Ground, reference: &Reference, at: u64) -> bool {
    let when = format!("no room from operation {at} on");
    let (v, sends) = ground.process();
    let (mut slots, mut refusals) = (Slots::default(), 0);
    ground.disk.strike(at, Trouble::Fill);
    for (deed, pair) in LIFE.iter().zip(reference.after.windows(2)) {
        let mut answer = deed.once(&v, &mut slots).await;
        for _ in 0..3 {
            if answer.is_ok() {
                break;
            }
            // Reads go on, and say what was there before.
            assert!(ground.lives(&v), "{when}: nothing was half done");
            v.app.board(&v.desk()).await.unwrap();
            let now = shape(&v).await;
            assert!(pair.contains(&now), "{when}, {deed:?}: half done: {now}");
            refusals += 1;
            answer = deed.once(&v, &mut slots).await;
        }
        if answer.is_err() {
            ground.disk.calm();
            leases_end(&v).await;
            if !deed.happened(&v, &slots).await.unwrap() {
                deed.once(&v, &mut slots).await.unwrap();
            }
        }
        assert_eq!(shape(&v).await, pair[1], "{when}, {deed:?}");
    }
    ground.disk.calm();
    leases_end(&v).await;
    sound(&ground.disk, &when);
    holds(&v, &sends, &when).await;
    told(&v, &sends, refusals, &when).await;
    assert_eq!(
        shown(&v),
        reference.shown,
        "{when}: people were told otherwise"
    );
    v.app.db().close();
    refusals > 0
}

/// Every operation in turn, until a life goes by without reaching the next.
fn every(seed: u64, trouble: Trouble) {
    alone(async {
        let ground = Ground::laid_out(seed).await;
        let reference = healthy(&ground).await;
        let mut lives = 0;
        while lives < BOUND && live(&ground, &reference, lives + 1, trouble).await {
            lives += 1;
        }
        assert!(
            (100..BOUND).contains(&lives),
            "{lives} lives under {trouble:?}"
        );
        let counts = ground.disk.counts();
        say(&format!(
            "{trouble:?}: {lives} operations in turn; {counts:?}"
        ));
    });
}

/// On one thread: the order of things is the order of the text.
fn alone(story: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(story);
}

#[test]
fn any_operation_of_a_life_may_fail() {
    every(1, Trouble::Fail);
}

#[test]
fn any_operation_of_a_life_may_find_no_room() {
    every(2, Trouble::Full);
}

#[test]
fn a_life_waits_for_room_and_goes_on() {
    alone(async {
        let ground = Ground::laid_out(5).await;
        let reference = healthy(&ground).await;
        let mut refused = 0;
        for at in (1..400).step_by(9) {
            refused += u32::from(cramped(&ground, &reference, at).await);
        }
        assert!(refused > 30, "{refused} lives were refused something");
    });
}

#[test]
fn any_operation_of_a_life_may_be_the_last_of_its_process() {
    every(3, Trouble::Kill);
}

#[test]
fn any_operation_of_a_life_may_be_the_last_before_a_cut() {
    every(4, Trouble::Cut);
}
