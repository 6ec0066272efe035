"""Joining a network, under a language."""

from django.urls import path

from network.accreditation.views import certificates, deciding, joining, reports

urlpatterns = [
    path("join/", joining.join, name="join"),
    path("join/<slug:kind>/", joining.begin, name="join_kind"),
    path("applications/", joining.mine, name="applications"),
    path("applications/queue/", deciding.queue, name="application_queue"),
    path("applications/queue/table/", deciding.export, name="application_export"),
    path("applications/<int:application_id>/", deciding.application, name="application"),
    path("applications/<int:application_id>/edit/", joining.edit, name="application_edit"),
    path("applications/<int:application_id>/withdrawal/", joining.withdraw, name="application_withdraw"),
    path("applications/<int:application_id>/departure/", deciding.leave, name="application_leave"),
    path("applications/<int:application_id>/review/", deciding.review, name="application_review"),
    path("applications/<int:application_id>/decision/", deciding.decide, name="application_decide"),
    path("applications/<int:application_id>/standing/", deciding.stand, name="application_stand"),
    path("applications/<int:application_id>/renewal/", deciding.ask_renewal, name="application_renew"),
    path("applications/<int:application_id>/renewal/answer/", deciding.answer_renewal, name="application_renewal_answer"),
    path("applications/<int:application_id>/minutes/", deciding.minutes, name="application_minutes"),
    path("applications/<int:application_id>/certificate/", certificates.paper, name="application_certificate"),
    path("applications/<int:application_id>/reports/<int:report_id>/", reports.report, name="application_report"),
    path("applications/<int:application_id>/reports/<int:report_id>/answer/", reports.answer, name="application_report_answer"),
    path("certificates/", certificates.ask, name="certificates"),
    path("certificates/<slug:certificate_code>/", certificates.verify, name="certificate"),
]
