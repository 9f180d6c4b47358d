-- When a browser last said by itself that it showed a notification: only then is its owner known to be reached.
ALTER TABLE push_devices ADD COLUMN proved_at BIGINT;
