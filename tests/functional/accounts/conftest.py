"""A customer with a password, and what the shop wrote to them."""

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from saleor.account.models import User

from tests import personas

PASSWORD = "long-and-quiet-water"
LINK = re.compile(r"http://testserver(/account/\S+)")


@pytest.fixture
def robin(db):
    return User.objects.create(email="robin@example.org", password=make_password(PASSWORD))


@pytest.fixture
def keeper(db):
    return User.objects.create(
        email="keeper@example.org", password=make_password(PASSWORD), is_staff=True
    )


@pytest.fixture
def ask(django_capture_on_commit_callbacks):
    """Ask for a link to an address: ask("register" or "forgotten", address)."""

    def post(page, email):
        with django_capture_on_commit_callbacks(execute=True):
            return personas.anonymous().post(f"/account/{page}/", {"email": email})

    return post


def mailed_path(address):
    """Return the path of the link in the one e-mail that went to the address."""
    (message,) = [sent for sent in mail.outbox if sent.to == [address]]
    found = LINK.search(message.body)
    return found[1] if found else message.body


@pytest.fixture
def ask_for(django_capture_on_commit_callbacks):
    def post(client, email, password=PASSWORD):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post("/account/email/", {"email": email, "password": password})

    return post
