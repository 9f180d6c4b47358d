//! Sheets in words: the list, one sheet and the steps that may be done with it.

mod content;
mod paper;
mod versions;
mod walked;

pub(crate) use content::{facts, fault_line, questions};
pub(crate) use paper::paper;
pub(crate) use versions::changes;
pub(crate) use walked::outcome;

use relais_app::protocols::Book;
use relais_app::protocols::versions::{Listed, Opened, Status};
use relais_app::text::triage as text;
use relais_core::access::{Actor, Role};

use self::versions::{asked, state, version_row};
use super::{Eye, typeset};
use crate::parts::{Desk, Form};
use crate::views::{ProtocolListPage, ProtocolPage, SheetRow, Step};

/// The address of the list.
pub(crate) const PAGE: &str = "/protocoles";

/// The address of a sheet.
pub(crate) fn address(code: &str) -> String {
    format!("{PAGE}/{code}")
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
    site: (&str, bool),
) -> ProtocolPage {
    let (origin, demo) = site;
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
        questions: questions(&opened.sheet, &opened.counts),
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
            (heading, changes(&old.sheet, &new.sheet))
        }),
        seen: (number.to_string(), version.revision.to_string()),
        compare: current
            .filter(|one| one.version != number && compared.is_none())
            .map(|one| format!("{base}?version={number}&avec={}#h-ecarts", one.version)),
        steps: steps(actor, opened, &base),
        owed: owed(actor, opened),
        edit: (coordinator && editable).then(|| format!("{base}/modifier?version={number}")),
        asked: asked(eye, origin, opened),
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
