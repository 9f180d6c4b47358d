//! The pages of people: one file per place of the screens. Owns what each form does and where it
//! leads; every act and every read is a use case of the application.

pub(crate) mod activity;
pub(crate) mod agenda;
pub(crate) mod applications;
pub(crate) mod ask;
pub(crate) mod away;
pub(crate) mod call;
pub(crate) mod callbacks;
pub(crate) mod calls;
pub(crate) mod case;
pub(crate) mod cooperation;
pub(crate) mod demo;
pub(crate) mod desk_act;
pub(crate) mod direct;
pub(crate) mod door;
pub(crate) mod drill;
mod example;
pub(crate) mod federation;
pub(crate) mod fifteen;
pub(crate) mod hand;
pub(crate) mod home;
pub(crate) mod known;
pub(crate) mod late;
pub(crate) mod launch;
pub(crate) mod members;
pub(crate) mod mine;
pub(crate) mod network;
mod next;
pub(crate) mod note;
pub(crate) mod notifications;
pub(crate) mod offers;
pub(crate) mod overrides;
pub(crate) mod paper;
pub(crate) mod patients;
pub(crate) mod person;
pub(crate) mod photos;
mod practice;
pub(crate) mod protocols;
pub(crate) mod psc;
pub(crate) mod public;
pub(crate) mod qualify;
pub(crate) mod reach;
pub(crate) mod regulation;
pub(crate) mod request;
pub(crate) mod requests;
pub(crate) mod retention;
pub(crate) mod rights;
pub(crate) mod service;
pub(crate) mod severity;
pub(crate) mod signatures;
pub(crate) mod signup;
pub(crate) mod slip;
pub(crate) mod suggest;
pub(crate) mod terms;
pub(crate) mod thread;
pub(crate) mod ticket;
pub(crate) mod visits;
mod wishes;

use std::sync::Arc;

use axum::handler::Handler as _;
use relais_app::accounts::psc::BACK;
use relais_app::error::AppError;
use relais_core::access::Role;
use relais_core::ids::{OfferId, RequestId};
use serde::Deserialize;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use crate::fail::Fail;
use crate::gate::Signed;
use crate::parts::Toast;
use crate::right::Right;
use crate::routes::Routes;
use crate::show::Eye;
use crate::web::Web;

/// What is needed to say anything to somebody.
pub(crate) async fn eye(web: &Web, signed: &Signed) -> Result<Eye, Fail> {
    let directory = web.app.directory().await?;
    let zone = directory.network(signed.actor().network).map_or_else(
        |_| Arc::clone(&web.zone),
        |entry| Arc::new(entry.calendar.zone.clone()),
    );
    Ok(Eye {
        now: web.now(),
        zone,
        directory,
    })
}

/// An id in an address: what is none leads nowhere.
pub(crate) fn request_id(text: &str) -> Result<RequestId, Fail> {
    text.parse().map_err(|_| Fail(AppError::NotFound))
}

/// The same for an offer.
pub(crate) fn offer_id(text: &str) -> Result<OfferId, Fail> {
    text.parse().map_err(|_| Fail(AppError::NotFound))
}

/// What a page may be told in its address: a word of ours, never free text.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Told {
    /// What just happened.
    #[serde(default)]
    dit: String,
    /// A guided call of the demonstration to fill the form with.
    #[serde(default)]
    exemple: String,
    /// The practice call of the demonstration that was just played.
    #[serde(default)]
    essai: String,
}

