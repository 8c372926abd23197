-- Where in the county the person is, once they have chosen a place for an item that each
-- township handles for itself. One row, and of nobody else on this device.
CREATE TABLE home (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    division TEXT NOT NULL
) STRICT;
