-- Cases, what their applicants are told, and who handles them.

-- Numbers that are given out once each, by what they count.
CREATE TABLE serials (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;

-- A case is one document; beside it stands what lists and limits are looked up by.
CREATE TABLE cases (
    id TEXT NOT NULL PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts (id),
    number TEXT NOT NULL UNIQUE,
    item TEXT NOT NULL,
    division TEXT NOT NULL,
    state TEXT NOT NULL,
    open INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    record TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX cases_account ON cases (account);
CREATE INDEX cases_open ON cases (open, updated_at);

-- Which departments have a step of their own in a case; what a department may see.
CREATE TABLE case_departments (
    department TEXT NOT NULL,
    case_id TEXT NOT NULL REFERENCES cases (id),
    PRIMARY KEY (department, case_id)
) STRICT, WITHOUT ROWID;

-- Limits that come near or were missed (电子监察). A row stays when the work is done.
CREATE TABLE case_warnings (
    case_id TEXT NOT NULL REFERENCES cases (id),
    subject TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('near', 'missed')),
    department TEXT NOT NULL,
    due TEXT NOT NULL,
    sentence TEXT NOT NULL,
    noticed_at INTEGER NOT NULL,
    PRIMARY KEY (case_id, subject, kind, due)
) STRICT, WITHOUT ROWID;

-- Operations that were handled, with the result that is given again word for word.
-- The key is what makes two sockets, or two nodes, create one acceptance.
CREATE TABLE operations (
    account INTEGER NOT NULL REFERENCES accounts (id),
    id TEXT NOT NULL,
    digest BLOB NOT NULL,
    result TEXT NOT NULL,
    handled_at INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

-- One feed per account; its changes count from 1 without gaps.
CREATE TABLE feeds (
    account INTEGER NOT NULL PRIMARY KEY REFERENCES accounts (id),
    id TEXT NOT NULL,
    last_seq INTEGER NOT NULL
) STRICT;
CREATE TABLE changes (
    account INTEGER NOT NULL REFERENCES accounts (id),
    seq INTEGER NOT NULL,
    news TEXT NOT NULL,
    PRIMARY KEY (account, seq)
) STRICT, WITHOUT ROWID;

-- E-licences that were issued.
CREATE TABLE licences (
    id TEXT NOT NULL PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts (id),
    licence_type TEXT NOT NULL,
    state TEXT NOT NULL,
    valid_until TEXT,
    case_id TEXT REFERENCES cases (id),
    body TEXT NOT NULL,
    issued_at INTEGER NOT NULL
) STRICT;
CREATE INDEX licences_account ON licences (account);

-- Forms that were published, with the item they belong to: a case is corrected with the
-- form it was filed with, however often the catalogue has changed since.
CREATE TABLE kept_forms (
    item TEXT NOT NULL,
    form_version TEXT NOT NULL,
    item_body TEXT NOT NULL,
    form_body TEXT NOT NULL,
    kept_at INTEGER NOT NULL,
    PRIMARY KEY (item, form_version)
) STRICT, WITHOUT ROWID;

-- Whose cases a person of a department handles: those of a division and all below it;
-- empty means everywhere.
ALTER TABLE staff ADD COLUMN division TEXT NOT NULL DEFAULT '';

-- Sign-ins of the office. Nothing in common with the tokens of citizens; only the digest
-- of a token is kept.
CREATE TABLE office_sessions (
    token_digest BLOB NOT NULL PRIMARY KEY,
    staff TEXT NOT NULL REFERENCES staff (login),
    kind TEXT NOT NULL CHECK (kind IN ('page', 'script')),
    csrf TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