impl Told {
    /// The sentence of what just happened.
    pub(crate) fn sentence(&self) -> Option<&'static str> {
        Some(match self.dit.as_str() {
            "lancee" => "Demande lancée.",
            "deja-lancee" => "Cette demande était déjà lancée\u{a0}: la voici.",
            "a-qualifier" => "Demande confiée au médecin régulateur.",
            "doublon" => {
                "Demande lancée. Attention\u{a0}: la même personne a une autre demande ouverte ou récente."
            }
            "garde" => "Vous êtes de garde.",
            "garde-finie" => "Vous n’êtes plus de garde.",
            "plus-personne" => {
                "Vous n’êtes plus de garde, et personne d’autre ne l’est\u{a0}: transférez au 15 les demandes qui attendent."
            }
            "deja-prise" => "Un confrère l’a prise avant vous.",
            "remise" => "La demande est remise dans la file.",
            "conseil" => "Conseil noté. La demande est close.",
            "transferee" => "Transfert au 15 inscrit. L’appel est clos.",
            "appel" => "Appel noté.",
            "attente" => "Appel mis en attente. Il est dans «\u{a0}À qualifier\u{a0}».",
            "passe-outre" => {
                "Motif inscrit au journal. Le médecin régulateur décide\u{a0}: complétez la fiche et demandez son avis."
            }
            "defaite" => {
                "Demande annulée. Ceux qui l’avaient reçue voient «\u{a0}retirée\u{a0}». Voici l’appel."
            }
            "apres-coup" => "Appel saisi après coup.",
            "demande-apres-coup" => "Demande saisie après coup, avec ses heures vraies.",
            "annulee" => "Demande annulée. Tout le monde est prévenu.",
            "modifiee" => "Demande modifiée. Ceux qui la voient le savent.",
            "pause" => "Demande en pause. Les délais sont décalés d’autant.",
            "reprise" => "Demande reprise.",
            "relancee" => "Demande relancée.",
            "elargie" => "Demande élargie.",
            "prise" => "Cette demande est à vous.",
            "close" => "Demande terminée.",
            "close-suite" => {
                "Demande terminée, la suite est lancée. Suivez-la dans «\u{a0}Mes demandes\u{a0}»."
            }
            "suite" => "La suite est lancée. Suivez-la dans «\u{a0}Mes demandes\u{a0}».",
            "close-note" => "Demande terminée, note validée.",
            "rendez-vous" => "Rendez-vous donné. Le patient est prévenu.",
            "note" => "Note ajoutée.",
            "essai-note" => "C’est noté.",
            "choix" => "Choix du patient inscrits. Ils valent dès le prochain message.",
            "photos" => "Photos ajoutées.",
            "protocole" => "Prise en charge sous protocole inscrite. Aucune demande n’est lancée.",
            "protocole-declare" => "Protocole déclaré.",
            "protocole-fini" => "Protocole terminé.",
            "fiche-signee" => "Fiche signée. La coordination la met en vigueur.",
            "fiche-refusee" => "Réponse envoyée à la coordination.",
            "rattachee" => "Appel terminé comme doublon. La demande continue.",
            "passe" => "C’est noté, vous passez. Sans motif, c’est votre droit.",
            "plus-rien" => "Plus rien aujourd’hui. Bonne soirée.",
            "desiste" => "Vous vous êtes désisté. La demande repart vers vos confrères.",
            "acceptee" => "C’est à vous.",
            "reglages" => "Réglages enregistrés.",
            "disponible" => "Vous êtes de nouveau disponible.",
            "indisponible" => "Vous êtes indisponible.",
            "quota" => "C’est noté.",
            "abonne" => "Notifications activées. Envoyez un essai pour en être sûr.",
            "essai" => "Essai envoyé\u{a0}: il s’affiche d’ici quelques secondes.",
            "retire" => "Appareil retiré.",
            "accord-propose" => "Accord proposé. Son coordinateur doit l’accepter.",
            "accord-accepte" => "Accord en vigueur.",
            "accord-fini" => "Accord terminé.",
            "essai-parti" => "Essai envoyé. Les accusés arrivent dans la demi-heure.",
            "essai-prevenus" => "Écrit à ceux qui ont un autre moyen d’être joints.",
            "membre-suspendu" => "Adhésion suspendue. La personne est prévenue.",
            "membre-retabli" => "Adhésion rétablie. La personne est prévenue.",
            "membre-exercice" => "Exercice enregistré. La personne est prévenue.",
            "membre-remplace" => "Remplacement noté. Les deux personnes sont prévenues.",
            "membre-remplace-fin" => "Remplacement terminé.",
            "membre-lieux" => "Lieux enregistrés.",
            "membre-parti" => "Adhésion terminée. La personne est prévenue.",
            "candidature-acceptee" => "Adhésion acceptée. La personne est prévenue.",
            "candidature-refusee" => "Demande refusée. La personne est prévenue, avec la raison.",
            _ => return None,
        })
    }

    /// Whether a request was just launched.
    pub(crate) fn just_launched(&self) -> bool {
        matches!(self.dit.as_str(), "lancee" | "a-qualifier" | "doublon")
    }

    /// The toast of what just happened.
    pub(crate) fn toast(&self) -> Option<Toast> {
        self.sentence().map(|text| Toast {
            text: text.to_owned(),
            link: None,
            undo: None,
        })
    }
}

