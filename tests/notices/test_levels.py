"""How much one hears of a place: chosen by oneself, set as usual by whoever manages it, and known to nobody who is no longer there."""

from __future__ import annotations

from types import SimpleNamespace

from django.test import Client
from django.utils.translation import override

from forums.models import Board
from network.groups import actions as groups
from network.spaces import actions as spaces
from network.spaces.models import Membership
from notices.models import Level, SpaceMail
from tests.cast import Person, member
from tests.house.pages import Page


def levels(who: Person) -> list[str]:
    return list(Level.objects.filter(user=who.user).values_list("level", flat=True))


def said(level: str) -> str:
    with override("ar"):
        return str(Level.Of(level).label)


def test_what_no_form_offers_is_refused_and_changes_nothing(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.carmen.user)
    path = f"/ar/spaces/{world.group.pk}/notices/"
    other = Board.objects.create(space=world.open_group, name="غير هذا")
    for sent in ({"level": "loud"}, {"level": "muted"}, {"level": "normal", "board": str(other.pk)}, {}):
        page = client.post(path, sent)
        assert (page.status_code, "data-errors" in page.content.decode()) == (422, True)
    client.post(f"/spaces/{world.group.pk}/level/", {"level": "loud"})
    assert (SpaceMail.objects.count(), Level.objects.count()) == (0, 0)


def test_a_hidden_place_one_has_left_stands_in_no_list_of_levels(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.rania.user)
    client.post(f"/spaces/{world.hidden_group.pk}/level/", {"level": "watching"})
    member(world.rania, world.group)
    client.post(f"/spaces/{world.group.pk}/level/", {"level": "tracking"})
    assert "سرّي" in client.get("/ar/settings/notices/").content.decode()
    spaces.remove(world.carmen.actor, Membership.objects.get(space=world.hidden_group, user=world.rania.user))
    groups.edit(world.carmen.actor, world.hidden_group, name_ar="اسم جديد لا تعرفه")
    page = client.get("/ar/settings/notices/").content.decode()
    assert ("لا تعرفه" in page, world.group.name in page) == (False, True)
    assert client.get(f"/ar/spaces/{world.hidden_group.pk}/notices/").status_code == 404
    assert client.post(f"/spaces/{world.hidden_group.pk}/level/", {"level": ""}).status_code == 404


def test_from_the_settings_a_place_goes_back_to_its_usual(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.ezz.user)
    client.post(f"/spaces/{world.group.pk}/level/", {"level": "muted"})
    page = client.get("/ar/settings/notices/").content.decode()
    assert f'action="/spaces/{world.group.pk}/level/"' in page
    answer = client.post(f"/spaces/{world.group.pk}/level/", {"level": "", "next": "/ar/settings/notices/"})
    assert (answer["Location"], levels(world.ezz)) == ("/ar/settings/notices/", [])


def test_the_bell_of_a_place_says_how_much_one_hears_of_it(world: SimpleNamespace, client: Client) -> None:
    def bell(who: Person, path: str) -> str | None:
        client.force_login(who.user)
        found = [
            link
            for link in Page(client.get(path).content.decode()).all("a")
            if "/notices/" in link.attrs.get("href", "/") and "title" in link.attrs
        ]
        return found[0].attrs["title"].partition(": ")[2] if found else None

    group, commission = f"/ar/groups/{world.group.pk}/", "/ar/institutions/natcom-tn/"
    assert (bell(world.ezz, group), bell(world.carmen, commission), bell(world.dara, group)) == (said("normal"), said("normal"), None)
    SpaceMail.objects.create(space=world.group, level="tracking")
    client.force_login(world.mona.user)
    client.post(f"/spaces/{world.group.pk}/level/", {"level": "muted"})
    assert (bell(world.ezz, group), bell(world.mona, group)) == (said("tracking"), said("muted"))
