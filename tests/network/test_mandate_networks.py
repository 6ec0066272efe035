"""In which network a mandate speaks: whom files address and for whom they wait. What one may do stays as it is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from network.accreditation import actions, queries
from network.activity.models import Activity
from network.permissions import can
from network.spaces.actors import forget
from network.spaces.models import Mandate
from notices import waiting
from notices.models import Notice
from notices.subscribers import notify
from tests.cast import mandate
from tests.network.accreditation import networks, sent


@pytest.fixture
def w(world: SimpleNamespace) -> SimpleNamespace:
    """Carmen speaks for the Tunisian commission in schools, Haytham on the whole platform, Ezz in chairs."""
    networks(world)
    for procedure, network in ((world.schools, "schools"), (world.chairs, "chairs")):
        procedure.network = network
        procedure.save()
    mandate(world.ezz, world.natcom_tn, "منسق الكراسي")
    for who, network in ((world.carmen, "schools"), (world.ezz, "chairs")):
        Mandate.objects.filter(user=who.user).update(network=network)
    forget()
    return world


def told(verb: str) -> set[str]:
    notify(Activity.objects.filter(verb=verb).latest("pk"))
    return set(Notice.objects.filter(verb=verb).values_list("recipient__page__handle", flat=True))


def asked(w: SimpleNamespace) -> set[str]:
    return {name for name, who in w.cast.items() if waiting.files(who.actor)}


def test_a_file_of_schools_waits_for_no_coordinator_of_chairs_though_it_stays_open_to_them(w: SimpleNamespace) -> None:
    application = sent(w, w.dara)
    assert told("application_submitted") - {"dara"} == {"carmen", "haytham"}
    assert asked(w) == {"carmen", "haytham"}
    assert can(w.ezz.actor, "application.review", type(application).objects.with_all().get(pk=application.pk))
    assert [task.what for task in queries.tasks(w.ezz.actor)] == ["review"]
    actions.review(w.ezz.actor, application, outcome="endorse")
    assert asked(w) == {"sami"}  # the secretariat's, on the whole platform


def test_where_nobody_speaks_in_its_network_everybody_is_asked(w: SimpleNamespace) -> None:
    Mandate.objects.filter(user=w.haytham.user).update(network="clubs")
    Mandate.objects.filter(user=w.ezz.user).update(network="clubs")
    Mandate.objects.filter(user=w.sami.user).update(network="clubs")
    application = sent(w, w.dara, w.chairs)
    everyone = {"carmen", "haytham", "ezz"}
    assert (told("application_submitted") - {"dara"}, asked(w)) == (everyone, everyone)
    actions.review(w.carmen.actor, application, outcome="endorse")
    assert asked(w) == {"sami"}


def test_what_belongs_to_no_network_waits_for_all(w: SimpleNamespace) -> None:
    w.schools.network = "platform"
    w.schools.save()
    sent(w, w.dara)
    assert (told("application_submitted") - {"dara"}, asked(w)) == ({"carmen", "haytham", "ezz"},) * 2


def test_whoever_speaks_in_two_networks_is_asked_in_both(w: SimpleNamespace) -> None:
    second = mandate(w.carmen, w.natcom_tn, "منسقة الكراسي")
    Mandate.objects.filter(pk=second.pk).update(network="chairs")
    forget()
    sent(w, w.dara)
    sent(w, w.mona, w.chairs)
    assert len(waiting.files(w.carmen.actor)) == 2
    assert len(waiting.files(w.ezz.actor)) == 1
