-- What the platform calls the place in its feed that was reached, so that it notices when
-- it has been restored from a backup.
ALTER TABLE feed ADD COLUMN mark TEXT;

-- When the wait for `next_try` began, so that a clock set back since then does not draw it out.
ALTER TABLE operation ADD COLUMN tried_at INTEGER;
