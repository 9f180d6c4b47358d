//! What an actor may do with a request now, as forms: asked of `core::access`, never guessed.

use relais_app::text::labels;
use relais_app::text::when::When;
use relais_core::access::{self, Actor, Permission, Role};
use relais_core::people::Mode;
use relais_core::request::{Closure, Need, Phase, Request, Stage};

use super::case::windows;
use super::upper;
use crate::icon::Icon;
use crate::pages::hours;
use crate::parts::{Action, ActionField, Choice};

/// What this actor may do now: in the head of the page, and below.
pub(super) fn actions(
    actor: &Actor,
    request: &Request,
    identity: bool,
    accepter_gone: bool,
    when: &When<'_>,
) -> (Vec<Action>, Vec<Action>) {
    let at = format!("/demandes/{}", request.id);
    let may = |permission| access::may(actor, permission, request);
    let mut first = Vec::new();
    let mut acts = Vec::new();
    if identity {
        first.push(
            Action::button("identite", "Voir l’identité", format!("{at}/identite"))
                .icon(Icon::EyeBold)
                .hint("Qui, quand et pourquoi sont inscrits au journal."),
        );
    }
    if request.is_ended() {
        return (first, acts);
    }
    if accepter_gone && actor.is_desk_of(request.network) {
        first.push(
            Action::button(
                "rendre",
                "Chercher quelqu’un d’autre",
                format!("{at}/rendre"),
            )
            .with(vec![ActionField::Text(
                "reason",
                "Pourquoi".to_owned(),
                "Sans nom. Inscrit au journal.".to_owned(),
            )])
            .hint("Le professionnel n’a plus accès à ses patients. La demande repart sans lui.")
            .says("Chercher quelqu’un d’autre")
            .first(),
        );
    }
    if may(Permission::Change) {
        first.push(
            Action::button("annuler", "Annuler la demande", format!("{at}/annuler"))
                .with(vec![
                    ActionField::Select(
                        "who",
                        "Qui annule".to_owned(),
                        Choice::list(&[
                            ("patient", "Le patient"),
                            ("requester", "Le demandeur"),
                            ("operator", "Le réseau"),
                        ]),
                    ),
                    ActionField::Text(
                        "reason",
                        "Pourquoi".to_owned(),
                        "Sans nom. Inscrit au journal.".to_owned(),
                    ),
                ])
                .hint("Ceux qui ont été sollicités, et le patient, sont prévenus aussitôt.")
                .says("Annuler la demande"),
        );
    }
    if actor.role == Role::Regulator && matches!(request.phase, Phase::ToQualify { .. }) {
        first.push(Action::link(
            "qualifier",
            "Qualifier",
            format!("{}/{}", super::qualify::PAGE, request.id),
        ));
        first.push(
            Action::button("lancer", "Lancer la demande", format!("{at}/lancer"))
                .with(need_fields(request))
                .hint("Telle quelle, ou avec ce que vous changez ici.")
                .says("Lancer la demande")
                .first(),
        );
    }
    if may(Permission::Change) {
        acts.push(
            Action::button("modifier", "Modifier le besoin", format!("{at}/modifier"))
                .with(need_fields(request))
                .hint("Ceux à qui elle ne convient plus sont prévenus, les autres voient le changement.")
                .says("Modifier la demande"),
        );
    }
    if may(Permission::Steer) {
        steer(&at, request, &mut first, &mut acts);
    }
    if may(Permission::FollowUp) && matches!(request.phase, Phase::Engaged(_)) && !accepter_gone {
        acts.push(
            Action::button(
                "rendez-vous",
                "Fixer le rendez-vous",
                format!("{at}/rendez-vous"),
            )
            .icon(Icon::CalendarPlusBold)
            .with(vec![
                ActionField::Select("day", "Jour".to_owned(), hours::days(when)),
                ActionField::Time("time", "Heure".to_owned()),
            ])
            .hint("Le patient et le professionnel reçoivent l’heure.")
            .says("Donner rendez-vous"),
        );
    }
    if may(Permission::Handle) {
        acts.push(
            Action::button("telephone", "Corriger le téléphone", format!("{at}/telephone"))
                .icon(Icon::PhoneBold)
                .with(vec![
                    ActionField::Text(
                        "phone",
                        "Téléphone du patient".to_owned(),
                        "Vide\u{a0}: inchangé.".to_owned(),
                    ),
                    ActionField::Text(
                        "carer_phone",
                        "Second numéro".to_owned(),
                        "Proche, tuteur. Vide\u{a0}: inchangé.".to_owned(),
                    ),
                ])
                .hint("S’il y a de quoi, le bon numéro reçoit où en est la demande. Un lien envoyé à l’autre n’ouvre plus rien.")
                .says("Corriger le téléphone"),
        );
    }
    if may(Permission::FollowUp)
        && matches!(
            request.phase,
            Phase::Engaged(_) | Phase::Unfilled(_) | Phase::ToQualify { .. }
        )
    {
        acts.push(
            Action::button("clore", "Terminer", format!("{at}/clore"))
                .with(vec![ActionField::Select(
                    "outcome",
                    "Comment cela se termine".to_owned(),
                    outcomes(request),
                )])
                .says("Terminer la demande"),
        );
    }
    (first, acts)
}

