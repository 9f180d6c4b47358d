//! What each address requires. A route is added with one of these or not at all (see
//! [`crate::routes`]); finer rights (own request, own offer) are the domain's, on the state itself.

use relais_core::access::Role;

/// Who may use an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Anybody, signed in or not. Shows nothing of anybody.
    Everyone,
    /// Anybody, and only in the demonstration.
    Demonstration,
    /// Whoever is signed in.
    SignedIn,
    /// Operators and regulators: the desk.
    Desk,
    /// The desk and the coordinator.
    Overseer,
    /// Regulators only.
    Regulator,
    /// Regulators and coordinators: they read how the red flags were handled (R3).
    Reviewer,
    /// Coordinators only: the network's settings.
    Coordinator,
    /// Health professionals.
    Professional,
    /// Professionals, and who answers in their name (ADR 0043).
    Answerer,
    /// Who answers in the name of professionals.
    Secretary,
    /// Those who may raise requests: desk, professionals, partner software.
    Raiser,
    /// Those who follow a request: desk, coordinator, requester, accepter, partner software.
    Follower,
    /// The desk, the coordinator and the auditor: the contact log, of which the auditor sees figures.
    Log,
    /// Coordinators and auditors: aggregates only.
    Figures,
    /// Those who keep the service running: coordinators for their network, administrators for all.
    /// Codes, counts and hours; never an identity.
    Keeper,
    /// The provider of a gateway, by its own secret: nobody who signs in.
    Gateway,
}

impl Right {
    /// Every right, for the access matrix.
    pub const ALL: &'static [Self] = &[
        Self::Everyone,
        Self::Demonstration,
        Self::SignedIn,
        Self::Desk,
        Self::Overseer,
        Self::Regulator,
        Self::Reviewer,
        Self::Coordinator,
        Self::Professional,
        Self::Answerer,
        Self::Secretary,
        Self::Raiser,
        Self::Follower,
        Self::Log,
        Self::Figures,
        Self::Keeper,
        Self::Gateway,
    ];

    /// Whether one must be signed in at all.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Everyone | Self::Demonstration)
    }

    /// Whether a role has this right.
    #[must_use]
    pub const fn allows(self, role: Role) -> bool {
        match self {
            Self::Everyone | Self::Demonstration | Self::SignedIn => true,
            Self::Desk => matches!(role, Role::Operator | Role::Regulator),
            Self::Overseer => matches!(role, Role::Operator | Role::Regulator | Role::Coordinator),
            Self::Regulator => matches!(role, Role::Regulator),
            Self::Reviewer => matches!(role, Role::Regulator | Role::Coordinator),
            Self::Coordinator => matches!(role, Role::Coordinator),
            Self::Professional => matches!(role, Role::Professional),
            Self::Answerer => matches!(role, Role::Professional | Role::Secretary),
            Self::Secretary => matches!(role, Role::Secretary),
            Self::Raiser => {
                matches!(
                    role,
                    Role::Operator | Role::Regulator | Role::Professional | Role::Partner
                )
            }
            Self::Follower => matches!(
                role,
                Role::Operator
                    | Role::Regulator
                    | Role::Coordinator
                    | Role::Professional
                    | Role::Partner
            ),
            Self::Log => matches!(
                role,
                Role::Operator | Role::Regulator | Role::Coordinator | Role::Auditor
            ),
            Self::Figures => matches!(role, Role::Coordinator | Role::Auditor),
            Self::Keeper => matches!(role, Role::Coordinator | Role::Administrator),
            Self::Gateway => false,
        }
    }

    /// Its name in the access matrix.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Demonstration => "demonstration",
            Self::SignedIn => "signed-in",
            Self::Desk => "desk",
            Self::Overseer => "overseer",
            Self::Regulator => "regulator",
            Self::Reviewer => "reviewer",
            Self::Coordinator => "coordinator",
            Self::Professional => "professional",
            Self::Answerer => "answerer",
            Self::Secretary => "secretary",
            Self::Raiser => "raiser",
            Self::Follower => "follower",
            Self::Log => "log",
            Self::Figures => "figures",
            Self::Keeper => "keeper",
            Self::Gateway => "gateway",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn administrators_and_auditors_reach_no_request() {
        for right in [
            Right::Desk,
            Right::Overseer,
            Right::Regulator,
            Right::Professional,
            Right::Answerer,
            Right::Secretary,
            Right::Raiser,
            Right::Follower,
        ] {
            assert!(!right.allows(Role::Administrator), "{right:?}");
            assert!(!right.allows(Role::Auditor), "{right:?}");
        }
    }

    #[test]
    fn names_are_distinct() {
        let mut names: Vec<_> = Right::ALL.iter().map(|right| right.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Right::ALL.len());
    }
}
