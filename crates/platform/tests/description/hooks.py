"""Media types of the platform that schemathesis does not know."""

import schemathesis
from hypothesis import strategies

for media_type in ("application/offset+octet-stream", "application/vnd.tongban.courier"):
    schemathesis.openapi.media_type(media_type, strategies.binary(max_size=64))
