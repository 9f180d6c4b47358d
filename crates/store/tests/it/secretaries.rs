//! Who answers in whose name, and a session that does: by one reading and by the reading of many.

use relais_core::access::Role;
use relais_core::ids::UserId;
use relais_store::StoreError;
use relais_store::testing::on_each_engine;
use relais_store::users::{self, Secretary, Session, User};

use crate::some::{self, NETWORK, USER, at, pro};

const CLAIRE: UserId = UserId::from_bits(71);

fn named() -> Secretary {
    Secretary {
        user: CLAIRE,
        professional: pro(1),
        network: NETWORK,
        by: USER,
        at: at(5),
    }
}

#[test]
fn a_session_answers_for_whoever_still_lets_it() {
    on_each_engine(|db| {
        some::territory(db);
        db.write_blocking(|tx| {
            let claire = User {
                id: CLAIRE,
                login: "claire.morel".to_owned(),
                name: "Claire Morel".to_owned(),
                role: Role::Secretary,
                network: Some(NETWORK),
                professional: None,
                active: true,
                created_at: at(1),
                has_password: false,
                has_totp: false,
            };
            users::insert(tx, &claire)?;
            let session = Session {
                id: "s".to_owned(),
                token_hash: "hash".to_owned(),
                user: CLAIRE,
                created_at: at(1),
                seen_at: at(1),
                strong_at: at(2),
                expires_at: at(900),
                revoked_at: None,
                device: String::new(),
                shared_computer: false,
                worn: None,
                acts_for: None,
            };
            users::insert_session(tx, &session)
        })
        .expect("written");
        let before = db.read_blocking(users::rights_version).expect("reads");
        let name = || db.write_blocking(|tx| users::name_secretary(tx, named()));
        assert_eq!((name(), name()), (Ok(true), Ok(false)));
        assert!(db.read_blocking(users::rights_version).expect("reads") > before);
        assert_eq!(
            db.read_blocking(|tx| users::list_secretaries(tx, pro(1))),
            Ok(vec![named()])
        );
        assert_eq!(
            db.read_blocking(|tx| users::list_of_secretary(tx, CLAIRE)),
            Ok(vec![named()])
        );
        let answers = || {
            db.read_blocking(|tx| -> Result<_, StoreError> {
                let (_, user) = users::find_session(tx, "hash")?.expect("there");
                let many = users::list_standings(tx, &["s".to_owned()])?;
                let one = many.first().expect("there");
                let both = (one.user.professional, one.user.network);
                assert_eq!(both, (user.professional, user.network));
                Ok(user.professional)
            })
        };
        let choose = |id| db.write_blocking(move |tx| users::act_for(tx, "hash", id));
        assert_eq!(answers(), Ok(None));
        choose(Some(pro(2))).expect("written");
        assert_eq!(answers(), Ok(None), "never let her");
        choose(Some(pro(1))).expect("written");
        assert_eq!(answers(), Ok(Some(pro(1))));
        let end = || db.write_blocking(|tx| users::end_secretary(tx, CLAIRE, pro(1)));
        assert_eq!((end(), end()), (Ok(true), Ok(false)));
        assert_eq!(answers(), Ok(None), "over");
    });
}
