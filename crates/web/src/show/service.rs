//! The state of the service in the words of the screens: the line under the bar, and the page of
//! whoever keeps it running.

use relais_app::admin::service::{
    FAILED_MAX, Failed, LATE_MAX, NETWORKS_MAX, NEXT_MAX, Post, Service,
};
use relais_app::condition::{ChannelState, Condition, Gravity, ServiceState, Trouble};
use relais_app::text::condition as words;
use relais_app::text::labels;
use relais_app::text::when::{When, duration};
use relais_core::access::{Actor, Role};
use relais_core::time::Duration;

use super::upper;
use crate::icon::Icon;
use crate::parts::{Banner, State, Tone};
use crate::views::{DueRow, FailedRow, NodeRow, PostPart, TaskRow, TroubleRow};

/// Where the state of the service is told in full.
pub(crate) const PAGE: &str = "/admin/etat";

/// Whether somebody may open that page.
const fn keeps(role: Role) -> bool {
    matches!(role, Role::Coordinator | Role::Administrator)
}

/// The line under the bar; none while nothing weighs on this person's work.
pub(crate) fn banner(state: &ServiceState, actor: &Actor, when: &When<'_>) -> Option<Banner> {
    let least = match actor.role {
        Role::Operator | Role::Regulator => Gravity::Slows,
        Role::Coordinator | Role::Administrator => Gravity::Watch,
        Role::Professional | Role::Secretary | Role::Partner | Role::Auditor => return None,
    };
    let mine: Vec<&Condition> = if actor.role == Role::Administrator {
        state.conditions.iter().collect()
    } else {
        state.concerning(actor.network, least).collect()
    };
    let first = *mine.first()?;
    let more = match mine.len() - 1 {
        0 => String::new(),
        1 => "Et 1\u{a0}autre point".to_owned(),
        many => format!("Et {many}\u{a0}autres points"),
    };
    Some(Banner {
        hinders: first.gravity == Gravity::Hinders,
        title: words::title(&first.trouble),
        since: when.since(first.since),
        todo: if actor.role == Role::Administrator {
            words::keeper(&first.trouble).to_owned()
        } else {
            words::desk(first).to_owned()
        },
        more,
        sheets: sheets(first, actor.role),
        link: keeps(actor.role).then_some(PAGE),
    })
}

/// The paper to have at hand when the desk may have to do without the machine; none once nothing can be
/// read any more, where the words say which sheets were printed before.
fn sheets(worst: &Condition, role: Role) -> Vec<(&'static str, &'static str)> {
    let away = matches!(worst.trouble, Trouble::DatabaseAway | Trouble::SchemaWrong);
    if away || worst.gravity == Gravity::Watch || role == Role::Administrator {
        return Vec::new();
    }
    vec![
        ("Fiches vierges", "/protocoles/imprimer"),
        ("Demandes ouvertes", crate::pages::paper::PAGE),
    ]
}

/// What is wrong, a line each.
pub(crate) fn troubles(service: &Service, when: &When<'_>) -> Vec<TroubleRow> {
    let row = |one: &Condition| {
        let (tone, icon) = match one.gravity {
            Gravity::Hinders => (Tone::Hand, Icon::Warning),
            Gravity::Slows => (Tone::Qualify, Icon::Hourglass),
            Gravity::Watch => (Tone::Closed, Icon::Eye),
        };
        let network = one.network.filter(|_| service.whole);
        let network = network.and_then(|id| service.codes.get(&id).cloned());
        let measure = words::measure(&one.trouble);
        let facts: Vec<String> = network
            .into_iter()
            .chain(Some(measure).filter(|text| !text.is_empty()))
            .collect();
        TroubleRow {
            gravity: State::new(tone, icon, words::gravity(one.gravity)),
            title: words::title(&one.trouble),
            measure: facts.join(" · "),
            since: when.since(one.since),
            desk: words::desk(one).to_owned(),
            keeper: words::keeper(&one.trouble).to_owned(),
            code: one.line(),
        }
    };
    service.conditions.iter().map(row).collect()
}

