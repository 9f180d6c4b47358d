//! The same plan on SQLite, on PostgreSQL and on the core alone: every answer, state, due time, offer,
//! message and act is the same. `RELAIS_FAULT_PLANS` says how many plans.

use super::audit::all;
use super::deeds::{Deed, Slots};
use super::plan::{self, number};
use super::say;
use crate::rows::Store;
use crate::village::Village;
use relais_core::cascade::{Command, Facts, decide, due};
use relais_core::ids::RequestId;
use relais_core::request::{
    Appointment, CancelledBy, Closure, Offer, OfferStatus, RefusalReason, Request,
};
use relais_core::time::{Duration, Instant};
use relais_faults::dice::Dice;
use relais_store::{Engine, StoreError, journal, messages, requests};
use std::collections::BTreeMap;

/// Plans of one run.
const PLANS: u64 = 60;

/// Minutes and seconds since the village's first moment.
fn when(v: &Village, at: Instant) -> String {
    format!(
        "{:.3}",
        at.since(v.world.start).as_millis() as f64 / 60_000.0
    )
}

fn offer_line(v: &Village, offer: &Offer) -> String {
    let name = v.world.professional(offer.professional);
    let name = name.map_or("?", |p| p.last_name.as_str());
    let (what, at) = match offer.status {
        OfferStatus::Queued => ("queued", None),
        OfferStatus::Sent { at } => ("sent", Some(at)),
        OfferStatus::Delivered { at } => ("delivered", Some(at)),
        OfferStatus::Seen { at } => ("seen", Some(at)),
        OfferStatus::Accepted { at } => ("accepted", Some(at)),
        OfferStatus::Refused { at, .. } => ("refused", Some(at)),
        OfferStatus::Lapsed { at } => ("lapsed", Some(at)),
        OfferStatus::Withdrawn { at, .. } => ("withdrawn", Some(at)),
    };
    let at = at.map_or_else(String::new, |at| when(v, at));
    format!("{name} {what} {at} {:?} {}", offer.stage, offer.round)
}

/// A request without its ids: what any engine, and the core alone, must agree on.
fn request_lines(v: &Village, request: &Request) -> String {
    let due = due(request).map(|(at, why)| format!("{} {why:?}", when(v, at)));
    let mut offers: Vec<String> = request.offers.iter().map(|o| offer_line(v, o)).collect();
    offers.sort();
    format!("{} due {due:?} {offers:?}", request.status().code())
}

