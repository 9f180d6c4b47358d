//! The coordinator's pages of members, as forms send them, and what a request says of who stands in
//! for whom and under whose responsibility.

use axum::body::Body;
use http::{Request, StatusCode, header};
use relais_core::access::Role;

use crate::fixture::{Reply, Territory, in_territory};

async fn page(t: &Territory, session: &str, path: &str) -> Reply {
    let request = Request::get(path)
        .header(header::COOKIE, format!("relais={session}"))
        .header("sec-fetch-site", "same-origin");
    t.send(request.body(Body::empty()).unwrap()).await
}

async fn send(t: &Territory, session: &str, path: &str, form: &str) -> Reply {
    let request = Request::post(path)
        .header(header::COOKIE, format!("relais={session}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin");
    t.send(request.body(Body::from(form.to_owned())).unwrap())
        .await
}

async fn session(t: &Territory, role: Role) -> String {
    let login = &t.user(role, 0).login;
    t.app.sign_in_demo(login, String::new()).await.unwrap()
}

fn plain(html: &str) -> String {
    html.replace('\u{a0}', " ").replace("&#39;", "'")
}

#[test]
fn a_member_s_forms_keep_what_was_typed_and_say_what_is_wrong() {
    in_territory(|t| async move {
        let coordinator = session(&t, Role::Coordinator).await;
        let here = format!("/membres/{}", t.doctor().id);
        let list = page(&t, &coordinator, "/membres?nom=zzzz&page=99&voir=rien").await;
        assert!(
            list.text.contains("Personne ne correspond"),
            "{}",
            list.text
        );
        let found = page(
            &t,
            &coordinator,
            &format!("/membres?nom={}", t.doctor().rpps),
        )
        .await;
        assert!(found.text.contains(&here));
        for alert in t
            .world
            .professionals
            .iter()
            .filter_map(|p| p.alert_number.as_ref())
        {
            assert!(!found.text.contains(alert.as_str()));
        }
        let typed = "standing=locum&from=2026-03-01&until=&supervisor=";
        let wrong = send(&t, &coordinator, &format!("{here}/exercice"), typed).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("<title>Erreur"));
        assert!(
            wrong.text.contains("value=\"2026-03-01\""),
            "what was typed is kept"
        );
        assert!(wrong.text.contains("Écrivez le dernier jour du contrat"));
        let typed = "label-0=Cabinet&line-0=&commune-0=Nullepart&main=0";
        let wrong = send(&t, &coordinator, &format!("{here}/lieux"), typed).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("Aucune commune ne porte ce nom"));
        let typed = "label-0=Cabinet&commune-0=Massy+91300&gone-0=oui&main=0";
        let wrong = send(&t, &coordinator, &format!("{here}/lieux"), typed).await;
        assert!(
            wrong.text.contains("Gardez au moins un lieu"),
            "{}",
            wrong.text
        );
        let nobody = page(&t, &coordinator, "/membres/pro_0").await;
        assert_eq!(nobody.status, StatusCode::NOT_FOUND);
        let operator = session(&t, Role::Operator).await;
        assert_eq!(
            page(&t, &operator, &here).await.status,
            StatusCode::FORBIDDEN
        );
    });
}

