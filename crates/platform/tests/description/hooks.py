"""Media types of the platform that schemathesis does not know."""

import schemathesis
from hypothesis import strategies

schemathesis.openapi.media_type("application/offset+octet-stream", strategies.binary(max_size=64))
