-- The key with which this device signs couriers (its public half; the secret one is in the
-- keyring). One row, as soon as there is a key.
CREATE TABLE courier (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    key TEXT NOT NULL,
    -- What the platform calls the account; none as long as it does not know the key.
    account TEXT,
    -- Whether the platform is to be told the key once more, as after a sign-in.
    to_name INTEGER NOT NULL CHECK (to_name IN (0, 1))
) STRICT;
