//! *Équipe*: who may act in the network and as what, inviting somebody new and closing an account, for its coordinator; *Mes rôles*: what one may act as
//! oneself, and passing from one to another. Refuses a change of anybody's roles without an authentication of
//! minutes.

use axum::extract::{Query, State};
use relais_app::error::AppError;
use relais_app::members::{InvitationDraft, Roles};
use relais_app::text::labels;
use relais_core::access::Role;
use relais_core::ids::{NetworkId, UserId};
use relais_core::roles::GIVEN;

use super::{Told, direct, eye, home_of};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, same_names};
use crate::gate::Signed;
use crate::parts::{Choice, Form, PhoneTab};
use crate::show::{self, Eye};
use crate::views::{HatRow, InvitedRow, MyRolesPage, TeamPage, TeamRow};
use crate::web::Web;

/// Who acts as what in the network.
pub(crate) const TEAM: &str = "/equipe";
/// What one may act as.
pub(crate) const MINE: &str = "/mes-roles";

/// `GET /equipe`
pub(crate) async fn team(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let mut page = team_page(&web, &signed, Form::default()).await?;
    page.desk = page.desk.toast(told.toast());
    html(&page)
}

async fn team_page(web: &Web, signed: &Signed, form: Form) -> Result<TeamPage, Fail> {
    let eye = eye(web, signed).await?;
    let who = signed.who();
    let team = web.app.team(&who).await?;
    let (staff, invited) = web.app.staff(&who).await?;
    let when = eye.when();
    let rows = team.iter().map(|one| {
        let mut row = row(&eye, one);
        if let Some(account) = staff.iter().find(|account| account.user.id == one.user) {
            row.used = match account.used_at {
                Some(at) => format!("Dernière utilisation {}", when.moment(at)),
                None => "Jamais utilisé".to_owned(),
            };
            row.closes = account.user.active && one.user != signed.actor().user;
        }
        row
    });
    let entry = eye.directory.network(signed.actor().network)?;
    let join = format!(
        "{}/inscription?reseau={}",
        web.app.settings().base_url,
        entry.network.code
    );
    let invited = invited.into_iter().map(|one| InvitedRow {
        id: one.id.to_string(),
        name: one.name,
        mail: one.mail,
        role: labels::role(one.role).to_owned(),
        until: if one.expires_at > eye.now {
            format!("Vaut {}", when.until(one.expires_at))
        } else {
            "Ne vaut plus".to_owned()
        },
    });
    let roles: Vec<_> = GIVEN
        .iter()
        .map(|role| Choice::new(role.code(), labels::role(*role)))
        .collect();
    let title = if form.errors().is_empty() {
        "Équipe"
    } else {
        "Erreur\u{a0}: équipe"
    };
    Ok(TeamPage {
        desk: show::desk(web, &eye, signed, title, TEAM),
        form,
        rows: rows.collect(),
        invited: invited.collect(),
        roles: if web.app.invites() { roles } else { Vec::new() },
        join,
    })
}

/// The field of a role to give somebody.
fn field(user: UserId) -> String {
    format!("role-{user}").replace('_', "-")
}

/// Somebody's roles, and what may be done with them.
pub(super) fn row(eye: &Eye, one: &Roles) -> TeamRow {
    let since = |at| format!("donné le {}", eye.when().plain_date(at));
    let given = one.given.iter().map(|(role, at)| {
        (
            labels::role(*role).to_owned(),
            since(*at),
            role.code().to_owned(),
        )
    });
    TeamRow {
        user: one.user.to_string(),
        field: field(one.user),
        name: one.name.clone(),
        own: match one.own {
            Some(role) if one.active => labels::role(role).to_owned(),
            Some(role) => format!("{}, compte fermé", labels::role(role)),
            None => "membre, compte d’un autre réseau".to_owned(),
        },
        given: given.collect(),
        givable: one
            .givable
            .iter()
            .map(|role| Choice::new(role.code(), labels::role(*role)))
            .collect(),
        used: String::new(),
        closes: false,
    }
}

