//! Every address of the pages, with who may open it. Owns no page.

use axum::handler::Handler as _;
use relais_app::accounts::psc::BACK;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use super::{
    activity, agenda, applications, ask, call, callbacks, calls, case, cooperation, demo, desk_act,
    direct, door, drill, federation, fifteen, hand, home, ins, keys, known, late, launch, members,
    mine, network, next, note, notifications, offers, overrides, paper, patients, photos,
    protocols, psc, public, qualify, reach, recovery, regulation, request, requests, retention,
    rights, roles, service, signatures, signup, slip, suggest, terms, thread, ticket, visits,
    wishes,
};
use crate::right::Right;
use crate::routes::Routes;

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
        .act(keys::DOOR, Right::Everyone, keys::door_open)
        .act("/connexion/cle/defi", Right::Everyone, keys::door_ask)
        .page(recovery::USE, Right::Everyone, recovery::door)
        .act(recovery::USE, Right::Everyone, recovery::recover)
        .page(keys::PAGE, Right::SignedIn, keys::show)
        .act(keys::PAGE, Right::SignedIn, keys::add)
        .act("/mes-cles/defi", Right::SignedIn, keys::ask)
        .act("/mes-cles/nom", Right::SignedIn, keys::rename)
        .act("/mes-cles/retirer", Right::SignedIn, keys::end)
        .act("/mes-cles/mot-de-passe", Right::SignedIn, keys::password)
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
        .act(keys::JOIN, Right::Everyone, keys::join)
        .act("/inscription/cle/defi", Right::Everyone, keys::join_ask)
        .page(signup::STATE, Right::Everyone, signup::state)
        .act(
            signup::CARD,
            Right::Everyone,
            signup::card.layer(crate::upload::room_for_one()),
        )
        .act("/inscription/recommencer", Right::Everyone, signup::again)
        .page(recovery::PAGE, Right::Coordinator, recovery::show)
        .act(recovery::PAGE, Right::Coordinator, recovery::give)
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
        .page(
            "/membres/{member}/autorisation",
            Right::Coordinator,
            members::approval,
        )
        .act(
            "/membres/{member}/autorisation",
            Right::Coordinator,
            members::approve.layer(crate::upload::room_for_one()),
        )
        .act(
            "/membres/{member}/roles",
            Right::Coordinator,
            members::roles,
        )
        .page(roles::TEAM, Right::Coordinator, roles::team)
        .act(roles::TEAM, Right::Coordinator, roles::change_team)
        .page(roles::MINE, Right::SignedIn, roles::mine)
        .act(roles::MINE, Right::SignedIn, roles::wear)
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
        .page(
            "/candidatures/{application}/carte",
            Right::Coordinator,
            applications::card,
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
        .act("/demandes/chercher", Right::Overseer, requests::search)
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
        .page("/prises/{id}/identite", Right::Professional, ins::show)
        .act("/prises/{id}/identite", Right::Professional, ins::say)
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
