//! The patients a professional took on. A list: no name in it (R6).

use axum::extract::{Query, State};

use super::secretaries::in_name;
use super::{Told, eye};
use crate::fail::{Answer, html};
use crate::gate::Signed;
use crate::icon::Icon;
use crate::parts::{Glyph, PhoneTab, Tone};
use crate::show;
use crate::views::{OfferItem, PatientsPage};
use crate::web::Web;

/// Most patients of one list.
const MOST: u32 = 40;

/// `GET /prises`
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let eye = eye(&web, &signed).await?;
    let reads = web.app.taken(&signed.who(), MOST).await?;
    let mut open = Vec::new();
    let mut past = Vec::new();
    for read in &reads {
        let request = &read.stored.request;
        let item = OfferItem {
            href: Some(format!("/prises/{}", request.id)),
            glyph: Glyph {
                tone: Tone::Taken,
                icon: Icon::CheckCircle,
            },
            title: format!(
                "{} à {}",
                show::care(&request.need),
                show::commune(request.patient.commune)
            ),
            left: String::new(),
            until_ms: None,
            facts: format!(
                "{}, {}. {}",
                show::whom(&request.patient),
                show::motives(&request.need),
                show::agreed(&eye, request)
            ),
        };
        if request.is_ended() {
            past.push(item);
        } else {
            open.push(item);
        }
    }
    past.truncate(20);
    let phone = show::phone(&web, &eye, "Mes patients", PhoneTab::Patients).toast(told.sentence());
    let phone = in_name(&eye, &signed, phone);
    html(&PatientsPage { phone, open, past })
}
