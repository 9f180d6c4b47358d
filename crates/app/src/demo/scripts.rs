//! The scripts of the demonstration: a request at every stage, spread over the last working day
//! and the two hours before the start, each given to a patient to whom it can really happen.

use super::dice::Dice;
use super::guided::{code, need, under, with_care};
use super::rehearsal::Rehearsal;
use super::start::{at, working_day_before};
use super::stories::{Step, Story, When, Who};
use super::world::DemoWorld;
use relais_core::people::{Mode, Profession};
use relais_core::request::{
    CancelledBy, Closure, Need, OfferStatus, Origin, RedFlags, RefusalReason, Request, Sex, Stage,
    Status, UsualDoctor,
};
use std::collections::BTreeSet;

/// A story before it is given to a patient.
struct Script {
    story: Story,
    /// The patient has a usual professional of the profession asked; `None` = either.
    with_usual: Option<bool>,
    /// What must also be true of it at the start.
    holds: fn(&Request) -> bool,
}

/// Gives each script to a patient to whom it can happen, each to another one; a script that can
/// happen to nobody is left out.
pub(super) fn cast(world: &DemoWorld, dice: &mut Dice) -> Vec<Story> {
    let members = world.members();
    let guided = &world.guided;
    let mut taken: BTreeSet<usize> = [
        guided.first_call.patient,
        guided.nobody.patient,
        guided.nurse.patient,
    ]
    .into();
    let mut order: Vec<usize> = (0..world.patients.len()).collect();
    dice.shuffle(&mut order);
    let mut stories = Vec::new();
    for script in scripts(world) {
        let network = world.networks[script.story.network].id;
        let fitting = order.iter().copied().find_map(|index| {
            let patient = &world.patients[index];
            if patient.network != network || taken.contains(&index) {
                return None;
            }
            let has_usual = patient.usual.professionals.iter().any(|id| {
                world
                    .professional(*id)
                    .is_some_and(|p| p.profession == script.story.need.profession)
            });
            let doctor = patient.usual.doctor == UsualDoctor::Yes;
            if script
                .with_usual
                .is_some_and(|wanted| wanted != (has_usual && doctor))
            {
                return None;
            }
            let story = Story {
                patient: index,
                ..script.story.clone()
            };
            let request = Rehearsal::alone(world, &members, &story)?;
            let reached = request.status() == story.ends_as && request.closure() == story.closure;
            (reached && (script.holds)(&request)).then_some(story)
        });
        if let Some(story) = fitting {
            taken.insert(story.patient);
            stories.push(story);
        }
    }
    stories.sort_by_key(|story| -story.at_minutes_before);
    stories
}

fn live(request: &Request) -> usize {
    request.live_offers().count()
}

fn refused(request: &Request) -> usize {
    let said_no = |status: &OfferStatus| matches!(status, OfferStatus::Refused { .. });
    request
        .offers
        .iter()
        .filter(|offer| said_no(&offer.status))
        .count()
}

fn scripts(world: &DemoWorld) -> Vec<Script> {
    let mut all = yesterday(world);
    all.extend(ended_today());
    all.extend(taken_today(world));
    all.extend(in_need_of_a_hand());
    all.extend(running(world));
    // Last, so that whom the others happen to does not depend on them.
    all.extend(at_the_pharmacy());
    all
}

/// A story raised by the first operator of a network, so many minutes before the start.
fn story(title: &'static str, at_minutes_before: i64, network: usize, need: Need) -> Story {
    Story {
        title,
        at_minutes_before,
        network,
        requester: network * 4,
        origin: Origin::Patient,
        patient: 0,
        need,
        red_flags: RedFlags::None,
        doubt: None,
        window_minutes: None,
        consent_synthesis: true,
        steps: Vec::new(),
        ends_as: Status::Closed,
        closure: None,
    }
}

fn yesterday(world: &DemoWorld) -> Vec<Script> {
    let day = working_day_before(world.start);
    let before = |hour, minute| world.start.since(at(day, hour, minute)).as_minutes();
    let gp = |motive, comment| need(Profession::Gp, Mode::Consultation, 12, motive, comment);
    vec![
        Script {
            story: Story {
                steps: vec![
                    (3, Step::Seen(Who::Usual)),
                    (6, Step::Accept(Who::Usual, When::At(170))),
                    (220, Step::Close(Closure::Seen)),
                ],
                closure: Some(Closure::Seen),
                ..story(
                    "seen by the usual doctor",
                    before(9, 5),
                    0,
                    gp("fievre", "39 depuis deux jours."),
                )
            },
            with_usual: Some(true),
            holds: |_| true,
        },
        Script {
            story: Story {
                requester: 1,
                steps: vec![
                    (4, Step::Seen(Who::Nearest(1))),
                    (6, Step::Refuse(Who::Nearest(0), RefusalReason::Full)),
                    (9, Step::Accept(Who::Nearest(0), When::At(110))),
                    (180, Step::Close(Closure::NoShow)),
                ],
                closure: Some(Closure::NoShow),
                ..story(
                    "did not come",
                    before(14, 10),
                    0,
                    gp("lombalgie", "Bloqué depuis ce matin."),
                )
            },
            with_usual: Some(false),
            holds: |_| true,
        },
    ]
}

