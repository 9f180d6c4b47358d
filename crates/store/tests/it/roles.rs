//! Roles beside the account, and what a session acts as.

use relais_core::access::Role;
use relais_core::ids::UserId;
use relais_store::StoreError;
use relais_store::testing::on_each_engine;
use relais_store::users::{self, Given, Session};

use crate::some::{self, NETWORK, OTHER, USER, at};

fn coordinates() -> Given {
    Given {
        user: USER,
        network: NETWORK,
        role: Role::Coordinator,
        by: USER,
        at: at(5),
    }
}

#[test]
fn a_session_acts_in_a_role_while_it_is_given() {
    on_each_engine(|db| {
        some::territory(db);
        let before = db.read_blocking(users::rights_version).expect("reads");
        let give = || db.write_blocking(|tx| users::give_role(tx, coordinates()));
        assert_eq!((give(), give()), (Ok(true), Ok(false)));
        let after = db.read_blocking(users::rights_version).expect("reads");
        assert!(after > before, "whoever remembers reads again");
        assert_eq!(
            db.read_blocking(|tx| users::list_roles(tx, USER)),
            Ok(vec![coordinates()])
        );
        assert_eq!(
            db.read_blocking(|tx| users::list_roles_in(tx, OTHER)),
            Ok(Vec::new())
        );
        let session = Session {
            id: "s".to_owned(),
            token_hash: "hash".to_owned(),
            user: USER,
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
        db.write_blocking(move |tx| users::insert_session(tx, &session))
            .expect("opened");
        // What it acts as, by one reading and by the reading of many.
        let acts = || {
            db.read_blocking(|tx| -> Result<_, StoreError> {
                let (session, user) = users::find_session(tx, "hash")?.expect("there");
                let many = users::list_standings(tx, &["s".to_owned()])?;
                let one = many.first().expect("there");
                assert_eq!((one.user.role, one.user.network), (user.role, user.network));
                assert_eq!(one.worn_since, session.worn.map(|_| at(2)));
                Ok(user.role)
            })
        };
        assert_eq!(acts(), Ok(Role::Operator));
        let wear = |role: Option<Role>| {
            let worn = role.map(|role| (NETWORK, role));
            db.write_blocking(move |tx| users::wear(tx, "hash", worn))
        };
        wear(Some(Role::Auditor)).expect("written");
        assert_eq!(acts(), Ok(Role::Operator), "never given");
        wear(Some(Role::Coordinator)).expect("written");
        assert_eq!(acts(), Ok(Role::Coordinator));
        let take =
            || db.write_blocking(|tx| users::take_role(tx, USER, NETWORK, Role::Coordinator));
        assert_eq!((take(), take()), (Ok(true), Ok(false)));
        assert_eq!(acts(), Ok(Role::Operator), "taken");
    });
}

#[test]
fn whoever_may_act_in_a_role_is_counted_by_account_and_by_gift() {
    on_each_engine(|db| {
        some::territory(db);
        let count =
            |role| db.read_blocking(move |tx| users::count_holders(tx, NETWORK, role, at(10)));
        assert_eq!(
            (count(Role::Operator), count(Role::Coordinator)),
            (Ok(1), Ok(0))
        );
        db.write_blocking(|tx| users::give_role(tx, coordinates()))
            .expect("given");
        assert_eq!(count(Role::Coordinator), Ok(1));
        let holds =
            |user, role| db.read_blocking(move |tx| users::holds_role(tx, user, NETWORK, role));
        assert_eq!(holds(USER, Role::Coordinator), Ok(true));
        assert_eq!(holds(USER, Role::Operator), Ok(true), "their account");
        assert_eq!(holds(UserId::from_bits(99), Role::Operator), Ok(false));
        db.write_blocking(|tx| users::disable(tx, USER))
            .expect("closed");
        assert_eq!(
            (count(Role::Operator), count(Role::Coordinator)),
            (Ok(0), Ok(0))
        );
        assert_eq!(
            holds(USER, Role::Coordinator),
            Ok(false),
            "a closed account"
        );
    });
}
