-- The drill of a network's channels is found among its messages without reading them all.
CREATE INDEX messages_drill ON messages (network, created_at) WHERE kind = 'drill';
