"""Addresses under /staff/."""

from django.urls import path

from dashboard import admin  # noqa: F401  registers every admin class
from dashboard.middleware import View
from dashboard.site import staff_site
from dashboard.views import packing, reports, second_factor


def _parcel(step: str, view: View, name: str) -> object:
    return path(f"packing/<int:order_id>/{step}", staff_site.admin_view(view), name=name)


urlpatterns = [
    path("second-factor/", second_factor.enter_code, name="staff-second-factor"),
    path("second-factor/new/", second_factor.enrol, name="staff-enrol"),
    path("second-factor/new/code.svg", second_factor.enrol_qr_code, name="staff-enrol-qr-code"),
    path("second-factor/cancel/", second_factor.cancel_login, name="staff-cancel-login"),
    path(
        "second-factor/recovery-codes/",
        staff_site.admin_view(second_factor.new_recovery_codes),
        name="staff-recovery-codes",
    ),
    path("packing/bins/", staff_site.admin_view(packing.bins), name="staff-bins"),
    path(
        "packing/pick-list/", staff_site.admin_view(packing.pick_list_page), name="staff-pick-list"
    ),
    path("packing/labels.pdf", staff_site.admin_view(packing.labels), name="staff-labels"),
    path("packing/", staff_site.admin_view(packing.queue), name="staff-packing"),
    _parcel("", packing.parcel, "staff-parcel"),
    _parcel("claim/", packing.claim, "staff-parcel-claim"),
    _parcel("scan/", packing.scan, "staff-parcel-scan"),
    _parcel("clear-problem/", packing.clear_problem, "staff-parcel-clear-problem"),
    _parcel("restart-count/", packing.restart_count, "staff-parcel-restart-count"),
    _parcel("buy-label/", packing.buy_label, "staff-parcel-buy-label"),
    _parcel("release-claim/", packing.release_claim, "staff-parcel-release-claim"),
    path("reports/", staff_site.admin_view(reports.reports), name="staff-reports"),
    path("exports/", staff_site.admin_view(reports.exports), name="staff-exports"),
    path(
        "exports/<slug:report>.<slug:file_type>",
        staff_site.admin_view(reports.export),
        name="staff-export",
    ),
    path("payouts/", staff_site.admin_view(reports.payouts), name="staff-payouts"),
    path("", staff_site.urls),
]