/// Everything a store says of the requests of a life.
fn trace(v: &Village, slots: &Slots) -> String {
    let ids: Vec<RequestId> = slots.ids.iter().flatten().copied().collect();
    let read: Result<_, StoreError> = v.app.db().read_blocking(move |tx| {
        let mut found = Vec::new();
        for id in &ids {
            let Some(stored) = requests::find(tx, *id)? else {
                continue;
            };
            let network = stored.request.network.to_string();
            let mut acts = journal::list_about(tx, &network, &id.to_string(), None, 1_000)?;
            acts.sort_by_key(|link| link.seq);
            found.push((
                stored,
                messages::list_for_request(tx, *id, None, 1_000)?,
                acts,
            ));
        }
        Ok(found)
    });
    let mut lines: Vec<String> = read
        .unwrap()
        .into_iter()
        .map(|(stored, told, acts)| {
            let mut told: Vec<String> = told
                .iter()
                .map(|m| {
                    let (due, gone) = (when(v, m.due_at), m.sent_at.map(|at| when(v, at)));
                    let climbs = m.escalate_at.map(|at| when(v, at));
                    let status = m.status.code();
                    format!(
                        "{} {} {} {status} {due} {gone:?} {climbs:?} {}",
                        m.owner, m.kind, m.channel, m.attempts
                    )
                })
                .collect();
            told.sort();
            // Of the many records of one person that the plans make, those looked at are chance of ids.
            let acts = acts.into_iter().map(|l| l.entry.act);
            let acts: Vec<String> = acts.filter(|act| act != "duplicate.possible").collect();
            let request = request_lines(v, &stored.request);
            format!(
                "{request} version {}\n  {told:?}\n  {acts:?}",
                stored.version
            )
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

async fn stored(v: &Village, id: RequestId) -> Request {
    let read = v.app.request(&v.desk(), id).await;
    read.unwrap().stored.request
}

/// The command a deed becomes, for those that do nothing but change one request.
fn command(v: &Village, deed: Deed, request: &Request) -> Option<Command> {
    let by = v.desk().actor?.user;
    let offer_to = |name: &str| {
        let who = v.pro(name).id;
        let mut offers = request.offers.iter().rev();
        offers.find(|o| o.professional == who).map(|o| o.id)
    };
    let accepter = request.engaged();
    let acting = || {
        let name = &v.world.professional(accepter?)?.last_name;
        Some(v.as_pro(name).actor?.user)
    };
    Some(match deed {
        Deed::Refuse(_, name) => Command::Refuse {
            offer: offer_to(name)?,
            reason: RefusalReason::Unsaid,
        },
        Deed::Accept(_, name) => Command::Accept {
            offer: offer_to(name)?,
            appointment: Appointment::ToBeSet,
        },
        Deed::Appoint(_) => Command::SetAppointment {
            by: acting()?,
            accepter,
            appointment: Appointment::At(v.world.start + Duration::hours(6)),
        },
        Deed::Close(_) => Command::Close {
            by: acting()?,
            accepter,
            closure: Closure::Seen,
        },
        Deed::Release(_) => Command::Release {
            professional: accepter?,
        },
        Deed::Pause(_) => Command::Pause { by },
        Deed::Resume(_) => Command::Resume { by },
        Deed::Relaunch(_) => Command::Relaunch {
            by,
            window_minutes: None,
        },
        Deed::TakeInHand(_) => Command::TakeInHand { by },
        Deed::Cancel(_) => Command::Cancel {
            by,
            who: CancelledBy::Operator,
        },
        Deed::Raise(..) | Deed::Settle | Deed::Pass(_) | Deed::Sms(..) => return None,
    })
}

/// What the core alone answers and makes of the request.
async fn foretold(v: &Village, deed: Deed, before: &Request) -> Option<(String, Option<String>)> {
    let command = command(v, deed, before)?;
    let directory = v.app.directory().await.unwrap();
    let entry = directory.network(before.network).unwrap();
    let loads = BTreeMap::new();
    let facts = Facts {
        calendar: &entry.calendar,
        policy: &entry.network.policy,
        pool: directory.pool(before.network, &loads),
        first_id: 1,
    };
    Some(match decide(before, &command, v.app.now(), &facts) {
        Ok(decision) => {
            let status = decision.after.status().code().to_owned();
            (status, Some(request_lines(v, &decision.after)))
        }
        Err(refusal) => (format!("refused: {}", refusal.code()), None),
    })
}

/// Plays the plans on one engine; answers the trace after each deed, and how often the core was asked.
fn play(store: Store, plans: std::ops::Range<u64>) -> (Vec<String>, u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let v = Village::laid_out(store, &|_| {}).await;
        let (mut traces, mut asked) = (Vec::new(), 0);
        for life in plans {
            let mut slots = Slots {
                life,
                ..Slots::default()
            };
            let mut plan = plan::deeds(&mut Dice::new(life));
            let mut at = 0;
            while at < plan.len() {
                let deed = plan[at];
                let about = deed.slot().and_then(|n| slots.ids[n]);
                let before = match about {
                    Some(id) => Some(stored(&v, id).await),
                    None => None,
                };
                let expected = match &before {
                    Some(before) => foretold(&v, deed, before).await,
                    None => None,
                };
                let answer = deed.once(&v, &mut slots).await.unwrap();
                let place = format!("plan {life}, deed {at}, {deed:?}");
                if let (Some((said, lines)), Some(id)) = (expected, about) {
                    asked += 1;
                    assert_eq!(answer, said, "{place}: the core says otherwise");
                    let after = stored(&v, id).await;
                    if let Some(lines) = lines {
                        let made = request_lines(&v, &after);
                        assert_eq!(made, lines, "{place}: the core makes otherwise");
                    } else {
                        assert_eq!(Some(after), before, "{place}: refused, and changed");
                    }
                }
                traces.push(format!("{place}: {answer}\n{}", trace(&v, &slots)));
                at += 1;
                if at == plan.len() && !plan.ends_with(&[Deed::Pass(0)]) {
                    // Every life ends, so that the next one begins among ended ones.
                    plan.extend(plan::endings(&slots));
                    plan.push(Deed::Pass(0));
                }
            }
        }
        let ended = v.app.db().read_blocking(|tx| {
            let stored = all(tx)?;
            Ok::<_, StoreError>((stored.len(), stored.iter().all(|s| s.request.is_ended())))
        });
        traces.push(format!("at the end: {ended:?}"));
        let reports = v.app.verify_journal().await.unwrap();
        assert!(reports.iter().all(|r| r.first_bad.is_none()), "{reports:?}");
        (traces, asked)
    })
}

#[test]
fn both_engines_and_the_core_answer_the_same_to_the_same_plan() {
    let count = number("RELAIS_FAULT_PLANS").unwrap_or(PLANS);
    let first = number("RELAIS_FAULT_SEED").unwrap_or(1);
    let plans = first..first + count;
    let mut played = Vec::new();
    for store in Store::each() {
        let engine = store.db.engine();
        let (traces, asked) = play(store, plans.clone());
        say(&format!(
            "{engine:?}: {count} plans, {} deeds, the core foretold {asked}",
            traces.len()
        ));
        played.push((engine, traces));
    }
    if let [(Engine::Sqlite, lite), (Engine::Postgres, server)] = &played[..] {
        for (one, other) in lite.iter().zip(server) {
            assert_eq!(one, other, "the engines differ");
        }
        assert_eq!(lite.len(), server.len());
    }
}