/// The requests that are late.
pub(crate) fn late(service: &Service, when: &When<'_>) -> Vec<DueRow> {
    let row = |one: &relais_app::admin::service::Late| {
        let mut row = due(service, &one.mark, when);
        row.left = format!("+\u{a0}{}", duration(when.now.since(one.mark.due_at)));
        if let Some(failing) = &one.failing {
            let times = if failing.times > 1 {
                format!("{}\u{a0}essais", failing.times)
            } else {
                "1\u{a0}essai".to_owned()
            };
            row.why = format!("bloquée {}, {times}", when.since(failing.since));
            row.said = failing.why.clone();
        }
        row
    };
    service.late.iter().map(row).collect()
}

/// What comes next.
pub(crate) fn next(service: &Service, when: &When<'_>) -> Vec<DueRow> {
    let marks = service.next.iter();
    marks.map(|mark| due(service, mark, when)).collect()
}

fn due(service: &Service, mark: &relais_app::admin::service::Mark, when: &When<'_>) -> DueRow {
    DueRow {
        // An administrator reaches no request: the code is enough to ask the network.
        href: (!service.whole).then(|| format!("/demandes/{}", mark.id)),
        code: mark.code.clone(),
        network: service
            .codes
            .get(&mark.network)
            .cloned()
            .unwrap_or_default(),
        status: upper(labels::status_word(mark.status)),
        why: words::due_for(mark.due_why).to_owned(),
        at: when.moment(mark.due_at),
        left: duration(mark.due_at.since(when.now)),
        said: String::new(),
    }
}

/// The outbox of each network.
pub(crate) fn post(service: &Service, when: &When<'_>) -> Vec<PostPart> {
    service
        .post
        .iter()
        .map(|post| part(service, post, when))
        .collect()
}

fn part(service: &Service, post: &Post, when: &When<'_>) -> PostPart {
    let tally = |one: &relais_app::admin::service::Tally, status: &str| {
        (
            upper(channel(&one.channel)),
            format!("{status}, {}", words::message_reason(&one.reason)),
            one.count.to_string(),
            when.since(one.oldest),
        )
    };
    let mut rows: Vec<_> = post
        .tallies
        .iter()
        .map(|one| tally(one, message_status(&one.status)))
        .collect();
    rows.extend(post.unreceipted.iter().map(|one| {
        let (channel, _, count, since) = tally(one, "");
        (
            channel,
            "envoyé, sans accusé de réception".to_owned(),
            count,
            since,
        )
    }));
    let failed = |one: &Failed| FailedRow {
        at: when.moment(one.at),
        channel: upper(channel(&one.channel)),
        reader: upper(reader(one.audience)),
        reason: words::message_reason(&one.reason).to_owned(),
        code: one
            .request
            .as_ref()
            .map(|(_, code)| code.clone())
            .unwrap_or_default(),
        href: one
            .request
            .as_ref()
            .filter(|_| !service.whole)
            .map(|(id, _)| format!("/demandes/{id}")),
    };
    PostPart {
        network: post.network.clone(),
        rows,
        failed: post.failed.iter().map(failed).collect(),
    }
}

fn channel(code: &str) -> &str {
    match relais_app::admin::service::channel(code) {
        Some(known) => labels::channel(known),
        None => code,
    }
}

fn message_status(code: &str) -> &'static str {
    match code {
        "queued" => "en attente",
        "sending" => "en cours d’envoi",
        "expired" => "périmé",
        _ => "échec",
    }
}

fn reader(code: &str) -> &'static str {
    match code {
        "patient" => "patient",
        "requester" => "demandeur",
        "operator" => "poste",
        "usual" => "professionnel habituel",
        _ => "professionnel",
    }
}

/// The gateways: channel, provider, state.
pub(crate) fn gateways(service: &Service, when: &When<'_>) -> Vec<(String, String, String)> {
    let channels = &service.state.facts.channels;
    let row = |(about, set): &(relais_app::admin::service::About, bool)| {
        let state = match channels.get(&about.channel).copied().unwrap_or_default() {
            _ if !set => "non réglée".to_owned(),
            ChannelState::Fine => "prend les messages".to_owned(),
            ChannelState::Down { since } => format!("ne répond plus {}", when.since(since)),
            ChannelState::Unset { since } => format!("non réglée, demandée {}", when.since(since)),
        };
        let name = if *set { about.name } else { "aucune" };
        (
            upper(labels::channel(about.channel)),
            name.to_owned(),
            state,
        )
    };
    service.gateways.iter().map(row).collect()
}

