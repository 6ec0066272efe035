"""Pages of institutions."""

from django.urls import path

from network.entities.views import commissions, directory, export, mandates, offers, place, register, standing

urlpatterns = [
    path("institutions/", directory.directory, name="entities"),
    path("institutions/new/", register.new, name="entity_new"),
    path("institutions/commissions/", commissions.commissions, name="commissions"),
    path("institutions/unconfirmed/", standing.unconfirmed, name="unconfirmed"),
    *[
        path(f"institutions/export.{ending}", export.export, {"ending": ending}, name=f"register_{ending}")
        for ending in ("csv", "xlsx", "pdf")
    ],
    path("institutions/<str:code>/", place.overview, name="entity"),
    path("institutions/<str:code>/wall/", place.wall, name="entity_wall"),
    path("institutions/<str:code>/topics/", place.topics, name="entity_topics"),
    path("institutions/<str:code>/people/", place.people, name="entity_people"),
    path("institutions/<str:code>/network/", place.under, name="entity_under"),
    path("institutions/<str:code>/groups/", place.groups, name="entity_groups"),
    path("institutions/<str:code>/edit/", register.edit, name="entity_edit"),
    path("institutions/<str:code>/standing/", standing.standing, name="entity_standing"),
    path("institutions/<str:code>/confirmation/", standing.confirmation, name="entity_confirmation"),
    path("institutions/<str:code>/mandates/", mandates.mandates, name="mandates"),
    path("institutions/<str:code>/mandates/invitation/", mandates.invite, name="mandate_invite"),
    path(
        "institutions/<str:code>/mandates/invitations/<int:mandate_invitation_id>/again/", mandates.resend, name="mandate_invitation_again"
    ),
    path("institutions/<str:code>/mandates/invitations/<int:mandate_invitation_id>/end/", mandates.revoke, name="mandate_invitation_end"),
    path("institutions/<str:code>/mandates/<int:mandate_id>/", mandates.mandate, name="mandate"),
    path("institutions/<str:code>/mandates/<int:mandate_id>/end/", mandates.end, name="mandate_end"),
    path("institutions/<str:code>/mandates/<int:mandate_id>/term/", mandates.term, name="mandate_term"),
    path("institutions/<str:code>/mandates/<int:mandate_id>/deputy/", mandates.deputy, name="mandate_deputy"),
    path("institutions/<str:code>/mandates/<int:mandate_id>/hand-over/", mandates.hand_over, name="mandate_hand_over"),
    path("institutions/<str:code>/hand-overs/<int:hand_over_id>/", mandates.handed, name="handed"),
    path("institutions/<str:code>/recognition/", commissions.accredit, name="accredit"),
    path("institutions/<str:code>/recognition/end/", commissions.withdraw, name="accredit_end"),
    path("invitations/mandates/<str:token>/", offers.invitation, name="mandate_invitation"),
]
