"""What forms of ties and offers post to."""

from django.urls import path

from network.ties.views import offers, ties

urlpatterns = [
    path("ties/<int:tie_id>/answer/", ties.answer, name="tie_answer"),
    path("ties/<int:tie_id>/withdrawal/", ties.withdraw, name="tie_withdraw"),
    path("partnerships/<int:offer_id>/closure/", offers.close, name="offer_close"),
    path("partnerships/<int:offer_id>/removal/", offers.remove, name="offer_remove"),
]
