//! What the desk works with: the board, calls, what waits for a regulator, each request.

use axum::handler::Handler as _;

use crate::pages::{
    call, callbacks, calls, cooperation, desk_act, direct, fifteen, hand, known, late, launch,
    note, paper, photos, qualify, reach, request, requests, rights, suggest, thread, wishes,
};
use crate::right::Right;
use crate::routes::Routes;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
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
        .act("/demandes/{id}/rendre", Right::Desk, desk_act::give_back)
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
            desk_act::give_hour,
        )
        .act("/demandes/{id}/clore", Right::Desk, desk_act::close)
        .act("/demandes/{id}/note", Right::Desk, desk_act::note)
        .act(
            "/demandes/{id}/telephone",
            Right::Desk,
            desk_act::correct_phones,
        )
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
        .page(note::UNDELIVERED, Right::Overseer, note::undelivered)
        .act(note::LETTER_READ, Right::Overseer, note::letter_read)
        .page("/cooperation", Right::Overseer, cooperation::network)
}
