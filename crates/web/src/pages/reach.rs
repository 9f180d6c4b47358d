//! How many would be asked, before launching (R5). Stores nothing.

use axum::extract::State;
use http::HeaderMap;
use relais_app::cooperation;
use relais_app::error::AppError;
use relais_app::protocols::{Book, Chosen};
use relais_app::text::labels;
use relais_app::text::verdict::{test_counted, undeclared};
use relais_core::access::Role;
use relais_core::cascade::{Clip, Preview};
use relais_core::matching::Test;
use relais_core::people::Profession;
use relais_core::request::{Origin, RedFlags};

use super::call::Around;
use super::suggest::department;
use super::{ask, direct, eye, is_fragment, known};
use crate::fail::{Answer, Fail, html};
use crate::forms::{Fields, draft, preview_draft};
use crate::gate::Signed;
use crate::parts::Choice;
use crate::show::Eye;
use crate::views::{Reach, ReachPart};
use crate::walk;
use crate::web::Web;

/// The sheet a form follows, where it leads, and where the form counts.
pub(crate) struct Followed {
    /// Its code; none when the motive has none, or when a doctor asks, whose request is an order.
    pub(crate) sheet: Option<String>,
    /// The professions it leads to, first choice first.
    pub(crate) towards: Vec<Profession>,
    /// The address of the count.
    pub(crate) address: &'static str,
}

/// The cooperation protocols of which one is asked of a profession, by its code, who follows a sheet.
pub(crate) fn cooperations(book: &Book, sheet: &str, profession: &str) -> Vec<String> {
    let Some(profession) = Profession::from_code(profession) else {
        return Vec::new();
    };
    let wanted = cooperation::wanted(book, sheet, profession);
    wanted.iter().map(ToString::to_string).collect()
}

/// `POST /direct/portee`
pub(crate) async fn desk(
    State(web): State<Web>,
    signed: Signed,
    headers: HeaderMap,
    mut fields: Fields,
) -> Answer {
    let around = Around::read(&web, &signed).await?;
    if let Some(code) = turned(&mut fields) {
        fields.0.insert("profession".to_owned(), vec![code]);
    }
    let (coded, _) = walk::coded(&fields);
    let walk = around.walk(&fields);
    let flags = match walk.step.red_flags() {
        Some(RedFlags::Unknown) => "unknown",
        _ => "none",
    };
    let sheet = walk.chosen.and_then(Chosen::sheet);
    let followed = Followed {
        sheet: sheet.map(|found| found.sheet.code.clone()),
        towards: walk::leads_towards(walk.chosen, &walk.step),
        address: "/direct/portee",
    };
    let mut reach = count(&web, &signed, &coded, flags, &followed).await?;
    if flags == "unknown" && reach.asked.is_some_and(|asked| asked > 0) {
        reach.sentence.push_str(", après l’avis du régulateur");
    }
    reach.alike = known::alike(&web, &signed, &around.eye, &fields).await?;
    if is_fragment(&headers) {
        return html(&ReachPart { reach });
    }
    let mut page = direct::page(&web, &signed, &around, &fields, Vec::new()).await?;
    page.call.reach = Some(reach);
    html(&page)
}

/// `POST /demander/portee`
pub(crate) async fn phone(
    State(web): State<Web>,
    signed: Signed,
    headers: HeaderMap,
    mut fields: Fields,
) -> Answer {
    if let Some(code) = turned(&mut fields) {
        ask::turn(&mut fields, &code);
    }
    let coded = ask::coded(&fields).0;
    let followed = ask::followed(&web, &signed, &coded).await?;
    let reach = count(&web, &signed, &coded, "none", &followed).await?;
    if is_fragment(&headers) {
        return html(&ReachPart { reach });
    }
    html(&ask::page(&web, &signed, fields.again(Vec::new()), Some(reach)).await?)
}

/// The profession of the button pressed, if one was.
fn turned(fields: &mut Fields) -> Option<String> {
    let pressed = fields.0.remove("towards")?.into_iter().next()?;
    Profession::from_code(&pressed).map(|known| known.code().to_owned())
}

