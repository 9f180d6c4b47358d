//! The pages of a sign-up, made from where the applicant stands. Shows nothing of anybody else.

use std::sync::Arc;

use relais_app::accounts::psc::Trouble;
use relais_app::members::STANDINGS;
use relais_app::phone::national;
use relais_app::signup::{Answered, Applicant, Step};
use relais_app::text::psc::{activity, at_sign_up};
use relais_app::text::{When, labels};
use relais_core::time::Instant;

use super::{MARK, rpps_shown, trade};
use crate::fail::Fail;
use crate::parts::{Choice, Form, Phone, PhoneTab};
use crate::show::{self, Eye};
use crate::views::{SignupAsk, SignupPage, SignupProof, SignupStatePage};
use crate::web::Web;

/// The titles without a contract: no last day is asked.
const LASTING: &str = "titular retired";

/// What a page sees before anybody signed in.
pub(crate) async fn eye(web: &Web) -> Result<Eye, Fail> {
    Ok(Eye {
        now: web.now(),
        zone: Arc::clone(&web.zone),
        directory: web.app.directory().await?,
    })
}

async fn page(
    web: &Web,
    number: usize,
    title: &str,
    one: Option<&Applicant>,
    form: Form,
    ask: SignupAsk,
) -> Result<SignupPage, Fail> {
    let eye = eye(web).await?;
    let form = of(form, one);
    Ok(SignupPage {
        phone: frame(web, &eye, title, one, &form),
        number,
        done: one.map_or_else(Vec::new, |one| done(&eye, one)),
        form,
        ask,
    })
}

/// Says which application a form is of.
fn of(form: Form, one: Option<&Applicant>) -> Form {
    form.with(
        MARK,
        &one.map_or_else(String::new, |one| one.application.id.to_string()),
    )
}

fn frame(web: &Web, eye: &Eye, title: &str, one: Option<&Applicant>, form: &Form) -> Phone {
    let title = if form.errors().is_empty() {
        title.to_owned()
    } else {
        format!("Erreur\u{a0}: {}", show::lower(title))
    };
    let mut phone = show::phone(web, eye, &title, PhoneTab::None);
    let network = one.and_then(|one| one.application.network);
    let entry = network.and_then(|id| eye.directory.network(id).ok());
    if let Some(entry) = entry {
        let number = relais_app::public::closed::shown(&entry.network.phone);
        phone.side = format!("Aide\u{a0}: {number}");
    }
    phone
}

/// What is settled: in bold, beside it, under it.
fn done(eye: &Eye, one: &Applicant) -> Vec<(String, String, String)> {
    let mut rows = vec![(
        one.name(),
        trade(one),
        format!(
            "RPPS {}, trouvé dans l’annuaire",
            rpps_shown(&one.application.rpps)
        ),
    )];
    let network = one.application.network;
    if let Some(entry) = network.and_then(|id| eye.directory.network(id).ok()) {
        rows.push((
            format!("Réseau {}", entry.network.code),
            entry.network.name.clone(),
            "La coordination validera votre adhésion".to_owned(),
        ));
    }
    rows
}

/// Who one is.
pub(super) async fn who(web: &Web, form: Form) -> Result<SignupPage, Fail> {
    page(web, 1, "Rejoindre un réseau", None, form, SignupAsk::Who).await
}

/// What the network's form shows before anything was sent: what was kept, else what is published.
pub(super) async fn network_form(web: &Web, one: &Applicant, code: &str) -> Result<Form, Fail> {
    let eye = eye(web).await?;
    let chosen = one.application.network;
    let entry = chosen.and_then(|id| eye.directory.network(id).ok());
    let code = entry.map_or(code, |entry| entry.network.code.as_str());
    let published = one.place().and_then(|place| place.phone.as_deref());
    let contact = one.contact_number().or(published).unwrap_or_default();
    let mut form = Form::default()
        .with("code", code)
        .with("phone", &national(one.phone()))
        .with("mail", one.mail())
        .with("line", one.line())
        .with("contact_number", &national(contact));
    let (standing, until) = one.standing();
    form = form.with("standing", standing).with(
        "contract_until",
        &until.map_or_else(String::new, |day| day.to_string()),
    );
    if let Some(place) = one.place() {
        form = form.with("insee", &place.insee);
    }
    Ok(form)
}

