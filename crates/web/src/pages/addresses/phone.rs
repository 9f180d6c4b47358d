//! What a professional opens on a phone: what is offered to them, their patients, their activity, what they ask.

use axum::handler::Handler as _;

use crate::pages::{
    activity, agenda, ask, case, closing, cooperation, ins, left_out, mine, next, note,
    notifications, offers, patients, photos, reach, secretaries, signatures, slip, terms, thread,
};
use crate::right::Right;
use crate::routes::Routes;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
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
        .page("/offres", Right::Answerer, offers::list)
        .part("/offres/liste", Right::Answerer, offers::part)
        .page("/offres/{id}", Right::Answerer, offers::show)
        .act("/offres/{id}", Right::Answerer, offers::answer)
        .page(
            "/offres/{id}/photos/{n}",
            Right::Answerer,
            photos::show_offered,
        )
        .page("/prises", Right::Answerer, patients::list)
        .page("/prises/{id}", Right::Answerer, case::show)
        .page("/prises/{id}/photos/{n}", Right::Answerer, photos::show)
        .act("/prises/{id}/rendez-vous", Right::Answerer, case::give_hour)
        .act("/prises/{id}/desistement", Right::Answerer, case::release)
        .page("/prises/{id}/cloture", Right::Professional, closing::form)
        .act("/prises/{id}/cloture", Right::Professional, closing::close)
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
        .page("/activite", Right::Answerer, activity::show)
        .act("/activite", Right::Answerer, activity::change)
        .page("/activite/reglages", Right::Professional, terms::show)
        .act("/activite/reglages", Right::Professional, terms::save)
        .page(left_out::PAGE, Right::Professional, left_out::show)
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
            "/notifications/resume",
            Right::Professional,
            notifications::digest,
        )
        .act(
            "/notifications/recue",
            Right::Professional,
            notifications::shown,
        )
        .page(secretaries::MINE, Right::Professional, secretaries::mine)
        .act(secretaries::MINE, Right::Professional, secretaries::change)
        .page(secretaries::WHOM, Right::Secretary, secretaries::whom)
        .act(secretaries::WHOM, Right::Secretary, secretaries::choose)
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