/// Counts with what is typed so far; nothing while commune or profession is missing.
async fn count(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    flags: &str,
    followed: &Followed,
) -> Result<Reach, Fail> {
    let eye = eye(web, signed).await?;
    let department = department(&eye.directory, signed);
    let drafted = draft(fields, &eye.directory, department.as_deref(), flags);
    if drafted.errors.iter().any(|error| error.name == "commune")
        || fields.get("profession").is_empty()
    {
        return Ok(Reach::default());
    }
    let mut complete = preview_draft(drafted.draft);
    if let Some(sheet) = &followed.sheet {
        let book = web.app.protocols(signed.actor().network).await?;
        complete.need.cooperations = cooperations(&book, sheet, fields.get("profession"));
    }
    if complete.origin.is_none() && signed.actor().role != Role::Professional {
        complete.origin = Some(Origin::Patient.code().to_owned());
    }
    match web.app.preview(&signed.who(), complete).await {
        Ok(preview) => Ok(say(&eye, &preview, followed)),
        Err(AppError::Problem { detail, .. }) => Ok(Reach {
            asked: Some(0),
            sentence: detail,
            ..Reach::default()
        }),
        Err(AppError::Invalid(_)) => Ok(Reach::default()),
        Err(AppError::Refused(refusal)) => {
            let said = labels::refusal(&refusal, &eye.when());
            Ok(Reach {
                asked: Some(0),
                sentence: said.sentence.clone(),
                ..Reach::default()
            })
        }
        Err(error) => Err(Fail(error)),
    }
}

fn say(eye: &Eye, preview: &Preview, followed: &Followed) -> Reach {
    let when = eye.when();
    let asked = preview.eligible();
    let mut excluded = preview.excluded();
    // Those of another profession are no news: the request is not addressed to them.
    excluded.remove(&Test::Profession);
    let usual: Vec<_> = preview
        .usual
        .iter()
        .filter(|verdict| verdict.asked())
        .collect();
    let others = asked.saturating_sub(usual.len());
    let sentence = match (usual.as_slice(), others) {
        ([], _) if asked == 0 && preview.undeclared() => {
            undeclared(preview.profession, &preview.cooperations)
        }
        ([], _) if asked == 0 => "Personne ne peut l’être maintenant. La demande irait droit à «\u{a0}coup de main\u{a0}».".to_owned(),
        ([], _) => format!("tous ensemble, réponse {}", when.before(preview.window.deadline)),
        ([only], 0) => format!("{} seul, {}", eye.name(only.professional), when.until(preview.window.deadline)),
        ([only], rest) => {
            format!("{} seul {}, puis {rest}", eye.name(only.professional), when.until(preview.window.usual_until))
        }
        (several, rest) => {
            format!("{} habituels {}, puis {rest}", several.len(), when.until(preview.window.usual_until))
        }
    };
    let total: usize = excluded.values().sum();
    let mut reasons: Vec<_> = excluded.into_iter().collect();
    reasons.sort_by_key(|(test, count)| (std::cmp::Reverse(*count), *test));
    let list: Vec<_> = reasons
        .iter()
        .take(4)
        .map(|(test, count)| format!("{} {count}", test_counted(*test)))
        .collect();
    let left = preview.window.deadline.since(eye.now).as_minutes();
    let warning = if !preview.open {
        "Le réseau est fermé.".to_owned()
    } else if left < 10 {
        format!("Il reste {left}\u{a0}min pour répondre.")
    } else if matches!(preview.window.clip, Clip::Closing | Clip::Floor) {
        format!(
            "Réponse écourtée\u{a0}: fermeture {}.",
            when.at(preview.window.deadline)
        )
    } else {
        String::new()
    };
    let others = followed.towards.iter().filter(|_| asked == 0);
    let otherwise: Vec<Choice> = others
        .filter(|one| **one != preview.profession)
        .map(|one| Choice::new(one.code(), labels::profession(*one)))
        .collect();
    Reach {
        asked: Some(u32::try_from(asked).unwrap_or(u32::MAX)),
        sentence,
        left_out: match total {
            0 => String::new(),
            1 => format!("1 écarté\u{a0}: {}", list.join(", ")),
            many => format!("{many} écartés\u{a0}: {}", list.join(", ")),
        },
        warning,
        instead: if asked == 0 && otherwise.is_empty() {
            vec![
                "une autre profession".to_owned(),
                "un délai plus long".to_owned(),
                "une téléconsultation".to_owned(),
            ]
        } else {
            Vec::new()
        },
        otherwise,
        address: followed.address,
        alike: Vec::new(),
    }
}
