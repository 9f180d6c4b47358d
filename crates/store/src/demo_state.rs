//! Small named values of the demonstration (its clock, its seed).
//! Refuses anything a real server needs: `relais serve` reads nothing here.

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

sql! { "demo_state";
    FIND = "SELECT value FROM demo_state WHERE name = $1";
    INSERT = "INSERT INTO demo_state (name, value) VALUES ($1, $2)";
    SET = "INSERT INTO demo_state (name, value) VALUES ($1, $2) \
           ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    WIPE_NODES = "DELETE FROM nodes";
    WIPE_DEMO_STATE = "DELETE FROM demo_state";
    WIPE_IDEMPOTENCY = "DELETE FROM idempotency";
    WIPE_IDENTITY_FLOWS = "DELETE FROM identity_flows";
    WIPE_SPENT_TOKENS = "DELETE FROM spent_tokens";
    WIPE_LOOK_AGAIN = "DELETE FROM look_again";
    WIPE_PURGES = "DELETE FROM purges";
    WIPE_LETTERS = "DELETE FROM letters";
    WIPE_POSTBOXES = "DELETE FROM postboxes";
    WIPE_CALENDAR_EVENTS = "DELETE FROM calendar_events";
    WIPE_CALENDAR_FEEDS = "DELETE FROM calendar_feeds";
    WIPE_THREAD_READS = "DELETE FROM thread_reads";
    WIPE_THREAD_PHOTOS = "DELETE FROM thread_photos";
    WIPE_THREAD_MESSAGES = "DELETE FROM thread_messages";
    WIPE_SYNTHESES = "DELETE FROM syntheses";
    WIPE_MAILBOXES = "DELETE FROM mailboxes";
    WIPE_EARLY_RECEIPTS = "DELETE FROM early_receipts";
    WIPE_MESSAGES = "DELETE FROM messages";
    WIPE_PUBLIC_FORMS = "DELETE FROM public_forms";
    WIPE_PUBLIC_COUNTS = "DELETE FROM public_counts";
    WIPE_REQUEST_NOTES = "DELETE FROM request_notes";
    WIPE_PHONE_CALLS = "DELETE FROM phone_calls";
    WIPE_DESK_TASKS = "DELETE FROM desk_tasks";
    WIPE_PATIENT_LINKS = "DELETE FROM patient_links";
    WIPE_PATIENT_INS = "DELETE FROM patient_ins";
    WIPE_PATIENT_WISHES = "DELETE FROM patient_wishes";
    WIPE_VISIT_QUESTIONS = "DELETE FROM visit_questions";
    WIPE_FOLLOW_UPS = "DELETE FROM follow_ups";
    WIPE_PAST_APPOINTMENTS = "DELETE FROM past_appointments";
    WIPE_PATIENT_MARKS = "DELETE FROM patient_marks";
    WIPE_PHOTOS = "DELETE FROM photos";
    WIPE_RED_FLAG_OVERRIDES = "DELETE FROM red_flag_overrides";
    WIPE_REGULATOR_CLAIMS = "DELETE FROM regulator_claims";
    WIPE_REGULATOR_NOTES = "DELETE FROM regulator_notes";
    WIPE_REGULATOR_DUTIES = "DELETE FROM regulator_duties";
    WIPE_APPLICATION_CARDS = "DELETE FROM application_cards";
    WIPE_APPLICATIONS = "DELETE FROM applications";
    WIPE_STAND_INS = "DELETE FROM stand_ins";
    WIPE_PROTOCOL_SIGNINGS = "DELETE FROM protocol_signings";
    WIPE_COOPERATIONS = "DELETE FROM cooperations";
    WIPE_CONTACTS = "DELETE FROM contacts";
    WIPE_VERDICTS = "DELETE FROM verdicts";
    WIPE_OFFERS = "DELETE FROM offers";
    WIPE_REQUESTS = "DELETE FROM requests";
    WIPE_PATIENTS = "DELETE FROM patients";
    WIPE_PUSH_DEVICES = "DELETE FROM push_devices";
    WIPE_LOGIN_ATTEMPTS = "DELETE FROM login_attempts";
    WIPE_TOKENS = "DELETE FROM tokens";
    WIPE_SESSIONS = "DELETE FROM sessions";
    WIPE_PASSKEYS = "DELETE FROM passkeys";
    WIPE_RECOVERY_CODES = "DELETE FROM recovery_codes";
    WIPE_INVITATIONS = "DELETE FROM invitations";
    WIPE_ROLES = "DELETE FROM roles";
    WIPE_DIGESTS = "DELETE FROM digests";
    WIPE_SECRETARIES = "DELETE FROM secretaries";
    WIPE_APPROVALS = "DELETE FROM approvals";
    WIPE_USERS = "DELETE FROM users";
    WIPE_MEMBERSHIPS = "DELETE FROM memberships";
    WIPE_PLACES = "DELETE FROM places";
    WIPE_SUPERVISORS = "UPDATE professionals SET supervisor = NULL WHERE supervisor IS NOT NULL";
    WIPE_PROFESSIONALS = "DELETE FROM professionals";
    WIPE_NETWORK_KEYS = "DELETE FROM network_keys";
    WIPE_SHARING = "DELETE FROM sharing";
    WIPE_NETWORK_COMMUNES = "DELETE FROM network_communes";
    WIPE_NETWORK_SETTINGS = "DELETE FROM network_settings";
    WIPE_PROTOCOL_COUNTS = "DELETE FROM protocol_counts";
    WIPE_PROTOCOLS = "DELETE FROM protocol_versions";
    WIPE_NETWORKS = "DELETE FROM networks";
    WIPE_DIRECTORY_CHANGES = "DELETE FROM directory_changes";
    WIPE_COUNTERS = "DELETE FROM counters";
    WIPE_ANCHORS = "DELETE FROM anchors";
    WIPE_JOURNAL_HEADS = "DELETE FROM journal_heads";
    WIPE_JOURNAL = "DELETE FROM journal";
}