/// The background tasks of this process.
pub(crate) fn tasks(service: &Service) -> Vec<TaskRow> {
    let tasks = service.state.facts.tasks.iter();
    tasks
        .map(|(task, age)| TaskRow {
            name: words::task(*task).to_owned(),
            age: ago(*age),
            limit: words::seconds(task.limit().as_millis()),
            late: *age >= task.limit(),
        })
        .collect()
}

/// The processes.
pub(crate) fn nodes(service: &Service) -> Vec<NodeRow> {
    let nodes = service.state.facts.nodes.iter();
    nodes
        .map(|node| NodeRow {
            name: if node.is_this {
                format!("{} (celui-ci)", node.name)
            } else {
                node.name.clone()
            },
            version: node.version.clone(),
            up: words::seconds(node.up.as_millis()),
            seen: ago(node.silent),
        })
        .collect()
}

/// The machine and the database, in facts.
pub(crate) fn machine(service: &Service) -> Vec<(&'static str, String)> {
    let facts = &service.state.facts;
    let mut rows = vec![
        (
            "Base de données",
            format!("{}, schéma {}", service.engine.name(), service.migrations),
        ),
        (
            "Réponse de la base",
            words::seconds_fine(facts.took.as_millis()),
        ),
        (
            "En file",
            format!("{} écritures, {} lectures", facts.queue.0, facts.queue.1),
        ),
    ];
    if let Some(bytes) = facts.database_bytes {
        let bytes = u64::try_from(bytes).unwrap_or_default();
        rows.push(("Taille de la base", words::bytes(bytes)));
    }
    rows.push((
        "Place libre",
        match facts.disk {
            Some(disk) => format!(
                "{} sur {}",
                words::bytes(disk.free),
                words::bytes(disk.total)
            ),
            None => "celle du serveur de base, invisible d’ici".to_owned(),
        },
    ));
    let granted = [
        facts
            .limits
            .files
            .map(|files| format!("{files}\u{a0}fichiers")),
        facts.limits.memory.map(words::bytes),
    ];
    let granted: Vec<String> = granted.into_iter().flatten().collect();
    if !granted.is_empty() {
        rows.push(("Permis à ce processus", granted.join(", ")));
    }
    rows.push((
        "Horloge",
        match (facts.clock_off_ms, facts.clock_step) {
            (_, Some((by, ago))) => {
                format!(
                    "a sauté de {}, il y a {}",
                    words::seconds(by),
                    words::seconds(ago.as_millis())
                )
            }
            (Some(by), None) => format!("à {} de celle de la base", words::seconds_fine(by.abs())),
            (None, None) => "celle de la machine, sans saut vu".to_owned(),
        },
    ));
    rows.push((
        "Dernière sauvegarde",
        facts.backup_age.map_or_else(
            || {
                "inconnue (aucune par « relais backup »)"
                    .replace("« ", "«\u{a0}")
                    .replace(" »", "\u{a0}»")
            },
            |age| format!("il y a {}", duration(age)),
        ),
    ));
    rows
}

fn ago(age: Duration) -> String {
    if age < Duration::seconds(2) {
        "à l’instant".to_owned()
    } else {
        format!("il y a {}", words::seconds(age.as_millis()))
    }
}

/// What the lists leave out.
pub(crate) fn limits(service: &Service) -> String {
    let mut text = format!(
        "Listes limitées\u{a0}: {LATE_MAX} demandes en retard, {NEXT_MAX} échéances à venir, \
         {FAILED_MAX} messages en échec par réseau sur 24\u{a0}h."
    );
    if service.more_networks > 0 {
        text.push_str(&format!(
            " Messages comptés pour {NETWORKS_MAX} réseaux, {} autres ne le sont pas.",
            service.more_networks
        ));
    }
    text
}
