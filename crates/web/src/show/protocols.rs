//! Sheets in words: where a version stands, who did what, what a question leads to, what a
//! walk-through came to.

use relais_app::protocols::difference::{Change, difference};
use relais_app::protocols::versions::{Count, Listed, Opened, SOON, Status, Version};
use relais_app::protocols::{Book, Chosen, InForce, Question, Sheet, Standing, destination, form};
use relais_app::reference::motives::Motives;
use relais_app::text::{labels, triage as text};
use relais_core::access::{Actor, Role};
use relais_core::people::Mode;
use relais_core::triage::{Kind, Orientation, Step as Walk};

use super::{Eye, typeset, upper};
use crate::icon::Icon;
use crate::parts::{Desk, Form, State, Tone};
use crate::views::{
    ChangeRow, PaperQuestion, PaperSheet, ProtocolListPage, ProtocolPage, QuestionRow, SheetRow,
    Step, VersionRow,
};

/// The address of the list.
pub(crate) const PAGE: &str = "/protocoles";

/// The address of a sheet.
pub(crate) fn address(code: &str) -> String {
    format!("{PAGE}/{code}")
}

/// Where a version stands.
fn state(eye: &Eye, version: &Version, in_force: Option<&Version>) -> State {
    let current = in_force.is_some_and(|one| one.version == version.version);
    let signature = version.signature.as_ref();
    let expired = signature.is_some_and(|s| s.expires_at <= eye.now);
    let soon = signature.is_some_and(|s| s.expires_at < eye.now + SOON);
    let replaced = version.in_force_from.is_some_and(|from| from <= eye.now) && !current;
    let (tone, icon, word) = match version.status {
        Status::Draft | Status::Reviewed | Status::Signed if replaced => {
            (Tone::Closed, Icon::FlagCheckered, "Remplacée")
        }
        Status::Signed if version.in_force_from.is_some() && !current => (
            Tone::Taken,
            Icon::CalendarCheck,
            "Signée, pas encore en vigueur",
        ),
        Status::Retired => (Tone::Closed, Icon::Prohibit, "Retirée"),
        Status::Signed if expired => (Tone::Hand, Icon::Warning, "Signature finie"),
        Status::Signed if current && soon => (
            Tone::Hand,
            Icon::Hourglass,
            "En vigueur, à renouveler bientôt",
        ),
        Status::Signed if current => (Tone::Taken, Icon::CheckCircle, "Signée, en vigueur"),
        Status::Signed => (Tone::Taken, Icon::CheckCircle, "Signée"),
        Status::Draft | Status::Reviewed if current => {
            (Tone::Hand, Icon::Warning, "Non signée, en démonstration")
        }
        Status::Reviewed => (Tone::Qualify, Icon::Eye, "Relue, à signer"),
        Status::Draft => (Tone::Closed, Icon::NotePencil, "Brouillon"),
    };
    State::new(tone, icon, word)
}

/// Who is behind an account written in a row; nobody behind an import.
fn name(eye: &Eye, account: &str) -> Option<String> {
    let id = account.parse().ok()?;
    eye.directory.user_name(id)
}

/// The sentence that must come first, if one must.
pub(crate) fn warning(book: &Book) -> String {
    if book.trunk().is_none() {
        text::NO_TRUNK.to_owned()
    } else if book.is_demonstration() {
        typeset(relais_app::protocols::file::warning())
    } else {
        String::new()
    }
}

/// The list.
pub(crate) fn list(
    eye: &Eye,
    desk: Desk,
    book: &Book,
    listed: &[Listed],
    form: Option<Form>,
) -> ProtocolListPage {
    let mut rows: Vec<&Listed> = listed.iter().collect();
    rows.sort_by_key(|line| line.latest.code != relais_app::protocols::TRUNK);
    let in_force = rows.iter().filter(|line| line.in_force.is_some()).count();
    let signed = |line: &&&Listed| {
        let signature = line
            .in_force
            .as_ref()
            .and_then(|one| one.signature.as_ref());
        signature.is_some_and(|s| eye.now < s.expires_at)
    };
    let signed = rows.iter().filter(signed).count();
    let sum = format!(
        "{} {}, {in_force} en vigueur, {signed} sous une signature qui court.",
        rows.len(),
        if rows.len() > 1 { "fiches" } else { "fiche" },
    );
    ProtocolListPage {
        desk,
        warning: warning(book),
        sum,
        rows: rows.into_iter().map(|line| row(eye, line)).collect(),
        form,
    }
}

