import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory, override_settings
from saleor.account.models import User

CREATE = """mutation { tokenCreate(email: "a@example.com", password: "%s") {
    token errors { message } accountErrors { code } user { email } } }"""
BACKENDS = [
    "graphql_jwt.backends.JSONWebTokenBackend",
    "django.contrib.auth.backends.ModelBackend",
]


@pytest.fixture
def execute(db: None):  # type: ignore[no-untyped-def]
    """Run a query on Saleor's schema, which is mounted nowhere, as nobody in particular."""
    from saleor.graphql.api import schema

    User.objects.create_user("a@example.com", "password")
    request = RequestFactory().post("/")
    request.user = AnonymousUser()
    setattr(request, "app", None)  # noqa: B010  as Saleor's middleware does
    with override_settings(AUTHENTICATION_BACKENDS=BACKENDS):
        yield lambda query: schema.execute(query, context_value=request)


def test_wrong_credentials_give_errors_and_no_token(execute) -> None:  # type: ignore[no-untyped-def]
    result = execute(CREATE % "wrong")

    assert result.errors is None
    answer = result.data["tokenCreate"]
    assert answer["token"] is None
    assert answer["errors"] == [{"message": "Please, enter valid credentials"}]
    assert answer["accountErrors"] == [{"code": "INVALID_CREDENTIALS"}]


def test_right_credentials_give_a_token(execute) -> None:  # type: ignore[no-untyped-def]
    result = execute(CREATE % "password")

    assert result.errors is None
    assert result.data["tokenCreate"]["token"]
    assert result.data["tokenCreate"]["user"] == {"email": "a@example.com"}


def test_an_invalid_token_is_not_an_execution_error(execute) -> None:  # type: ignore[no-untyped-def]
    result = execute('mutation { tokenVerify(token: "x") { payload } }')

    assert result.errors is None
    assert result.data["tokenVerify"] is None


def test_the_token_argument_is_required_again(execute) -> None:  # type: ignore[no-untyped-def]
    assert "token" in str(execute("mutation { tokenVerify { payload } }").errors[0])
