//! The guided visit can be played, and every story reaches its stage, whatever the seed and day.

use super::rehearsal::Rehearsal;
use super::tests::worlds;
use super::*;
use crate::reference::folded;
use crate::reference::motives::Motives;
use relais_core::cascade::{Facts, Preview, Raise, preview};
use relais_core::ids::RequestId;
use relais_core::matching::{Candidate, Pool, Test, Verdict};
use relais_core::people::{Load, Member, MembershipStatus, Profession};
use relais_core::request::{RedFlags, Request, Status};
use relais_core::time::Duration;
use std::collections::BTreeSet;

fn preview_of(world: &DemoWorld, members: &[Member], call: &GuidedCall) -> Preview {
    let patient = &world.patients[call.patient];
    let network = world
        .networks
        .iter()
        .position(|n| n.id == patient.network)
        .unwrap();
    let home = &world.networks[network];
    let mut pool = Pool::default();
    for member in members {
        let candidate = Candidate {
            member,
            load: Load::default(),
        };
        if member.memberships.iter().any(|m| m.network == home.id) {
            pool.own.push(candidate);
        }
    }
    let calendar = world.calendar(network);
    let facts = Facts {
        calendar: &calendar,
        policy: &home.policy,
        pool,
        first_id: 1,
    };
    let raise = Raise {
        id: RequestId::from_bits(1),
        network: home.id,
        requester: world.requester(call.requester),
        origin: call.origin,
        need: call.need.clone(),
        patient: patient.facts(calendar.date(world.start)),
        usual: patient.usual.clone(),
        red_flags: RedFlags::None,
        consent_synthesis: true,
        window_minutes: None,
    };
    preview(raise, world.start, &facts)
}

fn asked(verdicts: &[Verdict]) -> Vec<relais_core::ids::ProfessionalId> {
    verdicts
        .iter()
        .filter(|v| v.asked())
        .map(|v| v.professional)
        .collect()
}

#[test]
fn the_first_call_asks_the_doctor_of_massy_alone_and_then_eight_at_least() {
    for world in worlds() {
        let members = world.members();
        let call = &world.guided.first_call;
        assert_eq!(call.need.motives[0].as_str(), "otalgie");
        assert_eq!(call.need.within_hours, 12);
        assert_eq!(world.patients[call.patient].insee.as_str(), "91377");
        let doctor = &world.professionals[world.guided.doctor];
        assert_eq!(doctor.places[0].insee.as_str(), "91377");
        let seen = preview_of(world, &members, call);
        assert_eq!(asked(&seen.usual), [doctor.id]);
        let others = asked(&seen.community)
            .into_iter()
            .filter(|id| *id != doctor.id)
            .count();
        assert!(others >= 8, "{others}");
        assert!(
            seen.open && seen.excluded().len() >= 3,
            "{:?}",
            seen.excluded()
        );
    }
}

#[test]
fn the_second_call_finds_nobody_and_says_why() {
    for world in worlds() {
        let members = world.members();
        let call = &world.guided.nobody;
        let seen = preview_of(world, &members, call);
        assert_eq!(seen.eligible(), 0);
        let dentists = members
            .iter()
            .filter(|m| m.profession == Profession::Dentist);
        assert!(
            dentists.into_iter().all(|m| !m.profile.modes.visit),
            "neighbours neither"
        );
        assert!(
            seen.excluded()
                .get(&Test::Mode)
                .is_some_and(|count| *count >= 3)
        );
    }
}

#[test]
fn the_pharmacist_finds_five_nurses_at_least() {
    for world in worlds() {
        let members = world.members();
        let call = &world.guided.nurse;
        let pharmacist = &world.professionals[world.guided.pharmacist];
        assert_eq!(pharmacist.profession, Profession::Pharmacist);
        assert_eq!(
            world.users[call.requester].professional,
            Some(pharmacist.id)
        );
        let seen = preview_of(world, &members, call);
        assert!(seen.eligible() >= 5, "{}", seen.eligible());
    }
}

#[test]
fn the_doctor_without_a_smartphone_is_reached_by_sms_only() {
    for world in worlds() {
        let doctor = &world.professionals[world.guided.no_smartphone];
        assert!(!doctor.has_smartphone && doctor.alert_number.is_some() && doctor.mail.is_none());
        let members = world.members();
        let seen = preview_of(world, &members, &world.guided.first_call);
        assert!(asked(&seen.community).contains(&doctor.id));
    }
}

/// Every story at once, on one clock, with what each already asked of everybody.
fn play(world: &DemoWorld) -> Vec<Request> {
    let members = world.members();
    let mut stage = Rehearsal::new(world, &members);
    let mut moments: Vec<_> = Vec::new();
    for (index, story) in world.stories.iter().enumerate() {
        let raised_at = world.raised_at(story);
        moments.push((raised_at, index, None));
        for (minutes, step) in &story.steps {
            moments.push((raised_at + Duration::minutes(*minutes), index, Some(*step)));
        }
    }
    moments.sort_by_key(|(at, index, step)| (*at, *index, step.is_some()));
    let mut requests: Vec<Option<Request>> = vec![None; world.stories.len()];
    for (at, index, step) in moments {
        let story = &world.stories[index];
        match (&mut requests[index], step) {
            (slot @ None, None) => *slot = Some(stage.raise(story).unwrap()),
            (Some(request), Some(step)) => {
                stage.tick_until(story.network, request, at);
                let done = stage.step(story.network, request, at, step);
                done.unwrap_or_else(|| panic!("{}: {step:?} means nobody", story.title))
                    .unwrap();
            }
            _ => panic!("{}: a step before the story", story.title),
        }
    }
    let mut ended = Vec::new();
    for (story, request) in world.stories.iter().zip(requests) {
        let mut request = request.unwrap();
        stage.tick_until(story.network, &mut request, world.start);
        ended.push(request);
    }
    ended
}

