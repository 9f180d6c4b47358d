//! Two networks never see each other but by agreement (I13), whatever the role and the way.

use crate::village::{CENTRE, NORTH, SOUTH, Village, acting, why};
use relais_app::requests::desk::Act;
use relais_app::{AppError, Who};
use relais_core::access::Role;
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::{Appointment, CancelledBy, Closure, NeedEdit, RefusalReason};
use relais_store::networks;

/// Every way to reach a request, by name, with what came of it.
async fn every_way(v: &Village, who: &Who, id: RequestId) -> Vec<(&'static str, AppError)> {
    let app = &v.app;
    let need = v.read(id).await.need;
    let mut refused = Vec::new();
    let mut note = |way, answer: Result<(), AppError>| match answer {
        Ok(()) => panic!("{way} was allowed to {who:?}"),
        Err(error) => refused.push((way, error)),
    };
    note("see", app.request(who, id).await.map(drop));
    note("verdicts", app.verdicts(who, id).await.map(drop));
    note("timeline", app.timeline(who, id).await.map(drop));
    note("messages", app.messages(who, id).await.map(drop));
    note("identity", app.open_identity(who, id).await.map(drop));
    note("note", app.note(who, id, "essai".to_owned()).await);
    let acts = [
        Act::Qualify(None),
        Act::Edit(NeedEdit::new(need, |need| {
            need.comment = "essai".to_owned();
        })),
        Act::Pause,
        Act::Resume,
        Act::Relaunch(None),
        Act::Widen,
        Act::TakeInHand,
        Act::Cancel(CancelledBy::Operator),
        Act::Transfer15,
        Act::Release,
        Act::SetAppointment(Appointment::ToBeSet),
        Act::Close(Closure::Administrative),
    ];
    for act in acts {
        note("act", app.act(who, id, act, why()).await.map(drop));
    }
    for offer in v.read(id).await.offers {
        let owner = who.actor.and_then(|actor| actor.professional) == Some(offer.professional);
        if !owner {
            let at = Appointment::ToBeSet;
            note("offer", app.offer(who, offer.id, true).await.map(drop));
            note("seen", app.mark_seen(who, offer.id).await);
            note("accept", app.accept(who, offer.id, at).await.map(drop));
            let unsaid = RefusalReason::Unsaid;
            note("refuse", app.refuse(who, offer.id, unsaid).await.map(drop));
        }
    }
    refused
}

/// Everybody of another network, every role, every way: as if it did not exist; nothing changes.
#[test]
fn a_request_does_not_exist_for_another_network() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        let before = v.read(id).await;
        let south = v.world.networks[SOUTH].id;
        let strangers: Vec<_> = v
            .world
            .users
            .iter()
            .filter(|u| u.network == south)
            .collect();
        let roles: std::collections::BTreeSet<_> = strangers.iter().map(|u| u.role).collect();
        assert_eq!(roles.len(), Role::ALL.len(), "every role");
        for user in strangers {
            let who = acting(user);
            let answers = every_way(&v, &who, id).await;
            assert!(answers.len() > 30);
            for (way, error) in answers {
                let silent = matches!(error, AppError::NotFound)
                    || (way != "see" && matches!(error, AppError::Denied));
                assert!(silent, "{way} as {:?}: {error:?}", user.role);
                let own_door = ["offer", "seen", "accept", "refuse"].contains(&way);
                let telling = matches!(error, AppError::Denied) && !own_door;
                assert!(!telling, "{way} as {:?} says that it exists", user.role);
            }
            let listed = v.app.requests(&who, Vec::new(), None, 200).await;
            assert!(
                listed.is_err() || listed.unwrap().0.is_empty(),
                "{:?}",
                user.role
            );
            let board = v.app.board(&who).await;
            assert!(
                board.is_err() || board.unwrap().rows.is_empty(),
                "{:?}",
                user.role
            );
            let offers = v.app.offers(&who, false, None, 100).await;
            assert!(
                offers.is_err() || offers.unwrap().0.is_empty(),
                "{:?}",
                user.role
            );
            let taken = v.app.taken(&who, 100).await;
            assert!(
                taken.is_err() || taken.unwrap().is_empty(),
                "{:?}",
                user.role
            );
        }
        assert_eq!(v.read(id).await, before);
    });
}