/// What a form about somebody's roles asks for: done, and the word of what was done.
pub(super) async fn change(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    user: UserId,
) -> Result<(Result<(), AppError>, &'static str), Fail> {
    signed.fresh()?;
    let who = signed.who();
    let role = Role::from_code(fields.get("role"));
    let choose = || AppError::invalid("/role", "Choisissez un rôle dans la liste.");
    Ok(match (fields.get("faire"), role) {
        ("donner", Some(role)) => (web.app.give_role(&who, user, role).await, "role-donne"),
        ("donner", None) => (Err(choose()), ""),
        ("retirer", Some(role)) => (web.app.take_role(&who, user, role).await, "role-retire"),
        _ => return Err(Fail(AppError::NotFound)),
    })
}

/// `POST /equipe`
pub(crate) async fn change_team(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let who = signed.who();
    match fields.get("faire") {
        "inviter" => {
            signed.fresh()?;
            return invite(&web, &signed, &fields).await;
        }
        "annuler" => {
            let id = fields.get("id").parse();
            let id = id.map_err(|_| Fail(AppError::NotFound))?;
            web.app.withdraw_invitation(&who, id).await?;
            return see_other(&format!("{TEAM}?dit=invitation-retiree"));
        }
        "fermer" => {
            signed.fresh()?;
            let user = fields.get("user").parse();
            let user = user.map_err(|_| Fail(AppError::NotFound))?;
            web.app.close_staff(&who, user).await?;
            return see_other(&format!("{TEAM}?dit=compte-ferme"));
        }
        _ => {}
    }
    let user: UserId = fields
        .get("user")
        .parse()
        .map_err(|_| Fail(AppError::NotFound))?;
    let (done, told) = change(&web, &signed, &fields, user).await?;
    match done {
        Ok(()) => see_other(&format!("{TEAM}?dit={told}")),
        Err(AppError::Invalid(errors)) => {
            let mut wrong = same_names(&errors);
            for error in &mut wrong {
                // Each person has their own field.
                error.name = field(user);
            }
            let form = fields.again(wrong);
            direct::unprocessable(&team_page(&web, &signed, form).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// Somebody new, by a mail.
async fn invite(web: &Web, signed: &Signed, fields: &Fields) -> Answer {
    let text = |name: &str| fields.get(name).to_owned();
    let draft = InvitationDraft {
        name: text("name"),
        mail: text("mail"),
        role: text("as"),
        rpps: text("rpps"),
    };
    match web.app.invite(&signed.who(), draft).await {
        Ok(()) => see_other(&format!("{TEAM}?dit=invite")),
        Err(AppError::Invalid(errors)) => {
            let mut wrong = same_names(&errors);
            for error in wrong.iter_mut().filter(|error| error.name == "role") {
                // The field of what they will be: each person of the list has a role to be given.
                "as".clone_into(&mut error.name);
            }
            direct::unprocessable(&team_page(web, signed, fields.again(wrong)).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `GET /mes-roles`
pub(crate) async fn mine(State(web): State<Web>, signed: Signed) -> Answer {
    let eye = eye(&web, &signed).await?;
    let hats = web.app.my_roles(&signed.who()).await?;
    let home = match signed.actor().role {
        Role::Professional => ("/activite", "Retour à mon activité"),
        role => (home_of(role), "Retour"),
    };
    html(&MyRolesPage {
        phone: show::phone(&web, &eye, "Mes rôles", PhoneTab::None).back(home.0, home.1),
        rows: hats
            .into_iter()
            .map(|hat| HatRow {
                role: labels::role(hat.role).to_owned(),
                network: hat.name,
                worn: hat.worn,
                code: hat.role.code().to_owned(),
                at: hat.network.to_string(),
            })
            .collect(),
    })
}

/// `POST /mes-roles`
pub(crate) async fn wear(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let not_found = || Fail(AppError::NotFound);
    let role = Role::from_code(fields.get("role")).ok_or_else(not_found)?;
    let network: NetworkId = fields.get("network").parse().map_err(|_| not_found())?;
    let token = signed.session.as_deref().ok_or_else(not_found)?;
    web.app
        .wear_role(&signed.account, token, role, network)
        .await?;
    see_other(home_of(role))
}