fn row(eye: &Eye, line: &Listed) -> SheetRow {
    let when = eye.when();
    let in_force = line.in_force.as_ref();
    let signature = in_force.and_then(|one| one.signature.as_ref());
    SheetRow {
        href: address(&line.latest.code),
        code: line.latest.code.clone(),
        title: typeset(&line.latest.title),
        state: state(eye, &line.latest, in_force),
        in_force: in_force.map_or_else(
            || "aucune version".to_owned(),
            |one| match one.in_force_from {
                Some(from) => format!(
                    "version {}, depuis le {}",
                    one.version,
                    when.plain_date(from)
                ),
                None => format!("version {}", one.version),
            },
        ),
        signed: signature.map_or_else(|| "personne".to_owned(), |s| s.by.clone()),
        until: signature.map_or_else(String::new, |s| when.plain_date(s.expires_at)),
    }
}

/// One sheet.
pub(crate) fn one(
    eye: &Eye,
    desk: Desk,
    actor: &Actor,
    opened: &Opened,
    compared: Option<&Opened>,
    form: Option<Form>,
    demo: bool,
) -> ProtocolPage {
    let version = &opened.version;
    let code = &version.code;
    let current = opened.in_force.as_ref();
    let base = address(code);
    let number = version.version;
    let coordinator = actor.role == Role::Coordinator;
    let editable = version.status == Status::Draft && version.in_force_from.is_none();
    let sound = opened.faults.is_empty();
    let unsigned = current.is_some_and(|one| one.signature.is_none());
    let official = version.status == Status::Signed
        && version
            .signature
            .as_ref()
            .is_some_and(|s| eye.now < s.expires_at);
    let may_enforce = coordinator
        && sound
        && (official || demo)
        && version.status != Status::Retired
        && version.in_force_from.is_none();
    let first = eye
        .now
        .timestamp()
        .to_zoned((*eye.zone).clone())
        .date()
        .to_string();
    ProtocolPage {
        desk,
        code: code.clone(),
        title: typeset(&version.title),
        version: format!("Version {number}"),
        state: state(eye, version, current),
        warning: if unsigned {
            typeset(relais_app::protocols::file::warning())
        } else if current.is_none() {
            "Aucune version de cette fiche n’est en vigueur\u{a0}: ses motifs passent par le médecin régulateur."
                .to_owned()
        } else {
            String::new()
        },
        faults: opened
            .faults
            .iter()
            .map(|fault| fault_line(&opened.sheet, fault))
            .collect(),
        facts: facts(&opened.sheet),
        questions: opened
            .sheet
            .questions
            .iter()
            .map(|question| question_row(opened, question))
            .collect(),
        advice: opened
            .sheet
            .advice
            .iter()
            .map(|advice| typeset(&advice.text))
            .collect(),
        history: opened
            .history
            .iter()
            .map(|past| version_row(eye, past, version, current))
            .collect(),
        changes: compared.map(|other| {
            let (old, new) = if other.version.version < number {
                (other, opened)
            } else {
                (opened, other)
            };
            let heading = format!(
                "De la version {} à la version {}",
                old.version.version, new.version.version
            );
            let rows = difference(&old.sheet, &new.sheet);
            (heading, rows.into_iter().map(change_row).collect())
        }),
        seen: (number.to_string(), version.revision.to_string()),
        compare: current
            .filter(|one| one.version != number && compared.is_none())
            .map(|one| format!("{base}?version={number}&avec={}#h-ecarts", one.version)),
        steps: steps(actor, opened, &base),
        owed: owed(actor, opened),
        edit: (coordinator && editable).then(|| format!("{base}/modifier?version={number}")),
        sign: (coordinator && sound && version.status == Status::Reviewed)
            .then(|| format!("{base}/signer?version={number}")),
        enforce: may_enforce.then(|| (format!("{base}/vigueur"), first, form.unwrap_or_default())),
        trial: format!("{base}/essai?version={number}"),
        paper: format!("{base}/imprimer?version={number}"),
    }
}

/// What somebody else still owes, when the reader may not do it.
fn owed(actor: &Actor, opened: &Opened) -> &'static str {
    let own = opened.version.author == actor.user.to_string();
    let draft = opened.version.status == Status::Draft;
    if own && draft && opened.faults.is_empty() {
        text::own_words()
    } else {
        ""
    }
}

