-- The schema on postgres, generated: do not edit.
column anchors.network text not null
column anchors.seq bigint not null
column anchors.hash text not null
column anchors.at bigint not null
constraint anchors.anchors_pkey PRIMARY KEY (network, seq)
CREATE UNIQUE INDEX anchors_pkey ON anchors USING btree (network, seq)
column application_cards.application text not null
column application_cards.added_at bigint not null
column application_cards.sealed bytea not null
constraint application_cards.application_cards_application_fkey FOREIGN KEY (application) REFERENCES applications(id)
constraint application_cards.application_cards_pkey PRIMARY KEY (application)
CREATE UNIQUE INDEX application_cards_pkey ON application_cards USING btree (application)
column applications.id text not null
column applications.token_hash text not null
column applications.network text
column applications.rpps text not null
column applications.status text not null
column applications.body text not null
column applications.started_at bigint not null
column applications.expires_at bigint
column applications.sent_at bigint
column applications.decided_at bigint
column applications.decided_by text
column applications.professional text
column applications.source text not null default ''::text
constraint applications.applications_check CHECK (((status = 'pending'::text) = (expires_at IS NULL)))
constraint applications.applications_check1 CHECK (((status = 'filling'::text) OR ((network IS NOT NULL) AND (sent_at IS NOT NULL))))
constraint applications.applications_check2 CHECK (((decided_at IS NOT NULL) = (status = ANY (ARRAY['approved'::text, 'refused'::text]))))
constraint applications.applications_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES users(id)
constraint applications.applications_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint applications.applications_pkey PRIMARY KEY (id)
constraint applications.applications_professional_fkey FOREIGN KEY (professional) REFERENCES professionals(id)
constraint applications.applications_status_check CHECK ((status = ANY (ARRAY['filling'::text, 'pending'::text, 'approved'::text, 'refused'::text])))
constraint applications.applications_token_hash_key UNIQUE (token_hash)
CREATE INDEX applications_expiry ON applications USING btree (expires_at)
CREATE INDEX applications_network ON applications USING btree (network, status, sent_at)
CREATE INDEX applications_rpps ON applications USING btree (rpps)
CREATE UNIQUE INDEX applications_pkey ON applications USING btree (id)
CREATE UNIQUE INDEX applications_token_hash_key ON applications USING btree (token_hash)
column approvals.professional text not null
column approvals.added_at bigint not null
column approvals.added_by text not null
column approvals.sealed bytea not null
constraint approvals.approvals_added_by_fkey FOREIGN KEY (added_by) REFERENCES users(id)
constraint approvals.approvals_pkey PRIMARY KEY (professional)
constraint approvals.approvals_professional_fkey FOREIGN KEY (professional) REFERENCES professionals(id)
CREATE UNIQUE INDEX approvals_pkey ON approvals USING btree (professional)
column calendar_events.professional text not null
column calendar_events.request text not null
column calendar_events.patient text not null
column calendar_events.sequence bigint not null
column calendar_events.starts_at bigint not null
column calendar_events.ends_at bigint not null
column calendar_events.cancelled bigint not null
column calendar_events.changed_at bigint not null
column calendar_events.detail text not null
column calendar_events.label bytea
column calendar_events.shown_at bigint not null
constraint calendar_events.calendar_events_cancelled_check CHECK ((cancelled = ANY (ARRAY[(0)::bigint, (1)::bigint])))
constraint calendar_events.calendar_events_detail_check CHECK ((detail = ANY (ARRAY['nothing'::text, 'initials'::text, 'name'::text])))
constraint calendar_events.calendar_events_patient_fkey FOREIGN KEY (patient) REFERENCES patients(id)
constraint calendar_events.calendar_events_pkey PRIMARY KEY (professional, request)
constraint calendar_events.calendar_events_professional_fkey FOREIGN KEY (professional) REFERENCES professionals(id)
constraint calendar_events.calendar_events_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
CREATE INDEX calendar_events_patient ON calendar_events USING btree (patient)
CREATE UNIQUE INDEX calendar_events_pkey ON calendar_events USING btree (professional, request)
column calendar_feeds.professional text not null
column calendar_feeds.digest text
column calendar_feeds.detail text not null
column calendar_feeds.made_at bigint not null
column calendar_feeds.read_at bigint
constraint calendar_feeds.calendar_feeds_detail_check CHECK ((detail = ANY (ARRAY['nothing'::text, 'initials'::text, 'name'::text])))
constraint calendar_feeds.calendar_feeds_digest_key UNIQUE (digest)
constraint calendar_feeds.calendar_feeds_pkey PRIMARY KEY (professional)
constraint calendar_feeds.calendar_feeds_professional_fkey FOREIGN KEY (professional) REFERENCES professionals(id)
CREATE UNIQUE INDEX calendar_feeds_digest_key ON calendar_feeds USING btree (digest)
CREATE UNIQUE INDEX calendar_feeds_pkey ON calendar_feeds USING btree (professional)
column communes.insee text not null
column communes.name text not null
column communes.search_name text not null
column communes.postcodes text not null
column communes.dept text not null
column communes.lat_e6 bigint not null
column communes.lon_e6 bigint not null
column communes.town_lat_e6 bigint
column communes.town_lon_e6 bigint
column communes.population bigint not null
constraint communes.communes_pkey PRIMARY KEY (insee)
CREATE INDEX communes_dept ON communes USING btree (dept)
CREATE INDEX communes_search ON communes USING btree (search_name)
CREATE UNIQUE INDEX communes_pkey ON communes USING btree (insee)
column contacts.id text not null
column contacts.network text not null
column contacts.origin text not null
column contacts.outcome text
column contacts.request text
column contacts.patient text
column contacts.operator text
column contacts.received_at bigint not null
column contacts.ended_at bigint
column contacts.body text not null
column contacts.reason text
column contacts.version bigint not null default 1
column contacts.kind text not null default 'call'::text
column contacts.holder text
column contacts.saved_at bigint
column contacts.promised_at bigint
column contacts.due_at bigint
column contacts.due_why text
column contacts.key_id text
column contacts.dek bytea
column contacts.draft bytea
column contacts.caller_index bytea
column contacts.sheet text
column contacts.sheet_version bigint
column contacts.triage text
column contacts.happened_at bigint
column contacts.entered_late bigint not null default 0
column contacts.reason_code text
column contacts.pointer text
constraint contacts.contacts_due_why_check CHECK ((due_why = ANY (ARRAY['closing'::text, 'call-back'::text])))
constraint contacts.contacts_entered_late_check CHECK ((entered_late = ANY (ARRAY[(0)::bigint, (1)::bigint])))
constraint contacts.contacts_kind_check CHECK ((kind = ANY (ARRAY['call'::text, 'web'::text, 'ring'::text, 'counter'::text, 'api'::text])))
constraint contacts.contacts_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint contacts.contacts_outcome_check CHECK ((outcome = ANY (ARRAY['request'::text, 'transferred-15'::text, 'usual-doctor'::text, 'advice'::text, 'out-of-scope'::text, 'out-of-territory'::text, 'out-of-hours'::text, 'hung-up'::text, 'duplicate'::text, 'wrong-number'::text])))
constraint contacts.contacts_patient_fkey FOREIGN KEY (patient) REFERENCES patients(id)
constraint contacts.contacts_pkey PRIMARY KEY (id)
constraint contacts.contacts_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
CREATE INDEX contacts_caller ON contacts USING btree (network, caller_index) WHERE (caller_index IS NOT NULL)
CREATE INDEX contacts_drafts ON contacts USING btree (ended_at) WHERE (draft IS NOT NULL)
CREATE INDEX contacts_due ON contacts USING btree (due_at) WHERE (due_at IS NOT NULL)
CREATE INDEX contacts_happened ON contacts USING btree (network, happened_at) WHERE (happened_at IS NOT NULL)
CREATE INDEX contacts_held ON contacts USING btree (holder) WHERE (holder IS NOT NULL)
CREATE INDEX contacts_network ON contacts USING btree (network, received_at)
CREATE INDEX contacts_open ON contacts USING btree (network, received_at) WHERE (outcome IS NULL)
CREATE INDEX contacts_request ON contacts USING btree (request) WHERE (request IS NOT NULL)
CREATE UNIQUE INDEX contacts_pkey ON contacts USING btree (id)
column cooperations.professional text not null
column cooperations.protocol text not null
column cooperations.place text not null
column cooperations.since_on text not null
column cooperations.until_on text
column cooperations.declared_at bigint not null
column cooperations.declared_by text not null
constraint cooperations.cooperations_check CHECK (((until_on IS NULL) OR (until_on >= since_on)))
constraint cooperations.cooperations_declared_by_fkey FOREIGN KEY (declared_by) REFERENCES users(id)
constraint cooperations.cooperations_pkey PRIMARY KEY (professional, protocol, place, since_on)
constraint cooperations.cooperations_professional_fkey FOREIGN KEY (professional) REFERENCES professionals(id)
CREATE UNIQUE INDEX cooperations_pkey ON cooperations USING btree (professional, protocol, place, since_on)
column counters.name text not null
column counters.value bigint not null
constraint counters.counters_pkey PRIMARY KEY (name)
CREATE UNIQUE INDEX counters_pkey ON counters USING btree (name)
column demo_state.name text not null
column demo_state.value text not null
constraint demo_state.demo_state_pkey PRIMARY KEY (name)
CREATE UNIQUE INDEX demo_state_pkey ON demo_state USING btree (name)
column desk_tasks.id text not null
column desk_tasks.network text not null
column desk_tasks.request text not null
column desk_tasks.kind text not null
column desk_tasks.made_at bigint not null
column desk_tasks.due_at bigint not null
column desk_tasks.script text not null
column desk_tasks.words bytea
column desk_tasks.origin text not null
column desk_tasks.attempts bigint not null default 0
column desk_tasks.last_attempt_at bigint
column desk_tasks.done_at bigint
column desk_tasks.done_by text
column desk_tasks.outcome text
constraint desk_tasks.desk_tasks_check CHECK (((done_at IS NULL) = (outcome IS NULL)))
constraint desk_tasks.desk_tasks_done_by_fkey FOREIGN KEY (done_by) REFERENCES users(id)
constraint desk_tasks.desk_tasks_kind_check CHECK ((kind = ANY (ARRAY['call'::text, 'words'::text, 'not-seen'::text])))
constraint desk_tasks.desk_tasks_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint desk_tasks.desk_tasks_origin_key UNIQUE (origin)
constraint desk_tasks.desk_tasks_outcome_check CHECK ((outcome = ANY (ARRAY['reached'::text, 'message-left'::text, 'wrong-number'::text, 'unreachable'::text, 'handled'::text, 'replaced'::text])))
constraint desk_tasks.desk_tasks_pkey PRIMARY KEY (id)
constraint desk_tasks.desk_tasks_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
CREATE INDEX desk_tasks_open ON desk_tasks USING btree (network, due_at) WHERE (done_at IS NULL)
CREATE INDEX desk_tasks_request ON desk_tasks USING btree (request)
CREATE UNIQUE INDEX desk_tasks_origin_key ON desk_tasks USING btree (origin)
CREATE UNIQUE INDEX desk_tasks_pkey ON desk_tasks USING btree (id)
column digests.professional text not null
column digests.network text not null
column digests.every text not null
column digests.hour bigint not null
column digests.since_at bigint not null
column digests.due_at bigint not null
constraint digests.digests_check CHECK ((due_at > since_at))
constraint digests.digests_every_check CHECK ((every = ANY (ARRAY['day'::text, 'week'::text])))
constraint digests.digests_hour_check CHECK (((hour >= 0) AND (hour <= 23)))
constraint digests.digests_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint digests.digests_pkey PRIMARY KEY (professional)
constraint digests.digests_professional_fkey FOREIGN KEY (professional) REFERENCES professionals(id)
CREATE INDEX digests_due ON digests USING btree (due_at)
CREATE UNIQUE INDEX digests_pkey ON digests USING btree (professional)
column directory_changes.version bigint not null
column directory_changes.stamp bigint not null
column directory_changes.kind text not null
column directory_changes.id text not null
constraint directory_changes.directory_changes_kind_check CHECK ((kind = ANY (ARRAY['professional'::text, 'network'::text, 'user'::text])))
constraint directory_changes.directory_changes_pkey PRIMARY KEY (version)
CREATE UNIQUE INDEX directory_changes_pkey ON directory_changes USING btree (version)
column directory_imports.digest text not null
column directory_imports.run bigint not null
column directory_imports.entries bigint not null
column directory_imports.started_at bigint not null
column directory_imports.finished_at bigint
constraint directory_imports.directory_imports_pkey PRIMARY KEY (digest)
constraint directory_imports.directory_imports_run_key UNIQUE (run)
CREATE UNIQUE INDEX directory_imports_pkey ON directory_imports USING btree (digest)
CREATE UNIQUE INDEX directory_imports_run_key ON directory_imports USING btree (run)
column early_receipts.provider text not null
column early_receipts.reference text not null
column early_receipts.state text not null
column early_receipts.received_at bigint not null
constraint early_receipts.early_receipts_pkey PRIMARY KEY (provider, reference)
constraint early_receipts.early_receipts_state_check CHECK ((state = ANY (ARRAY['delivered'::text, 'seen'::text, 'failed'::text])))
CREATE INDEX early_receipts_age ON early_receipts USING btree (received_at)
CREATE UNIQUE INDEX early_receipts_pkey ON early_receipts USING btree (provider, reference)
column follow_ups.request text not null
column follow_ups.origin text not null
column follow_ups.made_at bigint not null
constraint follow_ups.follow_ups_origin_fkey FOREIGN KEY (origin) REFERENCES requests(id)
constraint follow_ups.follow_ups_pkey PRIMARY KEY (request)
constraint follow_ups.follow_ups_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
CREATE INDEX follow_ups_origin ON follow_ups USING btree (origin)
CREATE UNIQUE INDEX follow_ups_pkey ON follow_ups USING btree (request)
column idempotency.actor text not null
column idempotency.key text not null
column idempotency.route text not null
column idempotency.body_hash text not null
column idempotency.status bigint
column idempotency.response text
column idempotency.created_at bigint not null
constraint idempotency.idempotency_pkey PRIMARY KEY (actor, key)
CREATE INDEX idempotency_created ON idempotency USING btree (created_at)
CREATE UNIQUE INDEX idempotency_pkey ON idempotency USING btree (actor, key)
column identity_flows.state_hash text not null
column identity_flows.browser_hash text not null
column identity_flows.sealed bytea not null
column identity_flows.started_at bigint not null
column identity_flows.expires_at bigint not null
constraint identity_flows.identity_flows_pkey PRIMARY KEY (state_hash)
CREATE INDEX identity_flows_expiry ON identity_flows USING btree (expires_at)
CREATE UNIQUE INDEX identity_flows_pkey ON identity_flows USING btree (state_hash)
column invitations.id text not null
column invitations.network text not null
column invitations.mark text not null
column invitations.user_id text not null
column invitations.name text not null
column invitations.mail text not null
column invitations.role text not null
column invitations.rpps text
column invitations.totp_sealed bytea not null
column invitations.invited_by text not null
column invitations.invited_at bigint not null
column invitations.expires_at bigint not null
constraint invitations.invitations_check CHECK ((expires_at > invited_at))
constraint invitations.invitations_check1 CHECK (((role <> 'regulator'::text) OR (rpps IS NOT NULL)))
constraint invitations.invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES users(id)
constraint invitations.invitations_mark_key UNIQUE (mark)
constraint invitations.invitations_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint invitations.invitations_network_mail_key UNIQUE (network, mail)
constraint invitations.invitations_pkey PRIMARY KEY (id)
constraint invitations.invitations_role_check CHECK ((role = ANY (ARRAY['operator'::text, 'regulator'::text, 'coordinator'::text, 'auditor'::text])))
CREATE UNIQUE INDEX invitations_mark_key ON invitations USING btree (mark)
CREATE UNIQUE INDEX invitations_network_mail_key ON invitations USING btree (network, mail)
CREATE UNIQUE INDEX invitations_pkey ON invitations USING btree (id)
column journal.network text not null
column journal.seq bigint not null
column journal.id text not null
column journal.at bigint not null
column journal.actor text not null
column journal.role text not null
column journal.act text not null
column journal.about text
column journal.subject text
column journal.why text
column journal.source text
column journal.body text not null
column journal.prev_hash text not null
column journal.hash text not null
constraint journal.journal_id_key UNIQUE (id)
constraint journal.journal_pkey PRIMARY KEY (network, seq)
CREATE INDEX journal_about ON journal USING btree (network, about, seq) WHERE (about IS NOT NULL)
CREATE INDEX journal_at ON journal USING btree (network, at)
CREATE INDEX journal_subject ON journal USING btree (subject, at) WHERE (subject IS NOT NULL)
CREATE UNIQUE INDEX journal_id_key ON journal USING btree (id)
CREATE UNIQUE INDEX journal_pkey ON journal USING btree (network, seq)
column journal_heads.network text not null
column journal_heads.seq bigint not null
column journal_heads.hash text not null
constraint journal_heads.journal_heads_pkey PRIMARY KEY (network)
CREATE UNIQUE INDEX journal_heads_pkey ON journal_heads USING btree (network)
column letters.mark text not null
column letters.arrived_at bigint not null
column letters.network text
column letters.request text
column letters.read_at bigint
column letters.read_by text
constraint letters.letters_check CHECK (((network IS NULL) = (request IS NULL)))
constraint letters.letters_check1 CHECK (((read_at IS NULL) = (read_by IS NULL)))
constraint letters.letters_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint letters.letters_pkey PRIMARY KEY (mark)
constraint letters.letters_read_by_fkey FOREIGN KEY (read_by) REFERENCES users(id)
constraint letters.letters_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
CREATE INDEX letters_unread ON letters USING btree (arrived_at) WHERE (read_at IS NULL)
CREATE UNIQUE INDEX letters_pkey ON letters USING btree (mark)
column login_attempts.key text not null
column login_attempts.at bigint not null
column login_attempts.ok bigint not null
constraint login_attempts.login_attempts_ok_check CHECK ((ok = ANY (ARRAY[(0)::bigint, (1)::bigint])))
CREATE INDEX login_attempts_key ON login_attempts USING btree (key, at)
column look_again.id text not null
column look_again.network text not null
column look_again.node text not null
column look_again.asked_at bigint not null
constraint look_again.look_again_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint look_again.look_again_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX look_again_pkey ON look_again USING btree (id)
column mailboxes.rpps text not null
column mailboxes.address text not null
column mailboxes.kind text not null
column mailboxes.run bigint not null
constraint mailboxes.mailboxes_kind_check CHECK ((kind = ANY (ARRAY['personal'::text, 'organisation'::text, 'application'::text])))
constraint mailboxes.mailboxes_pkey PRIMARY KEY (rpps, address)
CREATE INDEX mailboxes_run ON mailboxes USING btree (run)
CREATE UNIQUE INDEX mailboxes_pkey ON mailboxes USING btree (rpps, address)
column memberships.professional text not null
column memberships.network text not null
column memberships.status text not null
column memberships.since bigint not null
constraint memberships.memberships_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint memberships.memberships_pkey PRIMARY KEY (professional, network)
constraint memberships.memberships_professional_fkey FOREIGN KEY (professional) REFERENCES professionals(id)
constraint memberships.memberships_status_check CHECK ((status = ANY (ARRAY['applied'::text, 'active'::text, 'suspended'::text, 'left'::text])))
CREATE INDEX memberships_network ON memberships USING btree (network, status)
CREATE UNIQUE INDEX memberships_pkey ON memberships USING btree (professional, network)
column messages.id text not null
column messages.idem_key text not null
column messages.network text not null
column messages.request text
column messages.offer text
column messages.kind text not null
column messages.channel text not null
column messages.audience text not null
column messages.owner text not null
column messages.recipient_professional text
column messages.recipient_patient text
column messages.address text
column messages.body text not null
column messages.status text not null
column messages.due_at bigint not null
column messages.attempts bigint not null
column messages.lease_until bigint
column messages.lease_owner text
column messages.created_at bigint not null
column messages.sent_at bigint
column messages.delivered_at bigint
column messages.seen_at bigint
column messages.failed_at bigint
column messages.failure text
column messages.escalate_at bigint
column messages.provider_ref text
column messages.expires_at bigint
column messages.recipient_contact text
column messages.provider text
constraint messages.messages_audience_check CHECK ((audience = ANY (ARRAY['professional'::text, 'patient'::text, 'requester'::text, 'operator'::text, 'usual'::text])))
constraint messages.messages_check CHECK (((recipient_patient IS NULL) OR (address IS NULL)))
constraint messages.messages_idem_key_key UNIQUE (idem_key)
constraint messages.messages_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint messages.messages_offer_fkey FOREIGN KEY (offer) REFERENCES offers(id)
constraint messages.messages_pkey PRIMARY KEY (id)
constraint messages.messages_recipient_contact_fkey FOREIGN KEY (recipient_contact) REFERENCES contacts(id)
constraint messages.messages_recipient_patient_fkey FOREIGN KEY (recipient_patient) REFERENCES patients(id)
constraint messages.messages_recipient_professional_fkey FOREIGN KEY (recipient_professional) REFERENCES professionals(id)
constraint messages.messages_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
constraint messages.messages_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'delivered'::text, 'failed'::text, 'expired'::text, 'replaced'::text])))
CREATE INDEX messages_drill ON messages USING btree (network, created_at) WHERE (kind = 'drill'::text)
CREATE INDEX messages_due ON messages USING btree (due_at) WHERE (status = ANY (ARRAY['queued'::text, 'sending'::text]))
CREATE INDEX messages_escalate ON messages USING btree (escalate_at) WHERE (escalate_at IS NOT NULL)
CREATE INDEX messages_expiring ON messages USING btree (expires_at) WHERE ((status = 'queued'::text) AND (expires_at IS NOT NULL))
CREATE INDEX messages_lane ON messages USING btree (channel, due_at, kind, id) WHERE (status = 'queued'::text)
CREATE INDEX messages_leased ON messages USING btree (lease_until, channel) WHERE (status = 'sending'::text)
CREATE INDEX messages_network ON messages USING btree (network, created_at)
CREATE INDEX messages_offer ON messages USING btree (offer) WHERE (offer IS NOT NULL)
CREATE INDEX messages_provider ON messages USING btree (provider_ref) WHERE (provider_ref IS NOT NULL)
CREATE INDEX messages_request ON messages USING btree (request) WHERE (request IS NOT NULL)
CREATE INDEX messages_taken ON messages USING btree (channel, provider, sent_at) WHERE (provider IS NOT NULL)
CREATE UNIQUE INDEX messages_idem_key_key ON messages USING btree (idem_key)
CREATE UNIQUE INDEX messages_pkey ON messages USING btree (id)
column migrations.version bigint not null
column migrations.name text not null
column migrations.sha256 text not null
column migrations.applied_at bigint not null
constraint migrations.migrations_pkey PRIMARY KEY (version)
CREATE UNIQUE INDEX migrations_pkey ON migrations USING btree (version)
column national_directory.rpps text not null
column national_directory.insee text not null
column national_directory.profession text not null
column national_directory.civility text not null
column national_directory.last_name text not null
column national_directory.first_name text not null
column national_directory.commune text not null
column national_directory.postcode text not null
column national_directory.dept text not null
column national_directory.phone text
column national_directory.search text not null
constraint national_directory.national_directory_pkey PRIMARY KEY (rpps, insee)
CREATE INDEX national_directory_name ON national_directory USING btree (profession, search)
CREATE INDEX national_directory_near ON national_directory USING btree (profession, dept, search)
CREATE UNIQUE INDEX national_directory_pkey ON national_directory USING btree (rpps, insee)
column network_communes.network text not null
column network_communes.insee text not null
column network_communes.tolerated bigint not null
constraint network_communes.network_communes_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint network_communes.network_communes_pkey PRIMARY KEY (network, insee)
constraint network_communes.network_communes_tolerated_check CHECK ((tolerated = ANY (ARRAY[(0)::bigint, (1)::bigint])))
CREATE INDEX network_communes_insee ON network_communes USING btree (insee)
CREATE UNIQUE INDEX network_communes_pkey ON network_communes USING btree (network, insee)
column network_keys.network text not null
column network_keys.key_id text not null
column network_keys.purpose text not null
column network_keys.master_id text not null
column network_keys.wrapped bytea not null
column network_keys.created_at bigint not null
constraint network_keys.network_keys_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint network_keys.network_keys_pkey PRIMARY KEY (network, key_id)
constraint network_keys.network_keys_purpose_check CHECK ((purpose = ANY (ARRAY['records'::text, 'index'::text])))
CREATE UNIQUE INDEX network_keys_pkey ON network_keys USING btree (network, key_id)
column network_settings.network text not null
column network_settings.version bigint not null
column network_settings.settings text not null
column network_settings.since bigint not null
column network_settings.author text not null
constraint network_settings.network_settings_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint network_settings.network_settings_pkey PRIMARY KEY (network, version)
CREATE UNIQUE INDEX network_settings_pkey ON network_settings USING btree (network, version)
column networks.id text not null
column networks.code text not null
column networks.name text not null
column networks.short_name text not null
column networks.kind text not null
column networks.phone text not null
column networks.zone text not null
column networks.settings text not null
column networks.settings_version bigint not null
column networks.status text not null
constraint networks.networks_code_key UNIQUE (code)
constraint networks.networks_pkey PRIMARY KEY (id)
constraint networks.networks_status_check CHECK ((status = ANY (ARRAY['active'::text, 'closed'::text])))
CREATE UNIQUE INDEX networks_code_key ON networks USING btree (code)
CREATE UNIQUE INDEX networks_pkey ON networks USING btree (id)
column nodes.id text not null
column nodes.name text not null
column nodes.version text not null
column nodes.started_at bigint not null
column nodes.seen_at bigint not null
column nodes.body text not null
constraint nodes.nodes_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX nodes_pkey ON nodes USING btree (id)
column offers.id text not null
column offers.request text not null
column offers.professional text not null
column offers.network text not null
column offers.round bigint not null
column offers.stage text not null
column offers.status text not null
column offers.asked_at bigint not null
column offers.answered_at bigint
column offers.sms_code text
column offers.alert_number text
column offers.updated_at bigint not null
column offers.body text not null
constraint offers.offers_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint offers.offers_pkey PRIMARY KEY (id)
constraint offers.offers_professional_fkey FOREIGN KEY (professional) REFERENCES professionals(id)
constraint offers.offers_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
constraint offers.offers_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'sent'::text, 'delivered'::text, 'seen'::text, 'accepted'::text, 'refused'::text, 'lapsed'::text, 'withdrawn'::text])))
CREATE INDEX offers_accepted ON offers USING btree (professional, answered_at) WHERE (status = 'accepted'::text)
CREATE INDEX offers_alert ON offers USING btree (alert_number, sms_code) WHERE (sms_code IS NOT NULL)
CREATE INDEX offers_asked ON offers USING btree (asked_at)
CREATE INDEX offers_professional ON offers USING btree (professional, asked_at)
CREATE INDEX offers_request ON offers USING btree (request)
CREATE UNIQUE INDEX offers_one_accepted ON offers USING btree (request) WHERE (status = 'accepted'::text)
CREATE UNIQUE INDEX offers_pkey ON offers USING btree (id)
CREATE UNIQUE INDEX offers_sms_code ON offers USING btree (alert_number, sms_code) WHERE ((sms_code IS NOT NULL) AND (status = ANY (ARRAY['queued'::text, 'sent'::text, 'delivered'::text, 'seen'::text])))
column passkeys.id text not null
column passkeys.user_id text not null
column passkeys.key_sealed bytea not null
column passkeys.label text not null
column passkeys.created_at bigint not null
column passkeys.used_at bigint
column passkeys.revoked_at bigint
column passkeys.revoked_why text
constraint passkeys.passkeys_check CHECK (((revoked_at IS NULL) = (revoked_why IS NULL)))
constraint passkeys.passkeys_pkey PRIMARY KEY (id)
constraint passkeys.passkeys_revoked_why_check CHECK ((revoked_why = ANY (ARRAY['owner'::text, 'copied'::text, 'recovery'::text])))
constraint passkeys.passkeys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
CREATE INDEX passkeys_user ON passkeys USING btree (user_id)
CREATE UNIQUE INDEX passkeys_pkey ON passkeys USING btree (id)
column past_appointments.request text not null
column past_appointments.network text not null
column past_appointments.ends_at bigint not null
column past_appointments.closure text not null
column past_appointments.closed_at bigint not null
constraint past_appointments.past_appointments_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint past_appointments.past_appointments_pkey PRIMARY KEY (request)
constraint past_appointments.past_appointments_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
CREATE INDEX past_appointments_network ON past_appointments USING btree (network, ends_at)
CREATE UNIQUE INDEX past_appointments_pkey ON past_appointments USING btree (request)
column patient_ins.patient text not null
column patient_ins.status text not null
column patient_ins.doubtful bigint not null
column patient_ins.sealed bytea
column patient_ins.set_at bigint not null
column patient_ins.set_by text not null
constraint patient_ins.patient_ins_check CHECK (((doubtful = 0) OR (status = ANY (ARRAY['provisional'::text, 'retrieved'::text]))))
constraint patient_ins.patient_ins_check1 CHECK (((sealed IS NOT NULL) OR (status = ANY (ARRAY['provisional'::text, 'validated'::text]))))
constraint patient_ins.patient_ins_doubtful_check CHECK ((doubtful = ANY (ARRAY[(0)::bigint, (1)::bigint])))
constraint patient_ins.patient_ins_patient_fkey FOREIGN KEY (patient) REFERENCES patients(id)
constraint patient_ins.patient_ins_pkey PRIMARY KEY (patient)
constraint patient_ins.patient_ins_set_by_fkey FOREIGN KEY (set_by) REFERENCES users(id)
constraint patient_ins.patient_ins_status_check CHECK ((status = ANY (ARRAY['provisional'::text, 'retrieved'::text, 'validated'::text, 'qualified'::text])))
CREATE UNIQUE INDEX patient_ins_pkey ON patient_ins USING btree (patient)
column patient_links.request text not null
column patient_links.network text not null
column patient_links.digest text not null
column patient_links.sealed bytea not null
column patient_links.made_at bigint not null
column patient_links.revoked_at bigint
column patient_links.late_minutes bigint
column patient_links.late_at bigint
constraint patient_links.patient_links_digest_key UNIQUE (digest)
constraint patient_links.patient_links_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint patient_links.patient_links_pkey PRIMARY KEY (request)
constraint patient_links.patient_links_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
CREATE UNIQUE INDEX patient_links_digest_key ON patient_links USING btree (digest)
CREATE UNIQUE INDEX patient_links_pkey ON patient_links USING btree (request)
column patient_marks.network text not null
column patient_marks.kind text not null
column patient_marks.mark bytea not null
column patient_marks.patient text not null
constraint patient_marks.patient_marks_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'dated-phone'::text, 'dated-name'::text, 'dated-first'::text])))
constraint patient_marks.patient_marks_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint patient_marks.patient_marks_patient_fkey FOREIGN KEY (patient) REFERENCES patients(id)
constraint patient_marks.patient_marks_pkey PRIMARY KEY (network, kind, mark, patient)
CREATE INDEX patient_marks_patient ON patient_marks USING btree (patient)
CREATE UNIQUE INDEX patient_marks_pkey ON patient_marks USING btree (network, kind, mark, patient)
column patient_wishes.network text not null
column patient_wishes.person bytea not null
column patient_wishes.wish text not null
column patient_wishes.since bigint not null
column patient_wishes.source text not null
constraint patient_wishes.patient_wishes_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint patient_wishes.patient_wishes_pkey PRIMARY KEY (network, person, wish)
constraint patient_wishes.patient_wishes_source_check CHECK ((source = ANY (ARRAY['desk'::text, 'page'::text, 'closing'::text])))
constraint patient_wishes.patient_wishes_wish_check CHECK ((wish = ANY (ARRAY['no-messages'::text, 'no-notes'::text, 'no-list'::text, 'tell-carer'::text, 'seeks-doctor'::text])))
CREATE UNIQUE INDEX patient_wishes_pkey ON patient_wishes USING btree (network, person, wish)
column patients.id text not null
column patients.network text not null
column patients.key_id text not null
column patients.dek bytea
column patients.birth_name bytea
column patients.used_name bytea
column patients.first_names bytea
column patients.birth_date bytea
column patients.phone bytea
column patients.carer_phone bytea
column patients.address_line bytea
column patients.sex text not null
column patients.insee text not null
column patients.postcode text not null
column patients.phone_index bytea
column patients.name_index bytea
column patients.created_at bigint not null
column patients.erased_at bigint
column patients.usual_outside bytea
constraint patients.patients_check CHECK (((erased_at IS NOT NULL) OR (dek IS NOT NULL)))
constraint patients.patients_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint patients.patients_pkey PRIMARY KEY (id)
constraint patients.patients_sex_check CHECK ((sex = ANY (ARRAY['F'::text, 'M'::text, 'U'::text])))
CREATE INDEX patients_name ON patients USING btree (network, name_index)
CREATE INDEX patients_phone ON patients USING btree (network, phone_index)
CREATE UNIQUE INDEX patients_pkey ON patients USING btree (id)
column phone_calls.network text not null
column phone_calls.call_id text not null
column phone_calls.contact text not null
column phone_calls.state text not null
column phone_calls.desk text
column phone_calls.told_at bigint not null
constraint phone_calls.phone_calls_contact_fkey FOREIGN KEY (contact) REFERENCES contacts(id)
constraint phone_calls.phone_calls_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint phone_calls.phone_calls_pkey PRIMARY KEY (network, call_id)
constraint phone_calls.phone_calls_state_check CHECK ((state = ANY (ARRAY['ringing'::text, 'answered'::text, 'ended'::text])))
CREATE INDEX phone_calls_contact ON phone_calls USING btree (contact)
CREATE UNIQUE INDEX phone_calls_pkey ON phone_calls USING btree (network, call_id)
column photos.request text not null
column photos.n bigint not null
column photos.patient text not null
column photos.author text not null
column photos.added_at bigint not null
column photos.faceless bigint not null
column photos.width bigint not null
column photos.height bigint not null
column photos.sealed bytea not null
constraint photos.photos_author_fkey FOREIGN KEY (author) REFERENCES users(id)
constraint photos.photos_faceless_check CHECK ((faceless = ANY (ARRAY[(0)::bigint, (1)::bigint])))
constraint photos.photos_height_check CHECK ((height > 0))
constraint photos.photos_n_check CHECK (((n >= 1) AND (n <= 5)))
constraint photos.photos_patient_fkey FOREIGN KEY (patient) REFERENCES patients(id)
constraint photos.photos_pkey PRIMARY KEY (request, n)
constraint photos.photos_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
constraint photos.photos_width_check CHECK ((width > 0))
CREATE INDEX photos_patient ON photos USING btree (patient)
CREATE UNIQUE INDEX photos_pkey ON photos USING btree (request, n)
column places.id text not null
column places.professional text not null
column places.label text not null
column places.line text not null
column places.postcode text not null
column places.insee text not null
column places.lat_e6 bigint not null
column places.lon_e6 bigint not null
column places.main bigint not null
constraint places.places_main_check CHECK ((main = ANY (ARRAY[(0)::bigint, (1)::bigint])))
constraint places.places_pkey PRIMARY KEY (id)
constraint places.places_professional_fkey FOREIGN KEY (professional) REFERENCES professionals(id)
CREATE INDEX places_professional ON places USING btree (professional)
CREATE UNIQUE INDEX places_pkey ON places USING btree (id)
column postboxes.address text not null
column postboxes.validity bigint not null default 0
column postboxes.uid bigint not null default 0
column postboxes.read_at bigint
column postboxes.held_by text
column postboxes.held_until bigint
constraint postboxes.postboxes_check CHECK (((held_by IS NULL) = (held_until IS NULL)))
constraint postboxes.postboxes_pkey PRIMARY KEY (address)
CREATE UNIQUE INDEX postboxes_pkey ON postboxes USING btree (address)
column professionals.id text not null
column professionals.rpps text not null
column professionals.civility text not null
column professionals.last_name text not null
column professionals.first_names text not null
column professionals.profession text not null
column professionals.specialty text
column professionals.standing text not null
column professionals.supervisor text
column professionals.contract_from bigint
column professionals.contract_until bigint
column professionals.contact_number text
column professionals.alert_number text
column professionals.mail text
column professionals.mssante text
column professionals.has_smartphone bigint not null
column professionals.status text not null
column professionals.profile text not null
column professionals.profile_version bigint not null
constraint professionals.professionals_has_smartphone_check CHECK ((has_smartphone = ANY (ARRAY[(0)::bigint, (1)::bigint])))
constraint professionals.professionals_pkey PRIMARY KEY (id)
constraint professionals.professionals_rpps_key UNIQUE (rpps)
constraint professionals.professionals_standing_check CHECK ((standing = ANY (ARRAY['titular'::text, 'locum'::text, 'adjunct'::text, 'assistant'::text, 'intern'::text, 'retired'::text])))
constraint professionals.professionals_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'left'::text])))
constraint professionals.professionals_supervisor_fkey FOREIGN KEY (supervisor) REFERENCES professionals(id)
CREATE INDEX professionals_alert ON professionals USING btree (alert_number)
CREATE INDEX professionals_profession ON professionals USING btree (profession)
CREATE UNIQUE INDEX professionals_pkey ON professionals USING btree (id)
CREATE UNIQUE INDEX professionals_rpps_key ON professionals USING btree (rpps)
column protocol_counts.network text not null
column protocol_counts.code text not null
column protocol_counts.version bigint not null
column protocol_counts.question text not null
column protocol_counts.yes bigint not null
column protocol_counts.no bigint not null
column protocol_counts.unknown bigint not null
column protocol_counts.overridden bigint not null
constraint protocol_counts.protocol_counts_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint protocol_counts.protocol_counts_pkey PRIMARY KEY (network, code, version, question)
CREATE UNIQUE INDEX protocol_counts_pkey ON protocol_counts USING btree (network, code, version, question)
column protocol_signings.network text not null
column protocol_signings.code text not null
column protocol_signings.version bigint not null
column protocol_signings.professional text not null
column protocol_signings.months bigint not null
column protocol_signings.asked_by text not null
column protocol_signings.asked_at bigint not null
column protocol_signings.declined_at bigint
column protocol_signings.declined_why text
constraint protocol_signings.protocol_signings_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES users(id)
constraint protocol_signings.protocol_signings_check CHECK (((declined_at IS NULL) = (declined_why IS NULL)))
constraint protocol_signings.protocol_signings_months_check CHECK ((months > 0))
constraint protocol_signings.protocol_signings_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint protocol_signings.protocol_signings_pkey PRIMARY KEY (network, code, version)
constraint protocol_signings.protocol_signings_professional_fkey FOREIGN KEY (professional) REFERENCES professionals(id)
CREATE INDEX protocol_signings_professional ON protocol_signings USING btree (professional) WHERE (declined_at IS NULL)
CREATE UNIQUE INDEX protocol_signings_pkey ON protocol_signings USING btree (network, code, version)
column protocol_versions.network text not null
column protocol_versions.code text not null
column protocol_versions.version bigint not null
column protocol_versions.status text not null
column protocol_versions.revision bigint not null
column protocol_versions.title text not null
column protocol_versions.body text not null
column protocol_versions.author text not null
column protocol_versions.changed_at bigint not null
column protocol_versions.reviewed_by text
column protocol_versions.reviewed_at bigint
column protocol_versions.signed_by text
column protocol_versions.signed_rpps text
column protocol_versions.signed_at bigint
column protocol_versions.recorded_by text
column protocol_versions.expires_at bigint
column protocol_versions.in_force_from bigint
constraint protocol_versions.protocol_versions_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint protocol_versions.protocol_versions_pkey PRIMARY KEY (network, code, version)
constraint protocol_versions.protocol_versions_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'reviewed'::text, 'signed'::text, 'retired'::text])))
CREATE INDEX protocol_versions_force ON protocol_versions USING btree (network, in_force_from) WHERE (in_force_from IS NOT NULL)
CREATE UNIQUE INDEX protocol_versions_pkey ON protocol_versions USING btree (network, code, version)
column public_counts.network text not null
column public_counts.day text not null
column public_counts.what text not null
column public_counts.n bigint not null
constraint public_counts.public_counts_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint public_counts.public_counts_pkey PRIMARY KEY (network, day, what)
CREATE UNIQUE INDEX public_counts_pkey ON public_counts USING btree (network, day, what)
column public_forms.id text not null
column public_forms.network text not null
column public_forms.key_id text not null
column public_forms.dek bytea not null
column public_forms.answers bytea not null
column public_forms.started_at bigint not null
column public_forms.expires_at bigint not null
column public_forms.contact text
column public_forms.promised_at bigint
column public_forms.source text not null default ''::text
constraint public_forms.public_forms_check CHECK (((contact IS NULL) = (promised_at IS NULL)))
constraint public_forms.public_forms_contact_fkey FOREIGN KEY (contact) REFERENCES contacts(id)
constraint public_forms.public_forms_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint public_forms.public_forms_pkey PRIMARY KEY (id)
CREATE INDEX public_forms_expiry ON public_forms USING btree (expires_at)
CREATE INDEX public_forms_network ON public_forms USING btree (network, expires_at)
CREATE UNIQUE INDEX public_forms_pkey ON public_forms USING btree (id)
column purges.network text not null
column purges.class text not null
column purges.on_day text not null
column purges.counted bigint not null
column purges.before_at bigint not null
column purges.last_at bigint not null
constraint purges.purges_class_check CHECK ((class = ANY (ARRAY['identities'::text, 'notes'::text, 'photos'::text, 'threads'::text, 'texts'::text, 'visits'::text])))
constraint purges.purges_counted_check CHECK ((counted > 0))
constraint purges.purges_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint purges.purges_pkey PRIMARY KEY (network, class, on_day)
CREATE UNIQUE INDEX purges_pkey ON purges USING btree (network, class, on_day)
column push_devices.id text not null
column push_devices.user_id text not null
column push_devices.endpoint text not null
column push_devices.p256dh text not null
column push_devices.auth text not null
column push_devices.label text not null
column push_devices.created_at bigint not null
column push_devices.failed_at bigint
column push_devices.proved_at bigint
constraint push_devices.push_devices_endpoint_key UNIQUE (endpoint)
constraint push_devices.push_devices_pkey PRIMARY KEY (id)
constraint push_devices.push_devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
CREATE INDEX push_devices_user ON push_devices USING btree (user_id)
CREATE UNIQUE INDEX push_devices_endpoint_key ON push_devices USING btree (endpoint)
CREATE UNIQUE INDEX push_devices_pkey ON push_devices USING btree (id)
column recovery_codes.user_id text not null
column recovery_codes.mark text not null
column recovery_codes.tries bigint not null
column recovery_codes.issued_by text not null
column recovery_codes.issued_at bigint not null
column recovery_codes.expires_at bigint not null
constraint recovery_codes.recovery_codes_issued_by_fkey FOREIGN KEY (issued_by) REFERENCES users(id)
constraint recovery_codes.recovery_codes_pkey PRIMARY KEY (user_id)
constraint recovery_codes.recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
CREATE INDEX recovery_codes_expiry ON recovery_codes USING btree (expires_at)
CREATE UNIQUE INDEX recovery_codes_pkey ON recovery_codes USING btree (user_id)
column red_flag_overrides.id text not null
column red_flag_overrides.network text not null
column red_flag_overrides.request text not null
column red_flag_overrides.author text not null
column red_flag_overrides.at bigint not null
column red_flag_overrides.signs text not null
column red_flag_overrides.reason text not null
constraint red_flag_overrides.red_flag_overrides_author_fkey FOREIGN KEY (author) REFERENCES users(id)
constraint red_flag_overrides.red_flag_overrides_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint red_flag_overrides.red_flag_overrides_pkey PRIMARY KEY (id)
constraint red_flag_overrides.red_flag_overrides_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
CREATE INDEX red_flag_overrides_network ON red_flag_overrides USING btree (network, at)
CREATE INDEX red_flag_overrides_request ON red_flag_overrides USING btree (request)
CREATE UNIQUE INDEX red_flag_overrides_pkey ON red_flag_overrides USING btree (id)
column regulator_claims.request text not null
column regulator_claims.user_id text not null
column regulator_claims.at bigint not null
constraint regulator_claims.regulator_claims_pkey PRIMARY KEY (request)
constraint regulator_claims.regulator_claims_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
constraint regulator_claims.regulator_claims_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
CREATE UNIQUE INDEX regulator_claims_pkey ON regulator_claims USING btree (request)
column regulator_duties.id text not null
column regulator_duties.network text not null
column regulator_duties.user_id text not null
column regulator_duties.since bigint not null
column regulator_duties.until bigint not null
column regulator_duties.ended_at bigint
constraint regulator_duties.regulator_duties_check CHECK ((until > since))
constraint regulator_duties.regulator_duties_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint regulator_duties.regulator_duties_pkey PRIMARY KEY (id)
constraint regulator_duties.regulator_duties_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
CREATE INDEX regulator_duties_network ON regulator_duties USING btree (network, until) WHERE (ended_at IS NULL)
CREATE UNIQUE INDEX regulator_duties_pkey ON regulator_duties USING btree (id)
CREATE UNIQUE INDEX regulator_duties_user ON regulator_duties USING btree (user_id) WHERE (ended_at IS NULL)
column regulator_notes.id text not null
column regulator_notes.request text not null
column regulator_notes.author text not null
column regulator_notes.at bigint not null
column regulator_notes.kind text not null
column regulator_notes.text text not null
constraint regulator_notes.regulator_notes_author_fkey FOREIGN KEY (author) REFERENCES users(id)
constraint regulator_notes.regulator_notes_kind_check CHECK ((kind = ANY (ARRAY['pre-diagnosis'::text, 'advice'::text])))
constraint regulator_notes.regulator_notes_pkey PRIMARY KEY (id)
constraint regulator_notes.regulator_notes_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
CREATE INDEX regulator_notes_request ON regulator_notes USING btree (request, at)
CREATE UNIQUE INDEX regulator_notes_pkey ON regulator_notes USING btree (id)
column request_notes.id text not null
column request_notes.request text not null
column request_notes.author text not null
column request_notes.at bigint not null
column request_notes.text text not null
constraint request_notes.request_notes_author_fkey FOREIGN KEY (author) REFERENCES users(id)
constraint request_notes.request_notes_pkey PRIMARY KEY (id)
constraint request_notes.request_notes_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
CREATE INDEX request_notes_request ON request_notes USING btree (request, at)
CREATE UNIQUE INDEX request_notes_pkey ON request_notes USING btree (id)
column requests.id text not null
column requests.network text not null
column requests.code text not null
column requests.version bigint not null
column requests.status text not null
column requests.closure text
column requests.due_at bigint
column requests.due_why text
column requests.raised_at bigint not null
column requests.updated_at bigint not null
column requests.patient text not null
column requests.requester_kind text not null
column requests.requester_user text
column requests.requester_professional text
column requests.engaged_professional text
column requests.profession text not null
column requests.insee text not null
column requests.state text not null
constraint requests.requests_check CHECK (((due_at IS NULL) = (due_why IS NULL)))
constraint requests.requests_engaged_professional_fkey FOREIGN KEY (engaged_professional) REFERENCES professionals(id)
constraint requests.requests_network_code_key UNIQUE (network, code)
constraint requests.requests_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint requests.requests_patient_fkey FOREIGN KEY (patient) REFERENCES patients(id)
constraint requests.requests_pkey PRIMARY KEY (id)
constraint requests.requests_requester_professional_fkey FOREIGN KEY (requester_professional) REFERENCES professionals(id)
constraint requests.requests_requester_user_fkey FOREIGN KEY (requester_user) REFERENCES users(id)
constraint requests.requests_status_check CHECK ((status = ANY (ARRAY['to_qualify'::text, 'asking_usual'::text, 'asking_community'::text, 'asking_neighbours'::text, 'unfilled'::text, 'accepted'::text, 'scheduled'::text, 'closed'::text, 'cancelled'::text, 'transferred_15'::text, 'paused'::text])))
CREATE INDEX requests_due ON requests USING btree (due_at) WHERE (due_at IS NOT NULL)
CREATE INDEX requests_engaged ON requests USING btree (engaged_professional) WHERE (engaged_professional IS NOT NULL)
CREATE INDEX requests_network ON requests USING btree (network, status, raised_at)
CREATE INDEX requests_patient ON requests USING btree (patient)
CREATE INDEX requests_requester ON requests USING btree (requester_user) WHERE (requester_user IS NOT NULL)
CREATE INDEX requests_requester_professional ON requests USING btree (requester_professional) WHERE (requester_professional IS NOT NULL)
CREATE INDEX requests_updated ON requests USING btree (network, updated_at)
CREATE UNIQUE INDEX requests_network_code_key ON requests USING btree (network, code)
CREATE UNIQUE INDEX requests_pkey ON requests USING btree (id)
column roles.user_id text not null
column roles.network text not null
column roles.role text not null
column roles.given_by text not null
column roles.given_at bigint not null
constraint roles.roles_given_by_fkey FOREIGN KEY (given_by) REFERENCES users(id)
constraint roles.roles_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint roles.roles_pkey PRIMARY KEY (user_id, network, role)
constraint roles.roles_role_check CHECK ((role = ANY (ARRAY['operator'::text, 'regulator'::text, 'coordinator'::text, 'auditor'::text])))
constraint roles.roles_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
CREATE INDEX roles_network ON roles USING btree (network, role)
CREATE UNIQUE INDEX roles_pkey ON roles USING btree (user_id, network, role)
column secretaries.user_id text not null
column secretaries.professional text not null
column secretaries.network text not null
column secretaries.given_by text not null
column secretaries.given_at bigint not null
constraint secretaries.secretaries_given_by_fkey FOREIGN KEY (given_by) REFERENCES users(id)
constraint secretaries.secretaries_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint secretaries.secretaries_pkey PRIMARY KEY (user_id, professional)
constraint secretaries.secretaries_professional_fkey FOREIGN KEY (professional) REFERENCES professionals(id)
constraint secretaries.secretaries_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
CREATE INDEX secretaries_professional ON secretaries USING btree (professional)
CREATE UNIQUE INDEX secretaries_pkey ON secretaries USING btree (user_id, professional)
column sessions.id text not null
column sessions.token_hash text not null
column sessions.user_id text not null
column sessions.created_at bigint not null
column sessions.seen_at bigint not null
column sessions.strong_at bigint not null
column sessions.expires_at bigint not null
column sessions.revoked_at bigint
column sessions.device text not null
column sessions.shared_computer bigint not null
column sessions.hint_sealed bytea
column sessions.worn_network text
column sessions.worn_role text
column sessions.acts_for text
constraint sessions.sessions_id_key UNIQUE (id)
constraint sessions.sessions_pkey PRIMARY KEY (token_hash)
constraint sessions.sessions_shared_computer_check CHECK ((shared_computer = ANY (ARRAY[(0)::bigint, (1)::bigint])))
constraint sessions.sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
CREATE INDEX sessions_expires ON sessions USING btree (expires_at)
CREATE INDEX sessions_user ON sessions USING btree (user_id)
CREATE UNIQUE INDEX sessions_id_key ON sessions USING btree (id)
CREATE UNIQUE INDEX sessions_pkey ON sessions USING btree (token_hash)
column sharing.from_network text not null
column sharing.to_network text not null
column sharing.status text not null
column sharing.since bigint not null
constraint sharing.sharing_from_network_fkey FOREIGN KEY (from_network) REFERENCES networks(id)
constraint sharing.sharing_pkey PRIMARY KEY (from_network, to_network)
constraint sharing.sharing_status_check CHECK ((status = ANY (ARRAY['proposed'::text, 'active'::text, 'ended'::text])))
constraint sharing.sharing_to_network_fkey FOREIGN KEY (to_network) REFERENCES networks(id)
CREATE INDEX sharing_to ON sharing USING btree (to_network)
CREATE UNIQUE INDEX sharing_pkey ON sharing USING btree (from_network, to_network)
column spent_tokens.mark text not null
column spent_tokens.expires_at bigint not null
constraint spent_tokens.spent_tokens_pkey PRIMARY KEY (mark)
CREATE INDEX spent_tokens_expiry ON spent_tokens USING btree (expires_at)
CREATE UNIQUE INDEX spent_tokens_pkey ON spent_tokens USING btree (mark)
column stand_ins.locum text not null
column stand_ins.absent text not null
column stand_ins.from_at bigint not null
column stand_ins.until_at bigint not null
column stand_ins.inherits bigint not null
column stand_ins.network text not null
column stand_ins.written_at bigint not null
column stand_ins.written_by text not null
constraint stand_ins.stand_ins_absent_fkey FOREIGN KEY (absent) REFERENCES professionals(id)
constraint stand_ins.stand_ins_inherits_check CHECK ((inherits = ANY (ARRAY[(0)::bigint, (1)::bigint])))
constraint stand_ins.stand_ins_locum_fkey FOREIGN KEY (locum) REFERENCES professionals(id)
constraint stand_ins.stand_ins_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint stand_ins.stand_ins_pkey PRIMARY KEY (locum, absent, from_at)
constraint stand_ins.stand_ins_written_by_fkey FOREIGN KEY (written_by) REFERENCES users(id)
CREATE INDEX stand_ins_absent ON stand_ins USING btree (absent, until_at)
CREATE INDEX stand_ins_locum ON stand_ins USING btree (locum, until_at)
CREATE UNIQUE INDEX stand_ins_pkey ON stand_ins USING btree (locum, absent, from_at)
column syntheses.request text not null
column syntheses.version bigint not null
column syntheses.network text not null
column syntheses.patient text not null
column syntheses.author text not null
column syntheses.validated_at bigint not null
column syntheses.content bytea not null
column syntheses.pdf bytea not null
column syntheses.archive bytea not null
column syntheses.digest text not null
column syntheses.doctor text
column syntheses.fate text not null
column syntheses.message text
column syntheses.read_at bigint
column syntheses.displayed_at bigint
column syntheses.error_code text
constraint syntheses.syntheses_author_fkey FOREIGN KEY (author) REFERENCES users(id)
constraint syntheses.syntheses_check CHECK (((fate <> 'sent'::text) OR (message IS NOT NULL)))
constraint syntheses.syntheses_doctor_fkey FOREIGN KEY (doctor) REFERENCES professionals(id)
constraint syntheses.syntheses_fate_check CHECK ((fate = ANY (ARRAY['sent'::text, 'no-consent'::text, 'no-doctor'::text, 'no-mailbox'::text, 'off'::text, 'withdrawn'::text, 'replaced'::text])))
constraint syntheses.syntheses_message_fkey FOREIGN KEY (message) REFERENCES messages(id)
constraint syntheses.syntheses_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint syntheses.syntheses_patient_fkey FOREIGN KEY (patient) REFERENCES patients(id)
constraint syntheses.syntheses_pkey PRIMARY KEY (request, version)
constraint syntheses.syntheses_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
constraint syntheses.syntheses_version_check CHECK ((version > 0))
CREATE INDEX syntheses_doctor ON syntheses USING btree (doctor, validated_at) WHERE (doctor IS NOT NULL)
CREATE INDEX syntheses_message ON syntheses USING btree (message) WHERE (message IS NOT NULL)
CREATE INDEX syntheses_network ON syntheses USING btree (network, validated_at)
CREATE INDEX syntheses_patient ON syntheses USING btree (patient)
CREATE UNIQUE INDEX syntheses_pkey ON syntheses USING btree (request, version)
column thread_messages.request text not null
column thread_messages.n bigint not null
column thread_messages.network text not null
column thread_messages.patient text not null
column thread_messages.author text not null
column thread_messages.side text not null
column thread_messages.at bigint not null
column thread_messages.mark text not null
column thread_messages.photos bigint not null
column thread_messages.sealed bytea not null
constraint thread_messages.thread_messages_author_fkey FOREIGN KEY (author) REFERENCES users(id)
constraint thread_messages.thread_messages_n_check CHECK ((n > 0))
constraint thread_messages.thread_messages_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint thread_messages.thread_messages_patient_fkey FOREIGN KEY (patient) REFERENCES patients(id)
constraint thread_messages.thread_messages_photos_check CHECK (((photos >= 0) AND (photos <= 5)))
constraint thread_messages.thread_messages_pkey PRIMARY KEY (request, n)
constraint thread_messages.thread_messages_request_author_mark_key UNIQUE (request, author, mark)
constraint thread_messages.thread_messages_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
constraint thread_messages.thread_messages_side_check CHECK ((side = ANY (ARRAY['desk'::text, 'requester'::text, 'accepter'::text, 'usual'::text])))
CREATE INDEX thread_messages_network ON thread_messages USING btree (network, at)
CREATE INDEX thread_messages_patient ON thread_messages USING btree (patient)
CREATE UNIQUE INDEX thread_messages_pkey ON thread_messages USING btree (request, n)
CREATE UNIQUE INDEX thread_messages_request_author_mark_key ON thread_messages USING btree (request, author, mark)
column thread_photos.request text not null
column thread_photos.message bigint not null
column thread_photos.n bigint not null
column thread_photos.patient text not null
column thread_photos.width bigint not null
column thread_photos.height bigint not null
column thread_photos.sealed bytea not null
constraint thread_photos.thread_photos_height_check CHECK ((height > 0))
constraint thread_photos.thread_photos_n_check CHECK (((n >= 1) AND (n <= 5)))
constraint thread_photos.thread_photos_patient_fkey FOREIGN KEY (patient) REFERENCES patients(id)
constraint thread_photos.thread_photos_pkey PRIMARY KEY (request, message, n)
constraint thread_photos.thread_photos_request_message_fkey FOREIGN KEY (request, message) REFERENCES thread_messages(request, n)
constraint thread_photos.thread_photos_width_check CHECK ((width > 0))
CREATE INDEX thread_photos_patient ON thread_photos USING btree (patient)
CREATE UNIQUE INDEX thread_photos_pkey ON thread_photos USING btree (request, message, n)
column thread_reads.request text not null
column thread_reads.reader text not null
column thread_reads.n bigint not null
column thread_reads.read_at bigint
column thread_reads.told_at bigint
constraint thread_reads.thread_reads_pkey PRIMARY KEY (request, reader)
constraint thread_reads.thread_reads_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
CREATE UNIQUE INDEX thread_reads_pkey ON thread_reads USING btree (request, reader)
column tokens.id text not null
column tokens.token_hash text not null
column tokens.user_id text
column tokens.network text not null
column tokens.role text not null
column tokens.professional text
column tokens.label text not null
column tokens.created_at bigint not null
column tokens.used_at bigint
column tokens.revoked_at bigint
constraint tokens.tokens_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint tokens.tokens_pkey PRIMARY KEY (id)
constraint tokens.tokens_professional_fkey FOREIGN KEY (professional) REFERENCES professionals(id)
constraint tokens.tokens_token_hash_key UNIQUE (token_hash)
constraint tokens.tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
CREATE INDEX tokens_network ON tokens USING btree (network)
CREATE UNIQUE INDEX tokens_pkey ON tokens USING btree (id)
CREATE UNIQUE INDEX tokens_token_hash_key ON tokens USING btree (token_hash)
column users.id text not null
column users.login text not null
column users.name text not null
column users.role text not null
column users.network text
column users.professional text
column users.password_hash text
column users.totp_sealed bytea
column users.status text not null
column users.created_at bigint not null
column users.last_login_at bigint
column users.desk text
constraint users.users_login_key UNIQUE (login)
constraint users.users_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint users.users_pkey PRIMARY KEY (id)
constraint users.users_professional_fkey FOREIGN KEY (professional) REFERENCES professionals(id)
constraint users.users_status_check CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text])))
CREATE INDEX users_network ON users USING btree (network)
CREATE UNIQUE INDEX users_desk ON users USING btree (network, desk) WHERE (desk IS NOT NULL)
CREATE UNIQUE INDEX users_login_key ON users USING btree (login)
CREATE UNIQUE INDEX users_pkey ON users USING btree (id)
CREATE UNIQUE INDEX users_professional ON users USING btree (professional) WHERE (professional IS NOT NULL)
column verdicts.request text not null
column verdicts.round bigint not null
column verdicts.stage text not null
column verdicts.evaluated_at bigint not null
column verdicts.body text not null
constraint verdicts.verdicts_pkey PRIMARY KEY (request, round, stage)
constraint verdicts.verdicts_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
CREATE UNIQUE INDEX verdicts_pkey ON verdicts USING btree (request, round, stage)
column visit_questions.request text not null
column visit_questions.network text not null
column visit_questions.asked_at bigint not null
column visit_questions.answer text
column visit_questions.answered_at bigint
column visit_questions.source text
constraint visit_questions.visit_questions_answer_check CHECK ((answer = ANY (ARRAY['yes'::text, 'no'::text])))
constraint visit_questions.visit_questions_check CHECK (((answer IS NULL) = (answered_at IS NULL)))
constraint visit_questions.visit_questions_network_fkey FOREIGN KEY (network) REFERENCES networks(id)
constraint visit_questions.visit_questions_pkey PRIMARY KEY (request)
constraint visit_questions.visit_questions_request_fkey FOREIGN KEY (request) REFERENCES requests(id)
constraint visit_questions.visit_questions_source_check CHECK ((source = ANY (ARRAY['sms'::text, 'page'::text])))
CREATE INDEX visit_questions_network ON visit_questions USING btree (network, asked_at)
CREATE UNIQUE INDEX visit_questions_pkey ON visit_questions USING btree (request)