fn ended_today() -> Vec<Script> {
    let gp = |motive, comment| need(Profession::Gp, Mode::Consultation, 24, motive, comment);
    vec![
        Script {
            story: Story {
                steps: vec![
                    (5, Step::Seen(Who::Usual)),
                    (18, Step::Cancel(CancelledBy::Patient)),
                ],
                ends_as: Status::Cancelled,
                ..story(
                    "cancelled by the patient",
                    86,
                    0,
                    gp("rhume", "Nez pris, sinus douloureux."),
                )
            },
            with_usual: Some(true),
            holds: |_| true,
        },
        Script {
            story: Story {
                origin: Origin::Relative,
                steps: vec![(4, Step::Seen(Who::Nearest(0))), (9, Step::Transfer15)],
                ends_as: Status::Transferred15,
                ..story(
                    "got worse, handed to 15",
                    71,
                    0,
                    gp("vomissement", "Vomit depuis cette nuit."),
                )
            },
            with_usual: Some(false),
            holds: |_| true,
        },
    ]
}

fn taken_today(world: &DemoWorld) -> Vec<Script> {
    let gp = |motive, comment| need(Profession::Gp, Mode::Consultation, 12, motive, comment);
    let nurse = need(
        Profession::Nurse,
        Mode::Visit,
        24,
        "prelevement",
        "Prise de sang à domicile, ordonnance en main.",
    );
    vec![
        Script {
            story: Story {
                steps: vec![
                    (7, Step::Refuse(Who::Usual, RefusalReason::Full)),
                    (9, Step::Seen(Who::Nearest(0))),
                    (11, Step::Refuse(Who::Nearest(1), RefusalReason::Unsaid)),
                    (15, Step::Accept(Who::Nearest(1), When::At(155))),
                ],
                ends_as: Status::Scheduled,
                ..story(
                    "usual doctor passed, a colleague took it",
                    100,
                    0,
                    gp("cephalees", "Mal de tête depuis hier."),
                )
            },
            with_usual: Some(true),
            holds: |request| refused(request) >= 2,
        },
        Script {
            story: Story {
                requester: world.guided.nurse.requester,
                origin: Origin::Pharmacy,
                steps: vec![
                    (2, Step::Seen(Who::Nearest(0))),
                    (5, Step::Accept(Who::Nearest(0), When::Between(120, 240))),
                ],
                ends_as: Status::Scheduled,
                ..story(
                    "a pharmacist's request, taken by a nurse",
                    65,
                    0,
                    with_care(nurse, "prelevement"),
                )
            },
            with_usual: Some(false),
            holds: |_| true,
        },
        Script {
            story: Story {
                requester: 1,
                steps: vec![
                    (8, Step::Seen(Who::Nearest(0))),
                    (12, Step::Accept(Who::Nearest(0), When::ToBeSet)),
                ],
                ends_as: Status::Accepted,
                ..story(
                    "taken, time to be set by the desk",
                    50,
                    0,
                    gp("otalgie", "Mal à l'oreille gauche."),
                )
            },
            with_usual: Some(false),
            holds: |_| true,
        },
    ]
}

/// What a pharmacist may take under a cooperation protocol, or a test of ordinary law.
fn at_the_pharmacy() -> Vec<Script> {
    let pharmacist = |motive, comment| {
        need(
            Profession::Pharmacist,
            Mode::Consultation,
            24,
            motive,
            comment,
        )
    };
    let throat = pharmacist("odynophagie", "Gorge rouge depuis hier, boit et avale.");
    let urine = pharmacist("cystite", "Brûle en urinant depuis ce matin, sans fièvre.");
    vec![
        Script {
            story: Story {
                steps: vec![
                    (4, Step::Seen(Who::Nearest(0))),
                    (6, Step::Accept(Who::Nearest(0), When::At(100))),
                ],
                ends_as: Status::Scheduled,
                ..story(
                    "a sore throat, taken by a pharmacist under a protocol",
                    62,
                    0,
                    under(throat, &["odynophagie", "trod-angine"]),
                )
            },
            with_usual: None,
            holds: |request| (16..=45).contains(&request.patient.age.years),
        },
        Script {
            story: Story {
                steps: vec![(5, Step::Seen(Who::Nearest(0)))],
                ends_as: Status::AskingCommunity,
                ..story(
                    "burning urine, pharmacists of the protocol asked",
                    17,
                    0,
                    under(urine, &["pollakiurie", "trod-cystite"]),
                )
            },
            with_usual: None,
            holds: |request| {
                let (age, sex) = (request.patient.age.years, request.patient.sex);
                (16..=65).contains(&age) && sex == Sex::Female && live(request) >= 2
            },
        },
    ]
}

