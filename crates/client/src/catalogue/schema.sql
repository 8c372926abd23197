-- The catalogue of the regions that are kept, made of what was published and never changed
-- once it is in use: an update works on a copy. A change here needs a new FORMAT in build.rs:
-- an installed database of another format is then built again from the files that are kept,
-- without any network.

-- Divisions of the whole province.
CREATE TABLE division (
    code         TEXT NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL,
    -- The division above; null where the catalogue has none.
    parent       TEXT,
    has_children INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- What compressed texts have in common (see packed.rs): one row, or none where there are few.
CREATE TABLE dictionary (
    body BLOB NOT NULL
) STRICT;

-- Holiday calendars, one JSON document a year.
CREATE TABLE holidays (
    year INTEGER NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

-- Everyday words, folded, and what may be meant by each: a JSON array.
CREATE TABLE synonym (
    say   TEXT NOT NULL PRIMARY KEY,
    means TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Basic items as they were published, and of each what lists need.
CREATE TABLE item (
    id         INTEGER NOT NULL PRIMARY KEY,
    code       TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    -- JSON array of everyday names.
    aliases    TEXT NOT NULL,
    -- JSON arrays of codes.
    themes     TEXT NOT NULL,
    audiences  TEXT NOT NULL,
    item_type  TEXT NOT NULL,
    -- JSON array of codes.
    badges     TEXT NOT NULL,
    promised_days INTEGER,
    visits     INTEGER,
    -- Whether a form is promised; it is offered where there is one.
    has_form   INTEGER NOT NULL,
    -- Whether lists show it: in use or suspended.
    listed     INTEGER NOT NULL,
    -- Made of the digest of the body's text: another one is another body.
    digest     INTEGER NOT NULL,
    -- Compressed.
    body       BLOB NOT NULL
) STRICT;

-- Offices, which many items share. The id is made of the digest of the body's text.
CREATE TABLE office (
    id         INTEGER NOT NULL PRIMARY KEY,
    department TEXT NOT NULL,
    -- Compressed.
    body       BLOB NOT NULL
) STRICT;

-- What places change of their items, which many do alike. The id is as an office's.
CREATE TABLE patch (
    id   INTEGER NOT NULL PRIMARY KEY,
    -- Compressed.
    body BLOB NOT NULL
) STRICT;

-- Who carries an item out where. With a number of its own, as SQLite fills the pages of such a
-- table better: 13 MB of a province's 90.
CREATE TABLE place (
    id       INTEGER NOT NULL PRIMARY KEY,
    item     TEXT NOT NULL,
    division TEXT NOT NULL,
    -- Implementation code. People type it in either case.
    code     TEXT NOT NULL COLLATE NOCASE,
    office   INTEGER NOT NULL,
    -- What differs from the item; null where nothing does.
    patch    INTEGER
) STRICT;
CREATE UNIQUE INDEX place_code ON place (code);
CREATE INDEX place_item ON place (item, division);

CREATE TABLE form (
    item TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- When the versions were published whose changes are told.
CREATE TABLE version (
    version      INTEGER NOT NULL PRIMARY KEY,
    -- Milliseconds since 1970.
    published_at INTEGER NOT NULL
) STRICT;

-- What the versions that came here changed, newest last: items that lists show.
CREATE TABLE change (
    version INTEGER NOT NULL,
    item    TEXT NOT NULL,
    name    TEXT NOT NULL,
    -- added, changed or removed
    kind    TEXT NOT NULL,
    PRIMARY KEY (version, item)
) STRICT, WITHOUT ROWID;

-- The search index of the items. The application makes the tokens (see tokens.rs), all of
-- them lower case and parted by blanks; the tokeniser `ascii` takes every character above
-- ASCII as part of a token and so never cuts one in two. No text is stored; positions are,
-- as bm25 measures nothing without either. Places are not in it: their names would make
-- every item of a town answer to the town's name. SQLite's own prefix index is of every token, and
-- would take more room than all the rest: the beginnings of words are tokens instead. The body
-- comes first, as SQLite names the column of every token but those of the first.
CREATE VIRTUAL TABLE guide_index USING fts5 (
    body, name, alias, result, material, sound, code,
    content = '', contentless_delete = 1, tokenize = 'ascii'
);
