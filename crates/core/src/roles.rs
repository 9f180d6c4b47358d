//! Which roles a network's coordinator may give to an account, beside what it is (R2, R3). Owns the list and who
//! may hold each. Refuses the roles of the installation, of software, and of a professional: those come with an
//! account, a token, a membership.

use crate::access::Role;
use crate::people::Profession;

/// The roles that may be given, in the order shown.
pub const GIVEN: &[Role] = &[
    Role::Operator,
    Role::Regulator,
    Role::Coordinator,
    Role::Auditor,
];

/// Whether a role may be given to somebody of this profession; none = to an account of the staff. Only a doctor
/// regulates (R3).
pub const fn may_be_given(role: Role, profession: Option<Profession>) -> bool {
    match role {
        Role::Operator | Role::Coordinator | Role::Auditor => true,
        Role::Regulator => matches!(profession, Some(Profession::Gp | Profession::Specialist)),
        Role::Administrator | Role::Professional | Role::Secretary | Role::Partner => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_doctor_regulates_and_nobody_is_given_the_installation() {
        let nurse = Some(Profession::Nurse);
        let may = |role| may_be_given(role, nurse);
        let given: Vec<_> = Role::ALL
            .iter()
            .copied()
            .filter(|role| may(*role))
            .collect();
        assert_eq!(given, [Role::Operator, Role::Coordinator, Role::Auditor]);
        for doctor in [Profession::Gp, Profession::Specialist] {
            assert!(may_be_given(Role::Regulator, Some(doctor)));
        }
        assert!(!may_be_given(Role::Regulator, None), "the staff");
        for role in Role::ALL {
            let listed = GIVEN.contains(role);
            assert_eq!(
                may_be_given(*role, Some(Profession::Gp)),
                listed,
                "{role:?}"
            );
        }
    }
}
