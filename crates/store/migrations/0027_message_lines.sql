-- Who leaves next is found in an index of each line, whatever waits: ten thousand messages may.
CREATE INDEX messages_lane ON messages (channel, due_at, kind, id) WHERE status = 'queued';
CREATE INDEX messages_leased ON messages (lease_until, channel) WHERE status = 'sending';
CREATE INDEX messages_expiring ON messages (expires_at) WHERE status = 'queued' AND expires_at IS NOT NULL;
