"""The payload fields of django-graphql-jwt's mutations.

Changed between django-graphql-jwt 0.3.0 and 0.3.4 (the first to work with PyJWT 2): ``token``,
``payload`` and the new ``refreshExpiresIn`` are non-null, the ``token`` argument is optional (a
cookie may carry it), and one message lost its comma.

Saleor: ``graphql/core/mutations.py`` and ``graphql/account/mutations/base.py:SetPassword`` answer
wrong credentials with ``errors`` and no token, which non-null fields turn into an execution error;
``VerifyToken.mutate`` needs its ``token`` argument.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .hooks import when_imported

_OLD_MESSAGES = {"Please enter valid credentials": "Please, enter valid credentials"}


def _with_nullable_token(field: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap ``JSONWebTokenMixin.Field``, which adds a required ``token`` to the class's fields."""

    @functools.wraps(field)
    def wrapper(cls: Any, *args: Any, **kwargs: Any) -> Any:
        from graphene import Field, String

        mounted = field(cls, *args, **kwargs)
        for name in {"token", "refresh_token"} & set(cls._meta.fields):
            cls._meta.fields[name] = Field(String)
        return mounted

    return wrapper


def _relax_mixins(mixins: ModuleType) -> None:
    from graphene import Int, String
    from graphene.types.generic import GenericScalar

    mixins.JSONWebTokenMixin.payload = GenericScalar()
    mixins.JSONWebTokenMixin.refresh_expires_in = Int()
    mixins.VerifyMixin.payload = GenericScalar()
    mixins.KeepAliveRefreshMixin.Fields.token = String(required=True)
    field = mixins.JSONWebTokenMixin.Field.__func__
    mixins.JSONWebTokenMixin.Field = classmethod(_with_nullable_token(field))


def _require_token_argument(mutations: ModuleType) -> None:
    from graphene import String

    mutations.Verify.Arguments.token = String(required=True)


def _restore_messages(decorators: ModuleType) -> None:
    gettext = decorators._
    decorators._ = lambda message: gettext(  # type: ignore[attr-defined]
        _OLD_MESSAGES.get(message, message)
    )


def install() -> None:
    """Let Saleor's token mutations answer without a token."""
    when_imported("graphql_jwt.mixins", _relax_mixins)
    when_imported("graphql_jwt.mutations", _require_token_argument)
    when_imported("graphql_jwt.decorators", _restore_messages)
