//! Agreements between networks: proposed by who lends, accepted by who asks, ended by either; in force
//! and out of it from the next matching on (R4.4, I13).

use crate::fixture::Territory;
use relais_app::federation::{AgreementStatus, Answer};
use relais_app::{AppError, Who};
use relais_core::access::{Actor, Role};
use relais_core::ids::NetworkId;
use relais_store::journal::Link;

fn slug<T>(answer: Result<T, AppError>) -> &'static str {
    match answer {
        Err(AppError::Problem { slug, .. }) => slug,
        Err(AppError::Denied) => "denied",
        Err(AppError::NotFound) => "not-found",
        Err(AppError::Invalid(_)) => "invalid",
        Err(_) => "another error",
        Ok(_) => "done",
    }
}

impl Territory {
    /// The coordinator of a network, as if it had one.
    fn coordinator_of(&self, network: NetworkId) -> Who {
        let user = self.staff(Role::Coordinator).actor.unwrap().user;
        let actor = Actor {
            user,
            role: Role::Coordinator,
            network,
            professional: None,
        };
        Who::actor(actor, "test")
    }

    async fn lenders_of(&self, network: NetworkId) -> Vec<NetworkId> {
        let directory = self.app.directory().await.unwrap();
        directory.network(network).unwrap().lenders.clone()
    }
}

#[test]
fn an_agreement_takes_two_and_is_ended_by_one() {
    Territory::on_each_engine(|t| async move {
        let app = &t.app;
        let (north, south) = (t.world.networks[0].id, t.world.networks[1].id);
        let (ours, theirs) = (t.coordinator_of(north), t.coordinator_of(south));
        let operator = t.staff(Role::Operator);
        assert_eq!(slug(app.agreements(&operator).await), "denied");
        // From nothing, whatever the demonstration laid out.
        let laid_out = app.agreements(&ours).await.unwrap();
        assert!(!laid_out.is_empty());
        for one in laid_out {
            if one.status != AgreementStatus::Ended {
                app.answer_agreement(&ours, one.from, one.to, Answer::End)
                    .await
                    .unwrap();
            }
        }
        assert!(!t.lenders_of(south).await.contains(&north));
        let code = t.world.networks[1].code.to_lowercase();
        for wrong in ["", "AUCUN", t.world.networks[0].code] {
            let answer = app.propose_agreement(&ours, wrong.to_owned()).await;
            assert_eq!(slug(answer), "invalid", "{wrong}");
        }
        app.propose_agreement(&ours, code.clone()).await.unwrap();
        assert_eq!(
            slug(app.propose_agreement(&ours, code.clone()).await),
            "invalid"
        );
        let lent = t.lenders_of(south).await;
        assert!(!lent.contains(&north), "a proposal lends nobody");
        let answer = |who: Who, what| {
            let app = app.clone();
            async move { slug(app.answer_agreement(&who, north, south, what).await) }
        };
        assert_eq!(
            answer(ours.clone(), Answer::Accept).await,
            "agreement-moved"
        );
        let third = t.coordinator_of(NetworkId::from_bits(77));
        assert_eq!(answer(third, Answer::Accept).await, "not-found");
        assert_eq!(answer(theirs.clone(), Answer::Accept).await, "done");
        assert!(t.lenders_of(south).await.contains(&north));
        let lent = t.lenders_of(north).await;
        assert!(!lent.contains(&south), "one direction");
        assert_eq!(
            answer(theirs.clone(), Answer::Accept).await,
            "agreement-moved"
        );
        assert_eq!(answer(theirs, Answer::End).await, "done");
        assert!(!t.lenders_of(south).await.contains(&north));
        assert_eq!(answer(ours.clone(), Answer::End).await, "agreement-moved");
        app.propose_agreement(&ours, code).await.unwrap();
        for network in [0, 1] {
            let code = t.world.networks[network].code.to_owned();
            let journal = app.export_journal(Some(code), None).await.unwrap();
            let accepted = |row: &&Link| row.entry.act == "agreement.accepted";
            let count = journal.iter().filter(accepted).count();
            assert_eq!(count, 1, "in the journal of both");
        }
    });
}
