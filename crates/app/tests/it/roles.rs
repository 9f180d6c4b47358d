//! Roles beside the account: given, acted in, left, taken; and a network that always has a coordinator.

use crate::village::{NORTH, Village};
use relais_app::accounts::session::SignedIn;
use relais_app::members::{Change, PracticeDraft};
use relais_app::{AppError, Who};
use relais_core::access::Role;
use relais_core::ids::UserId;

fn slug<T>(answer: Result<T, AppError>) -> &'static str {
    match answer {
        Err(AppError::Problem { slug, .. }) => slug,
        Err(AppError::Denied) => "denied",
        Err(AppError::NotFound) => "not-found",
        Err(AppError::Invalid(_)) => "invalid",
        Err(AppError::StepUp) => "step-up",
        Err(_) => "another error",
        Ok(_) => "done",
    }
}

fn user(who: &Who) -> UserId {
    who.actor.unwrap().user
}

impl Village {
    fn coordinator(&self) -> Who {
        self.staff_of(NORTH, Role::Coordinator)
    }

    async fn gives(&self, name: &str, role: Role) -> Result<(), AppError> {
        let to = user(&self.as_pro(name));
        self.app.give_role(&self.coordinator(), to, role).await
    }

    async fn opens(&self, name: &str) -> String {
        let user = user(&self.as_pro(name));
        let opened = self.app.open_session(user, String::new(), false).await;
        opened.unwrap()
    }

    async fn seen(&self, token: &str) -> SignedIn {
        self.app.session(token).await.unwrap().unwrap()
    }

    async fn wears(&self, token: &str, role: Role) -> Result<(), AppError> {
        let account = self.seen(token).await;
        let network = self.world.networks[NORTH].id;
        self.app.wear_role(&account, token, role, network).await
    }
}

#[test]
fn a_role_is_given_acted_in_and_taken_within_one_request() {
    Village::each(|v| async move {
        let phone = v.opens("Leroy").await;
        let desk = v.opens("Leroy").await;
        assert_eq!(slug(v.wears(&desk, Role::Regulator).await), "not-found");
        let phones = v.watch();
        v.gives("Leroy", Role::Regulator).await.unwrap();
        v.gives("Leroy", Role::Regulator).await.unwrap();
        v.app.settle().await.unwrap();
        phones.phone("Dr Leroy").expects("vous est donné");
        phones.silent();
        v.wears(&desk, Role::Regulator).await.unwrap();
        let acting = v.seen(&desk).await.actor;
        assert_eq!((acting.role, acting.professional), (Role::Regulator, None));
        assert_eq!(
            v.seen(&phone).await.actor.role,
            Role::Professional,
            "that session alone"
        );
        let hats = v
            .app
            .my_roles(&v.seen(&desk).await.who("test"))
            .await
            .unwrap();
        let hats: Vec<_> = hats
            .iter()
            .map(|hat| (hat.role, hat.own, hat.worn))
            .collect();
        let expected = [
            (Role::Professional, true, false),
            (Role::Regulator, false, true),
        ];
        assert_eq!(hats, expected);
        let regulator = v.seen(&desk).await.who("test");
        v.app.go_on_duty(&regulator, None).await.unwrap();
        let on_duty = || async { v.app.regulators_on_duty(&v.desk()).await.unwrap().len() };
        let regulating = on_duty().await;

        let (coordinator, leroy) = (v.coordinator(), user(&v.as_pro("Leroy")));
        let taken = v.app.take_role(&coordinator, leroy, Role::Regulator).await;
        taken.unwrap();
        v.app.settle().await.unwrap();
        phones.phone("Dr Leroy").expects("vous est retiré");
        let acting = v.seen(&desk).await.actor;
        assert_eq!(acting.role, Role::Professional, "the next request");
        assert!(acting.professional.is_some());
        assert_eq!(slug(v.wears(&desk, Role::Regulator).await), "not-found");
        assert_eq!(on_duty().await + 1, regulating, "a duty ends with the role");
    });
}

/// R6: the desk locks; the telephone of the professional they also are does not.
#[test]
fn a_role_left_alone_is_left_and_the_account_stays_signed_in() {
    Village::each(|v| async move {
        v.gives("Leroy", Role::Operator).await.unwrap();
        let token = v.opens("Leroy").await;
        v.wears(&token, Role::Operator).await.unwrap();
        v.pass(29).await;
        assert_eq!(v.seen(&token).await.actor.role, Role::Operator);
        v.pass(30).await;
        assert_eq!(v.seen(&token).await.actor.role, Role::Professional);
        v.pass(1).await;
        assert_eq!(
            v.seen(&token).await.actor.role,
            Role::Professional,
            "not put on again"
        );
        v.pass(12 * 60).await;
        assert_eq!(slug(v.wears(&token, Role::Operator).await), "step-up");
    });
}