fn steps(actor: &Actor, opened: &Opened, base: &str) -> Vec<Step> {
    let version = &opened.version;
    let mut steps = Vec::new();
    let mut push = |word: &str, label, hint| {
        steps.push(Step {
            action: format!("{base}/{word}"),
            label,
            hint,
            grave: word == "retirer",
        });
    };
    let draft = version.status == Status::Draft;
    let sound = opened.faults.is_empty();
    let coordinator = actor.role == Role::Coordinator;
    let other = version.author != actor.user.to_string();
    let reviewer = matches!(actor.role, Role::Coordinator | Role::Regulator);
    if draft && sound && reviewer && other {
        push(
            "relire",
            "J’ai relu cette version",
            "Elle pourra être signée.",
        );
    }
    if !coordinator {
        return steps;
    }
    if version.status == Status::Reviewed && version.in_force_from.is_none() {
        push(
            "reprendre",
            "Reprendre l’écriture",
            "Elle redevient un brouillon.",
        );
    }
    let writing = opened
        .history
        .first()
        .is_some_and(|last| last.status == Status::Draft && last.in_force_from.is_none());
    if !writing || !draft || version.in_force_from.is_some() {
        push(
            "preparer",
            if writing {
                "Ouvrir le brouillon en cours"
            } else {
                "Préparer une nouvelle version"
            },
            "La version en vigueur reste.",
        );
    }
    if opened.in_force.is_some() {
        push(
            "retirer",
            "Retirer la fiche",
            "Plus aucune version ne sera en vigueur\u{a0}: ses motifs passeront par le médecin régulateur, dès maintenant.",
        );
    }
    steps
}

/// What is wrong, with the question it is about.
pub(crate) fn fault_line(sheet: &Sheet, fault: &relais_app::protocols::Fault) -> String {
    let said = text::fault(&fault.wrong);
    match fault.question.and_then(|index| sheet.questions.get(index)) {
        Some(question) => format!("{}\u{a0}: {said}", question.key),
        None => said,
    }
}

fn facts(sheet: &Sheet) -> Vec<(&'static str, String)> {
    let motives = sheet
        .motives
        .iter()
        .map(|code| Motives::shipped().label(code));
    let ends = destination::end_codes(&sheet.end);
    let ends: Vec<_> = ends.into_iter().map(text::destination).collect();
    let mut facts = vec![("Pour qui", typeset(&sheet.scope))];
    let mut push = |label, value: String| {
        if !value.is_empty() {
            facts.push((label, value));
        }
    };
    let motives = motives.collect::<Vec<_>>().join(" · ");
    push(
        "Motifs",
        if sheet.any_motive {
            "tous".to_owned()
        } else {
            motives
        },
    );
    push("Âges", text::ages(sheet));
    push(
        "Délai",
        sheet
            .within_hours
            .map(|h| format!("{h}\u{a0}h"))
            .unwrap_or_default(),
    );
    push(
        "Mode",
        sheet
            .mode
            .map(|mode: Mode| upper(labels::mode(mode)))
            .unwrap_or_default(),
    );
    push("Issue", ends.join(", sinon "));
    if sheet.advice_first {
        push("Avis médical", "avant toute demande".to_owned());
    }
    push(
        "À dire à l’issue",
        sheet.end_say.as_deref().map(typeset).unwrap_or_default(),
    );
    push(
        "Remarque",
        sheet.remark.as_deref().map(typeset).unwrap_or_default(),
    );
    facts
}

fn question_row(opened: &Opened, question: &Question) -> QuestionRow {
    let count = opened
        .counts
        .iter()
        .find(|count| count.question == question.key);
    QuestionRow {
        key: question.key.clone(),
        kind: text::kind(&question.kind),
        text: typeset(&question.text),
        short: question.short.as_deref().map(typeset).unwrap_or_default(),
        yes: typeset(&text::on_yes(&question.kind)),
        say: question.say.as_deref().map(typeset).unwrap_or_default(),
        when: condition(&opened.sheet, question),
        counts: count.map_or_else(Vec::new, |count| counted(&question.kind, count)),
    }
}

