//! Pages that only say something: call the 15, phone us, your data, help, accessibility, a form that
//! is no longer there.

use super::Desk;
use crate::views::SayPage;

/// The page of a name, if it is one of these.
pub(super) fn page(desk: &Desk, name: &str) -> Option<SayPage> {
    Some(match name {
        "15" => fifteen(desk),
        "appeler" => phone(desk),
        "donnees" => data(desk),
        "aide" => help(desk),
        "accessibilite" => accessibility(desk),
        _ => return None,
    })
}

fn fifteen(desk: &Desk) -> SayPage {
    let number = desk.fifteen();
    let mut page = desk.say(&format!("Appelez le {number} maintenant"));
    page.fifteen = Some((
        "Un signe d’alerte est présent".to_owned(),
        "Dites où vous êtes et ce qui se passe. Restez auprès de la personne et ne raccrochez pas avant qu’on vous le dise.".to_owned(),
        number,
    ));
    page.more
        .push("Rien n’a été enregistré de vous, et personne d’autre n’a été prévenu.".to_owned());
    page.more
        .push("Personne sourde ou malentendante\u{a0}: envoyez un SMS au 114.".to_owned());
    page.links
        .push((desk.home(), "Revenir à la page précédente".to_owned()));
    page
}

fn phone(desk: &Desk) -> SayPage {
    let mut page = desk.say("Appelez-nous, sans attendre");
    let until = desk.until();
    if until.is_empty() {
        page.lines.push(format!(
            "Nous ne répondons pas en ce moment. Si vous hésitez, appelez le {}.",
            desk.fifteen()
        ));
    } else {
        page.lines.push(format!(
            "Un opérateur vous pose les questions et vous guide, {until}. Si personne ne répond, appelez le {}.",
            desk.fifteen()
        ));
        page.call = Some(desk.number());
    }
    page.fifteen = Some(desk.care());
    page.links
        .push((desk.home(), "Revenir à la page précédente".to_owned()));
    page
}

fn data(desk: &Desk) -> SayPage {
    let mut page = desk.say("Vos données");
    page.lines = [
        "Vos réponses servent à vous rappeler et à vous orienter. Seule l’équipe du service les lit, et chaque lecture est inscrite au journal.",
        "Tant que vous n’avez pas envoyé la demande, elles restent une heure sur notre serveur, chiffrées, puis elles sont effacées. Rien n’est gardé sur cet appareil, sauf un numéro tiré au hasard, effacé quand vous fermez le navigateur.",
        "Un professionnel ne voit votre nom qu’après avoir accepté de vous soigner.",
    ]
    .map(str::to_owned)
    .to_vec();
    page.more.push(format!(
        "Pour lire, corriger ou faire effacer ce qui vous concerne, et savoir qui l’a vu\u{a0}: {}, au {}.",
        desk.entry.network.name,
        desk.number().1
    ));
    page.links
        .push((desk.home(), "Revenir au début".to_owned()));
    page
}

fn help(desk: &Desk) -> SayPage {
    let mut page = desk.say("Aide");
    page.lines = [
        "Ce service trouve un professionnel de santé près de chez vous, dans les 48 heures, quand votre médecin ne peut pas vous recevoir.",
        "Vous répondez à huit questions, une par page. Un opérateur vous rappelle\u{a0}: c’est lui qui cherche, vous n’avez rien d’autre à faire. Le service ne donne pas de diagnostic.",
    ]
    .map(str::to_owned)
    .to_vec();
    let until = desk.until();
    if !until.is_empty() {
        page.lines.push(format!(
            "Vous préférez le téléphone\u{a0}? Nous répondons {until}."
        ));
        page.call = Some(desk.number());
    }
    page.links = vec![
        (
            format!("/horaires/{}", desk.word),
            "Nos horaires et les numéros de garde".to_owned(),
        ),
        (desk.home(), "Revenir au début".to_owned()),
    ];
    page
}

fn accessibility(desk: &Desk) -> SayPage {
    let mut page = desk.say("Accessibilité");
    page.lines = [
        "Ces pages sont faites pour être lues en grand, au clavier, sans script et avec une synthèse vocale. Des contrôles automatiques les vérifient à chaque version. Aucun organisme extérieur ne les a encore vérifiées.",
        "Si quelque chose vous bloque, appelez-nous\u{a0}: tout ce que fait ce formulaire se fait aussi par téléphone.",
    ]
    .map(str::to_owned)
    .to_vec();
    page.lines
        .push(format!("Notre numéro\u{a0}: {}.", desk.number().1));
    page.links
        .push((desk.home(), "Revenir au début".to_owned()));
    page
}

/// A form that is no longer there, or whose browser keeps no cookie. Whether it was sent is not known here: nothing is
/// claimed, neither that it arrived nor that it did not.
pub(super) fn lost(desk: &Desk) -> SayPage {
    let mut page = desk.say("Nous ne retrouvons pas votre demande");
    page.lines = vec![
        "Plus d’une heure a passé, ou votre navigateur refuse le numéro qui relie les pages entre elles.".to_owned(),
        format!(
            "Vous l’aviez envoyée, et nous vous avions promis un rappel\u{a0}? Elle est arrivée\u{a0}: ne la renvoyez pas. L’appel vient du {}.",
            desk.number().1
        ),
        "Vous ne l’aviez pas envoyée\u{a0}? Nous n’avons rien reçu\u{a0}: recommencez.".to_owned(),
    ];
    let until = desk.until();
    if !until.is_empty() {
        page.lines.push(format!(
            "Vous n’êtes pas sûr, ou personne ne vous a rappelé\u{a0}? Appelez-nous, {until}."
        ));
        page.call = Some(desk.number());
    }
    page.fifteen = Some(desk.care());
    page.links.push((desk.home(), "Recommencer".to_owned()));
    page
}
