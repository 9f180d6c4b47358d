-- The schema on sqlite, generated: do not edit.
CREATE TABLE anchors (
  network TEXT NOT NULL,
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (network, seq)
);
CREATE TABLE application_cards (
  application TEXT PRIMARY KEY REFERENCES applications (id),
  added_at BIGINT NOT NULL,
  sealed BLOB NOT NULL
);
CREATE TABLE applications (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  network TEXT REFERENCES networks (id),
  rpps TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('filling', 'pending', 'approved', 'refused')),
  body TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  expires_at BIGINT,
  sent_at BIGINT,
  decided_at BIGINT,
  decided_by TEXT REFERENCES users (id),
  professional TEXT REFERENCES professionals (id), source TEXT NOT NULL DEFAULT '',
  CHECK ((status = 'pending') = (expires_at IS NULL)),
  CHECK (status = 'filling' OR (network IS NOT NULL AND sent_at IS NOT NULL)),
  CHECK ((decided_at IS NOT NULL) = (status IN ('approved', 'refused')))
);
CREATE TABLE approvals (
  professional TEXT PRIMARY KEY REFERENCES professionals (id),
  added_at BIGINT NOT NULL,
  added_by TEXT NOT NULL REFERENCES users (id),
  sealed BLOB NOT NULL
);
CREATE TABLE calendar_events (
  professional TEXT NOT NULL REFERENCES professionals (id),
  request TEXT NOT NULL REFERENCES requests (id),
  patient TEXT NOT NULL REFERENCES patients (id),
  sequence BIGINT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  cancelled BIGINT NOT NULL CHECK (cancelled IN (0, 1)),
  changed_at BIGINT NOT NULL,
  detail TEXT NOT NULL CHECK (detail IN ('nothing', 'initials', 'name')),
  label BLOB,
  shown_at BIGINT NOT NULL,
  PRIMARY KEY (professional, request)
);
CREATE TABLE calendar_feeds (
  professional TEXT PRIMARY KEY REFERENCES professionals (id),
  digest TEXT UNIQUE,
  detail TEXT NOT NULL CHECK (detail IN ('nothing', 'initials', 'name')),
  made_at BIGINT NOT NULL,
  read_at BIGINT
);
CREATE TABLE communes (
  insee TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  search_name TEXT NOT NULL,
  postcodes TEXT NOT NULL,
  dept TEXT NOT NULL,
  lat_e6 BIGINT NOT NULL,
  lon_e6 BIGINT NOT NULL,
  town_lat_e6 BIGINT,
  town_lon_e6 BIGINT,
  population BIGINT NOT NULL
);
CREATE TABLE contacts (
  id TEXT PRIMARY KEY,
  network TEXT NOT NULL REFERENCES networks (id),
  origin TEXT NOT NULL,
  outcome TEXT CHECK (outcome IN ('request', 'transferred-15', 'usual-doctor', 'advice', 'out-of-scope',
    'out-of-territory', 'out-of-hours', 'hung-up', 'duplicate', 'wrong-number')),
  request TEXT REFERENCES requests (id),
  patient TEXT REFERENCES patients (id),
  operator TEXT,
  received_at BIGINT NOT NULL,
  ended_at BIGINT,
  body TEXT NOT NULL,
  reason TEXT
, version BIGINT NOT NULL DEFAULT 1, kind TEXT NOT NULL DEFAULT 'call'
  CHECK (kind IN ('call', 'web', 'ring', 'counter', 'api')), holder TEXT, saved_at BIGINT, promised_at BIGINT, due_at BIGINT, due_why TEXT CHECK (due_why IN ('closing', 'call-back')), key_id TEXT, dek BLOB, draft BLOB, caller_index BLOB, sheet TEXT, sheet_version BIGINT, triage TEXT, happened_at BIGINT, entered_late BIGINT NOT NULL DEFAULT 0 CHECK (entered_late IN (0, 1)), reason_code TEXT, pointer TEXT);
