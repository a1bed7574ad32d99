"""Addresses under /staff/."""

from django.urls import path

from dashboard.site import staff_site
from dashboard.views import second_step

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
    path("", staff_site.urls),
]