/// Whether a request for a page wants only its moving part.
pub(crate) fn is_fragment(headers: &http::HeaderMap) -> bool {
    headers.contains_key("x-fragment")
}

/// Where somebody starts.
pub(crate) const fn home_of(role: Role) -> &'static str {
    match role {
        Role::Operator | Role::Regulator | Role::Coordinator => "/direct",
        Role::Professional => "/offres",
        Role::Administrator => crate::show::service::PAGE,
        Role::Auditor => "/mon-compte",
        Role::Partner => "/api/docs",
    }
}

/// The addresses of the pages.
pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .page("/", Right::Everyone, home::home)
        .page("/mon-compte", Right::SignedIn, home::account)
        .page("/code-source", Right::Everyone, home::source)
        .page("/admin/etat", Right::Keeper, service::show)
        .page("/demo", Right::Demonstration, demo::home)
        .page("/demo/phones", Right::Demonstration, demo::phones)
        .page("/demo/entrer/{login}", Right::Demonstration, demo::enter)
        .act("/demo/entrer/{login}", Right::Demonstration, demo::enter)
        .page("/demo/galerie", Right::Demonstration, crate::gallery::index)
        .page(
            "/demo/galerie/{page}/{sample}",
            Right::Demonstration,
            crate::gallery::show,
        )
        .page(
            "/assets/{hash}/{*name}",
            Right::Everyone,
            crate::assets::serve
                .layer(CompressionLayer::new().quality(CompressionLevel::Precise(9))),
        )
        .page("/sw.js", Right::Everyone, crate::assets::service_worker)
        .page("/app.webmanifest", Right::Everyone, crate::assets::manifest)
        .page("/n/{network}", Right::Everyone, public::home)
        .act("/n/{network}", Right::Everyone, public::begin)
        .page("/n/{network}/{question}", Right::Everyone, public::show)
        .act("/n/{network}/{question}", Right::Everyone, public::answer)
        .page("/horaires/{network}", Right::Everyone, public::hours_show)
        .act("/horaires/{network}", Right::Everyone, public::hours_ask)
        .page("/horaires/{network}/voix", Right::Everyone, public::voice)
        .page(
            "/horaires/{network}/{insee}",
            Right::Everyone,
            public::hours_of,
        )
        .page(public::desk::PAGE, Right::Keeper, public::desk::show)
        .act(public::desk::PAGE, Right::Keeper, public::desk::change)
        .page("/reglages/affiche", Right::Keeper, public::desk::poster)
        .page(
            "/reglages/affiche.pdf",
            Right::Keeper,
            public::desk::poster_pdf,
        )
        .page("/p/{secret}", Right::Everyone, ticket::show)
        .page("/p/{secret}/rendez-vous.ics", Right::Everyone, ticket::ics)
        .act("/p/{secret}/annuler", Right::Everyone, ticket::cancel)
        .act("/p/{secret}/retard", Right::Everyone, ticket::late)
        .act("/p/{secret}/recu", Right::Everyone, ticket::received)
        .act("/p/{secret}/choix", Right::Everyone, ticket::wishes)
        .page("/connexion", Right::Everyone, door::show)
        .act("/connexion", Right::Everyone, door::open)
        .act("/deconnexion", Right::SignedIn, door::close)
        .page(psc::PAGE, Right::Everyone, psc::sign_in)
        .page(BACK, Right::Everyone, psc::back)
        .page(psc::END, Right::Everyone, psc::end)
        .page(psc::PROVE, Right::Everyone, psc::prove)
        .act(signup::ACTIVITY, Right::Everyone, signup::activity)
        .page(signup::PAGE, Right::Everyone, signup::show)
        .act(signup::PAGE, Right::Everyone, signup::begin)
        .page(signup::NETWORK, Right::Everyone, signup::network)
        .act(signup::NETWORK, Right::Everyone, signup::choose)
        .page(signup::CODES, Right::Everyone, signup::codes)
        .act(signup::CODES, Right::Everyone, signup::prove)
        .page(signup::KEY, Right::Everyone, signup::key)
        .act(signup::KEY, Right::Everyone, signup::lock)
        .page(signup::STATE, Right::Everyone, signup::state)
        .act("/inscription/recommencer", Right::Everyone, signup::again)
        .page(members::PAGE, Right::Coordinator, members::list)
        .page("/membres/{member}", Right::Coordinator, members::show)
        .act("/membres/{member}", Right::Coordinator, members::change)
        .act(
            "/membres/{member}/exercice",
            Right::Coordinator,
            members::practise,
        )
        .act(
            "/membres/{member}/lieux",
            Right::Coordinator,
            members::places,
        )
        .act(
            "/membres/{member}/remplacement",
            Right::Coordinator,
            members::replace,
        )
        .act(
            "/membres/{member}/remplacement/fin",
            Right::Coordinator,
            members::replaced,
        )
        .page(drill::PAGE, Right::Coordinator, drill::show_page)
        .act(drill::PAGE, Right::Coordinator, drill::act)
        .page(federation::PAGE, Right::Coordinator, federation::show)
        .act(federation::PAGE, Right::Coordinator, federation::act)
        .page(applications::PAGE, Right::Coordinator, applications::list)
        .page(
            "/candidatures/{application}",
            Right::Coordinator,
            applications::show,
        )
        .act(
            "/candidatures/{application}",
            Right::Coordinator,
            applications::decide,
        )
        .stream("/flux", Right::SignedIn, crate::stream::flux)
        .part("/communes", Right::SignedIn, suggest::communes)
        .part("/professionnels", Right::Raiser, suggest::professionals)
        .part("/motifs", Right::Raiser, suggest::motives)
        .page("/direct", Right::Overseer, direct::show)
        .act(
            "/direct",
            Right::Desk,
            launch::launch.layer(crate::upload::room()),
        )
        .part("/direct/tableau", Right::Overseer, direct::board)
        .act("/direct/portee", Right::Desk, reach::desk)
        .act("/direct/patients", Right::Desk, known::look_up)
        .act("/direct/doublon", Right::Desk, known::merge)
        .act("/direct/reprendre-saisie", Right::Desk, known::back)
        .act("/direct/suite", Right::Desk, call::next)
        .act("/direct/garder", Right::Desk, call::save)
        .act("/direct/attente", Right::Desk, call::hold)
        .act("/direct/suivant", Right::Desk, call::next_call)
        .act("/direct/reprendre/{id}", Right::Desk, call::take)
        .page("/direct/15", Right::Desk, fifteen::show)
        .act("/direct/alerte", Right::Desk, fifteen::flagged)
        .act("/direct/transfert", Right::Desk, fifteen::done)
        .act("/direct/passer-outre", Right::Desk, fifteen::mistaken)
        .act("/direct/appel", Right::Desk, launch::note_call)
        .page("/coup-de-main", Right::Overseer, hand::show)
        .part("/coup-de-main/liste", Right::Overseer, hand::part)
        .page(callbacks::PAGE, Right::Overseer, callbacks::list)
        .page("/a-rappeler/{task}", Right::Desk, callbacks::show)
        .act("/a-rappeler/{task}", Right::Desk, callbacks::end)
        .page("/appels", Right::Log, calls::show)
        .page("/appels.csv", Right::Overseer, calls::export)
        .page(late::PAGE, Right::Desk, late::show)
        .act(late::PAGE, Right::Desk, late::enter)
        .page("/a-qualifier", Right::Regulator, qualify::queue)
        .part("/a-qualifier/liste", Right::Regulator, qualify::part)
        .page("/a-qualifier/{id}", Right::Regulator, qualify::case)
        .act(
            "/a-qualifier/{id}/identite",
            Right::Regulator,
            qualify::identity,
        )
        .act("/a-qualifier/{id}/prendre", Right::Regulator, qualify::take)
        .act(
            "/a-qualifier/{id}/rendre",
            Right::Regulator,
            qualify::put_back,
        )
        .act("/a-qualifier/{id}/changer", Right::Regulator, qualify::edit)
        .act(
            "/a-qualifier/{id}/conseil",
            Right::Regulator,
            qualify::advise,
        )
        .act(
            "/a-qualifier/{id}/lancer",
            Right::Regulator,
            qualify::launch,
        )
        .act("/garde", Right::Regulator, qualify::duty)
        .page(crate::show::network::PAGE, Right::Keeper, network::show)
        .page("/derogations", Right::Reviewer, overrides::show)
        .page("/reglages/regulation", Right::Coordinator, regulation::show)
        .act("/reglages/regulation", Right::Coordinator, regulation::save)
        .page(visits::LISTS, Right::Overseer, visits::lists)
        .page(
            "/rendez-vous/medecin-traitant",
            Right::Coordinator,
            visits::seekers,
        )
        .page(
            "/rendez-vous/medecin-traitant.csv",
            Right::Coordinator,
            visits::seekers_csv,
        )
        .page(visits::PAGE, Right::Coordinator, visits::show)
        .act(visits::PAGE, Right::Coordinator, visits::save)
        .page(retention::PAGE, Right::Coordinator, retention::show)
        .act(retention::PAGE, Right::Coordinator, retention::save)
        .page(
            "/reglages/conservation.csv",
            Right::Coordinator,
            retention::file,
        )
        .page("/protocoles", Right::Overseer, protocols::list)
        .act("/protocoles", Right::Coordinator, protocols::create)
        .page(
            "/protocoles/importer",
            Right::Coordinator,
            protocols::bring_page,
        )
        .act(
            "/protocoles/importer",
            Right::Coordinator,
            protocols::bring.layer(protocols::room()),
        )
        .page("/protocoles/fichier.json", Right::Overseer, protocols::file)
        .part(
            "/protocoles/signataires",
            Right::Coordinator,
            protocols::signatories,
        )
        .page(
            "/protocoles/imprimer",
            Right::Overseer,
            protocols::print_all,
        )
        .page("/protocoles/{code}", Right::Overseer, protocols::read)
        .page(
            "/protocoles/{code}/imprimer",
            Right::Overseer,
            protocols::print_one,
        )
        .page("/protocoles/{code}/essai", Right::Overseer, protocols::walk)
        .act(
            "/protocoles/{code}/preparer",
            Right::Coordinator,
            protocols::draft,
        )
        .page(
            "/protocoles/{code}/modifier",
            Right::Coordinator,
            protocols::edit,
        )
        .act(
            "/protocoles/{code}/modifier",
            Right::Coordinator,
            protocols::change,
        )
        .act(
            "/protocoles/{code}/relire",
            Right::Reviewer,
            protocols::review,
        )
        .act(
            "/protocoles/{code}/reprendre",
            Right::Coordinator,
            protocols::reopen,
        )
        .page(
            "/protocoles/{code}/signer",
            Right::Coordinator,
            protocols::sign_page,
        )
        .act(
            "/protocoles/{code}/signer",
            Right::Coordinator,
            protocols::ask,
        )
        .act(
            "/protocoles/{code}/vigueur",
            Right::Coordinator,
            protocols::enforce,
        )
        .act(
            "/protocoles/{code}/retirer",
            Right::Coordinator,
            protocols::retire,
        )
        .page("/demandes", Right::Overseer, requests::show)
        .page(paper::PAGE, Right::Overseer, paper::show)
        .act(paper::PAGE, Right::Desk, paper::with_numbers)
        .page("/demandes/{id}", Right::Overseer, request::show)
        .part("/demandes/{id}/suivi", Right::Overseer, request::part)
        .page("/demandes/{id}/photos/{n}", Right::Desk, photos::show)
        .act(
            "/demandes/{id}/photos",
            Right::Desk,
            photos::add.layer(crate::upload::room()),
        )
        .act("/demandes/{id}/identite", Right::Desk, request::identity)
        .page("/demandes/{id}/15", Right::Desk, fifteen::show_for)
        .act("/demandes/{id}/15", Right::Desk, fifteen::done_for)
        .act("/demandes/{id}/lancer", Right::Regulator, desk_act::qualify)
        .act("/demandes/{id}/defaire", Right::Desk, call::undo)
        .act("/demandes/{id}/modifier", Right::Desk, desk_act::edit)
        .act("/demandes/{id}/annuler", Right::Desk, desk_act::cancel)
        .act("/demandes/{id}/pause", Right::Desk, desk_act::pause)
        .act("/demandes/{id}/reprendre", Right::Desk, desk_act::resume)
        .act("/demandes/{id}/relancer", Right::Desk, desk_act::relaunch)
        .act("/demandes/{id}/elargir", Right::Desk, desk_act::widen)
        .act(
            "/demandes/{id}/teleconsultation",
            Right::Desk,
            desk_act::remote,
        )
        .act(
            "/demandes/{id}/autre-profession",
            Right::Desk,
            desk_act::other_profession,
        )
        .act("/demandes/{id}/prendre", Right::Desk, desk_act::take)
        .act(
            "/demandes/{id}/rendez-vous",
            Right::Desk,
            desk_act::appointment,
        )
        .act("/demandes/{id}/clore", Right::Desk, desk_act::close)
        .act("/demandes/{id}/note", Right::Desk, desk_act::note)
        .act("/demandes/{id}/choix", Right::Desk, wishes::set)
        .act(
            "/demandes/{id}/note-renvoyer",
            Right::Desk,
            note::resend_by_desk,
        )
        .page(
            "/demandes/{id}/consultations",
            Right::Coordinator,
            rights::show,
        )
        .page(
            "/demandes/{id}/consultations.csv",
            Right::Coordinator,
            rights::file,
        )
        .page("/demandes/{id}/fil", Right::Desk, thread::desk)
        .act(
            "/demandes/{id}/fil",
            Right::Desk,
            thread::write_desk.layer(crate::upload::room()),
        )
        .page("/demandes/{id}/fil.txt", Right::Desk, thread::file_desk)
        .page(
            "/demandes/{id}/fil/{message}/photos/{n}",
            Right::Desk,
            thread::photo,
        )
        .page("/fils/{id}", Right::Professional, thread::phone)
        .act(
            "/fils/{id}",
            Right::Professional,
            thread::write_phone.layer(crate::upload::room()),
        )
        .page(
            "/fils/{id}/fil.txt",
            Right::Professional,
            thread::file_phone,
        )
        .page(
            "/fils/{id}/{message}/photos/{n}",
            Right::Professional,
            thread::photo,
        )
        .page("/offres", Right::Professional, offers::list)
        .part("/offres/liste", Right::Professional, offers::part)
        .page("/offres/{id}", Right::Professional, offers::show)
        .act("/offres/{id}", Right::Professional, offers::answer)
        .page(
            "/offres/{id}/photos/{n}",
            Right::Professional,
            photos::show_offered,
        )
        .page("/prises", Right::Professional, patients::list)
        .page("/prises/{id}", Right::Professional, case::show)
        .page("/prises/{id}/photos/{n}", Right::Professional, photos::show)
        .act(
            "/prises/{id}/rendez-vous",
            Right::Professional,
            case::appointment,
        )
        .act(
            "/prises/{id}/desistement",
            Right::Professional,
            case::release,
        )
        .page("/prises/{id}/cloture", Right::Professional, case::closing)
        .act("/prises/{id}/cloture", Right::Professional, case::close)
        .page("/prises/{id}/suite", Right::Professional, next::show)
        .act("/prises/{id}/suite", Right::Professional, next::ask)
        .page("/prises/{id}/note", Right::Professional, note::show)
        .act("/prises/{id}/note", Right::Professional, note::sign)
        .page("/prises/{id}/note.pdf", Right::Professional, note::pdf)
        .act(
            "/prises/{id}/note/accord-repris",
            Right::Professional,
            note::withdraw,
        )
        .act(
            "/prises/{id}/note/renvoyer",
            Right::Professional,
            note::resend,
        )
        .page("/syntheses/{id}", Right::Professional, note::read)
        .page(note::UNDELIVERED, Right::Overseer, note::undelivered)
        .act(note::LETTER_READ, Right::Overseer, note::letter_read)
        .page("/activite", Right::Professional, activity::show)
        .act("/activite", Right::Professional, activity::change)
        .page("/activite/reglages", Right::Professional, terms::show)
        .act("/activite/reglages", Right::Professional, terms::save)
        .page(agenda::PAGE, Right::Professional, agenda::show)
        .act(agenda::PAGE, Right::Professional, agenda::change)
        .page("/agenda/{secret}", Right::Everyone, agenda::feed)
        .page(
            "/activite/protocoles",
            Right::Professional,
            cooperation::mine,
        )
        .act(
            "/activite/protocoles",
            Right::Professional,
            cooperation::change,
        )
        .page(signatures::PAGE, Right::Professional, signatures::list)
        .page(
            "/signatures/{join}/{sheet}/{version}",
            Right::Professional,
            signatures::show,
        )
        .act(
            "/signatures/{join}/{sheet}/{version}",
            Right::Professional,
            signatures::act,
        )
        .page("/cooperation", Right::Overseer, cooperation::network)
        .page(
            notifications::PAGE,
            Right::Professional,
            notifications::show,
        )
        .act(
            notifications::PAGE,
            Right::Professional,
            notifications::subscribe,
        )
        .act(
            "/notifications/essai",
            Right::Professional,
            notifications::trial,
        )
        .act(
            "/notifications/retirer",
            Right::Professional,
            notifications::forget,
        )
        .act(
            "/notifications/recue",
            Right::Professional,
            notifications::shown,
        )
        .page("/demander", Right::Professional, ask::show)
        .act(
            "/demander",
            Right::Professional,
            ask::launch.layer(crate::upload::room()),
        )
        .act("/demander/portee", Right::Professional, reach::phone)
        .act("/demander/fiche", Right::Professional, ask::sheet)
        .act("/demander/15", Right::Professional, ask::transferred)
        .act(
            "/demander/passer-outre",
            Right::Professional,
            ask::passed_over,
        )
        .act(
            "/demander/prise-en-charge",
            Right::Professional,
            ask::took_charge,
        )
        .page("/mes-demandes/{id}/fiche", Right::Professional, slip::show)
        .page("/mes-demandes", Right::Professional, mine::list)
        .page("/mes-demandes/{id}", Right::Professional, mine::show)
        .page(
            "/mes-demandes/{id}/photos/{n}",
            Right::Professional,
            photos::show,
        )
        .act(
            "/mes-demandes/{id}/photos",
            Right::Professional,
            photos::add_mine.layer(crate::upload::room()),
        )
        .part("/mes-demandes/{id}/suivi", Right::Professional, mine::part)
        .act(
            "/mes-demandes/{id}/relancer",
            Right::Professional,
            mine::relaunch,
        )
        .act(
            "/mes-demandes/{id}/annuler",
            Right::Professional,
            mine::cancel,
        )
}
