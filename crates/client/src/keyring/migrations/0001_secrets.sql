-- What is kept under a passphrase, by name. The file as a whole is encrypted.
CREATE TABLE secrets (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
