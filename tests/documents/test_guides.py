"""Guides: versions, languages, whom they are for, their papers; and nothing of a draft anywhere."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from documents import actions, papers, reference, tabs
from documents.contents import with_contents
from documents.models import Guide, Paper
from network.activity.models import Job
from network.content import Audience
from network.entities import actions as entities
from network.permissions import can
from network.spaces.actors import Actor

WORDS = {
    "title_ar": "دليل الواحة",
    "summary_ar": "ملخص",
    "body_ar": "<h2>أولا</h2><p>نص</p><h2>ثانيا</h2><p>نص</p><h2>ثالثا</h2><p>نص</p>",
    "title_fr": "Guide de l’oasis",
    "summary_fr": "Un résumé",
    "body_fr": "<h2>Un</h2><p>Texte</p>",
}


def written(w: SimpleNamespace, *, audience: int = Audience.PUBLIC, publish: bool = True, **words: str) -> Guide:
    """By the Tunisian commission."""
    actor = w.carmen.writing_for(w.natcom_tn)
    guide = actions.create(actor, w.natcom_tn, meant_for="officers", audience=audience, **(words or WORDS))
    if publish:
        actions.publish(actor, guide)
    return Guide.objects.with_words().get(pk=guide.pk)


def page(path: str, who: Any = None) -> str:
    client = Client()
    if who is not None:
        client.force_login(who.user)
    return client.get(path).content.decode()


def test_a_change_of_a_guide_empties_the_pages_kept_for_visitors(
    world: SimpleNamespace, client: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    guide = written(world)
    kept = {path: client.get(path)["X-Visitor-Streams"] for path in (f"/en/guides/{guide.pk}/", "/en/guides/")}
    changed: set[str] = set()
    monkeypatch.setattr("network.live._on_change", [changed.update])
    with django_capture_on_commit_callbacks(execute=True):
        actor = world.carmen.writing_for(world.natcom_tn)
        actions.edit(actor, guide, meant_for="officers", audience=Audience.NETWORK, **WORDS)
    assert set(kept.values()) <= changed and len(changed) >= 2


def test_a_guide_is_drafted_looked_at_and_published(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.carmen.user)
    refused = client.post("/en/guides/new/", {"meant_for": "everyone", "audience": "0", "body_ar": "kept text"})
    assert refused.status_code == 422 and "kept text" in refused.content.decode()
    made = client.post("/en/guides/new/", {"meant_for": "everyone", "audience": "0", "title_en": "Oasis", "body_en": "Water"})
    guide = Guide.objects.get()
    assert made["Location"] == f"/en/guides/{guide.pk}/draft/"
    assert (guide.space_id, guide.newest_id, guide.author_id) == (world.natcom_tn.pk, None, world.carmen.user.pk)
    assert "only those who write it see it" in client.get(made["Location"]).content.decode()
    assert client.post(f"/guides/{guide.pk}/publication/").status_code == 302
    shown = Client().get(f"/en/guides/{guide.pk}/").content.decode()
    assert "Oasis" in shown and "Water" in shown


def test_an_older_version_says_so_and_leads_to_the_newest(world: SimpleNamespace) -> None:
    guide = written(world)
    actions.edit(
        world.carmen.actor, guide, meant_for="officers", audience=0, **{**WORDS, "title_ar": "عنوان جديد", "changed_ar": "تغيّر العنوان"}
    )
    assert "عنوان جديد" not in page(f"/ar/guides/{guide.pk}/")
    actions.publish(world.carmen.actor, guide)
    newest, older = page(f"/ar/guides/{guide.pk}/"), page(f"/ar/guides/{guide.pk}/versions/1/")
    assert "عنوان جديد" in newest and "تغيّر العنوان" in newest and "دليل الواحة" not in newest
    assert "دليل الواحة" in older
    assert f'<a href="/en/guides/{guide.pk}/">Read version 2</a>' in page(f"/en/guides/{guide.pk}/versions/1/")
    assert [version.number for version in guide.versions.all()] == [2, 1]
    with pytest.raises(ValidationError):
        actions.publish(world.carmen.actor, guide)  # there is no draft any more


def test_a_missing_language_falls_back_with_a_sentence(world: SimpleNamespace) -> None:
    guide = written(world)
    english = page(f"/en/guides/{guide.pk}/")
    assert "has not been written in English yet" in english and "Guide de l’oasis" in english
    assert "has not been written" not in page(f"/fr/guides/{guide.pk}/")
    assert re.findall(r'href="/(\w+)/guides/\d+/versions/1/pdf/"', english) == ["ar", "fr"]


def test_headings_become_the_contents(world: SimpleNamespace) -> None:
    body, parts = with_contents('<h2 dir="auto">One &amp; <b>two</b></h2><p>x</p><h3>Three</h3>')
    assert [(part.anchor, part.title, part.sub) for part in parts] == [("part-1", "One & two", False), ("part-2", "Three", True)]
    assert '<h2 id="part-1" dir="auto">' in body
    shown = page(f"/ar/guides/{written(world).pk}/")
    assert re.findall(r'<li><a href="#(part-\d)"><bdi>', shown) == ["part-1", "part-2", "part-3"]


def test_nothing_of_a_draft_or_an_officers_guide_leaks(world: SimpleNamespace) -> None:
    draft = written(world, publish=False, title_ar="zqdraftqz", body_ar="<p>zqdraftbodyqz</p>")
    inner = written(world, audience=Audience.NETWORK, title_ar="zqinnerqz", body_ar="<p>zqinnerbodyqz</p>")
    own = written(world, audience=Audience.MEMBERS, title_ar="zqownqz", body_ar="<p>zqownbodyqz</p>")
    guide = written(world)
    actions.edit(world.carmen.actor, guide, meant_for="officers", audience=0, **{**WORDS, "title_ar": "zqnextqz"})
    writers = {"carmen", "haytham", "sami"}
    networked = writers | {"basel", "amina", "mona", "ezz", "rania"}
    for name in (None, *world.cast):
        who = world.cast[name] if name else None
        if name == "suspended":
            continue
        paths = ["/ar/guides/", "/ar/guides/?q=zq", "/ar/institutions/natcom-tn/", "/ar/", "/ar/guides/?mine=1", "/ar/search/?q=zqinnerqz"]
        paths += [
            f"/ar/guides/{one.pk}/{tail}"
            for one in (draft, inner, own, guide)
            for tail in ("", "draft/", "versions/1/", "versions/2/")  # paper: tests/house/test_canaries.py
        ]
        everywhere = "".join(page(path, who) for path in paths)
        seen = {word for word in ("zqdraftbodyqz", "zqinnerbodyqz", "zqownbodyqz", "zqnextqz") if word in everywhere}
        wanted = {"zqinnerbodyqz"} if name in networked else set()
        if name in writers:
            wanted |= {"zqdraftbodyqz", "zqownbodyqz", "zqnextqz"}
        assert seen == wanted, name
    assert tabs.site(SimpleNamespace(entity=world.natcom_tn), None).context["guides"] == [guide]  # type: ignore[arg-type, union-attr]


def test_lists_and_doors_agree(world: SimpleNamespace) -> None:
    for audience in (0, 1, 2):
        written(world, audience=audience)
        written(world, audience=audience, publish=False)
    for _state in (1, 2):
        for actor in (Actor.nobody(), *(who.actor for who in world.cast.values())):
            rows = Guide.objects.with_words()
            assert {row.pk for row in rows if can(actor, "guide.view", row)} == set(
                Guide.objects.visible_to(actor).values_list("pk", flat=True)
            )
        entities.set_status(world.sami.actor, world.natcom_tn, "suspended", reason="مراجعة")
    assert Guide.objects.visible_to(Actor.nobody()).count() == 0


def test_who_may_not_write_does_not(world: SimpleNamespace) -> None:
    guide = written(world)
    for who in (world.ezz, world.basel, world.amina):
        with pytest.raises(PermissionDenied):
            actions.edit(who.actor, guide, meant_for="everyone", audience=0, **WORDS)
        with pytest.raises(PermissionDenied):
            actions.publish(who.actor, guide)
    with pytest.raises(PermissionDenied):
        actions.create(world.ezz.actor, world.natcom_tn, meant_for="everyone", audience=0, **WORDS)
    with pytest.raises(ValidationError):
        actions.create(world.carmen.actor, world.natcom_tn, meant_for="secretariat", audience=0, **WORDS)
    assert (Guide.objects.count(), guide.versions.count()) == (1, 1)


def test_a_paper_is_made_by_the_queue_and_its_downloads_are_counted(
    world: SimpleNamespace, client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    guide = written(world)
    address = f"/fr/guides/{guide.pk}/versions/1/pdf/"
    asked = set(Job.objects.filter(name="documents.paper").values_list("unique_key", flat=True))
    assert asked == {f"paper.guide.{guide.newest_id}.ar", f"paper.guide.{guide.newest_id}.fr"}
    waiting = client.get(address)
    assert (waiting.status_code, waiting["Refresh"]) == (200, "3") and "X-Visitor-Cache" not in waiting
    papers.make(f"guide.{guide.newest_id}.fr")
    for _each in range(2):
        sent = client.get(address)
        assert sent["Content-Type"] == "application/pdf" and b"".join(sent.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    b"".join(client.head(address).streaming_content)  # type: ignore[attr-defined]
    paper = Paper.objects.get(key=f"guide.{guide.newest_id}.fr")
    assert (paper.downloads, paper.size > 1000) == (2, True)
    place = paper.place
    papers.make(paper.key)  # a second time makes nothing new
    paper.refresh_from_db()
    assert paper.place == place


def test_the_booklet_says_only_what_everyone_may_see_in_protocol_order(
    world: SimpleNamespace, client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    type(world.natcom_jo).objects.filter(pk=world.natcom_jo.pk).update(
        email="jo@example.org", phone="zqphoneqz", phone_reach=Audience.MANAGERS
    )
    rows = papers.register("national-commission", "all")
    assert [row.handle for row in rows] == ["natcom-jo", "natcom-tn"]
    assert (papers.ways(rows[0])["email"], "phone" in papers.ways(rows[0])) == ("jo@example.org", False)
    address = "/en/guides/booklet/pdf/?kind=national-commission"
    assert client.get(address)["Refresh"] == "3"
    papers.make("booklet.national-commission.all.en")
    sent = client.get(address)
    assert sent["Content-Type"] == "application/pdf"
    b"".join(sent.streaming_content)  # read to its end, which closes it
    # Once the register says something else, the stored one is offered no longer.
    entities.set_status(world.sami.actor, world.natcom_jo, "suspended", reason="مراجعة")
    assert client.get(address)["Refresh"] == "3"
    assert [row.handle for row in papers.register("national-commission", "all")] == ["natcom-tn"]
    assert client.get("/en/guides/booklet/pdf/?kind=nonsense").status_code == 404
    assert client.get("/en/guides/booklet/pdf/?kind=associated-school&country=JO")["Location"] == "/en/guides/booklet/"


def test_the_networks_own_guides_are_complete_in_three_languages(world: SimpleNamespace, client: Client) -> None:
    actor = world.sami.writing_for(world.secretariat)
    for code in reference.missing():
        reference.put_in(actor, world.secretariat, code)
    assert reference.missing() == []
    for guide in Guide.objects.with_words():
        assert guide.newest is not None
        assert guide.newest.languages == ["ar", "fr", "en"]
        for language in guide.newest.languages:
            assert 400 <= len(re.sub(r"<[^>]+>", " ", getattr(guide.newest, f"body_{language}")).split()) <= 900
    titles = re.findall(r"<h3><a [^>]*><bdi>([^<]+)<", page("/en/guides/"))
    assert titles == [
        "Guide of the partner institution",
        "Guide of the chair holder",
        "Guide of the club leader",
        "Guide of the school coordinator",
        "Guide to the networks: goals, conditions, and how to join",
    ]
    client.force_login(world.carmen.user)
    officers = Guide.objects.get(code="liaison-officer")
    assert client.get("/en/help/")["Location"] == f"/en/guides/{officers.pk}/"


@pytest.mark.parametrize("who", [None, "carmen"])
def test_the_list_costs_the_same_for_one_and_for_many(who: str | None, world: SimpleNamespace, client: Client) -> None:
    if who:
        client.force_login(getattr(world, who).user)
    costs = []
    for more in (1, 8):
        for _each in range(more):
            written(world)
        few = []
        for _visit in range(3):  # the shell round the page is rendered once a minute
            with CaptureQueriesContext(connection) as asked:
                client.get("/en/guides/")
            few.append(len(asked))
        costs.append(min(few))
    assert costs[0] == costs[1]
