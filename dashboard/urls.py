"""Addresses under /staff/."""

from django.urls import path

from dashboard.pages import View
from dashboard.site import staff_site
from dashboard.views import bins, packing, second_step


def _parcel(step: str, view: View, name: str) -> object:
    return path(f"packing/<int:order_id>/{step}", staff_site.admin_view(view), name=name)


urlpatterns = [
    path("second-step/", second_step.enter_code, name="staff-second-step"),
    path("second-step/new/", second_step.enrol, name="staff-enrol"),
    path("second-step/new/code.svg", second_step.enrol_picture, name="staff-enrol-picture"),
    path("second-step/leave/", second_step.leave, name="staff-leave"),
    path(
        "second-step/recovery-codes/",
        staff_site.admin_view(second_step.new_recovery_codes),
        name="staff-recovery-codes",
    ),
    path("packing/bins/", staff_site.admin_view(bins.bins), name="staff-bins"),
    path("packing/pick-list/", staff_site.admin_view(packing.picks), name="staff-pick-list"),
    path("packing/", staff_site.admin_view(packing.queue), name="staff-packing"),
    _parcel("", packing.parcel, "staff-parcel"),
    _parcel("claim/", packing.claim, "staff-parcel-claim"),
    _parcel("scan/", packing.scan, "staff-parcel-scan"),
    _parcel("put-right/", packing.put_right, "staff-parcel-put-right"),
    _parcel("count-again/", packing.count_again, "staff-parcel-count-again"),
    _parcel("put-aside/", packing.put_aside, "staff-parcel-put-aside"),
    path("", staff_site.urls),
]