/// How often a question fires, is not known, is passed over: each with what it is a part of.
fn counted(kind: &Kind, count: &Count) -> Vec<String> {
    let all = count.yes + count.no + count.unknown;
    if all == 0 {
        return Vec::new();
    }
    let of_all = if all == 1 {
        "de la seule réponse".to_owned()
    } else {
        format!("des {all} réponses")
    };
    let (word, fired) = match kind {
        Kind::Inclusion => ("non", count.no),
        Kind::RedFlag(_) | Kind::Exclusion(_) | Kind::Note => ("oui", count.yes),
    };
    let mut lines = vec![format!("{word}\u{a0}: {fired} {of_all}")];
    if count.unknown > 0 {
        lines.push(format!("ne sait pas\u{a0}: {} {of_all}", count.unknown));
    }
    if count.overridden > 0 {
        let yes = count.yes;
        let base = if yes == 1 {
            "du seul oui".to_owned()
        } else {
            format!("des {yes} oui")
        };
        lines.push(format!("passée outre\u{a0}: {} {base}", count.overridden));
    }
    lines
}

fn version_row(
    eye: &Eye,
    past: &Version,
    shown: &Version,
    current: Option<&Version>,
) -> VersionRow {
    let when = eye.when();
    let by = |account: &str| {
        name(eye, account)
            .map(|name| format!("par {name} "))
            .unwrap_or_default()
    };
    let written = match name(eye, &past.author) {
        Some(name) => format!("écrite par {name}"),
        None => "importée d’un fichier".to_owned(),
    };
    let mut told = vec![written];
    if let Some((account, at)) = &past.reviewed {
        told.push(format!("relue {}le {}", by(account), when.plain_date(*at)));
    }
    if let Some(signature) = &past.signature {
        told.push(format!(
            "signée par {} (RPPS {}) le {}, jusqu’au {}, signature enregistrée {}",
            signature.by,
            signature.rpps,
            when.plain_date(signature.at),
            when.plain_date(signature.expires_at),
            by(&signature.recorded_by).trim_end(),
        ));
    }
    if let Some(from) = past.in_force_from {
        let current = current.is_some_and(|one| one.version == past.version);
        let day = when.plain_date(from);
        told.push(if from > eye.now {
            format!("entrera en vigueur le {day}")
        } else if current {
            format!("en vigueur depuis le {day}")
        } else {
            format!("mise en vigueur le {day}, puis remplacée")
        });
    }
    let base = address(&past.code);
    let other = past.version != shown.version;
    VersionRow {
        href: format!("{base}?version={}", past.version),
        name: format!("Version {}", past.version),
        state: state(eye, past, current),
        told: format!("{}.", upper(&told.join("\u{a0}; "))),
        compare: other.then(|| {
            format!(
                "{base}?version={}&avec={}#h-ecarts",
                shown.version, past.version
            )
        }),
    }
}

fn change_row(change: Change) -> ChangeRow {
    let said = |text: Option<String>| typeset(&text.unwrap_or_default());
    ChangeRow {
        what: change.what,
        before: said(change.before),
        after: said(change.after),
    }
}

