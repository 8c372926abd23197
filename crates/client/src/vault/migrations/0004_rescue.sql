-- What became of a file of this vault that was found damaged, until the person has read it.
CREATE TABLE rescue (
    position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    rescue_json TEXT NOT NULL
) STRICT;

-- With row numbers, bytes stand beside the tree that finds them. Without, they are part of
-- it, and one damaged page hides what lies on others.
ALTER TABLE chunk RENAME TO chunk_without_numbers;
CREATE TABLE chunk (
    digest TEXT NOT NULL,
    piece INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (digest, piece)
) STRICT;
INSERT INTO chunk (digest, piece, bytes) SELECT digest, piece, bytes FROM chunk_without_numbers;
DROP TABLE chunk_without_numbers;
