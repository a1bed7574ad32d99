import jwt
import pytest
from django.core.exceptions import ValidationError
from saleor.account.utils import create_jwt_token, decode_jwt_token

KEY = "a key of at least thirty-two bytes."


def test_saleor_reads_the_token_that_it_made() -> None:
    token = create_jwt_token({"user_pk": 1, "new_email": "a@example.com"})

    payload = decode_jwt_token(token)
    assert (payload["user_pk"], payload["new_email"]) == (1, "a@example.com")


def test_saleor_refuses_a_changed_and_an_expired_token() -> None:
    for token in (create_jwt_token({"user_pk": 1}) + "x", create_jwt_token({"exp": 1})):
        with pytest.raises(ValidationError, match="Invalid or expired token"):
            decode_jwt_token(token)


def test_a_token_is_text_and_may_be_decoded_to_text() -> None:
    token = jwt.encode({"a": 1}, KEY, algorithm="HS256")

    assert isinstance(token, str)
    assert token.decode() == token  # type: ignore[attr-defined]


def test_without_algorithms_only_hs256_is_accepted() -> None:
    assert jwt.decode(jwt.encode({"a": 1}, KEY, algorithm="HS256"), KEY) == {"a": 1}
    for other in (
        jwt.encode({"a": 1}, KEY * 2, algorithm="HS512"),
        jwt.encode({"a": 1}, "", algorithm="none"),
    ):
        with pytest.raises(jwt.InvalidAlgorithmError):
            jwt.decode(other, KEY * 2)


def test_named_algorithms_and_the_signature_still_count() -> None:
    token = jwt.encode({"a": 1}, KEY, algorithm="HS256")

    with pytest.raises(jwt.InvalidAlgorithmError):
        jwt.decode(token, KEY, algorithms=["HS512"])
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, "another key of thirty-two bytes...")
