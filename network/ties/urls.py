"""Pages of ties, and the board of offers and requests of partnership."""

from django.urls import path

from network.ties.views import offers, place, ties

urlpatterns = [
    path("institutions/<str:code>/ties/", place.ties, name="entity_ties"),
    path("institutions/<str:code>/ties/new/", ties.propose, name="tie_new"),
    path("ties/<int:tie_id>/", ties.tie, name="tie"),
    path("ties/<int:tie_id>/end/", ties.end, name="tie_end"),
    path("partnerships/", offers.board, name="offers"),
    path("partnerships/new/", offers.new, name="offer_new"),
    path("partnerships/<int:offer_id>/", offers.offer, name="offer"),
    path("partnerships/<int:offer_id>/edit/", offers.edit, name="offer_edit"),
]
