-- One person's vault. Times are milliseconds since 1970 (UTC); columns named *_json
-- hold a value of the contract as it travels.

-- Who the vault belongs to, as the platform last said. One row.
CREATE TABLE person (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    person_json TEXT NOT NULL
) STRICT;

-- An application as this device states it: from the first draft on, kept when filed.
-- It pins the guide and the form it was made with.
CREATE TABLE application (
    case_id TEXT NOT NULL PRIMARY KEY,
    stage TEXT NOT NULL CHECK (stage IN ('draft', 'filed')),
    guide_json TEXT NOT NULL,
    form_json TEXT NOT NULL,
    situation_json TEXT NOT NULL,
    answers_json TEXT NOT NULL,
    -- The correction notice that the next filing answers.
    notice_json TEXT,
    created_at INTEGER NOT NULL,
    saved_at INTEGER NOT NULL
) STRICT;

-- What is attached: a file (digest) or a licence.
CREATE TABLE attachment (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES application (case_id) ON DELETE CASCADE,
    material TEXT NOT NULL,
    name TEXT NOT NULL,
    enclosure_json TEXT NOT NULL,
    digest TEXT,
    attached_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attachment_by_case ON attachment (case_id, attached_at, id);
CREATE INDEX attachment_by_digest ON attachment (digest);

-- Bytes of attached files by digest, in pieces, so that a photo never stands in
-- memory twice.
CREATE TABLE chunk (
    digest TEXT NOT NULL,
    piece INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (digest, piece)
) STRICT, WITHOUT ROWID;

-- Operations, in the order in which the person acted. One that is done is kept: a
-- platform restored from a backup is told it again.
CREATE TABLE operation (
    position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    case_id TEXT NOT NULL,
    operation_json TEXT NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('queued', 'sending', 'wedged', 'done')),
    tries INTEGER NOT NULL DEFAULT 0,
    next_try INTEGER,
    problem_json TEXT,
    outcome_json TEXT
) STRICT;
CREATE INDEX operation_by_case ON operation (case_id, position);
CREATE INDEX operation_by_phase ON operation (phase, position);

-- What the person was given when filing.
CREATE TABLE receipt (
    case_id TEXT NOT NULL PRIMARY KEY,
    filed_at INTEGER NOT NULL,
    digest TEXT NOT NULL,
    enclosures_json TEXT NOT NULL,
    number TEXT,
    accepted_at INTEGER
) STRICT;

-- Where an upload stands (tus): its address, until the platform has every byte.
CREATE TABLE upload (
    digest TEXT NOT NULL PRIMARY KEY,
    location TEXT NOT NULL
) STRICT;

-- The platform's latest word on each case.
CREATE TABLE case_news (
    case_id TEXT NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL,
    case_json TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE licence (
    id TEXT NOT NULL PRIMARY KEY,
    licence_type TEXT NOT NULL,
    licence_json TEXT NOT NULL
) STRICT;

-- Changes of kinds that this version does not know, kept for one that does.
CREATE TABLE unknown_change (
    feed TEXT NOT NULL,
    seq INTEGER NOT NULL,
    change_json TEXT NOT NULL,
    PRIMARY KEY (feed, seq)
) STRICT, WITHOUT ROWID;

-- How far the feed has been applied. One row.
CREATE TABLE feed (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    feed TEXT,
    cursor INTEGER NOT NULL,
    last_success INTEGER
) STRICT;
INSERT INTO feed (one, feed, cursor, last_success) VALUES (1, NULL, 0, NULL);
