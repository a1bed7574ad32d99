"""The local inbox: what it keeps, and that opening an e-mail is safe."""

import smtplib
from email.message import EmailMessage

import pytest

from local_services.inbox import Inbox, application, listen, respond
from local_services.processes import free_port


def _email(subject="Your order 1042", html="<p>Thank <b>you</b></p>"):
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "Stillwater <hello@stillwater.example>"
    message["To"] = "someone@mail.example"
    message.set_content("Thank you")
    message.add_alternative(html, subtype="html")
    return message


@pytest.fixture
def inbox(tmp_path):
    return Inbox(tmp_path)


def _get(inbox, view=""):
    return respond(inbox, f"/{inbox.newest_first()[0].key}/{view}")


def test_an_email_sent_over_smtp_is_kept_and_listed(inbox, tmp_path):
    server = listen(inbox, free_port())
    try:
        with smtplib.SMTP("127.0.0.1", server.port) as client:
            client.send_message(_email())
    finally:
        server.stop()

    [mail] = Inbox(tmp_path).newest_first()
    assert (mail.subject, mail.body("plain").strip()) == ("Your order 1042", "Thank you")
    assert "Your order 1042" in respond(inbox, "/").body


def test_the_newest_email_is_first(inbox):
    for subject in ("first", "second", "third"):
        inbox.add(_email(subject).as_bytes())

    assert [mail.subject for mail in inbox.newest_first()] == ["third", "second", "first"]


def test_an_email_is_shown_as_html_in_a_sandbox_and_as_text(inbox):
    inbox.add(_email().as_bytes())

    page = _get(inbox).body

    assert '<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="html"' in page
    assert "<pre>Thank you" in page
    assert "<b>you</b>" not in page


def test_the_html_of_an_email_can_run_nothing_and_load_nothing(inbox):
    inbox.add(_email(html="<script>alert(1)</script><img src='https://spy.example/'>").as_bytes())

    answer = _get(inbox, "html")

    assert answer.policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox;")
    assert "default-src 'none'" in answer.policy
    assert "script-src" not in answer.policy
    assert "https:" not in answer.policy


def test_markup_in_headers_is_shown_as_text(inbox):
    inbox.add(_email("<script>x</script>").as_bytes())

    for page in (respond(inbox, "/").body, _get(inbox).body):
        assert "<script>" not in page
        assert "&lt;script&gt;x" in page


def test_the_source_is_shown_as_received(inbox):
    content = _email().as_bytes()
    inbox.add(content)

    answer = _get(inbox, "source")

    assert (answer.body, answer.kind) == (content, "text/plain; charset=utf-8")


@pytest.mark.parametrize("path", ["/nothing/", "/nothing/html", "/../secrets/staff-password"])
def test_what_is_not_there_is_not_found(inbox, path):
    assert respond(inbox, path).status == "404 Not Found"


@pytest.mark.parametrize(
    ("method", "host", "status"),
    [
        ("GET", "127.0.0.1:8025", "200 OK"),
        ("GET", "localhost:8025", "200 OK"),
        ("GET", "rebound.example:8025", "400 Bad Request"),
        ("POST", "127.0.0.1:8025", "405 Method Not Allowed"),
        ("DELETE", "127.0.0.1:8025", "405 Method Not Allowed"),
    ],
)
def test_only_this_machine_may_read_and_nobody_write(tmp_path, method, host, status):
    said = []
    environ = {"REQUEST_METHOD": method, "HTTP_HOST": host, "PATH_INFO": "/"}

    application(tmp_path)(environ, lambda line, _: said.append(line))

    assert said == [status]
