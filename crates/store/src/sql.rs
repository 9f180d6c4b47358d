//! The registry of SQL texts. A statement is a [`Sql`], and only the `sql!` macro makes one, so that
//! one test can prepare them all on both engines. Refuses SQL built at run time.

/// One registered statement: its text in the portable subset, and the table it is about (for errors).
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    pub(crate) name: &'static str,
    pub(crate) table: &'static str,
    pub(crate) text: &'static str,
}

impl Sql {
    /// Used by `sql!` only.
    pub(crate) const fn registered(
        name: &'static str,
        table: &'static str,
        text: &'static str,
    ) -> Sql {
        Sql { name, table, text }
    }

    /// The constant's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The text, before the dialect's words are put in.
    pub fn text(&self) -> &'static str {
        self.text
    }
}

/// Declares the statements of a module: `sql! { "table"; NAME = "…"; OTHER = "…"; }`.
/// Makes one constant each, and `STATEMENTS`, which [`ALL`] must list (a test checks it).
macro_rules! sql {
    ($table:literal; $($(#[$doc:meta])* $name:ident = $text:expr;)+) => {
        $($(#[$doc])* const $name: $crate::sql::Sql = $crate::sql::Sql::registered(stringify!($name), $table, $text);)+
        /// Every statement of this module, for the registry.
        pub(crate) const STATEMENTS: &[$crate::sql::Sql] = &[$($name),+];
    };
}
pub(crate) use sql;

/// Every statement of the crate, by module.
pub const ALL: &[(&str, &[Sql])] = &[
    ("anchors", crate::anchors::STATEMENTS),
    ("application_cards", crate::application_cards::STATEMENTS),
    ("applications", crate::applications::STATEMENTS),
    ("approvals", crate::approvals::STATEMENTS),
    ("backup", crate::backup::STATEMENTS),
    ("calendars", crate::calendars::STATEMENTS),
    ("communes", crate::communes::STATEMENTS),
    ("contact_log", crate::contact_log::STATEMENTS),
    ("contacts", crate::contacts::STATEMENTS),
    ("cooperations", crate::cooperations::STATEMENTS),
    ("counters", crate::counters::STATEMENTS),
    ("demo_state", crate::demo_state::STATEMENTS),
    ("desk_tasks", crate::desk_tasks::STATEMENTS),
    ("digests", crate::digests::STATEMENTS),
    ("directory", crate::directory::STATEMENTS),
    ("follow_ups", crate::follow_ups::STATEMENTS),
    ("idempotency", crate::idempotency::STATEMENTS),
    ("identity_flows", crate::identity_flows::STATEMENTS),
    ("look_again", crate::look_again::STATEMENTS),
    ("spent_tokens", crate::spent_tokens::STATEMENTS),
    ("journal", crate::journal::STATEMENTS),
    ("keys", crate::keys::STATEMENTS),
    ("mailboxes", crate::mailboxes::STATEMENTS),
    ("messages", crate::messages::STATEMENTS),
    ("messages::drill", crate::messages::drill::STATEMENTS),
    ("messages::line", crate::messages::line::STATEMENTS),
    ("messages::provider", crate::messages::provider::STATEMENTS),
    ("migrate", crate::migrate::STATEMENTS),
    ("national", crate::national::STATEMENTS),
    ("networks", crate::networks::STATEMENTS),
    ("nodes", crate::nodes::STATEMENTS),
    ("notes", crate::notes::STATEMENTS),
    ("offers", crate::offers::STATEMENTS),
    ("overview", crate::overview::STATEMENTS),
    ("paces", crate::paces::STATEMENTS),
    ("past_appointments", crate::past_appointments::STATEMENTS),
    ("patient_ins", crate::patient_ins::STATEMENTS),
    ("patient_links", crate::patient_links::STATEMENTS),
    ("patient_marks", crate::patient_marks::STATEMENTS),
    ("patient_wishes", crate::patient_wishes::STATEMENTS),
    ("patients", crate::patients::STATEMENTS),
    ("photos", crate::photos::STATEMENTS),
    ("phone_calls", crate::phone_calls::STATEMENTS),
    ("postboxes", crate::postboxes::STATEMENTS),
    ("professionals", crate::professionals::STATEMENTS),
    ("protocol_signings", crate::protocol_signings::STATEMENTS),
    ("protocols", crate::protocols::STATEMENTS),
    ("public_forms", crate::public_forms::STATEMENTS),
    ("regulation", crate::regulation::STATEMENTS),
    ("requests", crate::requests::STATEMENTS),
    ("retention", crate::retention::STATEMENTS),
    ("solicitations", crate::solicitations::STATEMENTS),
    ("soundness", crate::soundness::STATEMENTS),
    ("stand_ins", crate::stand_ins::STATEMENTS),
    ("syntheses", crate::syntheses::STATEMENTS),
    ("threads", crate::threads::STATEMENTS),
    ("users", crate::users::STATEMENTS),
    ("users::attempts", crate::users::attempts::STATEMENTS),
    ("users::devices", crate::users::devices::STATEMENTS),
    ("users::invitations", crate::users::invitations::STATEMENTS),
    ("users::passkeys", crate::users::passkeys::STATEMENTS),
    ("users::recovery", crate::users::recovery::STATEMENTS),
    ("users::roles", crate::users::roles::STATEMENTS),
    ("users::secretaries", crate::users::secretaries::STATEMENTS),
    ("users::sessions", crate::users::sessions::STATEMENTS),
    ("users::tokens", crate::users::tokens::STATEMENTS),
    ("verdicts", crate::verdicts::STATEMENTS),
    ("visit_questions", crate::visit_questions::STATEMENTS),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(dir: &std::path::Path, out: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(dir).expect("the source directory is readable") {
            let path = entry.expect("an entry is readable").path();
            if path.is_dir() {
                sources(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }

    #[test]
    fn every_module_with_statements_is_registered() {
        let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = vec![];
        sources(&src, &mut files);
        let mut declared: Vec<String> = files
            .iter()
            .filter(|f| !f.ends_with("sql.rs"))
            .filter(|f| {
                std::fs::read_to_string(f)
                    .expect("a source file is readable")
                    .lines()
                    .any(|l| l.trim_start().starts_with("sql! {"))
            })
            .map(|f| {
                let relative = f
                    .strip_prefix(&src)
                    .expect("found under src")
                    .with_extension("");
                relative
                    .to_string_lossy()
                    .replace('/', "::")
                    .trim_end_matches("::mod")
                    .to_string()
            })
            .collect();
        declared.sort();
        let mut listed: Vec<String> = ALL.iter().map(|(m, _)| (*m).to_string()).collect();
        listed.sort();
        assert_eq!(declared, listed);
    }

    #[test]
    fn names_are_unique_inside_a_module() {
        for (module, statements) in ALL {
            let mut names: Vec<_> = statements.iter().map(|s| s.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), statements.len(), "{module}");
        }
    }
}