fn in_need_of_a_hand() -> Vec<Script> {
    let eye = need(
        Profession::Specialist,
        Mode::Consultation,
        24,
        "ophtalmo",
        "Œil rouge, gêne à la lumière.",
    );
    let eye = Need {
        specialty: Some(code("ophtalmologie")),
        ..with_care(eye, "avis-specialise")
    };
    let tooth = need(
        Profession::Dentist,
        Mode::Consultation,
        24,
        "dentaire",
        "Rage de dents.",
    );
    vec![
        Script {
            story: Story {
                steps: vec![(4, Step::TakeInHand)],
                ends_as: Status::Unfilled,
                ..story("nobody at all could be asked", 29, 0, eye)
            },
            with_usual: None,
            holds: |request| request.offers.is_empty(),
        },
        Script {
            story: Story {
                window_minutes: Some(30),
                steps: vec![
                    (6, Step::Seen(Who::Nearest(0))),
                    (8, Step::Refuse(Who::Nearest(1), RefusalReason::Full)),
                ],
                ends_as: Status::Unfilled,
                ..story("asked, and silence", 80, 0, tooth)
            },
            with_usual: Some(false),
            holds: |request| refused(request) >= 1 && request.offers.len() >= 3,
        },
    ]
}

fn running(world: &DemoWorld) -> Vec<Script> {
    let gp = |motive, comment| need(Profession::Gp, Mode::Consultation, 12, motive, comment);
    let partner = world
        .users
        .iter()
        .position(|u| u.role == relais_core::access::Role::Partner);
    let physio = need(
        Profession::Physio,
        Mode::Consultation,
        48,
        "entorse",
        "Cheville tordue hier, marche avec peine.",
    );
    vec![
        Script {
            story: Story {
                steps: vec![
                    (5, Step::Seen(Who::Nearest(0))),
                    (14, Step::Refuse(Who::Nearest(0), RefusalReason::TooFar)),
                ],
                ends_as: Status::AskingNeighbours,
                ..story(
                    "the neighbours are asked too",
                    75,
                    1,
                    gp("toux", "Toux grasse depuis une semaine."),
                )
            },
            with_usual: Some(false),
            holds: |r| {
                r.offers
                    .iter()
                    .filter(|offer| offer.stage == Stage::Neighbours)
                    .count()
                    >= 2
            },
        },
        Script {
            story: Story {
                steps: vec![(3, Step::Seen(Who::Nearest(0))), (10, Step::Pause)],
                ends_as: Status::Paused,
                ..story("paused by the operator", 40, 2, physio)
            },
            with_usual: Some(false),
            holds: |request| live(request) >= 1,
        },
        Script {
            story: Story {
                requester: partner.unwrap_or(0),
                origin: Origin::Sas,
                steps: vec![
                    (3, Step::Seen(Who::Nearest(0))),
                    (6, Step::Seen(Who::Nearest(2))),
                    (9, Step::Refuse(Who::Nearest(0), RefusalReason::Full)),
                    (13, Step::Refuse(Who::Nearest(2), RefusalReason::Unsaid)),
                ],
                ends_as: Status::AskingCommunity,
                ..story(
                    "the community is asked",
                    34,
                    0,
                    gp("odynophagie", "Mal de gorge, avale mal."),
                )
            },
            with_usual: Some(false),
            holds: |request| live(request) >= 4 && refused(request) == 2,
        },
        Script {
            story: Story {
                requester: 1,
                steps: vec![(4, Step::Seen(Who::Usual))],
                ends_as: Status::AskingUsual,
                ..story(
                    "the usual doctor alone is asked",
                    12,
                    0,
                    gp("eruption", "Plaques qui démangent."),
                )
            },
            with_usual: Some(true),
            holds: |request| live(request) == 1,
        },
        Script {
            story: Story {
                red_flags: RedFlags::Unknown,
                // Whether the skin is mottled: somebody on the telephone for her mother cannot say.
                doubt: Some("tronc-8"),
                origin: Origin::Relative,
                ends_as: Status::ToQualify,
                ..story(
                    "an answer was unknown: the regulator qualifies",
                    8,
                    0,
                    gp("fievre", "Appelle pour sa mère, ne sait pas tout."),
                )
            },
            with_usual: None,
            holds: |request| {
                let (age, sex) = (request.patient.age.years, request.patient.sex);
                age >= 50 && sex == Sex::Female
            },
        },
    ]
}
