//! Applications of professionals.

use relais_core::ids::ApplicationId;
use relais_store::StoreError;
use relais_store::applications::{self, Application, ApplicationStatus};
use relais_store::testing::on_each_engine;

use crate::some::{self, NETWORK, OTHER, USER, at, pro};

fn new(bits: u128) -> Application {
    Application {
        id: ApplicationId::from_bits(bits),
        network: None,
        rpps: "10001234567".to_owned(),
        status: ApplicationStatus::Filling,
        body: "{}".to_owned(),
        started_at: at(1),
        expires_at: Some(at(60)),
        sent_at: None,
        decided_at: None,
        decided_by: None,
        professional: None,
    }
}

#[test]
fn one_is_found_by_its_browser_waits_for_ever_and_is_decided_once() {
    on_each_engine(|db| {
        some::territory(db);
        for bits in [1, 2] {
            db.write_blocking(move |tx| {
                applications::insert(tx, &format!("mark-{bits}"), "", &new(bits))
            })
            .expect("begun");
        }
        let of = |mark: &'static str, minute| {
            db.read_blocking(move |tx| applications::find_by_token(tx, mark, at(minute)))
                .expect("looked for")
        };
        assert_eq!(of("mark-1", 59), Some(new(1)));
        assert_eq!(of("mark-1", 60), None, "forgotten at its expiry");
        assert_eq!(of("mark-3", 1), None);

        let sent = Application {
            network: Some(NETWORK),
            status: ApplicationStatus::Pending,
            expires_at: None,
            sent_at: Some(at(5)),
            ..new(1)
        };
        let save = |one: &Application, was| {
            let one = one.clone();
            db.write_blocking(move |tx| applications::update(tx, &one, was))
        };
        save(&sent, ApplicationStatus::Filling).expect("sent");
        let waiting = |network| {
            db.read_blocking(move |tx| {
                Ok::<_, StoreError>((
                    applications::list_waiting(tx, network, 10)?,
                    applications::count_waiting(tx, network)?,
                    applications::count_waiting_of(tx, network, "10001234567")?,
                    applications::count_filling(tx, at(2))?,
                ))
            })
            .expect("read")
        };
        assert_eq!(waiting(NETWORK), (vec![sent.clone()], 1, 1, 1));
        assert_eq!(waiting(OTHER), (Vec::new(), 0, 0, 1));
        let gone = db.write_blocking(move |tx| applications::prune(tx, at(100_000)));
        assert_eq!(gone, Ok(1), "only the one being filled in");
        assert_eq!(of("mark-1", 100_000), Some(sent.clone()));

        let approved = Application {
            status: ApplicationStatus::Approved,
            expires_at: Some(at(900)),
            decided_at: Some(at(200)),
            decided_by: Some(USER),
            professional: Some(pro(1)),
            ..sent
        };
        save(&approved, ApplicationStatus::Pending).expect("decided");
        let again = save(&approved, ApplicationStatus::Pending);
        assert!(
            matches!(again, Err(StoreError::Conflict { .. })),
            "{again:?}"
        );
        let decided = db.read_blocking(|tx| applications::list_decided(tx, NETWORK, 10));
        assert_eq!(decided, Ok(vec![approved]));
    });
}
