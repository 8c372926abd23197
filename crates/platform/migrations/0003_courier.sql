-- Keys with which devices sign their couriers. A courier is filed in the account of its key;
-- `acr` is the assurance level of the sign-in with which the device last named the key, and
-- counts for what it files as that sign-in would.
CREATE TABLE courier_keys (
    account  INTEGER NOT NULL REFERENCES accounts (id),
    key      TEXT    NOT NULL,
    acr      INTEGER NOT NULL CHECK (acr BETWEEN 1 AND 3),
    client   TEXT    NOT NULL,
    named_at INTEGER NOT NULL,
    PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;
