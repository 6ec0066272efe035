"""Writing from the home page: on one's own wall, or, in the name of an institution, on its wall."""

from __future__ import annotations

from types import SimpleNamespace

from django.test import Client

from forums.models import Draft, Topic
from network.spaces import actions as spaces


def send(client: Client, **form: object) -> object:
    return client.post("/wall/", {"body": "خبر من المكتب", "body_format": "plain", "on_behalf_of": ""} | form)


def test_for_oneself_it_stands_on_ones_own_wall(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.carmen.user)
    page = client.get("/ar/").content.decode()
    assert 'id="home-composer"' in page
    assert send(client).status_code == 302  # type: ignore[attr-defined]
    topic = Topic.objects.get()
    assert (topic.space, topic.on_behalf_of) == (world.carmen.page, None)


def test_for_an_institution_it_stands_on_its_wall(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.carmen.user)
    client.post(f"/drafts/space.{world.carmen.page.pk}/", {"body": "مسوّدة"})
    send(client, on_behalf_of=world.natcom_tn.pk)
    topic = Topic.objects.get()
    assert (topic.space_id, topic.on_behalf_of_id, topic.author) == (world.natcom_tn.pk, world.natcom_tn.pk, world.carmen.user)
    assert not Draft.objects.exists()


def test_a_mandate_that_ended_meanwhile_refuses_and_keeps_the_text(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.carmen.user)
    spaces.end_mandate(world.sami.actor, world.carmen.user.mandates.get())
    answer = send(client, on_behalf_of=world.natcom_tn.pk)
    assert answer.status_code == 403  # type: ignore[attr-defined]
    assert "خبر من المكتب" in answer.content.decode()  # type: ignore[attr-defined]
    assert not Topic.objects.exists()


def test_an_empty_text_comes_back_with_a_sentence(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.carmen.user)
    assert send(client, body=" ").status_code == 422  # type: ignore[attr-defined]
    assert client.get("/wall/").status_code == 405


def test_a_fresh_account_has_no_box_and_writes_nothing(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.dara.user)
    assert 'id="home-composer"' not in client.get("/ar/").content.decode()
    assert send(client).status_code == 403  # type: ignore[attr-defined]


def test_who_was_signed_out_finds_the_text_after_signing_in(world: SimpleNamespace, client: Client) -> None:
    assert send(client).status_code == 302  # type: ignore[attr-defined]
    client.force_login(world.carmen.user)
    assert "خبر من المكتب" in client.get("/ar/").content.decode()
