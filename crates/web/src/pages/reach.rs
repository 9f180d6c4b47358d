//! How many would be asked, before launching (R5). Stores nothing.

use axum::extract::State;
use http::HeaderMap;
use relais_app::error::AppError;
use relais_app::text::labels;
use relais_app::text::verdict::test_counted;
use relais_core::access::Role;
use relais_core::cascade::{Clip, Preview};
use relais_core::matching::Test;
use relais_core::request::{Origin, RedFlags};

use super::call::Around;
use super::suggest::department;
use super::{ask, direct, eye, is_fragment, known};
use crate::fail::{Answer, Fail, html};
use crate::forms::{Fields, draft, preview_draft};
use crate::gate::Signed;
use crate::show::Eye;
use crate::views::{Reach, ReachPart};
use crate::walk;
use crate::web::Web;

/// `POST /direct/portee`
pub(crate) async fn desk(
    State(web): State<Web>,
    signed: Signed,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    let around = Around::read(&web, &signed).await?;
    let (coded, _) = walk::coded(&fields);
    let flags = match around.walk(&fields).step.red_flags() {
        Some(RedFlags::Unknown) => "unknown",
        _ => "none",
    };
    let mut reach = count(&web, &signed, &coded, flags).await?;
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
    fields: Fields,
) -> Answer {
    let reach = count(&web, &signed, &ask::coded(&fields).0, "none").await?;
    if is_fragment(&headers) {
        return html(&ReachPart { reach });
    }
    html(&ask::page(&web, &signed, fields.again(Vec::new()), Some(reach)).await?)
}

/// Counts with what is typed so far; nothing while commune or profession is missing.
async fn count(web: &Web, signed: &Signed, fields: &Fields, flags: &str) -> Result<Reach, Fail> {
    let eye = eye(web, signed).await?;
    let department = department(&eye.directory, signed);
    let drafted = draft(fields, &eye.directory, department.as_deref(), flags);
    if drafted.errors.iter().any(|error| error.name == "commune")
        || fields.get("profession").is_empty()
    {
        return Ok(Reach::default());
    }
    let mut complete = preview_draft(drafted.draft);
    if complete.origin.is_none() && signed.actor().role != Role::Professional {
        complete.origin = Some(Origin::Patient.code().to_owned());
    }
    match web.app.preview(&signed.who(), complete).await {
        Ok(preview) => Ok(say(&eye, &preview)),
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

fn say(eye: &Eye, preview: &Preview) -> Reach {
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
    Reach {
        asked: Some(u32::try_from(asked).unwrap_or(u32::MAX)),
        sentence,
        left_out: match total {
            0 => String::new(),
            1 => format!("1 écarté\u{a0}: {}", list.join(", ")),
            many => format!("{many} écartés\u{a0}: {}", list.join(", ")),
        },
        warning,
        instead: if asked == 0 {
            vec![
                "une autre profession".to_owned(),
                "un délai plus long".to_owned(),
                "une téléconsultation".to_owned(),
            ]
        } else {
            Vec::new()
        },
        alike: Vec::new(),
    }
}
