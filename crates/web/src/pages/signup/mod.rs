//! Sign-up (mock-up 15), phone first: who one is, which network, the codes, how one will sign in,
//! then the answer. Nobody is signed in: what is being filled in is found by a cookie that holds
//! nothing but chance. Refuses a step before its time: one is sent to the step where one stands.

mod cookie;
mod steps;

pub(super) use steps::eye;

use axum::extract::{FromRequest as _, Query, Request, State};
use axum::response::Response;
use http::HeaderMap;
use relais_app::accounts::psc::Trouble;
use relais_app::error::AppError;
use relais_app::signup::{Answered, Applicant, CodesBy, NetworkTyped, Step, WhoTyped};
use relais_app::text::labels;
use serde::Deserialize;

use crate::caller::{Address, Caller};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, same_names};
use crate::gate::{cross_site, too_many};
use crate::origin::{Source, source};
use crate::pages::direct::unprocessable;
use crate::parts::{FieldError, Form};
use crate::upload::{PHOTOS, Upload};
use crate::web::Web;

/// Where it begins.
pub(crate) const PAGE: &str = "/inscription";
/// Network and ways to be reached.
pub(crate) const NETWORK: &str = "/inscription/reseau";
/// The codes.
pub(crate) const CODES: &str = "/inscription/codes";
/// How one signs in.
pub(crate) const KEY: &str = "/inscription/acces";
/// What became of it.
pub(crate) const STATE: &str = "/inscription/suivi";
/// Which activity it is for.
pub(crate) const ACTIVITY: &str = "/inscription/activite";

/// The photo of one's professional card.
pub(crate) const CARD: &str = "/inscription/carte";

/// The field that says which application a form was shown for: the cookie says which this browser holds now.
const MARK: &str = "dossier";

/// What the address of the first page may say.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    /// A network's code, from a link or a poster.
    #[serde(default)]
    reseau: String,
}

/// What the address of the last page may say.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Tried {
    /// Why Pro Santé Connect proved nothing, a word.
    #[serde(default)]
    psc: String,
}

/// The token of a browser that has an application.
pub(super) fn token(web: &Web, headers: &HeaderMap) -> Option<String> {
    cookie::token(web, headers)
}

const fn page_of(step: Step) -> &'static str {
    match step {
        Step::Network => NETWORK,
        Step::Codes => CODES,
        Step::Key => KEY,
        Step::Sent | Step::Member => STATE,
    }
}

/// The applicant of a browser, with its token.
async fn held(web: &Web, headers: &HeaderMap) -> Result<Option<(String, Applicant)>, Fail> {
    let Some(token) = cookie::token(web, headers) else {
        return Ok(None);
    };
    let found = web.app.signup(&token).await?;
    Ok(found.map(|one| (token, one)))
}

/// The applicant at a step, or where they should be instead.
async fn at(
    web: &Web,
    headers: &HeaderMap,
    step: Step,
) -> Result<Result<(String, Applicant), &'static str>, Fail> {
    Ok(standing(held(web, headers).await?, step))
}

/// The same of an application that is read already.
fn standing(
    found: Option<(String, Applicant)>,
    step: Step,
) -> Result<(String, Applicant), &'static str> {
    let (token, one) = found.ok_or(PAGE)?;
    // The network can be corrected until both codes are right.
    let back = step == Step::Network && one.step() == Step::Codes;
    if one.step() == step || back {
        Ok((token, one))
    } else {
        Err(page_of(one.step()))
    }
}

