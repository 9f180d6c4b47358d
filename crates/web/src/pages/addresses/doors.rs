//! The ways in: the home page, the demonstration, the public form, the patient's own page, signing in and signing up.

use axum::handler::Handler as _;
use relais_app::accounts::psc::BACK;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use crate::pages::{demo, door, home, invitation, keys, psc, public, recovery, signup, ticket};
use crate::right::Right;
use crate::routes::Routes;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .page("/", Right::Everyone, home::home)
        .page("/mon-compte", Right::SignedIn, home::account)
        .page("/code-source", Right::Everyone, home::source)
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
        .page(invitation::PAGE, Right::Everyone, invitation::show)
        .act(invitation::PAGE, Right::Everyone, invitation::password)
        .act(invitation::ASK, Right::Everyone, invitation::ask)
        .act(invitation::KEY, Right::Everyone, invitation::key)
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
}
