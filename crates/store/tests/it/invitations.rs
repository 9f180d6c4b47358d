//! Invitations to a network's staff: found by their mark while they are good, one an address, used once; and when each
//! account was last used.

use relais_core::access::Role;
use relais_core::ids::{InvitationId, UserId};
use relais_store::testing::on_each_engine;
use relais_store::users::{self, Invitation, Session};

use crate::some::{self, NETWORK, OTHER, USER, at};

fn invitation(n: u128, mail: &str) -> Invitation {
    Invitation {
        id: InvitationId::from_bits(n),
        network: NETWORK,
        user: UserId::from_bits(900 + n),
        name: format!("Odile {n}"),
        mail: mail.to_owned(),
        role: Role::Operator,
        rpps: None,
        totp_sealed: vec![0, 1, 255],
        by: USER,
        at: at(10),
        expires_at: at(100),
    }
}

#[test]
fn an_invitation_is_good_for_a_time_and_once() {
    on_each_engine(|db| {
        some::territory(db);
        let one = invitation(1, "odile@exemple.fr");
        let kept = one.clone();
        db.write_blocking(move |tx| users::insert_invitation(tx, "mark-1", &kept))
            .expect("written");
        let find = |mark: &'static str, now| {
            db.read_blocking(move |tx| users::find_invitation(tx, mark, now))
        };
        assert_eq!(find("mark-1", at(99)), Ok(Some(one.clone())));
        assert_eq!(find("mark-1", at(100)), Ok(None), "its time is over");
        assert_eq!(find("mark-2", at(50)), Ok(None));
        let id = one.id;
        let inside =
            |network| db.read_blocking(move |tx| users::find_invitation_in(tx, id, network));
        assert_eq!(inside(NETWORK), Ok(Some(one)));
        assert_eq!(inside(OTHER), Ok(None), "another network's");

        // The same address again: the link before is worth nothing.
        let again = invitation(2, "odile@exemple.fr");
        db.write_blocking(move |tx| users::insert_invitation(tx, "mark-2", &again))
            .expect("written");
        assert_eq!(find("mark-1", at(50)), Ok(None));
        let count = |now| db.read_blocking(move |tx| users::count_invitations(tx, NETWORK, now));
        assert_eq!((count(at(50)), count(at(100))), (Ok(1), Ok(0)));
        let id = InvitationId::from_bits(2);
        let delete = || db.write_blocking(move |tx| users::delete_invitation(tx, id));
        assert_eq!((delete(), delete()), (Ok(true), Ok(false)));

        let (early, late) = (invitation(3, "a@exemple.fr"), invitation(4, "b@exemple.fr"));
        db.write_blocking(move |tx| {
            let late = Invitation {
                expires_at: at(500),
                ..late.clone()
            };
            users::insert_invitation(tx, "mark-3", &early)?;
            users::insert_invitation(tx, "mark-4", &late)
        })
        .expect("written");
        let pruned = db.write_blocking(|tx| users::prune_invitations(tx, at(101)));
        assert_eq!(pruned, Ok(1));
        let left = db.read_blocking(|tx| users::list_invitations(tx, NETWORK));
        let left: Vec<_> = left
            .expect("reads")
            .into_iter()
            .map(|one| one.mail)
            .collect();
        assert_eq!(left, ["b@exemple.fr"]);
    });
}

#[test]
fn a_regulator_is_invited_with_a_number_or_not_at_all() {
    on_each_engine(|db| {
        some::territory(db);
        let without = Invitation {
            role: Role::Regulator,
            ..invitation(1, "odile@exemple.fr")
        };
        let refused = db.write_blocking(move |tx| users::insert_invitation(tx, "mark", &without));
        assert!(refused.is_err(), "refused by the schema itself");
    });
}

#[test]
fn the_last_use_is_whichever_came_last() {
    on_each_engine(|db| {
        some::territory(db);
        let used = || {
            let all = db.read_blocking(|tx| users::list_last_uses(tx, NETWORK));
            all.expect("reads").get(&USER).copied()
        };
        assert_eq!(used(), None, "never");
        db.write_blocking(|tx| users::set_last_login(tx, USER, at(5)))
            .expect("written");
        assert_eq!(used(), Some(at(5)));
        let session = Session {
            id: "s".to_owned(),
            token_hash: "hash".to_owned(),
            user: USER,
            created_at: at(5),
            seen_at: at(70),
            strong_at: at(5),
            expires_at: at(900),
            revoked_at: None,
            device: String::new(),
            shared_computer: false,
            worn: None,
            acts_for: None,
        };
        db.write_blocking(move |tx| users::insert_session(tx, &session))
            .expect("opened");
        assert_eq!(used(), Some(at(70)), "a gesture");
        db.write_blocking(|tx| users::prune_sessions(tx, at(1_000)))
            .expect("pruned");
        assert_eq!(used(), Some(at(5)), "what is kept of it");
        let elsewhere = db.read_blocking(|tx| users::list_last_uses(tx, OTHER));
        assert!(!elsewhere.expect("reads").contains_key(&USER));
    });
}
