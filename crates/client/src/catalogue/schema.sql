-- The catalogue of one county, built anew for every published version and never changed
-- after that. A change here needs a new FORMAT in build.rs: an installed database of
-- another format is then built again from the files that are kept, without any network.

-- Divisions of the whole province.
CREATE TABLE division (
    code         TEXT NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL,
    -- The division above; null where the catalogue has none.
    parent       TEXT,
    has_children INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX division_parent ON division (parent);

-- Holiday calendars, one JSON document a year.
CREATE TABLE holidays (
    year INTEGER NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

-- Items, places and forms as they were published.
CREATE TABLE item (
    ordinal INTEGER NOT NULL PRIMARY KEY,
    code    TEXT NOT NULL UNIQUE,
    body    TEXT NOT NULL
) STRICT;

CREATE TABLE place (
    item     TEXT NOT NULL,
    code     TEXT NOT NULL,
    division TEXT NOT NULL,
    -- What it is found by: the code, folded.
    folded   TEXT NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (item, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX place_folded ON place (folded);

CREATE TABLE form (
    item TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Guides: each item as the place nearest to the county carries it out, or as it is
-- published where several places of the county do. Only what lists and their order need;
-- the rest is read from item and place.
CREATE TABLE guide (
    id            INTEGER NOT NULL PRIMARY KEY,
    item          TEXT NOT NULL UNIQUE,
    -- Place that carries it out; null where several of the county do, as only the person
    -- can say which is theirs.
    place         TEXT,
    -- Division of the place, or the county.
    division      TEXT NOT NULL,
    name          TEXT NOT NULL,
    -- JSON array of everyday names.
    aliases       TEXT NOT NULL,
    -- Name and everyday names, folded; the latter one a line.
    name_key      TEXT NOT NULL,
    alias_keys    TEXT NOT NULL,
    -- Empty where there are several places.
    department    TEXT NOT NULL,
    division_name TEXT NOT NULL,
    promised_days INTEGER,
    visits        INTEGER,
    -- JSON array of codes.
    badges        TEXT NOT NULL,
    has_form      INTEGER NOT NULL,
    -- Whether lists show it: in use or suspended.
    listed        INTEGER NOT NULL
) STRICT;

CREATE TABLE guide_theme (
    theme TEXT NOT NULL,
    guide INTEGER NOT NULL,
    PRIMARY KEY (theme, guide)
) STRICT, WITHOUT ROWID;

CREATE TABLE guide_audience (
    audience TEXT NOT NULL,
    guide    INTEGER NOT NULL,
    PRIMARY KEY (audience, guide)
) STRICT, WITHOUT ROWID;

-- The search index. The application makes the tokens (see tokens.rs), all of them lower
-- case and parted by blanks; the tokeniser `ascii` takes every character above ASCII as
-- part of a token and so never cuts one in two. No text is stored; positions are, as
-- bm25 measures nothing without either.
CREATE VIRTUAL TABLE guide_index USING fts5 (
    name, alias, result, material, body, sound, code,
    content = '', tokenize = 'ascii'
);