/// In the same network too: roles without a part in it cannot reach it, and cannot tell.
#[test]
fn colleagues_without_a_part_in_it_do_not_reach_it() {
    Village::each(|v| async move {
        let id = v.raise(v.call()).await;
        let before = v.read(id).await;
        let mut outsiders = vec![v.as_pro("Blanc"), v.as_pro("Potard"), v.as_pro("Leroy")];
        for role in [Role::Administrator, Role::Auditor, Role::Partner] {
            outsiders.push(v.staff_of(NORTH, role));
        }
        for who in outsiders {
            every_way(&v, &who, id).await;
        }
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        v.app.request(&coordinator, id).await.unwrap();
        v.app.verdicts(&coordinator, id).await.unwrap();
        let steer = v.app.act(&coordinator, id, Act::Pause, why()).await;
        assert!(
            matches!(steer, Err(AppError::Denied)),
            "sees, does not steer: {steer:?}"
        );
        assert_eq!(v.read(id).await, before);
    });
}

/// An agreement lends professionals, one way; it opens no desk, and ends when it ends.
#[test]
fn an_agreement_lends_people_and_opens_no_desk() {
    Village::each(|v| async move {
        let id = v.raise(v.open_call()).await;
        v.does(id, Act::Widen).await.unwrap();
        let voisin = v.as_pro("Voisin");
        let (offers, _) = v.app.offers(&voisin, true, None, 100).await.unwrap();
        assert_eq!(offers.len(), 1);
        let denied = v.app.request(&voisin, id).await;
        assert!(
            matches!(denied, Err(AppError::NotFound)),
            "asked is not engaged"
        );
        for role in [Role::Operator, Role::Regulator, Role::Coordinator] {
            let desk = v.staff_of(CENTRE, role);
            every_way(&v, &desk, id).await;
            assert!(v.app.board(&desk).await.unwrap().rows.is_empty());
        }
        v.accepts(id, "Voisin").await.unwrap();
        v.app.request(&voisin, id).await.unwrap();
        v.app.open_identity(&voisin, id).await.unwrap();
        let denied = v.app.timeline(&voisin, id).await;
        assert!(
            matches!(denied, Err(AppError::Denied)),
            "the desk's history stays the desk's"
        );

        // The other way round there is no agreement.
        let mut draft = v.call_for("Belin", Profession::Gp, None, "+33639981002");
        draft.patient.address.insee = Some("91471".to_owned());
        draft.patient.address.postcode = Some("91400".to_owned());
        let centre = v.staff_of(CENTRE, Role::Operator);
        let back = v.app.raise(&centre, draft).await.unwrap();
        v.app.settle().await.unwrap();
        v.pass(90).await;
        assert_eq!(v.asked(back.id).await, ["Orsel", "Voisin"]);

        let (from, to, now) = (
            v.world.networks[CENTRE].id,
            v.world.networks[NORTH].id,
            v.app.now(),
        );
        let ended: Result<(), relais_store::StoreError> = v
            .app
            .db()
            .write_blocking(move |tx| networks::set_sharing(tx, from, to, false, now).map(drop));
        ended.unwrap();
        let alone = v
            .raise(v.call_for("Cazal", Profession::Gp, None, "+33639981003"))
            .await;
        v.does(alone, Act::Widen).await.unwrap();
        let asked = v.asked(alone).await;
        assert!(
            !asked.contains(&"Voisin".to_owned()),
            "the agreement ended: {asked:?}"
        );
    });
}

/// A commune of another network is refused with where to turn, at every desk.
#[test]
fn a_commune_of_another_network_is_pointed_to_it() {
    Village::each(|v| async move {
        let north = v.open_call();
        for network in [CENTRE, SOUTH] {
            let desk = v.staff_of(network, Role::Operator);
            let refused = v.app.raise(&desk, north.clone()).await;
            let Err(AppError::Problem { slug, detail, .. }) = refused else {
                panic!("raised for another network")
            };
            assert_eq!(slug, "out-of-territory");
            assert!(detail.contains("Nord"), "{detail}");
        }
    });
}
