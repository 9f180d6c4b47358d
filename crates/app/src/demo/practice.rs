//! The six practice calls: what an operator who has never seen the page hears, and what she should
//! end with. Only a script to read beside the real page; nothing is filled in for her, and nothing
//! is raised until she does it. Owns who calls and what they say; pure, from the world alone.

use jiff::civil::Date;
use relais_core::request::{Sex, Status, UsualDoctor};

use super::stories::Story;
use super::world::{DemoPatient, DemoWorld};

/// One call to play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PracticeCall {
    /// The word that names it in an address.
    pub name: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// Index of the patient; nobody else of the demonstration needs them.
    pub patient: usize,
    /// Whether they are known from an earlier request, so that the number alone finds them.
    pub known: bool,
    /// Where they are, when it is not where they live: a commune as typed.
    pub elsewhere: Option<&'static str>,
    /// What they say, in their words.
    pub says: &'static str,
    /// What they answer to the questions read to them.
    pub answers: &'static str,
    /// How one knows that it was done well.
    pub done_when: &'static str,
}

/// The motive all may call for: one word, whatever the sex and the age.
const EAR: &str = "« J’ai mal à l’oreille depuis hier. Je peux me déplacer. »";
const NOTHING: &str = "Non à toutes les questions.";

/// The six calls of the first network, in the order they are played. Fewer when the world has
/// nobody for one of them.
pub fn practice(world: &DemoWorld) -> Vec<PracticeCall> {
    let today = world
        .start
        .timestamp()
        .to_zoned(super::start::zone())
        .date();
    let over = |story: &Story| [Status::Closed, Status::Cancelled].contains(&story.ends_as);
    let declared = |patient: &DemoPatient| {
        patient.usual.doctor == UsualDoctor::Yes && !patient.usual.professionals.is_empty()
    };
    let known = story(world, |story, patient| {
        over(story) && declared(patient) && adult(patient, today)
    })
    .or_else(|| story(world, |story, patient| over(story) && adult(patient, today)));
    let open = story(world, |story, patient| {
        let asked = [
            Status::AskingUsual,
            Status::AskingCommunity,
            Status::AskingNeighbours,
            Status::Paused,
            Status::Scheduled,
            Status::Accepted,
        ];
        asked.contains(&story.ends_as) && adult(patient, today)
    });
    let call = |name, title, patient: Option<usize>, says, answers, done_when| {
        Some(PracticeCall {
            name,
            title,
            patient: patient?,
            known: false,
            elsewhere: None,
            says,
            answers,
            done_when,
        })
    };
    let mut strangers = strangers(world, today).into_iter();
    let (alarmed, doubted) = (strangers.next(), strangers.next());
    let neighbour = match doubted.and_then(|index| world.patients.get(index)) {
        Some(patient) if patient.sex == Sex::Male => {
            "« J’appelle pour mon voisin, il a mal à l’oreille. Je suis rentrée chez moi, je ne le vois plus. »"
        }
        _ => {
            "« J’appelle pour ma voisine, elle a mal à l’oreille. Je suis rentrée chez moi, je ne la vois plus. »"
        }
    };
    let calls = [
        call(
            "essai-simple",
            "Un appel simple, une personne connue",
            known,
            EAR,
            "Non à toutes les questions. Le médecin traitant, s’il y en a un, n’a pas été appelé.",
            "La demande est lancée ; le médecin traitant, s’il y en a un, est sollicité seul d’abord.",
        )
        .map(|call| PracticeCall { known: true, ..call }),
        call(
            "essai-alerte",
            "Un signe d’alerte",
            alarmed,
            "« Ça me serre dans la poitrine depuis une demi-heure, et ça descend dans le bras. »",
            "Oui à la question sur la poitrine ; non à celles d’avant.",
            "L’écran ne propose plus que le 15. Le transfert est fait, l’appel est clos.",
        ),
        call(
            "essai-doute",
            "Une voisine qui ne sait pas",
            doubted,
            neighbour,
            "Ne sait pas à la première question ; non aux autres. Pas de médecin traitant.",
            "La demande attend l’avis du médecin régulateur : personne n’est sollicité avant.",
        ),
        call(
            "essai-ordonnance",
            "Hors du champ",
            strangers.next(),
            "« Je n’ai plus mon traitement pour la tension, il me faut une ordonnance. Je vais bien. »",
            NOTHING,
            "L’appel est clos comme hors du champ, renouvellement d’ordonnance. Aucune demande.",
        ),
        call(
            "essai-ailleurs",
            "Hors du territoire",
            strangers.next(),
            "« Je suis en vacances à Marseille, j’ai mal à l’oreille. »",
            NOTHING,
            "La page dit que Marseille n’est pas du secteur, et quoi répondre. L’appel est clos comme hors du territoire.",
        )
        .map(|call| PracticeCall {
            elsewhere: Some("Marseille 13001"),
            ..call
        }),
        call(
            "essai-doublon",
            "Une demande déjà faite",
            open,
            "« J’ai déjà appelé tout à l’heure. Je voulais savoir où ça en est, c’est toujours pareil. »",
            NOTHING,
            "L’appel est rattaché à la demande ouverte, avec une note. Aucune nouvelle demande.",
        )
        .map(|call| PracticeCall { known: true, ..call }),
    ];
    calls.into_iter().flatten().collect()
}

fn adult(patient: &DemoPatient, today: Date) -> bool {
    today.year() - patient.birth_date.year() >= 18
}

/// The patient of the first story of the first network that fits.
fn story(world: &DemoWorld, fits: impl Fn(&Story, &DemoPatient) -> bool) -> Option<usize> {
    let mut stories = world.stories.iter().filter(|story| story.network == 0);
    let found = stories.find(|story| {
        let patient = world.patients.get(story.patient);
        patient.is_some_and(|patient| fits(story, patient))
    });
    found.map(|story| story.patient)
}

/// Adults of the first network whom nobody asked anything for, and whose number is theirs alone.
fn strangers(world: &DemoWorld, today: Date) -> Vec<usize> {
    let home = world.networks.first().map(|network| network.id);
    let guided = &world.guided;
    let played = [&guided.first_call, &guided.nobody, &guided.nurse];
    let mut taken: Vec<usize> = played.iter().map(|call| call.patient).collect();
    taken.extend(world.stories.iter().map(|story| story.patient));
    let everybody = world.patients.iter().enumerate();
    everybody
        .filter(|(index, patient)| {
            let alone = world
                .patients
                .iter()
                .filter(|p| p.phone == patient.phone)
                .count()
                == 1;
            Some(patient.network) == home
                && adult(patient, today)
                && patient.usual.doctor == UsualDoctor::No
                && alone
                && !taken.contains(index)
        })
        .map(|(index, _)| index)
        .collect()
}