/// What may be changed of a need without making it another request (R4.9).
fn need_fields(request: &Request) -> Vec<ActionField> {
    let now = request.need.within_hours.to_string();
    let mut delays = vec![Choice::new(
        "",
        format!("Dans les {now}\u{a0}h, comme demandé"),
    )];
    delays.extend(
        Need::DELAYS_HOURS
            .iter()
            .filter(|hours| **hours != request.need.within_hours)
            .map(|hours| Choice::new(hours.to_string(), format!("Dans les {hours}\u{a0}h"))),
    );
    let mut modes = vec![Choice::new(
        "",
        format!("{}, comme demandé", upper(labels::mode(request.need.mode))),
    )];
    modes.extend(
        Mode::ALL
            .iter()
            .filter(|mode| **mode != request.need.mode)
            .map(|mode| Choice::new(mode.code(), upper(labels::mode(*mode)))),
    );
    vec![
        ActionField::Select("within_hours", "À voir".to_owned(), delays),
        ActionField::Select("mode", "Lieu".to_owned(), modes),
        ActionField::Text(
            "comment",
            "Nouveau commentaire, sans nom".to_owned(),
            "Vide\u{a0}: inchangé.".to_owned(),
        ),
    ]
}

fn steer(at: &str, request: &Request, first: &mut Vec<Action>, acts: &mut Vec<Action>) {
    let running = matches!(request.phase, Phase::Asking(_));
    let unfilled = matches!(request.phase, Phase::Unfilled(_));
    let near = matches!(&request.phase, Phase::Asking(asking) if asking.stage != Stage::Neighbours);
    if near || unfilled {
        first
            .push(Action::button("elargir", "Élargir maintenant", format!("{at}/elargir")).first());
    }
    if unfilled {
        acts.push(
            Action::button("prendre", "Je m’en occupe", format!("{at}/prendre"))
                .icon(Icon::HandBold),
        );
    }
    if running {
        acts.push(
            Action::button("pause", "Mettre en pause", format!("{at}/pause")).icon(Icon::PauseBold),
        );
    }
    if matches!(request.phase, Phase::Paused(_)) {
        first.push(
            Action::button("reprendre", "Reprendre", format!("{at}/reprendre"))
                .icon(Icon::PlayBold)
                .first(),
        );
    }
    if running || unfilled {
        acts.push(
            Action::button("relancer", "Relancer", format!("{at}/relancer"))
                .icon(Icon::ArrowClockwiseBold)
                .with(vec![ActionField::Select("window_minutes", "Pour combien de temps".to_owned(), windows())])
                .hint("Une nouvelle fenêtre s’ouvre, tous sont sollicités de nouveau, sauf ceux qui ont passé.")
                .says("Relancer la demande"),
        );
    }
    acts.push(
        Action::button("note", "Ajouter une note", format!("{at}/note"))
            .with(vec![ActionField::Text(
                "text",
                "Note".to_owned(),
                "Sans nom.".to_owned(),
            )])
            .says("Ajouter la note"),
    );
}

/// The outcomes that fit the present state.
fn outcomes(request: &Request) -> Vec<Choice> {
    let engaged = matches!(request.phase, Phase::Engaged(_));
    let unfilled = matches!(request.phase, Phase::Unfilled(_));
    Closure::ALL
        .iter()
        .copied()
        .filter(|closure| match closure {
            Closure::NoTaker => unfilled,
            Closure::Seen
            | Closure::NoShow
            | Closure::NotAtHome
            | Closure::ProfessionalCancelled
            | Closure::SentToEmergency => engaged,
            _ => true,
        })
        .map(|closure| Choice::new(closure.code(), labels::closure(closure)))
        .collect()
}
