"""Members of staff who have come all the way in, for tests of what lies behind the log-in."""

from base64 import b32decode

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(user, client=None, **kwargs):
    """Return a Django test client of this user; staff have given the second factor too."""
    client = client or Client(**kwargs)
    client.force_login(user, backend=BACKEND)
    if user.is_staff:
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = app_of(user).persistent_id
        session.save()
    return client


def app_of(user):
    """Return the authenticator app of this user, set up if it was not."""
    return TOTPDevice.objects.get_or_create(user_id=user.pk, confirmed=True)[0]


def code_of(device, *, ahead=0):
    """Return the six digits the app shows now, or `ahead` codes later (one is still accepted)."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift + ahead)
    return f"{totp.token():06d}"


def log_in(page, address, email, password):
    """Log in on a browser page at `address`, setting up the second factor as a new person does."""
    page.goto(f"{address}/staff/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/staff/second-factor/**")
    if page.url.split("?")[0].endswith("/new/"):
        set_up_app(page)
    page.wait_for_url(f"{address}/staff/")


def set_up_app(page):
    """Set up the second factor with the key that the page shows, and keep the recovery codes."""
    key = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(_code_of_key(key))
    page.get_by_role("button", name="It works").click()
    page.get_by_role("link", name="I have kept them").click()


def _code_of_key(key):
    return f"{TOTP(b32decode(key)).token():06d}"
