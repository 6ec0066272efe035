"""The admin shows every model but drafts and conversations, edits reference data only, and hears whoever is staff and nobody else."""

from __future__ import annotations

import re
import uuid
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.test import Client

from network.activity.models import Activity
from network.admin_pages import RecordAdmin, ReferenceAdmin
from network.content import Audience
from network.sites import actions as sites
from network.spaces.actors import Actor
from network.spaces.models import Mandate
from notices.models import Notice
from notices.subscribers import notify
from tests.cast import topic_in
from tests.chat.conftest import say, talk

OURS = (
    "activity", "spaces", "entities", "groups", "profiles", "forums", "notices", "realtime", "chat", "moderation",
    "sites", "ties", "accreditation", "imports", "feeds", "documents", "insights",
)  # fmt: skip
CONVERSATIONS = {f"chat.{name}" for name in ("Conversation", "Participant", "Seat", "Message", "MessageReaction", "Attachment")}
# What is applied and reported with is read by those who decide, the lines of a list by whoever brings it.
FILES = {f"accreditation.{name}" for name in ("Step", "Paper", "YearReport", "Renewal", "Minutes")} | {"imports.Line"}
DRAFTS = {"forums.Draft", "sites.PageVersion", "sites.SiteVersion"}  # versions of sites: those not published are their officers'
VISITS = {"insights.DailySalt", "insights.DailyVisitor"}  # what a visit is marked with, for a day
PRIVATE = {"moderation.Report"} | CONVERSATIONS | FILES | DRAFTS | VISITS  # reports have a page of their own, for whoever moderates


@pytest.fixture
def staff(world: SimpleNamespace, client: Client) -> Client:
    world.sami.user.is_staff = world.sami.user.is_superuser = True
    world.sami.user.save()
    client.force_login(world.sami.user)
    topic_in(world, world.board)
    return client


def ours() -> list[type]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]  # type: ignore[attr-defined]


def test_every_model_is_there_but_what_is_private(db: None) -> None:
    missing = {model._meta.label for model in ours() if not admin.site.is_registered(model)}  # type: ignore[attr-defined,type-var]
    assert missing == PRIVATE


def test_only_reference_data_is_edited(db: None) -> None:
    edited = {model._meta.label for model in ours() if isinstance(admin.site._registry.get(model), ReferenceAdmin)}  # type: ignore[attr-defined,call-overload]
    assert edited == {"spaces.Country", "spaces.Field", "entities.Kind", "forums.Tag", "accreditation.Procedure"}
    others = [admin.site._registry[model] for model in ours() if admin.site.is_registered(model)]  # type: ignore[index,type-var]
    assert all(isinstance(page, (ReferenceAdmin, RecordAdmin)) for page in others)


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_each_list_and_search_opens(language: str, staff: Client) -> None:
    assert staff.get(f"/{language}/admin/").status_code == 200
    for model in ours():
        if admin.site.is_registered(model):  # type: ignore[type-var]
            name = f"/{language}/admin/{model._meta.app_label}/{model._meta.model_name}/"  # type: ignore[attr-defined]
            assert staff.get(name).status_code == 200, name
            if admin.site._registry[model].search_fields:  # type: ignore[index]
                assert staff.get(name, {"q": "x"}).status_code == 200, name