/// The value under a name.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, StoreError> {
    tx.query_opt(FIND, params![name], |r| r.text(0))
}

/// Writes a value under a name that must be free.
pub fn insert(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), StoreError> {
    tx.exec_one(INSERT, params![name, value])
}

/// Writes a value under a name, whatever was there.
pub fn set(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), StoreError> {
    tx.exec_one(SET, params![name, value])
}

/// Empties every table but the reference data: a demonstration starts again. Never called by a
/// server, whose journal is append-only.
pub fn wipe(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let order = [
        WIPE_NODES,
        WIPE_DEMO_STATE,
        WIPE_IDEMPOTENCY,
        WIPE_IDENTITY_FLOWS,
        WIPE_SPENT_TOKENS,
        WIPE_LOOK_AGAIN,
        WIPE_PURGES,
        WIPE_LETTERS,
        WIPE_POSTBOXES,
        WIPE_CALENDAR_EVENTS,
        WIPE_CALENDAR_FEEDS,
        WIPE_THREAD_READS,
        WIPE_THREAD_PHOTOS,
        WIPE_THREAD_MESSAGES,
        WIPE_SYNTHESES,
        WIPE_MAILBOXES,
        WIPE_EARLY_RECEIPTS,
        WIPE_MESSAGES,
        WIPE_PUBLIC_FORMS,
        WIPE_PUBLIC_COUNTS,
        WIPE_REQUEST_NOTES,
        WIPE_PHONE_CALLS,
        WIPE_DESK_TASKS,
        WIPE_PATIENT_LINKS,
        WIPE_PATIENT_INS,
        WIPE_PATIENT_WISHES,
        WIPE_VISIT_QUESTIONS,
        WIPE_FOLLOW_UPS,
        WIPE_PAST_APPOINTMENTS,
        WIPE_PATIENT_MARKS,
        WIPE_PHOTOS,
        WIPE_RED_FLAG_OVERRIDES,
        WIPE_REGULATOR_CLAIMS,
        WIPE_REGULATOR_NOTES,
        WIPE_REGULATOR_DUTIES,
        WIPE_APPLICATION_CARDS,
        WIPE_APPLICATIONS,
        WIPE_STAND_INS,
        WIPE_PROTOCOL_SIGNINGS,
        WIPE_COOPERATIONS,
        WIPE_CONTACTS,
        WIPE_VERDICTS,
        WIPE_OFFERS,
        WIPE_REQUESTS,
        WIPE_PATIENTS,
        WIPE_PUSH_DEVICES,
        WIPE_LOGIN_ATTEMPTS,
        WIPE_TOKENS,
        WIPE_SESSIONS,
        WIPE_PASSKEYS,
        WIPE_RECOVERY_CODES,
        WIPE_INVITATIONS,
        WIPE_ROLES,
        WIPE_DIGESTS,
        WIPE_SECRETARIES,
        WIPE_APPROVALS,
        WIPE_USERS,
        WIPE_MEMBERSHIPS,
        WIPE_PLACES,
        WIPE_SUPERVISORS,
        WIPE_PROFESSIONALS,
        WIPE_NETWORK_KEYS,
        WIPE_SHARING,
        WIPE_NETWORK_COMMUNES,
        WIPE_NETWORK_SETTINGS,
        WIPE_PROTOCOL_COUNTS,
        WIPE_PROTOCOLS,
        WIPE_NETWORKS,
        WIPE_DIRECTORY_CHANGES,
        WIPE_COUNTERS,
        WIPE_ANCHORS,
        WIPE_JOURNAL_HEADS,
        WIPE_JOURNAL,
    ];
    for statement in order {
        tx.exec(statement, params![])?;
    }
    Ok(())
}
