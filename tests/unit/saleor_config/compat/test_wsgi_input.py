import io

import pytest
from django.core.handlers.wsgi import WSGIRequest


@pytest.mark.parametrize("body", [b"", b"abc"])
def test_a_request_body_may_be_given_as_bytes(body: bytes) -> None:
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/graphql/",
        "CONTENT_LENGTH": str(len(body)),
    }

    assert WSGIRequest({**environ, "wsgi.input": body}).body == body
    assert WSGIRequest({**environ, "wsgi.input": io.BytesIO(body)}).body == body