#[test]
fn who_may_be_given_what() {
    Village::each(|v| async move {
        assert_eq!(
            slug(v.gives("Blanc", Role::Regulator).await),
            "invalid",
            "a nurse"
        );
        assert_eq!(slug(v.gives("Blanc", Role::Administrator).await), "invalid");
        assert_eq!(slug(v.gives("Blanc", Role::Operator).await), "done");
        assert_eq!(
            slug(v.gives("Voisin", Role::Operator).await),
            "not-found",
            "of another network"
        );
        let operator = v.desk();
        let to = user(&v.as_pro("Leroy"));
        assert_eq!(
            slug(v.app.give_role(&operator, to, Role::Operator).await),
            "denied"
        );
        let staff = user(&operator);
        let coordinator = v.coordinator();
        let doctors = v.app.give_role(&coordinator, staff, Role::Regulator).await;
        assert_eq!(slug(doctors), "invalid", "the staff does not regulate");
        v.app
            .give_role(&coordinator, staff, Role::Auditor)
            .await
            .unwrap();
        let team = v.app.team(&coordinator).await.unwrap();
        let of = |id| team.iter().find(|one| one.user == id).unwrap();
        assert_eq!(of(staff).own, Some(Role::Operator));
        assert_eq!(of(staff).given.len(), 1);
        assert_eq!(of(user(&v.as_pro("Blanc"))).own, Some(Role::Professional));
        assert!(
            team.iter().all(|one| one.user != to),
            "only who acts for the network"
        );
    });
}

#[test]
fn the_last_coordinator_stays() {
    Village::each(|v| async move {
        v.gives("Leroy", Role::Coordinator).await.unwrap();
        let token = v.opens("Leroy").await;
        v.wears(&token, Role::Coordinator).await.unwrap();
        let leroy = v.seen(&token).await;
        let (who, me) = (leroy.who("test"), leroy.actor.user);
        let login = v
            .world
            .users
            .iter()
            .find(|u| u.id == user(&v.coordinator()));
        v.app.disable_user(&login.unwrap().login).await.unwrap();
        let own = v.app.take_role(&who, me, Role::Coordinator).await;
        assert_eq!(slug(own), "last-coordinator");
        let id = v.pro("Leroy").id;
        let away = |change| {
            v.app
                .change_member(&who, id, change, "Déménage.".to_owned())
        };
        assert_eq!(slug(away(Change::Suspend).await), "last-coordinator");
        assert_eq!(slug(away(Change::Leave).await), "last-coordinator");
        assert_eq!(
            v.seen(&token).await.actor.role,
            Role::Coordinator,
            "nothing changed"
        );
        let next = user(&v.as_pro("Garnier"));
        v.app
            .give_role(&who, next, Role::Coordinator)
            .await
            .unwrap();
        // Whoever is left leaves within the month: the network would be without anybody then.
        let until = |name, until: &str| {
            let days = PracticeDraft {
                standing: "adjunct".to_owned(),
                from: "01/03/2026".to_owned(),
                until: until.to_owned(),
                supervisor: String::new(),
            };
            v.app.set_practice(&who, v.pro(name).id, days)
        };
        until("Garnier", "20/03/2026").await.unwrap();
        assert_eq!(slug(away(Change::Suspend).await), "last-coordinator");
        let own = v.app.take_role(&who, me, Role::Coordinator).await;
        assert_eq!(slug(own), "last-coordinator");
        assert_eq!(
            slug(until("Leroy", "25/03/2026").await),
            "last-coordinator",
            "nor do the days of one end sooner"
        );
        until("Leroy", "31/12/2026").await.unwrap();
        until("Garnier", "25/03/2026").await.unwrap();
        until("Garnier", "31/12/2026").await.unwrap();
        assert_eq!(slug(away(Change::Suspend).await), "done");
        assert_eq!(
            v.seen(&token).await.actor.role,
            Role::Professional,
            "gone with it"
        );
        let hats = v
            .app
            .my_roles(&v.seen(&token).await.who("test"))
            .await
            .unwrap();
        assert_eq!(hats.len(), 1);
    });
}
