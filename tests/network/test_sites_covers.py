"""The cover picture of a site: looked at first, shown to everyone, taken away; made anew, and said in words."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from network.sites import actions, covers
from network.sites.models import Site
from network.spaces.pictures import folder

TN = "/ar/commissions/tn/"


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def painted(size: tuple[int, int] = (2000, 900), colour: str = "#1d6b5a", name: str = "palms.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", exif=b"Exif\0\0zqplaceqz")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def browser(who: Any = None) -> Client:
    client = Client()
    if who is not None:
        client.force_login(who.user)
    return client


def kept() -> set[str]:
    return {path.name[32:] for path in folder().iterdir()} if folder().exists() else set()


def test_a_cover_is_looked_at_first_and_then_shown(world: SimpleNamespace, django_capture_on_commit_callbacks: Any) -> None:
    carmen, everyone = browser(world.carmen), browser()
    answer = carmen.post(f"{TN}cover/", {"picture": painted(), "ar": "نخيل عند الغروب", "fr": "Des palmiers"})
    assert (answer.status_code, answer["Location"], kept()) == (302, f"{TN}cover/", {".webp", "-800.webp", "-1200.jpg"})
    trial = carmen.get(f"{TN}cover/").content.decode()
    assert ("نخيل عند الغروب" in trial, "cover/publication/" in trial) == (True, True)
    assert "/pictures/" not in everyone.get(TN).content.decode(), "nobody sees it yet"
    assert carmen.post(f"{TN}cover/publication/")["Location"] == TN
    html = everyone.get(TN).content.decode()
    name = Site.objects.get().cover["name"]
    assert f'src="/pictures/{name}.webp" srcset="/pictures/{name}-800.webp 800w' in html
    assert 'alt="نخيل عند الغروب"' in html and 'alt="Des palmiers"' in everyone.get("/fr/commissions/tn/").content.decode()
    assert 'alt="نخيل عند الغروب"' not in everyone.get(f"{TN}news/").content.decode(), "beside the same name again it only decorates"
    assert re.findall(r'og:image" content="([^"]+)"', html) == [
        f"http://testserver/pictures/{name}-1200.jpg",
        f"http://testserver{TN}card.png",
    ]
    for end, size, kind in (
        (".webp", (1600, 500), "image/webp"),
        ("-800.webp", (800, 250), "image/webp"),
        ("-1200.jpg", (1200, 630), "image/jpeg"),
    ):
        served = everyone.get(f"/pictures/{name}{end}")
        assert (Image.open(io.BytesIO(served.content)).size, served["Content-Type"]) == (size, kind)
        assert b"zqplaceqz" not in served.content, "what hid in it stays outside"


def test_another_picture_takes_its_place_and_the_former_is_forgotten(
    world: SimpleNamespace, django_capture_on_commit_callbacks: Any
) -> None:
    site, words = Site(space=world.natcom_tn), {"ar": "نخيل"}
    with django_capture_on_commit_callbacks(execute=True):
        site = actions.show_cover(world.carmen.actor, actions.draft_cover(world.carmen.actor, site, covers.redrawn(painted()), words))
        first = site.cover["name"]
        site = actions.draft_cover(world.carmen.actor, site, covers.redrawn(painted(colour="#444")), words)
    assert (len(list(folder().iterdir())), site.cover["name"]) == (6, first)
    with django_capture_on_commit_callbacks(execute=True):
        site = actions.show_cover(world.carmen.actor, site)
    assert (len(list(folder().iterdir())), site.cover["name"] == first, site.cover_draft) == (3, False, {})
    with django_capture_on_commit_callbacks(execute=True):
        site = actions.draft_cover(world.carmen.actor, site, None, {"ar": "نخيل وبحر"})  # other words of the same picture
        site = actions.remove_cover(world.carmen.actor, site)
        assert (site.cover["ar"], site.cover_draft) == ("نخيل", {})
        site = actions.remove_cover(world.carmen.actor, site)
    assert (site.cover, kept()) == ({}, set())
    assert "/pictures/" not in browser().get(TN).content.decode()


def test_nobody_sees_a_picture_that_is_not_said_in_words(world: SimpleNamespace) -> None:
    carmen = browser(world.carmen)
    carmen.post(f"{TN}cover/", {"picture": painted()})
    assert carmen.post(f"{TN}cover/publication/")["Location"] == f"{TN}cover/"
    assert Site.objects.get().cover == {}
    with pytest.raises(ValidationError):
        actions.show_cover(world.carmen.actor, Site.objects.get())


@pytest.mark.parametrize(
    "file",
    [SimpleUploadedFile("x.png", b"<svg onload=alert(1)>", "image/png"), painted((400, 400)), None],
    ids=["no picture", "too small", "nothing"],
)
def test_what_cannot_be_a_cover_comes_back_with_its_words(file: Any, world: SimpleNamespace) -> None:
    answer = browser(world.carmen).post(f"{TN}cover/", {"ar": "نخيل عند الغروب"} | ({"picture": file} if file else {}))
    assert (answer.status_code, "نخيل عند الغروب" in answer.content.decode(), Site.objects.count(), kept()) == (422, True, 0, set())


def test_only_those_who_look_after_a_site_change_its_cover(world: SimpleNamespace) -> None:
    ready = covers.redrawn(painted())
    for who in (world.basel, world.dara, world.ezz):
        assert browser(who).post(f"{TN}cover/", {"ar": "x"}).status_code == 403
        site = Site(space=world.natcom_tn)
        with pytest.raises(PermissionDenied):
            actions.draft_cover(who.actor, site, ready, {"ar": "x"})
        with pytest.raises(PermissionDenied):
            actions.show_cover(who.actor, site)
        with pytest.raises(PermissionDenied):
            actions.remove_cover(who.actor, site)
    assert (Site.objects.count(), kept()) == (0, set())
    section = actions.draft_cover(world.sami.actor, Site(space=world.secretariat, section="schools"), ready, {"ar": "تلاميذ"})
    actions.show_cover(world.sami.actor, section)
    assert 'alt="تلاميذ"' in browser().get("/ar/schools/").content.decode()
