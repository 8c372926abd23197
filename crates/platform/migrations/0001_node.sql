-- What every node keeps beside its cases: keys, people, sign-ins and uploads.
-- Instants are INTEGER milliseconds since 1970, so that they compare as they are.

-- Keys and secrets made once, when the database is new.
CREATE TABLE keys (
    name    TEXT    NOT NULL PRIMARY KEY,
    value   TEXT    NOT NULL,
    made_at INTEGER NOT NULL
) STRICT;

-- Citizens. `subject` is what clients know an account by; it tells nothing of the person.
CREATE TABLE accounts (
    id            INTEGER PRIMARY KEY,
    subject       TEXT    NOT NULL UNIQUE,
    login         TEXT    NOT NULL UNIQUE,
    phone         TEXT    NOT NULL UNIQUE,
    citizen_id    TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    -- 1 未实名, 2 初级实名, 3 高级实名
    assurance     INTEGER NOT NULL CHECK (assurance BETWEEN 1 AND 3),
    password_hash TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('active', 'refused')),
    made_at       INTEGER NOT NULL
) STRICT;

-- People of the departments, who sign in to the office.
CREATE TABLE staff (
    id            INTEGER PRIMARY KEY,
    login         TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    department    TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    made_at       INTEGER NOT NULL
) STRICT;

-- Wrong passwords in a row. Keyed by a digest with a secret of this node, so that logins
-- that nobody has are counted alike and no ID number is kept here.
CREATE TABLE sign_in_tries (
    login_digest BLOB    NOT NULL PRIMARY KEY,
    failures     INTEGER NOT NULL,
    next_try_at  INTEGER NOT NULL
) STRICT;

-- A client's request to sign somebody in, while the sign-in page is open. `browser_digest`
-- ties it to the browser that opened the page, `form_digest` to the form it was given.
CREATE TABLE oidc_requests (
    id             TEXT    NOT NULL PRIMARY KEY,
    browser_digest BLOB    NOT NULL,
    form_digest    BLOB    NOT NULL,
    client         TEXT    NOT NULL,
    redirect_uri   TEXT    NOT NULL,
    scope          TEXT    NOT NULL,
    state          TEXT,
    nonce          TEXT,
    acr_values     TEXT    NOT NULL,
    code_challenge TEXT    NOT NULL,
    expires_at     INTEGER NOT NULL
) STRICT;

-- One sign-in and everything given out because of it: the family of its tokens.
CREATE TABLE oidc_grants (
    id             TEXT    NOT NULL PRIMARY KEY,
    account        INTEGER NOT NULL REFERENCES accounts (id),
    client         TEXT    NOT NULL,
    redirect_uri   TEXT    NOT NULL,
    scope          TEXT    NOT NULL,
    nonce          TEXT,
    acr            INTEGER NOT NULL CHECK (acr BETWEEN 1 AND 3),
    code_challenge TEXT    NOT NULL,
    signed_in_at   INTEGER NOT NULL,
    revoked_at     INTEGER
) STRICT;
CREATE INDEX oidc_grants_of_account ON oidc_grants (account);

-- Codes and tokens, as SHA-256 only. `used_at` of an access token is its first use.
-- `predecessor` is the refresh token it was exchanged for.
CREATE TABLE oidc_tokens (
    digest      BLOB    NOT NULL PRIMARY KEY,
    grant_id    TEXT    NOT NULL REFERENCES oidc_grants (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL CHECK (kind IN ('code', 'access', 'refresh')),
    predecessor BLOB,
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER,
    -- Replaced before it was ever used, as the reply that carried it was lost.
    replaced_at INTEGER
) STRICT;
CREATE INDEX oidc_tokens_of_grant ON oidc_tokens (grant_id);
CREATE INDEX oidc_tokens_by_predecessor ON oidc_tokens (predecessor) WHERE predecessor IS NOT NULL;

-- Uploads (tus 1.0). The bytes of an unfinished one are in `uploads/`, of a finished one in
-- `objects/` under their digest. A finished row is what makes the account an owner of them.
CREATE TABLE uploads (
    id         TEXT    NOT NULL PRIMARY KEY,
    account    INTEGER NOT NULL REFERENCES accounts (id),
    digest     TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    bytes      INTEGER NOT NULL CHECK (bytes > 0),
    received   INTEGER NOT NULL CHECK (received BETWEEN 0 AND bytes),
    finished   INTEGER NOT NULL CHECK (finished IN (0, 1)),
    made_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (account, digest)
) STRICT;
CREATE INDEX uploads_unfinished ON uploads (expires_at) WHERE finished = 0;