/// Which network, which ways.
pub(super) async fn network(web: &Web, one: &Applicant, form: Form) -> Result<SignupPage, Fail> {
    let places = one
        .places
        .iter()
        .filter(|place| !place.commune.is_empty())
        .map(|place| Choice::new(&place.insee, &place.commune));
    let places: Vec<_> = places.collect();
    let ask = SignupAsk::Network {
        places: if places.len() > 1 { places } else { Vec::new() },
        standings: STANDINGS
            .iter()
            .map(|code| Choice::new(*code, labels::standing_asked(code)))
            .collect(),
        lasting: LASTING,
    };
    let title = "Votre réseau, et comment vous joindre";
    let mut page = page(web, 2, title, Some(one), form, ask).await?;
    page.done.truncate(1);
    Ok(page)
}

/// `06 39 98 •• 07`
fn masked(e164: &str) -> String {
    let shown = national(e164);
    let parts: Vec<&str> = shown.split(' ').collect();
    match parts.as_slice() {
        [a, b, c, _, e] => [a, b, c, "••", e].join("\u{a0}"),
        _ => shown,
    }
}

/// The codes that are not proved yet.
pub(super) async fn codes(web: &Web, one: &Applicant, form: Form) -> Result<SignupPage, Fail> {
    let (sms, mail) = one.proofs();
    let ask = SignupAsk::Codes {
        sms: if sms {
            String::new()
        } else {
            format!(
                "Six chiffres, envoyés au {}. Vous pouvez le coller.",
                masked(one.phone())
            )
        },
        mail: match mail {
            Some(false) => format!(
                "Six chiffres, envoyés à {}. Regardez aussi dans les indésirables.",
                one.mail()
            ),
            Some(true) | None => String::new(),
        },
        again: one.codes_again_at().map(Instant::millis),
        calls: !sms && web.app.signup_calls(),
    };
    page(web, 3, "Les codes reçus", Some(one), form, ask).await
}

/// How one will sign in.
pub(super) async fn key(
    web: &Web,
    token: &str,
    one: &Applicant,
    form: Form,
) -> Result<SignupPage, Fail> {
    let secret = web.app.signup_secret(token).await?;
    let groups: Vec<String> = secret
        .as_bytes()
        .chunks(4)
        .map(|four| String::from_utf8_lossy(four).into_owned())
        .collect();
    let ask = SignupAsk::Key {
        link: format!(
            "otpauth://totp/Relais:{}?secret={secret}&issuer=Relais",
            one.application.rpps
        ),
        secret: groups.join(" "),
        login: rpps_shown(&one.application.rpps),
        keys: web.app.passkey_site(),
    };
    page(
        web,
        4,
        "Comment vous vous connecterez",
        Some(one),
        form,
        ask,
    )
    .await
}

