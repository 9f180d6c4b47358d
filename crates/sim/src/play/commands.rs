//! Sentences of a scenario as the core's commands: names become ids, offers are told by who holds
//! them.

use crate::script::{Act, Ask, NeedChange, Which};
use crate::world::{OPERATOR, REGULATOR, World};
use relais_core::cascade::{Command, Late, LateAnswer, Raise, Said};
use relais_core::ids::{OfferId, RequestId};
use relais_core::request::{Age, Need, PatientFacts, Request, Requester, Sex, StandIn, Usual};
use relais_core::slug::Slug;
use relais_core::time::{Duration, Instant};
use std::collections::BTreeSet;

/// What was lived on paper, people by name.
pub(crate) fn late(
    world: &World,
    happened_at: Instant,
    answers: &[(Instant, Act)],
) -> Result<Late, String> {
    let mut said = Vec::new();
    for (at, act) in answers {
        let (name, said_so) = match act {
            Act::Accepts(name, _, when) => (name, Said::Yes(*when)),
            Act::Passes(name, _, why) => (name, Said::No(*why)),
            other => return Err(format!("on the phone one accepts or passes: {other:?}")),
        };
        let known = world.names.professional(name);
        said.push(LateAnswer {
            professional: known.ok_or_else(|| format!("who is {name}?"))?,
            at: *at,
            said: said_so,
        });
    }
    Ok(Late {
        happened_at,
        answers: said,
    })
}

/// The request a scenario raises.
pub(crate) fn raise(world: &World, label: u8, ask: &Ask, now: Instant) -> Result<Raise, String> {
    let slug = |text: &str| Slug::new(text).map_err(|error| format!("{text}: {error}"));
    let find = |name: &String| {
        world
            .names
            .professional(name)
            .ok_or_else(|| format!("who is {name}?"))
    };
    let requester = match &ask.by {
        Some(name) => Requester::Professional(find(name)?, OPERATOR),
        None => Requester::Staff(OPERATOR),
    };
    let commune = ask.place.insee().ok_or("a place without a code")?;
    Ok(Raise {
        id: RequestId::from_bits(u128::from(label)),
        network: crate::world::HOME,
        requester,
        origin: ask.origin,
        need: Need {
            profession: ask.profession,
            specialty: ask.specialty.as_deref().map(slug).transpose()?,
            care: slug(&ask.care)?,
            mode: ask.mode,
            within_hours: ask.within_hours,
            motives: ask
                .motives
                .iter()
                .map(|m| slug(m))
                .collect::<Result<_, _>>()?,
            comment: String::new(),
            series: None,
            cooperations: slugs(&ask.under)?,
        },
        patient: PatientFacts {
            age: Age {
                years: ask.age,
                months: u16::from(ask.age) * 12,
            },
            sex: Sex::Female,
            commune,
            point: Some(ask.place.point()),
        },
        usual: Usual {
            doctor: ask.doctor,
            professionals: ask.usual.iter().map(find).collect::<Result<_, _>>()?,
            outside: ask.outside,
            contacted: ask.contacted,
            stand_ins: ask
                .stand_ins
                .iter()
                .map(|(locum, of, minutes)| {
                    Ok::<_, String>(StandIn {
                        locum: find(locum)?,
                        of: find(of)?,
                        until: now + Duration::minutes(i64::from(*minutes)),
                    })
                })
                .collect::<Result<_, _>>()?,
        },
        red_flags: ask.red_flags,
        consent_synthesis: true,
        window_minutes: ask.window,
    })
}

fn slugs(codes: &[String]) -> Result<BTreeSet<Slug>, String> {
    let read = |text: &String| Slug::new(text).map_err(|error| format!("{text}: {error}"));
    codes.iter().map(read).collect()
}

/// The command of an act on a request: an offer is told by who holds it.
pub(crate) fn command(world: &World, state: &Request, act: &Act) -> Result<Command, String> {
    let by = OPERATOR;
    let who = |name: &String| {
        world
            .names
            .professional(name)
            .ok_or_else(|| format!("who is {name}?"))
    };
    let offer = |name: &String, which: Which| -> Result<OfferId, String> {
        let id = who(name)?;
        let mut theirs = state.offers.iter().filter(|offer| offer.professional == id);
        let found = match which {
            Which::Oldest => theirs.next(),
            Which::Newest => theirs.next_back(),
        };
        Ok(found.map_or(OfferId::from_bits(0), |offer| offer.id))
    };
    let newest = |name: &String| offer(name, Which::Newest);
    Ok(match act {
        Act::Tick => Command::Tick,
        Act::Reread => Command::Reconsider,
        Act::Sent(name) => Command::MarkSent {
            offer: newest(name)?,
        },
        Act::Delivered(name) => Command::MarkDelivered {
            offer: newest(name)?,
        },
        Act::Opens(name) => Command::MarkSeen {
            offer: newest(name)?,
        },
        Act::Accepts(name, which, appointment) => Command::Accept {
            offer: offer(name, *which)?,
            appointment: *appointment,
        },
        Act::Passes(name, which, reason) => Command::Refuse {
            offer: offer(name, *which)?,
            reason: *reason,
        },
        Act::HasAgain(name, hour) => Command::OfferHour {
            professional: who(name)?,
            hour: *hour,
        },
        Act::Releases(name) => Command::Release {
            professional: who(name)?,
        },
        Act::Sets(name, appointment) => {
            let (accepter, appointment) = (Some(who(name)?), *appointment);
            Command::SetAppointment {
                by,
                accepter,
                appointment,
            }
        }
        Act::DeskSets(appointment) => Command::SetAppointment {
            by,
            accepter: None,
            appointment: *appointment,
        },
        Act::Closes(name, closure) => Command::Close {
            by,
            accepter: Some(who(name)?),
            closure: *closure,
        },
        Act::DeskCloses(closure) => Command::Close {
            by,
            accepter: None,
            closure: *closure,
        },
        Act::Pauses => Command::Pause { by },
        Act::Resumes => Command::Resume { by },
        Act::Relaunches(window_minutes) => Command::Relaunch {
            by,
            window_minutes: *window_minutes,
        },
        Act::Widens => Command::Widen { by },
        Act::TakesInHand => Command::TakeInHand { by },
        Act::Cancels(who) => Command::Cancel { by, who: *who },
        Act::Transfers => Command::Transfer15 { by },
        Act::Edits(changes) => Command::Edit {
            by,
            need: changed_need(state, changes)?,
        },
        Act::Qualifies(changes) if changes.is_empty() => Command::Qualify {
            by: REGULATOR,
            need: None,
        },
        Act::Qualifies(changes) => Command::Qualify {
            by: REGULATOR,
            need: Some(changed_need(state, changes)?),
        },
    })
}

fn changed_need(state: &Request, changes: &[NeedChange]) -> Result<Need, String> {
    let slug = |text: &str| Slug::new(text).map_err(|error| format!("{text}: {error}"));
    let mut need = state.need.clone();
    for change in changes {
        match change {
            NeedChange::Within(hours) => need.within_hours = *hours,
            NeedChange::Mode(mode) => need.mode = *mode,
            NeedChange::Motive(motive) => need.motives = vec![slug(motive)?],
            NeedChange::Comment(comment) => need.comment.clone_from(comment),
            NeedChange::Profession(profession) => need.profession = *profession,
            NeedChange::Specialty(text) => need.specialty = Some(slug(text)?),
            NeedChange::Care(care) => need.care = slug(care)?,
            NeedChange::Under(codes) => need.cooperations = slugs(codes)?,
        }
    }
    Ok(need)
}
