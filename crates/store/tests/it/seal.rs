//! Sealing: opens where it was sealed, nowhere else, and not after the smallest change.

use proptest::prelude::*;
use relais_store::keys;
use relais_store::seal::{MasterKey, Purpose, Secret, Vault};
use relais_store::testing::on_each_engine;
use relais_store::{StoreError, testing};

const NAME: &str = "patients.birth_name";
const PHONE: &str = "patients.phone";

fn vault(byte: u8) -> Vault {
    Vault::new(MasterKey::new([byte; 32]), vec![])
}

proptest! {
    #[test]
    fn a_value_opens_as_it_was_sealed(text in "\\PC{0,200}") {
        let vault = vault(1);
        let stored = vault.make_network_key("net_1", "k1", Purpose::Records).expect("made");
        let records = vault.open_records("net_1", &stored).expect("opens");
        let (key, dek) = records.make_record_key("pat_1").expect("made");
        let sealed = key.seal(NAME, &Secret::new(text.clone())).expect("sealed");
        prop_assert!(text.len() < 4 || !sealed.windows(text.len()).any(|w| w == text.as_bytes()));
        let again = records.open_record_key("pat_1", &dek).expect("opens");
        let opened = again.open(NAME, &sealed).expect("opens");
        prop_assert_eq!(opened.expose(), text);
    }

    #[test]
    fn any_changed_byte_is_refused(text in "[a-z]{1,40}", place in 0_usize..200, flip in 1_u8..=255) {
        let vault = vault(1);
        let stored = vault.make_network_key("net_1", "k1", Purpose::Records).expect("made");
        let (key, _) = vault
            .open_records("net_1", &stored)
            .and_then(|r| r.make_record_key("pat_1"))
            .expect("made");
        let mut sealed = key.seal(NAME, &Secret::new(text)).expect("sealed");
        let place = place % sealed.len();
        sealed[place] ^= flip;
        prop_assert!(key.open(NAME, &sealed).is_err());
        sealed.truncate(place);
        prop_assert!(key.open(NAME, &sealed).is_err());
    }
}

#[test]
fn a_moved_value_is_refused() {
    let vault = vault(1);
    let stored = vault
        .make_network_key("net_1", "k1", Purpose::Records)
        .expect("made");
    let records = vault.open_records("net_1", &stored).expect("opens");
    let (one, dek) = records.make_record_key("pat_1").expect("made");
    let (two, _) = records.make_record_key("pat_2").expect("made");
    let sealed = one
        .seal(NAME, &Secret::new("Martin".into()))
        .expect("sealed");
    assert!(one.open(PHONE, &sealed).is_err(), "another column");
    assert!(two.open(NAME, &sealed).is_err(), "another row, another key");
    assert!(
        records.open_record_key("pat_2", &dek).is_err(),
        "a data key moved to another row"
    );
    let other = vault
        .make_network_key("net_2", "k1", Purpose::Records)
        .expect("made");
    let other = vault.open_records("net_2", &other).expect("opens");
    assert!(
        other.open_record_key("pat_1", &dek).is_err(),
        "a data key moved to another network"
    );
    assert!(
        vault.open_records("net_2", &stored).is_err(),
        "a network's key moved to another"
    );
}

#[test]
fn the_master_key_is_changed_without_touching_records() {
    on_each_engine(|db| {
        testing::raw(
            db,
            "INSERT INTO networks VALUES ('net_1', 'SNP91', 'a', 'a', 'cpts', '01', 'Europe/Paris', '{}', 1, 'active')",
        )
        .expect("inserted");
        let old = MasterKey::new([1; 32]);
        let new = MasterKey::new([2; 32]);
        assert_ne!(old.id(), new.id());
        let before = Vault::new(old.clone(), vec![]);
        let both = Vault::new(new.clone(), vec![old]);
        let after = Vault::new(new, vec![]);
        let (sealed, dek) = db
            .write_blocking(move |tx| {
                keys::insert_network_key(tx, &before, "net_1", "k1", Purpose::Records, 1)?;
                keys::insert_network_key(tx, &before, "net_1", "k2", Purpose::Index, 1)?;
                let (key, dek) =
                    keys::get_records_key(tx, &before, "net_1")?.make_record_key("pat_1")?;
                Ok::<_, StoreError>((key.seal(NAME, &Secret::new("Martin".into()))?, dek))
            })
            .expect("sealed");
        let too_early = after.clone();
        let refused: Result<(), StoreError> =
            db.read_blocking(move |tx| keys::get_records_key(tx, &too_early, "net_1").map(|_| ()));
        assert!(matches!(refused, Err(StoreError::Sealed { .. })));
        let rewrapped = both.clone();
        let count = db.write_blocking(move |tx| keys::rewrap_some(tx, &rewrapped, 100));
        assert_eq!(count, Ok(2));
        assert_eq!(
            db.write_blocking(move |tx| keys::rewrap_some(tx, &both, 100)),
            Ok(0)
        );
        let name = db
            .read_blocking(move |tx| {
                let key = keys::get_records_key_by_id(tx, &after, "net_1", "k1")?
                    .open_record_key("pat_1", &dek)?;
                Ok::<_, StoreError>(key.open(NAME, &sealed)?.expose() == "Martin")
            })
            .expect("opens under the new master key alone");
        assert!(name);
    });
}

#[test]
fn blind_indexes_find_equals_and_tell_nothing() {
    let vault = vault(1);
    let stored = vault
        .make_network_key("net_1", "k2", Purpose::Index)
        .expect("made");
    let index = vault.open_index("net_1", &stored).expect("opens");
    let person = index.person("Lefèvre-Dupré", "Anne, Marie", "1951-04-02");
    assert_eq!(person, index.person("LEFEVRE DUPRE", "anne", "1951-04-02"));
    assert_ne!(person, index.person("Lefevre", "anne", "1951-04-02"));
    assert_ne!(person, index.person("LEFEVRE DUPRE", "anne", "1951-04-03"));
    assert_ne!(index.phone("+33612345678"), index.phone("+33612345679"));
    // The boundary between the parts counts.
    assert_ne!(
        index.person("MARTIN", "E", "1951-04-02"),
        index.person("MARTI", "NE", "1951-04-02")
    );
    let other = vault
        .make_network_key("net_2", "k2", Purpose::Index)
        .expect("made");
    let other = vault.open_index("net_2", &other).expect("opens");
    assert_ne!(index.phone("+33612345678"), other.phone("+33612345678"));
    assert!(
        vault
            .open_index(
                "net_1",
                &vault
                    .make_network_key("net_1", "k", Purpose::Records)
                    .expect("made")
            )
            .is_err()
    );
}

#[test]
fn settings_are_bound_to_their_row() {
    let vault = vault(1);
    let sealed = vault
        .seal_setting("users.totp_sealed:usr_1", &Secret::new("seed".into()))
        .expect("sealed");
    assert!(
        vault
            .open_setting("users.totp_sealed:usr_1", &sealed)
            .is_ok()
    );
    assert!(
        vault
            .open_setting("users.totp_sealed:usr_2", &sealed)
            .is_err()
    );
}
