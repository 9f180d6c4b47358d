//! Passkeys and the code that gives an access back.

use relais_core::ids::UserId;
use relais_store::testing::on_each_engine;
use relais_store::users::{self, KeyEnd, StoredKey};

use crate::some::{self, USER, at};

fn new(id: &str) -> StoredKey {
    StoredKey {
        id: id.to_owned(),
        user: USER,
        sealed: vec![1],
        label: "iPhone".to_owned(),
        created_at: at(1),
        used_at: None,
        ended: None,
    }
}

#[test]
fn a_key_opens_until_it_ends_and_its_id_is_nobody_elses() {
    on_each_engine(|db| {
        some::territory(db);
        for id in ["a", "b", "c"] {
            db.write_blocking(move |tx| users::insert_passkey(tx, &new(id)))
                .expect("made");
        }
        let twice = db.write_blocking(|tx| users::insert_passkey(tx, &new("a")));
        assert!(twice.expect_err("known").is_unique());
        db.write_blocking(|tx| users::use_passkey(tx, "a", &[2], at(5)))
            .expect("used");
        let find = |id: &'static str, user| {
            db.read_blocking(move |tx| users::find_passkey(tx, id, user))
                .expect("looked for")
        };
        let used = StoredKey {
            sealed: vec![2],
            used_at: Some(at(5)),
            ..new("a")
        };
        assert_eq!(find("a", USER), Some(used));
        assert_eq!(find("a", UserId::from_bits(99)), None, "somebody else's");
        let renamed = db.write_blocking(|tx| users::rename_passkey(tx, "b", USER, "Cabinet"));
        assert_eq!(renamed, Ok(true));
        let end = |id: &'static str, user| {
            db.write_blocking(move |tx| users::end_passkey(tx, id, user, KeyEnd::Owner, at(6)))
        };
        assert_eq!(end("b", UserId::from_bits(99)), Ok(false));
        assert_eq!(end("b", USER), Ok(true));
        assert_eq!(end("b", USER), Ok(false));
        assert_eq!(find("b", USER), None);
        let all = db.write_blocking(|tx| users::end_passkeys(tx, USER, KeyEnd::Recovery, at(7)));
        assert_eq!(all, Ok(2));
        let left = db.read_blocking(|tx| users::list_passkeys(tx, USER));
        assert_eq!(left, Ok(Vec::new()));
    });
}

#[test]
fn the_newest_code_of_an_account_is_the_only_one_and_tries_are_counted() {
    on_each_engine(|db| {
        some::territory(db);
        let set = |mark: &'static str, until| {
            db.write_blocking(move |tx| {
                users::set_recovery(tx, USER, mark, USER, at(1), at(until))
            })
            .expect("given");
        };
        let find = |minute| {
            db.write_blocking(move |tx| users::find_recovery(tx, USER, at(minute)))
                .expect("looked for")
        };
        set("first", 10);
        db.write_blocking(|tx| users::try_recovery(tx, USER))
            .expect("tried");
        assert_eq!(find(9), Some(("first".to_owned(), 1)));
        set("second", 20);
        assert_eq!(find(9), Some(("second".to_owned(), 0)));
        assert_eq!(find(20), None, "too late");
        assert_eq!(
            db.write_blocking(|tx| users::prune_recovery(tx, at(19))),
            Ok(0)
        );
        assert_eq!(
            db.write_blocking(|tx| users::delete_recovery(tx, USER)),
            Ok(true)
        );
        assert_eq!(
            db.write_blocking(|tx| users::delete_recovery(tx, USER)),
            Ok(false)
        );
    });
}