CREATE TABLE cooperations (
  professional TEXT NOT NULL REFERENCES professionals (id),
  protocol TEXT NOT NULL,
  place TEXT NOT NULL,
  since_on TEXT NOT NULL,
  until_on TEXT,
  declared_at BIGINT NOT NULL,
  declared_by TEXT NOT NULL REFERENCES users (id),
  PRIMARY KEY (professional, protocol, place, since_on),
  CHECK (until_on IS NULL OR until_on >= since_on)
);
CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);
CREATE TABLE demo_state (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
CREATE TABLE desk_tasks (
  id TEXT PRIMARY KEY,
  network TEXT NOT NULL REFERENCES networks (id),
  request TEXT NOT NULL REFERENCES requests (id),
  kind TEXT NOT NULL CHECK (kind IN ('call', 'words', 'not-seen')),
  made_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  script TEXT NOT NULL,
  words BLOB,
  origin TEXT NOT NULL UNIQUE,
  attempts BIGINT NOT NULL DEFAULT 0,
  last_attempt_at BIGINT,
  done_at BIGINT,
  done_by TEXT REFERENCES users (id),
  outcome TEXT CHECK (outcome IN ('reached', 'message-left', 'wrong-number', 'unreachable', 'handled', 'replaced')),
  CHECK ((done_at IS NULL) = (outcome IS NULL))
);
CREATE TABLE digests (
  professional TEXT PRIMARY KEY REFERENCES professionals (id),
  network TEXT NOT NULL REFERENCES networks (id),
  every TEXT NOT NULL CHECK (every IN ('day', 'week')),
  hour BIGINT NOT NULL CHECK (hour BETWEEN 0 AND 23),
  since_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  CHECK (due_at > since_at)
);
CREATE TABLE directory_changes (
  version BIGINT PRIMARY KEY,
  stamp BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('professional', 'network', 'user')),
  id TEXT NOT NULL
);
CREATE TABLE directory_imports (
  digest TEXT PRIMARY KEY,
  run BIGINT NOT NULL UNIQUE,
  entries BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  finished_at BIGINT
);
CREATE TABLE early_receipts (
  provider TEXT NOT NULL,
  reference TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('delivered', 'seen', 'failed')),
  received_at BIGINT NOT NULL,
  PRIMARY KEY (provider, reference)
);
CREATE TABLE follow_ups (
  request TEXT PRIMARY KEY REFERENCES requests (id),
  origin TEXT NOT NULL REFERENCES requests (id),
  made_at BIGINT NOT NULL
);
CREATE TABLE idempotency (
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  route TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  status BIGINT,
  response TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (actor, key)
);
CREATE TABLE identity_flows (
  state_hash TEXT PRIMARY KEY,
  browser_hash TEXT NOT NULL,
  sealed BLOB NOT NULL,
  started_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  network TEXT NOT NULL REFERENCES networks (id),
  mark TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL,
  name TEXT NOT NULL,
  mail TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('operator', 'regulator', 'coordinator', 'auditor')),
  rpps TEXT,
  totp_sealed BLOB NOT NULL,
  invited_by TEXT NOT NULL REFERENCES users (id),
  invited_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  UNIQUE (network, mail),
  CHECK (expires_at > invited_at),
  CHECK (role <> 'regulator' OR rpps IS NOT NULL)
);
CREATE TABLE journal (
  network TEXT NOT NULL,
  seq BIGINT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  act TEXT NOT NULL,
  about TEXT,
  subject TEXT,
  why TEXT,
  source TEXT,
  body TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (network, seq)
);
CREATE TABLE journal_heads (
  network TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL
);
CREATE TABLE letters (
  mark TEXT PRIMARY KEY,
  arrived_at BIGINT NOT NULL,
  network TEXT REFERENCES networks (id),
  request TEXT REFERENCES requests (id),
  read_at BIGINT,
  read_by TEXT REFERENCES users (id),
  CHECK ((network IS NULL) = (request IS NULL)),
  CHECK ((read_at IS NULL) = (read_by IS NULL))
);
CREATE TABLE login_attempts (
  key TEXT NOT NULL,
  at BIGINT NOT NULL,
  ok BIGINT NOT NULL CHECK (ok IN (0, 1))
);
CREATE TABLE look_again (
  id TEXT PRIMARY KEY,
  network TEXT NOT NULL REFERENCES networks (id),
  node TEXT NOT NULL,
  asked_at BIGINT NOT NULL
);
CREATE TABLE mailboxes (
  rpps TEXT NOT NULL,
  address TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('personal', 'organisation', 'application')),
  run BIGINT NOT NULL,
  PRIMARY KEY (rpps, address)
);
CREATE TABLE memberships (
  professional TEXT NOT NULL REFERENCES professionals (id),
  network TEXT NOT NULL REFERENCES networks (id),
  status TEXT NOT NULL CHECK (status IN ('applied', 'active', 'suspended', 'left')),
  since BIGINT NOT NULL,
  PRIMARY KEY (professional, network)
);
CREATE TABLE messages (
  id TEXT PRIMARY KEY,
  idem_key TEXT NOT NULL UNIQUE,
  network TEXT NOT NULL REFERENCES networks (id),
  request TEXT REFERENCES requests (id),
  offer TEXT REFERENCES offers (id),
  kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  audience TEXT NOT NULL CHECK (audience IN ('professional', 'patient', 'requester', 'operator', 'usual')),
  owner TEXT NOT NULL,
  recipient_professional TEXT REFERENCES professionals (id),
  recipient_patient TEXT REFERENCES patients (id),
  address TEXT,
  body TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued', 'sending', 'sent', 'delivered', 'failed', 'expired', 'replaced')),
  due_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  lease_until BIGINT,
  lease_owner TEXT,
  created_at BIGINT NOT NULL,
  sent_at BIGINT,
  delivered_at BIGINT,
  seen_at BIGINT,
  failed_at BIGINT,
  failure TEXT,
  escalate_at BIGINT,
  provider_ref TEXT,
  expires_at BIGINT, recipient_contact TEXT REFERENCES contacts (id), provider TEXT,
  CHECK (recipient_patient IS NULL OR address IS NULL)
);
CREATE TABLE migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL);
CREATE TABLE national_directory (
  rpps TEXT NOT NULL,
  insee TEXT NOT NULL,
  profession TEXT NOT NULL,
  civility TEXT NOT NULL,
  last_name TEXT NOT NULL,
  first_name TEXT NOT NULL,
  commune TEXT NOT NULL,
  postcode TEXT NOT NULL,
  dept TEXT NOT NULL,
  phone TEXT,
  search TEXT NOT NULL,
  PRIMARY KEY (rpps, insee)
) WITHOUT ROWID;
CREATE TABLE network_communes (
  network TEXT NOT NULL REFERENCES networks (id),
  insee TEXT NOT NULL,
  tolerated BIGINT NOT NULL CHECK (tolerated IN (0, 1)),
  PRIMARY KEY (network, insee)
);
CREATE TABLE network_keys (
  network TEXT NOT NULL REFERENCES networks (id),
  key_id TEXT NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('records', 'index')),
  master_id TEXT NOT NULL,
  wrapped BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (network, key_id)
);
CREATE TABLE network_settings (
  network TEXT NOT NULL REFERENCES networks (id),
  version BIGINT NOT NULL,
  settings TEXT NOT NULL,
  since BIGINT NOT NULL,
  author TEXT NOT NULL,
  PRIMARY KEY (network, version)
);
CREATE TABLE networks (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  short_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  phone TEXT NOT NULL,
  zone TEXT NOT NULL,
  settings TEXT NOT NULL,
  settings_version BIGINT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'closed'))
);
CREATE TABLE nodes (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE TABLE offers (
  id TEXT PRIMARY KEY,
  request TEXT NOT NULL REFERENCES requests (id),
  professional TEXT NOT NULL REFERENCES professionals (id),
  network TEXT NOT NULL REFERENCES networks (id),
  round BIGINT NOT NULL,
  stage TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'delivered', 'seen', 'accepted', 'refused', 'lapsed',
    'withdrawn')),
  asked_at BIGINT NOT NULL,
  answered_at BIGINT,
  sms_code TEXT,
  alert_number TEXT,
  updated_at BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE TABLE passkeys (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  key_sealed BLOB NOT NULL,
  label TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT,
  revoked_at BIGINT,
  revoked_why TEXT CHECK (revoked_why IN ('owner', 'copied', 'recovery')),
  CHECK ((revoked_at IS NULL) = (revoked_why IS NULL))
);
CREATE TABLE past_appointments (
  request TEXT PRIMARY KEY REFERENCES requests (id),
  network TEXT NOT NULL REFERENCES networks (id),
  ends_at BIGINT NOT NULL,
  closure TEXT NOT NULL,
  closed_at BIGINT NOT NULL
);
CREATE TABLE patient_ins (
  patient TEXT PRIMARY KEY REFERENCES patients (id),
  status TEXT NOT NULL CHECK (status IN ('provisional', 'retrieved', 'validated', 'qualified')),
  doubtful BIGINT NOT NULL CHECK (doubtful IN (0, 1)),
  sealed BLOB,
  set_at BIGINT NOT NULL,
  set_by TEXT NOT NULL REFERENCES users (id),
  CHECK (doubtful = 0 OR status IN ('provisional', 'retrieved')),
  CHECK (sealed IS NOT NULL OR status IN ('provisional', 'validated'))
);
CREATE TABLE patient_links (
  request TEXT PRIMARY KEY REFERENCES requests (id),
  network TEXT NOT NULL REFERENCES networks (id),
  digest TEXT NOT NULL UNIQUE,
  sealed BLOB NOT NULL,
  made_at BIGINT NOT NULL,
  revoked_at BIGINT,
  late_minutes BIGINT,
  late_at BIGINT
);
CREATE TABLE patient_marks (
  network TEXT NOT NULL REFERENCES networks (id),
  kind TEXT NOT NULL CHECK (kind IN ('phone', 'dated-phone', 'dated-name', 'dated-first')),
  mark BLOB NOT NULL,
  patient TEXT NOT NULL REFERENCES patients (id),
  PRIMARY KEY (network, kind, mark, patient)
);
CREATE TABLE patient_wishes (
  network TEXT NOT NULL REFERENCES networks (id),
  person BLOB NOT NULL,
  wish TEXT NOT NULL CHECK (wish IN ('no-messages', 'no-notes', 'no-list', 'tell-carer', 'seeks-doctor')),
  since BIGINT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('desk', 'page', 'closing')),
  PRIMARY KEY (network, person, wish)
);
CREATE TABLE patients (
  id TEXT PRIMARY KEY,
  network TEXT NOT NULL REFERENCES networks (id),
  key_id TEXT NOT NULL,
  dek BLOB,
  birth_name BLOB,
  used_name BLOB,
  first_names BLOB,
  birth_date BLOB,
  phone BLOB,
  carer_phone BLOB,
  address_line BLOB,
  sex TEXT NOT NULL CHECK (sex IN ('F', 'M', 'U')),
  insee TEXT NOT NULL,
  postcode TEXT NOT NULL,
  phone_index BLOB,
  name_index BLOB,
  created_at BIGINT NOT NULL,
  erased_at BIGINT, usual_outside BLOB,
  CHECK (erased_at IS NOT NULL OR dek IS NOT NULL)
);
CREATE TABLE phone_calls (
  network TEXT NOT NULL REFERENCES networks (id),
  call_id TEXT NOT NULL,
  contact TEXT NOT NULL REFERENCES contacts (id),
  state TEXT NOT NULL CHECK (state IN ('ringing', 'answered', 'ended')),
  desk TEXT,
  told_at BIGINT NOT NULL,
  PRIMARY KEY (network, call_id)
);
CREATE TABLE photos (
  request TEXT NOT NULL REFERENCES requests (id),
  n BIGINT NOT NULL CHECK (n BETWEEN 1 AND 5),
  patient TEXT NOT NULL REFERENCES patients (id),
  author TEXT NOT NULL REFERENCES users (id),
  added_at BIGINT NOT NULL,
  faceless BIGINT NOT NULL CHECK (faceless IN (0, 1)),
  width BIGINT NOT NULL CHECK (width > 0),
  height BIGINT NOT NULL CHECK (height > 0),
  sealed BLOB NOT NULL,
  PRIMARY KEY (request, n)
);
CREATE TABLE places (
  id TEXT PRIMARY KEY,
  professional TEXT NOT NULL REFERENCES professionals (id),
  label TEXT NOT NULL,
  line TEXT NOT NULL,
  postcode TEXT NOT NULL,
  insee TEXT NOT NULL,
  lat_e6 BIGINT NOT NULL,
  lon_e6 BIGINT NOT NULL,
  main BIGINT NOT NULL CHECK (main IN (0, 1))
);
CREATE TABLE postboxes (
  address TEXT PRIMARY KEY,
  validity BIGINT NOT NULL DEFAULT 0,
  uid BIGINT NOT NULL DEFAULT 0,
  read_at BIGINT,
  held_by TEXT,
  held_until BIGINT,
  CHECK ((held_by IS NULL) = (held_until IS NULL))
);
CREATE TABLE professionals (
  id TEXT PRIMARY KEY,
  rpps TEXT NOT NULL UNIQUE,
  civility TEXT NOT NULL,
  last_name TEXT NOT NULL,
  first_names TEXT NOT NULL,
  profession TEXT NOT NULL,
  specialty TEXT,
  standing TEXT NOT NULL CHECK (standing IN ('titular', 'locum', 'adjunct', 'assistant', 'intern', 'retired')),
  supervisor TEXT REFERENCES professionals (id),
  contract_from BIGINT,
  contract_until BIGINT,
  contact_number TEXT,
  alert_number TEXT,
  mail TEXT,
  mssante TEXT,
  has_smartphone BIGINT NOT NULL CHECK (has_smartphone IN (0, 1)),
  status TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'left')),
  profile TEXT NOT NULL,
  profile_version BIGINT NOT NULL
);
CREATE TABLE protocol_counts (
  network TEXT NOT NULL REFERENCES networks (id),
  code TEXT NOT NULL,
  version BIGINT NOT NULL,
  question TEXT NOT NULL,
  yes BIGINT NOT NULL,
  no BIGINT NOT NULL,
  unknown BIGINT NOT NULL,
  overridden BIGINT NOT NULL,
  PRIMARY KEY (network, code, version, question)
);
CREATE TABLE protocol_signings (
  network TEXT NOT NULL REFERENCES networks (id),
  code TEXT NOT NULL,
  version BIGINT NOT NULL,
  professional TEXT NOT NULL REFERENCES professionals (id),
  months BIGINT NOT NULL CHECK (months > 0),
  asked_by TEXT NOT NULL REFERENCES users (id),
  asked_at BIGINT NOT NULL,
  declined_at BIGINT,
  declined_why TEXT,
  PRIMARY KEY (network, code, version),
  CHECK ((declined_at IS NULL) = (declined_why IS NULL))
);
CREATE TABLE protocol_versions (
  network TEXT NOT NULL REFERENCES networks (id),
  code TEXT NOT NULL,
  version BIGINT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('draft', 'reviewed', 'signed', 'retired')),
  revision BIGINT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  author TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  reviewed_by TEXT,
  reviewed_at BIGINT,
  signed_by TEXT,
  signed_rpps TEXT,
  signed_at BIGINT,
  recorded_by TEXT,
  expires_at BIGINT,
  in_force_from BIGINT,
  PRIMARY KEY (network, code, version)
);
CREATE TABLE public_counts (
  network TEXT NOT NULL REFERENCES networks (id),
  day TEXT NOT NULL,
  what TEXT NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (network, day, what)
);
CREATE TABLE public_forms (
  id TEXT PRIMARY KEY,
  network TEXT NOT NULL REFERENCES networks (id),
  key_id TEXT NOT NULL,
  dek BLOB NOT NULL,
  answers BLOB NOT NULL,
  started_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  contact TEXT REFERENCES contacts (id),
  promised_at BIGINT, source TEXT NOT NULL DEFAULT '',
  CHECK ((contact IS NULL) = (promised_at IS NULL))
);
CREATE TABLE purges (
  network TEXT NOT NULL REFERENCES networks (id),
  class TEXT NOT NULL CHECK (class IN ('identities', 'notes', 'photos', 'threads', 'texts', 'visits')),
  on_day TEXT NOT NULL,
  counted BIGINT NOT NULL CHECK (counted > 0),
  before_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (network, class, on_day)
);
CREATE TABLE push_devices (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  endpoint TEXT NOT NULL UNIQUE,
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  label TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  failed_at BIGINT
, proved_at BIGINT);
CREATE TABLE recovery_codes (
  user_id TEXT PRIMARY KEY REFERENCES users (id),
  mark TEXT NOT NULL,
  tries BIGINT NOT NULL,
  issued_by TEXT NOT NULL REFERENCES users (id),
  issued_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE TABLE red_flag_overrides (
  id TEXT PRIMARY KEY,
  network TEXT NOT NULL REFERENCES networks (id),
  request TEXT NOT NULL REFERENCES requests (id),
  author TEXT NOT NULL REFERENCES users (id),
  at BIGINT NOT NULL,
  signs TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE TABLE regulator_claims (
  request TEXT PRIMARY KEY REFERENCES requests (id),
  user_id TEXT NOT NULL REFERENCES users (id),
  at BIGINT NOT NULL
);
CREATE TABLE regulator_duties (
  id TEXT PRIMARY KEY,
  network TEXT NOT NULL REFERENCES networks (id),
  user_id TEXT NOT NULL REFERENCES users (id),
  since BIGINT NOT NULL,
  until BIGINT NOT NULL,
  ended_at BIGINT,
  CHECK (until > since)
);
CREATE TABLE regulator_notes (
  id TEXT PRIMARY KEY,
  request TEXT NOT NULL REFERENCES requests (id),
  author TEXT NOT NULL REFERENCES users (id),
  at BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('pre-diagnosis', 'advice')),
  text TEXT NOT NULL
);
CREATE TABLE request_notes (
  id TEXT PRIMARY KEY,
  request TEXT NOT NULL REFERENCES requests (id),
  author TEXT NOT NULL REFERENCES users (id),
  at BIGINT NOT NULL,
  text TEXT NOT NULL
);
CREATE TABLE requests (
  id TEXT PRIMARY KEY,
  network TEXT NOT NULL REFERENCES networks (id),
  code TEXT NOT NULL,
  version BIGINT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('to_qualify', 'asking_usual', 'asking_community', 'asking_neighbours',
    'unfilled', 'accepted', 'scheduled', 'closed', 'cancelled', 'transferred_15', 'paused')),
  closure TEXT,
  due_at BIGINT,
  due_why TEXT,
  raised_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  patient TEXT NOT NULL REFERENCES patients (id),
  requester_kind TEXT NOT NULL,
  requester_user TEXT REFERENCES users (id),
  requester_professional TEXT REFERENCES professionals (id),
  engaged_professional TEXT REFERENCES professionals (id),
  profession TEXT NOT NULL,
  insee TEXT NOT NULL,
  state TEXT NOT NULL,
  UNIQUE (network, code),
  CHECK ((due_at IS NULL) = (due_why IS NULL))
);
CREATE TABLE roles (
  user_id TEXT NOT NULL REFERENCES users (id),
  network TEXT NOT NULL REFERENCES networks (id),
  role TEXT NOT NULL CHECK (role IN ('operator', 'regulator', 'coordinator', 'auditor')),
  given_by TEXT NOT NULL REFERENCES users (id),
  given_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, network, role)
);
CREATE TABLE secretaries (
  user_id TEXT NOT NULL REFERENCES users (id),
  professional TEXT NOT NULL REFERENCES professionals (id),
  network TEXT NOT NULL REFERENCES networks (id),
  given_by TEXT NOT NULL REFERENCES users (id),
  given_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, professional)
);
CREATE TABLE sessions (
  id TEXT NOT NULL UNIQUE,
  token_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  strong_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT,
  device TEXT NOT NULL,
  shared_computer BIGINT NOT NULL CHECK (shared_computer IN (0, 1))
, hint_sealed BLOB, worn_network TEXT, worn_role TEXT, acts_for TEXT);
CREATE TABLE sharing (
  from_network TEXT NOT NULL REFERENCES networks (id),
  to_network TEXT NOT NULL REFERENCES networks (id),
  status TEXT NOT NULL CHECK (status IN ('proposed', 'active', 'ended')),
  since BIGINT NOT NULL,
  PRIMARY KEY (from_network, to_network)
);
CREATE TABLE spent_tokens (
  mark TEXT PRIMARY KEY,
  expires_at BIGINT NOT NULL
);
CREATE TABLE stand_ins (
  locum TEXT NOT NULL REFERENCES professionals (id),
  absent TEXT NOT NULL REFERENCES professionals (id),
  from_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  inherits BIGINT NOT NULL CHECK (inherits IN (0, 1)),
  network TEXT NOT NULL REFERENCES networks (id),
  written_at BIGINT NOT NULL,
  written_by TEXT NOT NULL REFERENCES users (id),
  PRIMARY KEY (locum, absent, from_at)
);
CREATE TABLE syntheses (
  request TEXT NOT NULL REFERENCES requests (id),
  version BIGINT NOT NULL CHECK (version > 0),
  network TEXT NOT NULL REFERENCES networks (id),
  patient TEXT NOT NULL REFERENCES patients (id),
  author TEXT NOT NULL REFERENCES users (id),
  validated_at BIGINT NOT NULL,
  content BLOB NOT NULL,
  pdf BLOB NOT NULL,
  archive BLOB NOT NULL,
  digest TEXT NOT NULL,
  doctor TEXT REFERENCES professionals (id),
  fate TEXT NOT NULL CHECK (fate IN ('sent', 'no-consent', 'no-doctor', 'no-mailbox', 'off', 'withdrawn', 'replaced')),
  message TEXT REFERENCES messages (id),
  read_at BIGINT,
  displayed_at BIGINT,
  error_code TEXT,
  PRIMARY KEY (request, version),
  CHECK (fate <> 'sent' OR message IS NOT NULL)
);
CREATE TABLE thread_messages (
  request TEXT NOT NULL REFERENCES requests (id),
  n BIGINT NOT NULL CHECK (n > 0),
  network TEXT NOT NULL REFERENCES networks (id),
  patient TEXT NOT NULL REFERENCES patients (id),
  author TEXT NOT NULL REFERENCES users (id),
  side TEXT NOT NULL CHECK (side IN ('desk', 'requester', 'accepter', 'usual')),
  at BIGINT NOT NULL,
  mark TEXT NOT NULL,
  photos BIGINT NOT NULL CHECK (photos BETWEEN 0 AND 5),
  sealed BLOB NOT NULL,
  PRIMARY KEY (request, n),
  UNIQUE (request, author, mark)
);
CREATE TABLE thread_photos (
  request TEXT NOT NULL,
  message BIGINT NOT NULL,
  n BIGINT NOT NULL CHECK (n BETWEEN 1 AND 5),
  patient TEXT NOT NULL REFERENCES patients (id),
  width BIGINT NOT NULL CHECK (width > 0),
  height BIGINT NOT NULL CHECK (height > 0),
  sealed BLOB NOT NULL,
  PRIMARY KEY (request, message, n),
  FOREIGN KEY (request, message) REFERENCES thread_messages (request, n)
);
CREATE TABLE thread_reads (
  request TEXT NOT NULL REFERENCES requests (id),
  reader TEXT NOT NULL,
  n BIGINT NOT NULL,
  read_at BIGINT,
  told_at BIGINT,
  PRIMARY KEY (request, reader)
);
CREATE TABLE tokens (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  user_id TEXT REFERENCES users (id),
  network TEXT NOT NULL REFERENCES networks (id),
  role TEXT NOT NULL,
  professional TEXT REFERENCES professionals (id),
  label TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT,
  revoked_at BIGINT
);
CREATE TABLE users (
  id TEXT PRIMARY KEY,
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  network TEXT REFERENCES networks (id),
  professional TEXT REFERENCES professionals (id),
  password_hash TEXT,
  totp_sealed BLOB,
  status TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
  created_at BIGINT NOT NULL,
  last_login_at BIGINT
, desk TEXT);
CREATE TABLE verdicts (
  request TEXT NOT NULL REFERENCES requests (id),
  round BIGINT NOT NULL,
  stage TEXT NOT NULL,
  evaluated_at BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (request, round, stage)
);
CREATE TABLE visit_questions (
  request TEXT PRIMARY KEY REFERENCES requests (id),
  network TEXT NOT NULL REFERENCES networks (id),
  asked_at BIGINT NOT NULL,
  answer TEXT CHECK (answer IN ('yes', 'no')),
  answered_at BIGINT,
  source TEXT CHECK (source IN ('sms', 'page')),
  CHECK ((answer IS NULL) = (answered_at IS NULL))
);
CREATE INDEX applications_expiry ON applications (expires_at);
CREATE INDEX applications_network ON applications (network, status, sent_at);
CREATE INDEX applications_rpps ON applications (rpps);
CREATE INDEX calendar_events_patient ON calendar_events (patient);
CREATE INDEX communes_dept ON communes (dept);
CREATE INDEX communes_search ON communes (search_name);
CREATE INDEX contacts_caller ON contacts (network, caller_index) WHERE caller_index IS NOT NULL;
CREATE INDEX contacts_drafts ON contacts (ended_at) WHERE draft IS NOT NULL;
CREATE INDEX contacts_due ON contacts (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX contacts_happened ON contacts (network, happened_at) WHERE happened_at IS NOT NULL;
CREATE INDEX contacts_held ON contacts (holder) WHERE holder IS NOT NULL;
CREATE INDEX contacts_network ON contacts (network, received_at);
CREATE INDEX contacts_open ON contacts (network, received_at) WHERE outcome IS NULL;
CREATE INDEX contacts_request ON contacts (request) WHERE request IS NOT NULL;
CREATE INDEX desk_tasks_open ON desk_tasks (network, due_at) WHERE done_at IS NULL;
CREATE INDEX desk_tasks_request ON desk_tasks (request);
CREATE INDEX digests_due ON digests (due_at);
CREATE INDEX early_receipts_age ON early_receipts (received_at);
CREATE INDEX follow_ups_origin ON follow_ups (origin);
CREATE INDEX idempotency_created ON idempotency (created_at);
CREATE INDEX identity_flows_expiry ON identity_flows (expires_at);
CREATE INDEX journal_about ON journal (network, about, seq) WHERE about IS NOT NULL;
CREATE INDEX journal_at ON journal (network, at);
CREATE INDEX journal_subject ON journal (subject, at) WHERE subject IS NOT NULL;
CREATE INDEX letters_unread ON letters (arrived_at) WHERE read_at IS NULL;
CREATE INDEX login_attempts_key ON login_attempts (key, at);
CREATE INDEX mailboxes_run ON mailboxes (run);
CREATE INDEX memberships_network ON memberships (network, status);
CREATE INDEX messages_drill ON messages (network, created_at) WHERE kind = 'drill';
CREATE INDEX messages_due ON messages (due_at) WHERE status IN ('queued', 'sending');
CREATE INDEX messages_escalate ON messages (escalate_at) WHERE escalate_at IS NOT NULL;
CREATE INDEX messages_expiring ON messages (expires_at) WHERE status = 'queued' AND expires_at IS NOT NULL;
CREATE INDEX messages_lane ON messages (channel, due_at, kind, id) WHERE status = 'queued';
CREATE INDEX messages_leased ON messages (lease_until, channel) WHERE status = 'sending';
CREATE INDEX messages_network ON messages (network, created_at);
CREATE INDEX messages_offer ON messages (offer) WHERE offer IS NOT NULL;
CREATE INDEX messages_provider ON messages (provider_ref) WHERE provider_ref IS NOT NULL;
CREATE INDEX messages_request ON messages (request) WHERE request IS NOT NULL;
CREATE INDEX messages_taken ON messages (channel, provider, sent_at) WHERE provider IS NOT NULL;
CREATE INDEX national_directory_name ON national_directory (profession, search);
CREATE INDEX national_directory_near ON national_directory (profession, dept, search);
CREATE INDEX network_communes_insee ON network_communes (insee);
CREATE INDEX offers_accepted ON offers (professional, answered_at) WHERE status = 'accepted';
CREATE INDEX offers_alert ON offers (alert_number, sms_code) WHERE sms_code IS NOT NULL;
CREATE INDEX offers_asked ON offers (asked_at);
CREATE UNIQUE INDEX offers_one_accepted ON offers (request) WHERE status = 'accepted';
CREATE INDEX offers_professional ON offers (professional, asked_at);
CREATE INDEX offers_request ON offers (request);
CREATE UNIQUE INDEX offers_sms_code ON offers (alert_number, sms_code)
  WHERE sms_code IS NOT NULL AND status IN ('queued', 'sent', 'delivered', 'seen');
CREATE INDEX passkeys_user ON passkeys (user_id);
CREATE INDEX past_appointments_network ON past_appointments (network, ends_at);
CREATE INDEX patient_marks_patient ON patient_marks (patient);
CREATE INDEX patients_name ON patients (network, name_index);
CREATE INDEX patients_phone ON patients (network, phone_index);
CREATE INDEX phone_calls_contact ON phone_calls (contact);
CREATE INDEX photos_patient ON photos (patient);
CREATE INDEX places_professional ON places (professional);
CREATE INDEX professionals_alert ON professionals (alert_number);
CREATE INDEX professionals_profession ON professionals (profession);
CREATE INDEX protocol_signings_professional ON protocol_signings (professional) WHERE declined_at IS NULL;
CREATE INDEX protocol_versions_force ON protocol_versions (network, in_force_from) WHERE in_force_from IS NOT NULL;
CREATE INDEX public_forms_expiry ON public_forms (expires_at);
CREATE INDEX public_forms_network ON public_forms (network, expires_at);
CREATE INDEX push_devices_user ON push_devices (user_id);
CREATE INDEX recovery_codes_expiry ON recovery_codes (expires_at);
CREATE INDEX red_flag_overrides_network ON red_flag_overrides (network, at);
CREATE INDEX red_flag_overrides_request ON red_flag_overrides (request);
CREATE INDEX regulator_duties_network ON regulator_duties (network, until) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX regulator_duties_user ON regulator_duties (user_id) WHERE ended_at IS NULL;
CREATE INDEX regulator_notes_request ON regulator_notes (request, at);
CREATE INDEX request_notes_request ON request_notes (request, at);
CREATE INDEX requests_due ON requests (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX requests_engaged ON requests (engaged_professional) WHERE engaged_professional IS NOT NULL;
CREATE INDEX requests_network ON requests (network, status, raised_at);
CREATE INDEX requests_patient ON requests (patient);
CREATE INDEX requests_requester ON requests (requester_user) WHERE requester_user IS NOT NULL;
CREATE INDEX requests_requester_professional ON requests (requester_professional)
  WHERE requester_professional IS NOT NULL;
CREATE INDEX requests_updated ON requests (network, updated_at);
CREATE INDEX roles_network ON roles (network, role);
CREATE INDEX secretaries_professional ON secretaries (professional);
CREATE INDEX sessions_expires ON sessions (expires_at);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sharing_to ON sharing (to_network);
CREATE INDEX spent_tokens_expiry ON spent_tokens (expires_at);
CREATE INDEX stand_ins_absent ON stand_ins (absent, until_at);
CREATE INDEX stand_ins_locum ON stand_ins (locum, until_at);
CREATE INDEX syntheses_doctor ON syntheses (doctor, validated_at) WHERE doctor IS NOT NULL;
CREATE INDEX syntheses_message ON syntheses (message) WHERE message IS NOT NULL;
CREATE INDEX syntheses_network ON syntheses (network, validated_at);
CREATE INDEX syntheses_patient ON syntheses (patient);
CREATE INDEX thread_messages_network ON thread_messages (network, at);
CREATE INDEX thread_messages_patient ON thread_messages (patient);
CREATE INDEX thread_photos_patient ON thread_photos (patient);
CREATE INDEX tokens_network ON tokens (network);
CREATE UNIQUE INDEX users_desk ON users (network, desk) WHERE desk IS NOT NULL;
CREATE INDEX users_network ON users (network);
CREATE UNIQUE INDEX users_professional ON users (professional) WHERE professional IS NOT NULL;
CREATE INDEX visit_questions_network ON visit_questions (network, asked_at);