#[test]
fn a_request_stands_at_every_stage_when_the_demonstration_starts() {
    for world in worlds() {
        let requests = play(world);
        for (story, request) in world.stories.iter().zip(&requests) {
            assert_eq!(
                request.status(),
                story.ends_as,
                "{} of seed {}",
                story.title,
                world.seed
            );
            assert_eq!(request.closure(), story.closure, "{}", story.title);
        }
        let reached: BTreeSet<_> = requests.iter().map(Request::status).collect();
        assert_eq!(reached, Status::ALL.iter().copied().collect());
        let count = |status| requests.iter().filter(|r| r.status() == status).count();
        assert_eq!(requests.len(), 16);
        assert_eq!((count(Status::Unfilled), count(Status::Scheduled)), (2, 3));
        // Under a protocol, whoever was asked declared one of those asked.
        let under: Vec<_> = requests
            .iter()
            .filter(|request| !request.need.cooperations.is_empty())
            .collect();
        assert_eq!(under.len(), 2);
        for request in under {
            for offer in &request.offers {
                let person = world.professional(offer.professional).expect("known");
                let mut theirs = person.cooperations.iter();
                assert!(theirs.any(|one| request.need.cooperations.contains(&one.protocol)));
            }
        }
    }
}

#[test]
fn stories_use_the_closed_list_of_motives_and_one_patient_each() {
    for world in worlds() {
        let mut patients = BTreeSet::new();
        let calls = [
            &world.guided.first_call,
            &world.guided.nobody,
            &world.guided.nurse,
        ];
        for call in calls {
            assert!(patients.insert(call.patient));
            assert!(call.need.check().is_ok());
        }
        for story in &world.stories {
            assert!(patients.insert(story.patient), "{}", story.title);
            assert!(story.need.check().is_ok());
            let network = world.networks[story.network].id;
            assert_eq!(world.patients[story.patient].network, network);
            assert_eq!(world.users[story.requester].network, network);
            assert!(story.steps.is_sorted_by_key(|(minutes, _)| *minutes));
            for motive in &story.need.motives {
                assert!(
                    Motives::shipped().get(motive.as_str()).is_some(),
                    "{motive}"
                );
            }
        }
    }
}

/// The application refuses a comment that holds a word of the patient's names or street (R6): no
/// seed may draw a patient whom a script would name by chance.
#[test]
fn no_comment_holds_a_word_that_could_be_somebody_s_name_or_street() {
    let words_of = |bytes: &'static [u8], column: usize| {
        let records = csv::Reader::from_reader(bytes)
            .into_records()
            .map(Result::unwrap);
        records
            .map(|record| folded(&record[column]))
            .collect::<Vec<_>>()
    };
    let names = words_of(include_bytes!("../../../../reference/noms-demo.csv"), 2);
    let streets = words_of(
        include_bytes!("../../../../reference/adresses-fictives.csv"),
        0,
    );
    let telling: BTreeSet<&str> = names
        .iter()
        .chain(&streets)
        .flat_map(|text| text.split(' '))
        .filter(|word| word.len() >= 3 && !["les", "des", "aux", "sur"].contains(word))
        .collect();
    for world in worlds() {
        let calls = [
            &world.guided.first_call,
            &world.guided.nobody,
            &world.guided.nurse,
        ];
        let told = world.stories.iter().map(|story| &story.need);
        for need in told.chain(calls.map(|call| &call.need)) {
            let comment = folded(&need.comment);
            let found = comment.split(' ').find(|word| telling.contains(word));
            assert_eq!(found, None, "{}", need.comment);
        }
    }
}

/// Whoever opens the demonstration finds the six, whatever the seed, each about somebody else.
#[test]
fn six_practice_calls_can_be_played_whatever_the_seed() {
    for world in worlds() {
        let calls = practice(world);
        let names: Vec<_> = calls.iter().map(|call| call.name).collect();
        assert_eq!(names.len(), 6, "seed {}: {names:?}", world.seed);
        let mut patients = BTreeSet::new();
        for call in &calls {
            assert!(patients.insert(call.patient), "{}", call.name);
            let story = world.stories.iter().find(|s| s.patient == call.patient);
            assert_eq!(story.is_some(), call.known, "{}", call.name);
            assert_eq!(world.patients[call.patient].network, world.networks[0].id);
        }
        let duplicate = world.stories.iter().find(|s| s.patient == calls[5].patient);
        assert_eq!(duplicate.unwrap().closure, None);
        let simple = world.stories.iter().find(|s| s.patient == calls[0].patient);
        let over = [Status::Closed, Status::Cancelled];
        assert!(over.contains(&simple.unwrap().ends_as));
    }
}

/// Judging is what shows that nobody inactive is ever asked: R5 leaves them out.
#[test]
fn an_inactive_membership_is_left_out_by_its_verdict() {
    let world = &worlds()[0];
    let members = world.members();
    let seen = preview_of(world, &members, &world.guided.first_call);
    let idle: Vec<_> = world
        .professionals
        .iter()
        .filter(|p| p.home() == world.networks[0].id)
        .filter(|p| p.memberships[0].status != MembershipStatus::Active)
        .collect();
    assert!(!idle.is_empty());
    for professional in idle {
        let verdict = seen
            .community
            .iter()
            .find(|v| v.professional == professional.id)
            .unwrap();
        assert_eq!(verdict.first_failure().unwrap().test, Test::Membership);
    }
}