/// What a walk came to: its state, a sentence, reasons, what to say.
pub(crate) fn outcome(
    book: &Book,
    chosen: Chosen<'_>,
    step: &Walk,
) -> Option<(State, String, Vec<String>, String)> {
    let short = |sign| {
        let question = book.question(Some(chosen), sign);
        question.map_or_else(String::new, |question| typeset(question.short()))
    };
    Some(match step {
        Walk::Ask(_) | Walk::ChooseMotive => return None,
        Walk::Fifteen(signs) => (
            State::new(Tone::Fifteen, Icon::Siren, "Transférer au 15"),
            "Le questionnaire s’arrête. Aucune demande ne peut partir.".to_owned(),
            signs.iter().map(|sign| short(*sign)).collect(),
            String::new(),
        ),
        Walk::Done(Orientation::Regulator { reasons, .. }) => (
            State::new(Tone::Qualify, Icon::ClipboardText, "Médecin régulateur"),
            "Le médecin régulateur qualifie avant toute demande. Aucun de garde\u{a0}: le 15."
                .to_owned(),
            reasons
                .iter()
                .map(|why| typeset(&text::reason(book, Some(chosen), *why)))
                .collect(),
            String::new(),
        ),
        Walk::Done(Orientation::Cascade(proposal)) => {
            let codes = proposal.towards.iter().map(destination::cascade_code);
            let names: Vec<_> = codes.map(text::destination).collect();
            let within = proposal.within_hours;
            let within = within.map(|hours| format!(" dans les {hours}\u{a0}h"));
            (
                State::new(Tone::Community, Icon::UsersThree, "Demande possible"),
                format!("{}{}.", names.join(", sinon "), within.unwrap_or_default()),
                Vec::new(),
                String::new(),
            )
        }
        Walk::Done(Orientation::Elsewhere { to, by }) => {
            let question = by.and_then(|sign| book.question(Some(chosen), sign));
            let own = question.and_then(|question| question.say.clone());
            let sheet = chosen.sheet().filter(|_| question.is_none());
            let end = sheet.and_then(|version| version.sheet.end_say.clone());
            let say = own.or(end).unwrap_or_else(|| text::goodbye(*to).to_owned());
            (
                State::new(Tone::Closed, Icon::FlagCheckered, "Hors du service"),
                format!("{}.", text::destination(to.code())),
                by.iter().map(|sign| short(*sign)).collect(),
                typeset(&say),
            )
        }
        Walk::Done(Orientation::Uncovered) => (
            State::new(Tone::Community, Icon::UsersThree, "Demande possible"),
            "Aucune fiche pour ce motif\u{a0}: le besoin se remplit à la main.".to_owned(),
            Vec::new(),
            String::new(),
        ),
    })
}

/// A sheet on paper.
pub(crate) fn paper(eye: &Eye, version: &InForce) -> PaperSheet {
    let sheet = &version.sheet;
    let ends = destination::end_codes(&sheet.end);
    let ends: Vec<_> = ends.into_iter().map(text::destination).collect();
    let within = sheet
        .within_hours
        .map(|hours| format!(", dans les {hours}\u{a0}h"));
    let advice_first = if sheet.advice_first {
        " après avis médical"
    } else {
        ""
    };
    let asked = sheet
        .questions
        .iter()
        .filter(|question| question.kind != Kind::Note);
    PaperSheet {
        code: sheet.code.clone(),
        title: typeset(&sheet.title),
        standing: match &version.standing {
            Standing::Signed {
                by,
                rpps,
                expires_at,
                ..
            } => format!(
                "Version {}, signée par {by} (RPPS {rpps}), jusqu’au {}",
                version.version,
                eye.when().date(*expires_at)
            ),
            Standing::Demonstration => format!(
                "Version {}, signée par personne\u{a0}: démonstration, à ne pas utiliser",
                version.version
            ),
        },
        scope: typeset(&sheet.scope),
        questions: asked
            .map(|question| PaperQuestion {
                when: condition(sheet, question),
                text: typeset(&question.text),
                yes: on_paper(&question.kind),
                say: question.say.as_deref().map(typeset).unwrap_or_default(),
                flag: question.is_red_flag(),
            })
            .collect(),
        notes: sheet
            .notes()
            .map(|question| typeset(&question.text))
            .collect(),
        end: format!(
            "{}{}{advice_first}",
            ends.join(", sinon "),
            within.unwrap_or_default()
        ),
        advice: sheet
            .advice
            .iter()
            .map(|advice| typeset(&advice.text))
            .collect(),
    }
}

/// When a question is asked, in the words of the one it hangs on; nothing when it always is.
fn condition(sheet: &Sheet, question: &Question) -> String {
    let asked = question.only_if.as_ref().and_then(|(key, answer)| {
        let (_, other) = sheet.question(key)?;
        let short = other.short().trim_end_matches([' ', '\u{a0}', '?']);
        let answer = form::answer_word(*answer);
        Some(format!(
            "Seulement si «\u{a0}{short}\u{a0}»\u{a0}: {answer}."
        ))
    });
    asked.map(|text| typeset(&text)).unwrap_or_default()
}

/// What a *yes* does, in the width of a column.
fn on_paper(kind: &Kind) -> String {
    match kind {
        Kind::RedFlag(alarm) if alarm.code() == "15" => "15".to_owned(),
        Kind::RedFlag(_) => "Régulateur".to_owned(),
        Kind::Exclusion(target) => text::destination(destination::code(target)).to_owned(),
        Kind::Inclusion => "La fiche s’applique\u{a0}; non\u{a0}: régulateur".to_owned(),
        Kind::Note => String::new(),
    }
}
