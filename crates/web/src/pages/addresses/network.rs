//! What a coordinator runs: members, agreements, settings, protocols, and what they read of them.

use axum::handler::Handler as _;

use crate::pages::{
    applications, drill, federation, members, network, overrides, protocols, public, recovery,
    regulation, retention, roles, secretaries, service, visits, waves,
};
use crate::right::Right;
use crate::routes::Routes;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .page("/admin/etat", Right::Keeper, service::show)
        .page(public::desk::PAGE, Right::Keeper, public::desk::show)
        .act(public::desk::PAGE, Right::Keeper, public::desk::change)
        .page("/reglages/affiche", Right::Keeper, public::desk::poster)
        .page(
            "/reglages/affiche.pdf",
            Right::Keeper,
            public::desk::poster_pdf,
        )
        .page(recovery::PAGE, Right::Coordinator, recovery::show)
        .act(recovery::PAGE, Right::Coordinator, recovery::give)
        .page(members::PAGE, Right::Coordinator, members::list)
        .page(
            "/membres/sollicitations",
            Right::Coordinator,
            members::asked,
        )
        .page(
            "/membres/sollicitations.csv",
            Right::Coordinator,
            members::asked_file,
        )
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
            "/membres/{member}/secretariat",
            Right::Coordinator,
            secretaries::end,
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
        .page(waves::PAGE, Right::Coordinator, waves::show)
        .act(waves::PAGE, Right::Coordinator, waves::save)
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
}
