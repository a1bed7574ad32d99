"""Answers of this package that are not what was asked for."""


class PublishRefused(Exception):  # noqa: N818  a refusal is an answer, not a failure
    """It stays hidden; `message` says why, for the person at the screen."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
