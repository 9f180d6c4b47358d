//! Crowds at the doors anybody may open: when there is no room, the source that holds most makes it,
//! and nobody who comes is kept out (ADR 0048).

use crate::fixture::Territory;
use crate::signup::newcomer;
use relais_app::public::{Answers, FormKey, Saved, Step};
use relais_core::ids::NetworkId;
use relais_core::time::Duration;
use relais_store::seal::{MasterKey, Secret, Vault};
use relais_store::{StoreError, applications, public_forms};

const FLOOD: &str = "2001:db8:1::/48";
const MOST: i64 = 2_000;

/// The fixture's own.
fn vault() -> Vault {
    Vault::new(MasterKey::new([7; 32]), Vec::new())
}

/// Forms begun in one transaction, each from a source.
async fn flood(t: &Territory, network: NetworkId, times: i64, source: impl Fn(i64) -> String) {
    let key = t.app.public_begin(network, &source(0), None).await.unwrap();
    let (now, vault) = (t.app.now(), vault());
    let marks: Vec<String> = (1..times)
        .map(|n| vault.mark("source", &source(n)).unwrap())
        .collect();
    let db = t.app.db();
    db.write(move |tx| {
        for (n, source) in marks.iter().enumerate() {
            let form = public_forms::PublicForm {
                answers: Secret::new("{}".to_owned()),
                started_at: now,
                expires_at: now + Duration::hours(1),
                source: source.clone(),
                sent: None,
            };
            public_forms::insert(tx, &vault, &format!("{}-{n}", key.as_str()), network, &form)?;
        }
        Ok::<_, StoreError>(())
    })
    .await
    .unwrap();
}

async fn live(t: &Territory, network: NetworkId) -> i64 {
    let now = t.app.now();
    let counted = t.app.db();
    counted
        .read(move |tx| public_forms::count_live(tx, network, now))
        .await
        .unwrap()
}

async fn answers(t: &Territory, network: NetworkId, key: &FormKey) -> bool {
    let given = Answers::default().with(Step::ForWhom, |field| {
        if field == "for_whom" { "child" } else { "" }.to_owned()
    });
    let saved = t.app.public_answer(network, key, Step::ForWhom, given);
    matches!(saved.await.unwrap(), Saved::Kept(_))
}

#[test]
fn the_source_that_holds_most_forms_makes_room_for_whoever_comes() {
    Territory::on_each_engine(|t| async move {
        let network = t.world.networks[0].id;
        let early = t
            .app
            .public_begin(network, "192.0.2.0/24", None)
            .await
            .unwrap();
        flood(&t, network, MOST, |_| FLOOD.to_owned()).await;
        assert!(live(&t, network).await >= MOST);
        assert_eq!(t.app.forms_shed(), 0);
        let newcomer = t
            .app
            .public_begin(network, "198.51.100.0/24", None)
            .await
            .unwrap();
        assert!(answers(&t, network, &newcomer).await);
        // It goes on, and pushes out its own forms alone.
        for _ in 0..50 {
            t.app.public_begin(network, FLOOD, None).await.unwrap();
        }
        assert!(answers(&t, network, &newcomer).await, "still there");
        assert!(answers(&t, network, &early).await, "and who came first");
        assert_eq!(live(&t, network).await, MOST + 1);
        // Loud: a counter, and a line for whoever keeps the service, for an hour.
        assert_eq!(t.app.forms_shed(), 51);
        let told = |lines: &[String]| lines.iter().any(|line| line == "forms-shed");
        assert!(told(&t.app.look().await.lines()));
        t.app.advance(Duration::minutes(61)).await.unwrap();
        assert!(!told(&t.app.look().await.lines()));
    });
}

#[test]
fn a_crowd_of_many_sources_pushes_out_whoever_waited_longest() {
    Territory::on_each_engine(|t| async move {
        let network = t.world.networks[0].id;
        let idle = t
            .app
            .public_begin(network, "192.0.2.0/24", None)
            .await
            .unwrap();
        let slow = t
            .app
            .public_begin(network, "192.0.3.0/24", None)
            .await
            .unwrap();
        t.app.advance(Duration::minutes(1)).await.unwrap();
        assert!(answers(&t, network, &slow).await);
        flood(&t, network, MOST, |n| format!("2001:db8:{n:x}::/48")).await;
        t.app.advance(Duration::minutes(1)).await.unwrap();
        // Thirty phones of one operator, who answer: many of one source, and no flood.
        let mut people = Vec::new();
        for _ in 0..30 {
            let token = t
                .app
                .public_begin(network, "2001:db8:ffff::/48", None)
                .await
                .unwrap();
            people.push(token);
        }
        t.app.advance(Duration::minutes(1)).await.unwrap();
        for token in &people {
            assert!(answers(&t, network, token).await);
        }
        assert!(!answers(&t, network, &idle).await, "forgotten first");
        // More begin than there is room for, and answer nothing.
        for n in 0..2_300 {
            let source = format!("2001:db8:f{n:03x}::/48");
            t.app.public_begin(network, &source, None).await.unwrap();
        }
        for token in &people {
            assert!(answers(&t, network, token).await, "who answers stays");
        }
        assert!(answers(&t, network, &slow).await, "however slowly");
    });
}

#[test]
fn sign_ups_of_one_source_do_not_keep_another_out() {
    Territory::on_each_engine(|t| async move {
        let early = t.app.signup_begin(newcomer("Corvo"), "192.0.2.0/24");
        let early = early.await.unwrap();
        let first = t.app.signup_begin(newcomer("Corvo"), FLOOD).await.unwrap();
        let one = t.app.signup(&first).await.unwrap().unwrap().application;
        let source = vault().mark("source", FLOOD).unwrap();
        let filled = t.app.db().write(move |tx| {
            for n in 0..MOST {
                let mut next = one.clone();
                let bits = 7_000_000 + u128::try_from(n).unwrap_or_default();
                next.id = relais_core::ids::ApplicationId::from_bits(bits);
                applications::insert(tx, &format!("mark {n}"), &source, &next)?;
            }
            Ok::<_, StoreError>(())
        });
        filled.await.unwrap();
        let late = t.app.signup_begin(newcomer("Corvo"), "198.51.100.0/24");
        let late = late.await.unwrap();
        assert!(t.app.signup(&late).await.unwrap().is_some());
        assert!(t.app.signup(&early).await.unwrap().is_some());
        assert_eq!(t.app.forms_shed(), 1);
        let now = t.app.now();
        let flood = t.app.db().read(move |tx| {
            let first = applications::find_by_token(tx, "mark 0", now)?;
            Ok::<_, StoreError>((first, applications::count_filling(tx, now)?))
        });
        assert_eq!(flood.await.unwrap(), (None, MOST + 2), "the flood gave way");
    });
}