def test_lists_of_what_happened_and_of_notices_pass_over_conversations(staff: Client, world: SimpleNamespace) -> None:
    """Not even that two people talk: no row, no number of rows, no choice of a filter, whoever asks."""
    say(world.ezz, talk(world.ezz, world.mona), "@mona")
    for activity in Activity.objects.filter(verb="said"):
        notify(activity)
    hidden, notice = Activity.objects.filter(reach=Audience.PARTICIPANTS), Notice.objects.get(reason="chat_mention")
    assert [activity.verb for activity in hidden.order_by("pk")] == ["started_conversation", "said"]
    lists = {
        "activity/activity": Activity.objects.exclude(reach=Audience.PARTICIPANTS),
        "notices/notice": Notice.objects.exclude(pk=notice.pk),
    }
    for name, others in lists.items():
        shown = staff.get(f"/ar/admin/{name}/").context["cl"]
        assert set(shown.queryset) == set(others), name
        assert shown.full_result_count in (None, others.count())
    for ask in ("activity/activity/?verb=said", "activity/activity/?reach__exact=4", "activity/activity/?verb=started_conversation"):
        assert not staff.get(f"/ar/admin/{ask}", follow=True).context["cl"].queryset.filter(pk__in=hidden).exists(), ask
    assert not staff.get("/ar/admin/notices/notice/?reason=chat_mention").context["cl"].queryset.exists()
    for page in (*(f"activity/activity/{activity.pk}" for activity in hidden), f"notices/notice/{notice.pk}"):
        for end in ("change/", "history/"):
            answer = staff.get(f"/ar/admin/{page}/{end}")
            assert (answer.status_code, answer["Location"]) == (302, "/ar/admin/"), page


def test_a_record_can_be_read_and_not_changed(staff: Client, world: SimpleNamespace) -> None:
    mandate = Mandate.objects.filter(entity=world.school).get()
    page = f"/ar/admin/spaces/mandate/{mandate.pk}/change/"
    assert staff.get(page).status_code == 200
    assert staff.post(page, {"title": "x"}).status_code == 403


def test_a_button_calls_the_action(staff: Client, world: SimpleNamespace) -> None:
    mandate = Mandate.objects.filter(entity=world.school).get()
    staff.post("/ar/admin/spaces/mandate/", {"action": "end", "_selected_action": [mandate.pk]})
    mandate.refresh_from_db()
    assert mandate.is_over
    assert mandate.ended_by == world.sami.user


def test_a_button_that_is_refused_says_why(staff: Client, world: SimpleNamespace) -> None:
    answer = staff.post("/en/admin/profiles/user/", {"action": "suspend", "_selected_action": [world.sami.user.pk]}, follow=True)
    assert "You cannot suspend your own account." in answer.content.decode()
    world.sami.user.refresh_from_db()
    assert world.sami.user.is_active


def test_an_administrator_adds_a_kind_without_code(staff: Client) -> None:
    form = {"code": "museum", "name_ar": "متحف", "name_fr": "Musée", "name_en": "Museum", "position": "60"}
    assert staff.post("/ar/admin/entities/kind/add/", form).status_code == 302
    assert "متحف" in staff.get("/ar/admin/entities/kind/").content.decode()


def test_members_and_visitors_find_no_admin(client: Client, world: SimpleNamespace) -> None:
    assert client.get("/ar/admin/").status_code == 302
    client.force_login(world.carmen.user)
    assert client.get("/ar/admin/spaces/mandate/").status_code == 302
    assert client.get("/ar/admin/").headers["Location"].startswith("/ar/admin/login/")


def test_pages_of_the_library_are_records_without_secrets(staff: Client, world: SimpleNamespace) -> None:
    step = Authenticator.objects.create(user=world.carmen.user, type="totp", data={"secret": "S3CRET"})
    page = staff.get(f"/ar/admin/mfa/authenticator/{step.pk}/change/")
    assert page.status_code == 200 and b"S3CRET" not in page.content
    assert staff.get("/ar/admin/account/emailaddress/add/").status_code == 403
    for name in ("account/emailaddress", "mfa/authenticator", "usersessions/usersession"):
        assert staff.get(f"/ar/admin/{name}/", {"q": "carmen"}).status_code == 200, name


def test_who_asked_what_on_a_public_site_is_no_matter_of_the_admin(staff: Client, world: SimpleNamespace) -> None:
    said = {"name": "zqnameqz", "email": "zqmailqz@example.net", "text": "zqtextqz"}
    question = sites.ask(Actor.nobody(), world.natcom_tn, client_id=uuid.uuid4(), language="fr", **said)
    sites.answer(world.carmen.actor, question, text="zqanswerqz")
    for page in ("", f"{question.pk}/change/", f"{question.pk}/history/"):
        answer = staff.get(f"/ar/admin/sites/question/{page}", follow=True)
        assert answer.status_code == 200 and not re.search(rb"zq\w+qz", answer.content), page