/// What became of it.
pub(super) async fn state(
    web: &Web,
    one: &Applicant,
    form: Form,
    trouble: Option<Trouble>,
) -> Result<SignupStatePage, Fail> {
    let eye = eye(web).await?;
    let when = When::new(eye.now, &eye.zone);
    let network = one.application.network;
    let entry = network.and_then(|id| eye.directory.network(id).ok());
    let name = entry
        .map(|entry| entry.network.name.clone())
        .unwrap_or_default();
    let number = entry.map(|entry| {
        let phone = &entry.network.phone;
        (
            format!("tel:{phone}"),
            relais_app::public::closed::shown(phone),
        )
    });
    let (heading, lines, open) = match (one.step(), one.answered()) {
        (Step::Member, _) => (
            "Vous êtes déjà membre",
            vec![
                format!("Vous avez déjà un compte dans {name}. Rien n’a été demandé."),
                "Si vous ne pouvez plus vous connecter, la coordination vous rend l’accès en personne.".to_owned(),
            ],
            Some(("/connexion", "Se connecter")),
        ),
        (_, Answered::Approved) => {
            let yes = format!("{name} a accepté votre adhésion. Vos réglages de départ sont simples\u{a0}; vous les changez quand vous voulez.");
            if web.app.push_key().is_some() {
                let left = "Il reste à activer vos notifications\u{a0}: l’inscription est finie quand un essai s’affiche sur ce téléphone.";
                ("Vous êtes membre", vec![yes, left.to_owned()], Some(("/connexion?suite=/notifications", "Me connecter et activer")))
            } else {
                // Nothing to activate: the mobile is proved already.
                let ready = "Les demandes vous arrivent par SMS sur votre mobile, vérifié à l’inscription.";
                ("Vous êtes membre", vec![yes, ready.to_owned()], Some(("/connexion?suite=/offres", "Me connecter")))
            }
        }
        (_, Answered::Refused) => {
            let (reason, words) = one.refusal();
            let mut lines = vec![format!("{name} n’a pas accepté votre demande. {reason}")];
            lines.extend((!words.is_empty()).then(|| show::typeset(words)));
            ("Demande non acceptée", lines, None)
        }
        (_, Answered::Waiting) => {
            let since = one.application.sent_at.map_or_else(String::new, |at| when.day_hour(at));
            (
                "Demande envoyée",
                vec![
                    format!("La coordination de {name} l’a reçue {since}. Elle vérifie que c’est bien vous, puis vous répond par SMS et par courriel."),
                    "Vous pouvez fermer cette page et y revenir depuis ce téléphone.".to_owned(),
                ],
                None,
            )
        }
    };
    let mut phone = frame(web, &eye, heading, Some(one), &form);
    phone.side = String::new();
    let waits = one.step() == Step::Sent && one.answered() == Answered::Waiting;
    Ok(SignupStatePage {
        phone,
        form: of(form, Some(one)),
        proof: waits.then(|| proof(web, &when, one, trouble)),
        heading: heading.to_owned(),
        lines,
        done: done(&eye, one),
        open: open.map(|(href, word)| (href.to_owned(), word.to_owned())),
        number,
    })
}

/// The proof of who they are: by Pro Santé Connect where it is, else the photo of their card.
fn proof(web: &Web, when: &When<'_>, one: &Applicant, trouble: Option<Trouble>) -> SignupProof {
    let known = one.proof();
    let carded = one.card_at().map_or_else(String::new, |at| {
        format!("La photo de votre carte est reçue {}.", when.day_hour(at))
    });
    let mut shown = SignupProof {
        trouble: trouble.map_or("", at_sign_up).to_owned(),
        card: known.is_none(),
        carded,
        ..SignupProof::default()
    };
    match known {
        None if !web.app.has_identity_provider() => {}
        None => super::super::psc::PROVE.clone_into(&mut shown.leave),
        Some(known) => {
            let chosen = known.chosen.as_ref().map(activity);
            let chosen = chosen.map_or_else(String::new, |said| format!("\u{a0}: {said}"));
            shown.proved = format!("Pro Santé Connect a prouvé qui vous êtes{chosen}.");
            if known.asks_activity() {
                let all = known.activities.iter().enumerate();
                shown.activities = all
                    .map(|(place, one)| Choice::new(place.to_string(), activity(one)))
                    .collect();
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_number_is_shown_to_its_owner_only() {
        assert_eq!(masked("+33639984107"), "06\u{a0}39\u{a0}98\u{a0}••\u{a0}07");
    }
}