/// R4.1, R5: the request and the alert say who replaces whom until when; an intern is shown with who
/// answers for them.
#[test]
fn a_request_says_who_stands_in_for_whom() {
    in_territory(|t| async move {
        let coordinator = session(&t, Role::Coordinator).await;
        let operator = session(&t, Role::Operator).await;
        let here = format!("/membres/{}", t.doctor().id);
        let locum = &t.world.professionals[1];
        let named = format!("{} {}", locum.civility, locum.last_name);
        let absent = format!("{} {}", t.doctor().civility, t.doctor().last_name);
        let typed = format!(
            "locum={}&since=2026-03-10&last=2026-03-12&inherits=oui",
            locum.rpps
        );
        let done = send(&t, &coordinator, &format!("{here}/remplacement"), &typed).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let shown = plain(&page(&t, &coordinator, &here).await.text);
        assert!(
            shown.contains(&format!(
                "{named} remplace, du 10 mars 2026 au 12 mars 2026, avec ses patients"
            )),
            "{shown}"
        );

        let id = t.raise(&t.draft()).await;
        let shown = plain(&page(&t, &operator, &format!("/demandes/{id}")).await.text);
        assert!(
            shown.contains(&format!(
                "{absent} (remplacé par {named} jusqu’au 12 mars 2026)"
            )),
            "{shown}"
        );
        assert!(
            shown.contains(&format!("remplace {absent} jusqu’au 12 mars 2026")),
            "{shown}"
        );
        let token = t.token_of(locum.id);
        let offer = t.offer(&token, &id).await["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let login = &t
            .world
            .users
            .iter()
            .find(|u| u.professional == Some(locum.id))
            .unwrap()
            .login;
        let theirs = t.app.sign_in_demo(login, String::new()).await.unwrap();
        let shown = plain(&page(&t, &theirs, &format!("/offres/{offer}")).await.text);
        assert!(
            shown.contains(&format!("Vous remplacez {absent} jusqu’au 12 mars 2026")),
            "{shown}"
        );

        // The same person as an intern: who answers for them is on the request.
        let typed = format!(
            "standing=intern&from=2026-03-01&until=2026-06-30&supervisor={}",
            t.doctor().rpps
        );
        let theirs = format!("/membres/{}/exercice", locum.id);
        let done = send(&t, &coordinator, &theirs, &typed).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let mut draft = t.draft();
        draft["usual"] = serde_json::json!({ "doctor": "no" });
        let id = t.raise(&draft).await;
        let shown = plain(
            &page(&t, &operator, &format!("/demandes/{id}?tous=1"))
                .await
                .text,
        );
        assert!(
            shown.contains(&format!("interne, sous la responsabilité de {absent}")),
            "{shown}"
        );
    });
}

/// A coordinator gives a doctor the desk: the doctor passes from one to the other, and it ends with the gift.
#[test]
fn a_role_is_given_on_the_member_s_page_and_put_on_by_its_holder() {
    in_territory(|t| async move {
        let coordinator = session(&t, Role::Coordinator).await;
        let here = format!("/membres/{}", t.doctor().id);
        let login = t
            .world
            .users
            .iter()
            .find(|u| u.professional == Some(t.doctor().id));
        let login = &login.unwrap().login;
        let doctor = t.app.sign_in_demo(login, String::new()).await.unwrap();
        let desk = || async { page(&t, &doctor, "/direct").await.status };
        assert_eq!(desk().await, StatusCode::FORBIDDEN);

        let wrong = send(
            &t,
            &coordinator,
            &format!("{here}/roles"),
            "faire=donner&role=",
        )
        .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("Choisissez un rôle"));
        let give = "faire=donner&role=operator";
        let done = send(&t, &coordinator, &format!("{here}/roles"), give).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        for path in [here.as_str(), "/equipe"] {
            let shown = plain(&page(&t, &coordinator, path).await.text);
            assert!(
                shown.contains("Opérateur</b>, donné le 10 mars 2026"),
                "{shown}"
            );
        }

        let mine = page(&t, &doctor, "/mes-roles").await;
        assert!(mine.text.contains("Agir ainsi"), "{}", mine.text);
        let network = t.world.networks[0].id;
        let wear = format!("role=operator&network={network}");
        let worn = send(&t, &doctor, "/mes-roles", &wear).await;
        assert_eq!(worn.status, StatusCode::SEE_OTHER, "{}", worn.text);
        assert_eq!(desk().await, StatusCode::OK);
        assert_eq!(
            page(&t, &doctor, "/offres").await.status,
            StatusCode::FORBIDDEN
        );
        let other = send(&t, &doctor, "/mes-roles", "role=coordinator&network=x").await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);

        let user = login_id(&t, login);
        let take = format!("user={user}&faire=retirer&role=operator");
        let done = send(&t, &coordinator, "/equipe", &take).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert_eq!(desk().await, StatusCode::FORBIDDEN, "the very next request");
        assert_eq!(page(&t, &doctor, "/offres").await.status, StatusCode::OK);
    });
}

fn login_id(t: &Territory, login: &str) -> String {
    let mut users = t.world.users.iter();
    users.find(|u| u.login == login).unwrap().id.to_string()
}