/// The page of where one stands, when a form was shown for another application than the one this browser holds: two
/// colleagues on one telephone, each in a tab. What the first typed is never written into what the second began.
pub(super) async fn of_another(
    web: &Web,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Option<Response>, Fail> {
    Ok(own(web, headers, fields).await?.err())
}

/// The applicant a form was shown for, if this browser holds any; that page when it holds another.
async fn own(
    web: &Web,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Result<Option<(String, Applicant)>, Response>, Fail> {
    let Some((token, one)) = held(web, headers).await? else {
        return Ok(Ok(None));
    };
    if fields.get(MARK) == one.application.id.to_string() {
        return Ok(Ok(Some((token, one))));
    }
    let why = format!(
        "Une autre inscription a été commencée depuis dans ce navigateur, celle de {}. Ce que vous venez d’envoyer n’a pas \
         été gardé. Terminez celle-ci, ou recommencez la vôtre",
        one.name()
    );
    let form = match one.step() {
        Step::Network => steps::network_form(web, &one, "").await?,
        _ => Form::default(),
    };
    let form = form.wrong("contenu", &why);
    let page = match one.step() {
        Step::Network => unprocessable(&steps::network(web, &one, form).await?),
        Step::Codes => unprocessable(&steps::codes(web, &one, form).await?),
        Step::Key => unprocessable(&steps::key(web, &token, &one, form).await?),
        Step::Sent | Step::Member => unprocessable(&steps::state(web, &one, form, None).await?),
    };
    page.map(Err)
}

/// The applicant at a step, whose form was sent; or the page to show instead.
async fn posted(
    web: &Web,
    headers: &HeaderMap,
    step: Step,
    fields: &Fields,
) -> Result<Result<(String, Applicant), Response>, Fail> {
    let found = match own(web, headers, fields).await? {
        Ok(found) => found,
        Err(page) => return Ok(Err(page)),
    };
    Ok(match standing(found, step) {
        Ok(found) => Ok(found),
        Err(elsewhere) => Err(see_other(elsewhere)?),
    })
}

/// A form of these pages comes from them, and not too often from one address.
pub(crate) fn ours(web: &Web, headers: &HeaderMap, caller: &Address) -> Result<(), Fail> {
    if source(headers) != Source::Own {
        return Err(Fail(cross_site()));
    }
    web.limits
        .signup_step(caller)
        .map_err(|wait| Fail(too_many(web, wait)))
}

/// `GET /inscription`
pub(crate) async fn show(
    State(web): State<Web>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Answer {
    if let Some((_, one)) = held(&web, &headers).await? {
        return see_other(page_of(one.step()));
    }
    let code: String = asked
        .reseau
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(20)
        .collect();
    let form = Form::default().with("reseau", &code);
    html(&steps::who(&web, form).await?)
}

/// `POST /inscription`
pub(crate) async fn begin(
    State(web): State<Web>,
    Caller(caller): Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    ours(&web, &headers, &caller)?;
    web.limits
        .signup(&caller)
        .map_err(|wait| Fail(too_many(&web, wait)))?;
    let typed = WhoTyped {
        rpps: fields.get("rpps").to_owned(),
        name: fields.get("name").to_owned(),
    };
    match web.app.signup_begin(typed, caller.widest()).await {
        Ok(token) => {
            let code = crate::gate::encode(fields.get("reseau"));
            let next = if code.is_empty() {
                NETWORK.to_owned()
            } else {
                format!("{NETWORK}?reseau={code}")
            };
            let mut response = see_other(&next)?;
            cookie::give(&web, &mut response, &token);
            Ok(response)
        }
        Err(AppError::Invalid(errors)) => {
            unprocessable(&steps::who(&web, fields.again(same_names(&errors))).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `POST /inscription/recommencer`: forgets this browser's application; what was sent stays sent.
pub(crate) async fn again(
    State(web): State<Web>,
    Caller(caller): Caller,
    headers: HeaderMap,
) -> Answer {
    ours(&web, &headers, &caller)?;
    let mut response = see_other(PAGE)?;
    cookie::take(&web, &mut response);
    Ok(response)
}

/// `GET /inscription/reseau`
pub(crate) async fn network(
    State(web): State<Web>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Answer {
    match at(&web, &headers, Step::Network).await? {
        Ok((_, one)) => {
            let form = steps::network_form(&web, &one, &asked.reseau).await?;
            html(&steps::network(&web, &one, form).await?)
        }
        Err(elsewhere) => see_other(elsewhere),
    }
}

/// `POST /inscription/reseau`
pub(crate) async fn choose(
    State(web): State<Web>,
    Caller(caller): Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    ours(&web, &headers, &caller)?;
    let (token, one) = match posted(&web, &headers, Step::Network, &fields).await? {
        Ok(found) => found,
        Err(page) => return Ok(page),
    };
    let text = |name: &str| fields.get(name).to_owned();
    let typed = NetworkTyped {
        code: text("code"),
        insee: text("insee"),
        line: text("line"),
        phone: text("phone"),
        mail: text("mail"),
        contact_number: text("contact_number"),
        standing: text("standing"),
        contract_until: text("contract_until"),
    };
    match web.app.signup_network(&token, typed).await {
        Ok(()) => see_other(CODES),
        Err(AppError::Invalid(errors)) => {
            let form = fields.again(same_names(&errors));
            unprocessable(&steps::network(&web, &one, form).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `GET /inscription/codes`
pub(crate) async fn codes(State(web): State<Web>, headers: HeaderMap) -> Answer {
    match at(&web, &headers, Step::Codes).await? {
        Ok((_, one)) => html(&steps::codes(&web, &one, Form::default()).await?),
        Err(elsewhere) => see_other(elsewhere),
    }
}

/// `POST /inscription/codes`
pub(crate) async fn prove(
    State(web): State<Web>,
    Caller(caller): Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    ours(&web, &headers, &caller)?;
    let (token, one) = match posted(&web, &headers, Step::Codes, &fields).await? {
        Ok(found) => found,
        Err(page) => return Ok(page),
    };
    let by = match fields.get("faire") {
        "renvoyer" => Some(CodesBy::Messages),
        "appel" => Some(CodesBy::Call),
        _ => None,
    };
    if let Some(by) = by {
        return match web.app.signup_resend(&token, by).await {
            Ok(()) => see_other(CODES),
            Err(AppError::Invalid(errors)) => {
                // Said on a field that this page has.
                let asked = !one.proofs().0;
                let shown = |name: &str| {
                    if name == "phone" && asked {
                        "sms"
                    } else {
                        "mail"
                    }
                };
                let errors = same_names(&errors).into_iter().map(|mut error| {
                    error.name = shown(&error.name).to_owned();
                    error
                });
                let form = Fields::default().again(errors.collect());
                unprocessable(&steps::codes(&web, &one, form).await?)
            }
            Err(error) => Err(Fail(error)),
        };
    }
    let typed = |name: &str| fields.get(name).to_owned();
    let wrong = web
        .app
        .signup_codes(&token, typed("sms"), typed("mail"))
        .await?;
    if wrong.is_empty() {
        return see_other(PAGE);
    }
    let (_, one) = held(&web, &headers)
        .await?
        .ok_or(Fail(AppError::NotFound))?;
    let form = fields.again(same_names(&wrong));
    unprocessable(&steps::codes(&web, &one, form).await?)
}

/// `GET /inscription/acces`
pub(crate) async fn key(State(web): State<Web>, headers: HeaderMap) -> Answer {
    match at(&web, &headers, Step::Key).await? {
        Ok((token, one)) => html(&steps::key(&web, &token, &one, Form::default()).await?),
        Err(elsewhere) => see_other(elsewhere),
    }
}

/// The same page, with why a key was not kept.
pub(super) async fn key_again(web: &Web, headers: &HeaderMap, errors: Vec<FieldError>) -> Answer {
    match at(web, headers, Step::Key).await? {
        Ok((token, one)) => {
            let form = Fields::default().again(errors);
            unprocessable(&steps::key(web, &token, &one, form).await?)
        }
        Err(elsewhere) => see_other(elsewhere),
    }
}

/// `POST /inscription/acces`
pub(crate) async fn lock(
    State(web): State<Web>,
    Caller(caller): Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    ours(&web, &headers, &caller)?;
    web.limits
        .door(&caller)
        .map_err(|wait| Fail(too_many(&web, wait)))?;
    let (token, one) = match posted(&web, &headers, Step::Key, &fields).await? {
        Ok(found) => found,
        Err(page) => return Ok(page),
    };
    let password = fields
        .0
        .get("password")
        .and_then(|all| all.first())
        .cloned()
        .unwrap_or_default();
    match web
        .app
        .signup_password(&token, password, fields.get("code").to_owned())
        .await
    {
        Ok(()) => see_other(STATE),
        Err(AppError::Invalid(errors)) => {
            // A password is not sent back to the page.
            let form = Fields::default().again(same_names(&errors));
            unprocessable(&steps::key(&web, &token, &one, form).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `GET /inscription/suivi`
pub(crate) async fn state(
    State(web): State<Web>,
    headers: HeaderMap,
    Query(tried): Query<Tried>,
) -> Answer {
    match held(&web, &headers).await? {
        Some((_, one)) if matches!(one.step(), Step::Sent | Step::Member) => {
            let trouble = Trouble::from_code(&tried.psc);
            html(&steps::state(&web, &one, Form::default(), trouble).await?)
        }
        Some((_, one)) => see_other(page_of(one.step())),
        None => see_other(PAGE),
    }
}

/// `POST /inscription/activite`
pub(crate) async fn activity(
    State(web): State<Web>,
    Caller(caller): Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    ours(&web, &headers, &caller)?;
    let found = match own(&web, &headers, &fields).await? {
        Ok(found) => found,
        Err(page) => return Ok(page),
    };
    let Some((token, one)) = found else {
        return see_other(PAGE);
    };
    // Nothing chosen is no place of the list.
    let place = fields.get("activity").parse().unwrap_or(usize::MAX);
    match web.app.signup_activity(&token, place).await {
        Ok(()) => see_other(STATE),
        Err(AppError::Invalid(errors)) => {
            let form = fields.again(same_names(&errors));
            unprocessable(&steps::state(&web, &one, form, None).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `POST /inscription/carte`. Nothing is read of a file before whoever sends it is known to wait for an answer.
pub(crate) async fn card(
    State(web): State<Web>,
    Caller(caller): Caller,
    request: Request,
) -> Answer {
    let headers = request.headers();
    ours(&web, headers, &caller)?;
    web.limits
        .door(&caller)
        .map_err(|wait| Fail(too_many(&web, wait)))?;
    let Some((token, one)) = held(&web, headers).await? else {
        return see_other(PAGE);
    };
    if one.step() != Step::Sent || one.answered() != Answered::Waiting {
        return see_other(STATE);
    }
    let headers = headers.clone();
    let mut upload = Upload::from_request(request, &web).await?;
    if let Some(page) = of_another(&web, &headers, &upload.fields).await? {
        return Ok(page);
    }
    let wrong = match (upload.pictures.pop(), upload.wrong.take()) {
        (_, Some(wrong)) => vec![wrong],
        (None, None) => vec![FieldError {
            name: PHOTOS.to_owned(),
            message: "Choisissez la photo de votre carte".to_owned(),
        }],
        (Some(picture), None) => match web.app.signup_card(&token, picture).await {
            Ok(()) => return see_other(STATE),
            Err(AppError::Invalid(errors)) => same_names(&errors),
            Err(error) => return Err(Fail(error)),
        },
    };
    let form = Form::filled(std::collections::BTreeMap::default(), wrong);
    unprocessable(&steps::state(&web, &one, form, None).await?)
}

/// `médecin généraliste, Évry`
pub(crate) fn trade(one: &Applicant) -> String {
    let trade = one.profession().map_or("", labels::profession);
    let town = one.place().map_or("", |place| place.commune.as_str());
    if town.is_empty() {
        trade.to_owned()
    } else {
        format!("{trade}, {town}")
    }
}

/// `10 00 12 34 567`
pub(crate) fn rpps_shown(rpps: &str) -> String {
    let pairs = [(0, 2), (2, 4), (4, 6), (6, 8), (8, 11)];
    let parts = pairs.iter().filter_map(|(from, to)| rpps.get(*from..*to));
    let parts: Vec<_> = parts.collect();
    if parts.len() == pairs.len() {
        parts.join("\u{a0}")
    } else {
        rpps.to_owned()
    }
}
