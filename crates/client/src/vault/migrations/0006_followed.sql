-- Guides that the person follows, as they saw them last.
CREATE TABLE followed (
    item TEXT NOT NULL PRIMARY KEY,
    guide_json TEXT NOT NULL,
    followed_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    -- Names the state that a notification told of; empty where none did.
    told TEXT NOT NULL DEFAULT ''
) STRICT;
