"""The directory, a person's page, what one says of oneself, and pictures."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from network import live
from network.content import Audience
from network.names import skeleton
from network.permissions import can
from network.spaces.actors import Actor
from network.spaces.models import Country, Follow, Space
from network.spaces.pictures import folder
from profiles import actions
from profiles.models import Block, Profile, User
from tests.cast import Person, mandate, person, topic_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def client_of(who: Person | None) -> Client:
    client = Client()
    if who is not None:
        client.force_login(who.user)
    return client


def public(who: Person) -> Person:
    Space.objects.filter(user=who.user).update(audience=Audience.PUBLIC)
    return who


def filled(**fields: Any) -> dict[str, Any]:
    return {"name_ar": "عز الدين", "name_en": "Ezz", "honorific": "د.", "job": "معلّم", "languages": ["ar", "fr"], "audience": "1", **fields}


def a_picture(colour: str = "teal") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (600, 400), colour).save(out, "JPEG", comment=b"where I live")
    return SimpleUploadedFile("me.jpg", out.getvalue(), "image/jpeg")


# --- Who sees whom ------------------------------------------------------------------------------------------------------------


def test_the_list_of_people_and_each_door_agree(world: SimpleNamespace) -> None:
    public(world.ezz)
    Space.objects.filter(user=world.mona.user).update(audience=Audience.MEMBERS, listed=False)
    pages = list(Space.objects.people())
    for actor in [Actor.nobody(), *(who.actor for who in (*world.cast.values(), world.sami))]:
        listed = set(Space.objects.people().visible_to(actor))
        assert listed == {space for space in pages if can(actor, "profile.view", space)}
        assert listed == {space for space in pages if can(actor, "space.view", space)}


def test_visitors_and_newcomers_see_public_pages_only(world: SimpleNamespace) -> None:
    public(world.ezz)
    for who, seen in ((None, {"عز"}), (world.dara, {"عز", "دارا"})):
        page = client_of(who).get("/ar/people/")
        assert {space.name for space, _profile, _mandates in page.context["rows"]} == seen
    assert client_of(None).get(f"/ar/people/{world.carmen.user.pk}/").status_code == 404
    assert client_of(None).get(f"/ar/people/{world.ezz.user.pk}/").status_code == 200
    assert client_of(None).get("/ar/people/99999/").status_code == 404


def test_an_empty_directory_says_why_and_what_to_do(world: SimpleNamespace) -> None:
    page = client_of(None).get("/en/people/").content.decode()
    assert "Nobody has a public page yet" in page and "/en/accounts/login/?next=/en/people/" in page
    page = client_of(world.ezz).get("/en/people/?q=zzzz").content.decode()
    assert "Nobody is found with this" in page


def test_the_directory_is_narrowed_by_words_country_institution_and_language(world: SimpleNamespace) -> None:
    Space.objects.filter(user=world.basel.user).update(country=world.jo)
    Profile.objects.filter(user=world.amina.user).update(languages="ar fr", job="منسقة")

    def found(query: str) -> set[str]:
        return {space.name for space, *_rest in client_of(world.carmen).get(f"/ar/people/?{query}").context["rows"]}

    assert found("q=كارمن") == {"كارمن"}
    assert found("q=منسقة") == {"أمينة"}
    assert found("country=JO") == {"باسل"}
    assert found("language=fr") == {"أمينة"}
    assert found(f"institution={world.natcom_tn.pk}") == {"كارمن", "هيثم"}
    everyone = {"كارمن", "هيثم", "باسل", "أمينة", "سامي", "منى", "عز", "رانيا", "دارا"}
    for nonsense in ("country=<x>", "institution=abc", "language=klingon", "page=-7", "q=%FF"):
        assert found(nonsense) == everyone


def test_a_handle_leads_to_its_bearer_and_to_nobody_hidden(world: SimpleNamespace) -> None:
    assert client_of(world.ezz).get("/ar/@carmen/")["Location"] == f"/ar/people/{world.carmen.user.pk}/"
    assert client_of(world.ezz).get("/ar/@natcom-tn/")["Location"] == "/ar/institutions/natcom-tn/"
    assert client_of(None).get("/ar/@carmen/").status_code == 404
    assert client_of(world.ezz).get("/ar/@nobody/").status_code == 404


def test_a_page_shows_for_whom_one_speaks_and_what_one_opened_as_far_as_the_reader_may_know(world: SimpleNamespace) -> None:
    public(world.carmen)
    topic_in(world, world.open_board, title="سؤال للجميع")
    topic_in(world, world.board, title="سؤال للأعضاء")
    seen = client_of(None).get(f"/ar/people/{world.carmen.user.pk}/")
    assert [mandate.entity_id for mandate in seen.context["mandates"]] == [world.natcom_tn.pk]
    assert [topic.title for topic in seen.context["topics"]] == ["سؤال للجميع"]
    member = client_of(world.ezz).get(f"/ar/people/{world.carmen.user.pk}/")
    assert {topic.title for topic in member.context["topics"]} == {"سؤال للجميع", "سؤال للأعضاء"}


def _crowd(world: SimpleNamespace, number: int) -> None:
    for index in range(number):
        mandate(person(f"p{index}", f"شخص {index}", language="ar"), world.natcom_jo)


def test_the_directory_costs_the_same_for_one_and_for_thirty(world: SimpleNamespace) -> None:
    client = client_of(world.carmen)
    client.get("/ar/people/")
    counts = []
    for more in (0, 30):
        _crowd(world, more)
        client.get("/ar/people/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/ar/people/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] and counts[1] <= 8, [query["sql"][:120] for query in queries]


def test_a_page_costs_the_same_for_one_topic_and_for_thirty(world: SimpleNamespace) -> None:
    client, address = client_of(world.ezz), f"/ar/people/{world.carmen.user.pk}/"
    counts = []
    for more in (1, 30):
        for index in range(more):
            topic_in(world, world.open_board, title=f"{more} {index}")
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1] and counts[1] <= 8, [query["sql"][:120] for query in queries]


# --- What others do there --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["follow", "follow/end", "block", "block/end", "suspension", "suspension/end"])
def test_what_is_done_to_a_page_is_posted_by_those_who_are_signed_in(world: SimpleNamespace, verb: str) -> None:
    address = f"/people/{world.carmen.user.pk}/{verb}/"
    assert client_of(world.ezz).get(address).status_code == 405
    assert "/accounts/login/" in client_of(None).post(address)["Location"]
    # Dara does not see Carmen: she is not there.
    assert client_of(world.dara).post(address).status_code == 404


def test_one_follows_and_stops_following(world: SimpleNamespace) -> None:
    ezz, page = client_of(world.ezz), world.carmen.page
    assert ezz.post(f"/people/{world.carmen.user.pk}/follow/")["Location"] == f"/ar/people/{world.carmen.user.pk}/"
    ezz.post(f"/people/{world.carmen.user.pk}/follow/")
    assert list(Follow.objects.values_list("user", "space")) == [(world.ezz.user.pk, page.pk)]
    ezz.post(f"/people/{world.carmen.user.pk}/follow/end/")
    assert not Follow.objects.exists()


def test_blocking_ends_following_and_can_be_undone_from_the_list(world: SimpleNamespace) -> None:
    ezz = client_of(world.ezz)
    ezz.post(f"/people/{world.carmen.user.pk}/follow/")
    ezz.post(f"/people/{world.carmen.user.pk}/block/")
    assert Block.objects.get().blocked == world.carmen.user and not Follow.objects.exists()
    assert "كارمن" in ezz.get("/ar/settings/blocked/").content.decode()
    assert ezz.post(f"/people/{world.carmen.user.pk}/block/end/", {"back": "list"})["Location"] == "/ar/settings/blocked/"
    assert not Block.objects.exists()
    ezz.post(f"/people/{world.ezz.user.pk}/block/")
    assert not Block.objects.exists()


def test_only_the_secretariat_suspends_and_never_itself(world: SimpleNamespace) -> None:
    address = f"/people/{world.ezz.user.pk}/suspension/"
    assert client_of(world.carmen).post(address).status_code == 403
    assert client_of(world.sami).post(address).status_code == 302
    assert not User.objects.get(pk=world.ezz.user.pk).is_active
    client_of(world.sami).post(f"{address}end/")
    client_of(world.sami).post(f"/people/{world.sami.user.pk}/suspension/")
    assert set(User.objects.filter(is_active=False)) == {world.suspended.user}


# --- What one says of oneself -------------------------------------------------------------------------------------------------------


def test_one_says_who_one_is_and_who_may_see_it(world: SimpleNamespace) -> None:
    client = client_of(world.ezz)
    assert client.get("/ar/profile/").status_code == 200
    answer = client.post("/ar/profile/", filled(audience="0", country="TN", about_ar="أعلّم القراءة", website="example.org/ezz"))
    assert answer["Location"] == f"/ar/people/{world.ezz.user.pk}/"
    page = Space.objects.get(user=world.ezz.user)
    assert (page.name_ar, page.name_en, page.audience, page.country_id, page.about_ar) == (
        "عز الدين",
        "Ezz",
        Audience.PUBLIC,
        "TN",
        "أعلّم القراءة",
    )
    profile = Profile.objects.get(user=world.ezz.user)
    assert (profile.honorific, profile.job, profile.languages, profile.website) == ("د.", "معلّم", "ar fr", "https://example.org/ezz")
    assert page.skeleton == skeleton("عز الدين")
    assert client_of(None).get(f"/ar/people/{world.ezz.user.pk}/").status_code == 200


def test_a_page_that_is_narrowed_falls_silent(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    withdrawn: list[tuple[object, ...]] = []
    monkeypatch.setattr(live, "withdraw", lambda *who, **named: withdrawn.append(who))
    client = client_of(world.ezz)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/ar/profile/", filled(audience="0")).status_code == 302
    assert (None, world.ezz.page.pk) in withdrawn


@pytest.mark.parametrize(
    "wrong",
    [
        {"name_ar": "", "name_en": ""},
        {"name_ar": "\u202e"},
        {"name_ar": "x" * 61},
        {"audience": "2"},
        {"audience": "9"},
        {"languages": ["tlh"]},
        {"country": "XX"},
        {"about_ar": "ا" * 2001},
        {"website": "javascript:alert(1)"},
    ],
)
def test_a_wrong_profile_comes_back_filled_and_changes_nothing(world: SimpleNamespace, wrong: dict[str, Any]) -> None:
    answer = client_of(world.ezz).post("/ar/profile/", filled(job="عمل جديد", **wrong))
    assert answer.status_code == 422
    assert "عمل جديد" in answer.content.decode()
    assert Space.objects.get(user=world.ezz.user).name_ar == "عز"
    assert Profile.objects.get(user=world.ezz.user).job == ""


def test_a_person_takes_no_name_of_an_institution_however_it_is_spelled(world: SimpleNamespace) -> None:
    Space.objects.filter(pk=world.natcom_tn.pk).update(skeleton=skeleton(world.natcom_tn.name_ar))
    answer = client_of(world.ezz).post("/ar/profile/", filled(name_ar="اللجنة الوطنيّة التونسيه"))
    assert answer.status_code == 422 and "name_ar" in answer.context["form"].errors


def test_invisible_signs_leave_a_name_before_it_is_kept(world: SimpleNamespace) -> None:
    client_of(world.ezz).post("/ar/profile/", filled(name_ar="عز\u202e\u200b  الدين"))
    assert Space.objects.get(user=world.ezz.user).name_ar == "عز الدين"


# --- Pictures ------------------------------------------------------------------------------------------------------------------------


def test_a_picture_is_drawn_anew_and_served_for_ever_until_it_is_replaced(
    world: SimpleNamespace, django_capture_on_commit_callbacks: Any
) -> None:
    client = client_of(world.ezz)
    client.post("/ar/profile/", filled(picture=a_picture()))
    first = Space.objects.get(user=world.ezz.user).picture_url
    answer = client_of(None).get(first)
    body = answer.content
    picture = Image.open(io.BytesIO(body))
    assert (picture.format, picture.size) == ("WEBP", (256, 256)) and b"where I live" not in body
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client.get(first)["Cache-Control"] == "public, max-age=31536000, immutable"
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/ar/profile/", filled(picture=a_picture("red")))
    assert client.get(first).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/ar/profile/", filled(without_picture="on"))
    assert Space.objects.get(user=world.ezz.user).picture == "" and list(folder().iterdir()) == []


@pytest.mark.parametrize("file", [("me.jpg", b"no picture"), ("me.svg", b"<svg/>"), ("me.png", b"")])
def test_what_is_no_picture_is_refused_and_the_words_are_kept(world: SimpleNamespace, file: tuple[str, bytes]) -> None:
    answer = client_of(world.ezz).post("/ar/profile/", filled(job="عمل جديد", picture=SimpleUploadedFile(*file)))
    assert answer.status_code == 422 and "picture" in answer.context["form"].errors
    assert "عمل جديد" in answer.content.decode()
    assert not Space.objects.get(user=world.ezz.user).picture


@pytest.mark.parametrize(
    "name", ["../secret_key", "..%2fsecret_key", "a.webp", "0" * 32 + ".svg", "0" * 32 + ".webp", "0" * 32 + ".webp%00"]
)
def test_no_other_name_is_served(world: SimpleNamespace, name: str) -> None:
    assert client_of(None).get(f"/pictures/{name}").status_code == 404


# --- Settings ------------------------------------------------------------------------------------------------------------------------


def test_a_new_language_shows_at_once_and_stays(world: SimpleNamespace) -> None:
    client = client_of(world.ezz)
    answer = client.post(
        "/ar/settings/", {"language": "fr", "zone": "Asia/Amman", "calendar": "hijri", "digits": "eastern", "theme": "dark"}
    )
    assert answer["Location"] == "/fr/settings/" and answer.cookies["mtq_l"].value == "fr"
    user = User.objects.get(pk=world.ezz.user.pk)
    assert (user.language, user.zone, user.calendar, user.digits, user.theme) == ("fr", "Asia/Amman", "hijri", "eastern", "dark")
    assert 'data-theme="dark"' in client.get("/fr/settings/").content.decode()


def test_wrong_settings_change_nothing(world: SimpleNamespace) -> None:
    client = client_of(world.ezz)
    answer = client.post("/ar/settings/", {"language": "tlh", "zone": "Moon/Base", "calendar": "x", "digits": "x", "theme": "x"})
    assert answer.status_code == 422 and set(answer.context["form"].errors) == {"language", "zone", "calendar", "digits", "theme"}
    assert User.objects.get(pk=world.ezz.user.pk).language == "ar"


@pytest.mark.parametrize("path", ["profile/", "settings/", "settings/blocked/", "welcome/", "welcome/institutions/", "welcome/groups/"])
def test_what_is_mine_asks_strangers_to_sign_in(world: SimpleNamespace, path: str) -> None:
    assert client_of(None).get(f"/ar/{path}")["Location"] == f"/ar/accounts/login/?next=/ar/{path}"
    for language in ("ar", "fr", "en"):
        assert client_of(world.dara).get(f"/{language}/{path}").status_code == 200


# --- The first pages of a newcomer --------------------------------------------------------------------------------------------------------


def test_a_newcomer_says_who_they_are_follows_their_commission_and_finds_a_group(world: SimpleNamespace) -> None:
    client = client_of(world.dara)
    answer = client.post("/en/welcome/", {"name_ar": "دارا", "job": "معلّمة", "country": "TN", "languages": ["ar"]})
    assert answer["Location"] == "/en/welcome/institutions/"
    offered = client.get("/en/welcome/institutions/").context["rows"]
    assert offered[0] == (world.natcom_tn.space_ptr, True) and world.natcom_jo.pk not in {space.pk for space, _ticked in offered}
    answer = client.post("/en/welcome/institutions/", {"follow": [world.natcom_tn.pk, "x", 99999]})
    assert answer["Location"] == "/en/welcome/groups/"
    assert list(Follow.objects.values_list("user", "space")) == [(world.dara.user.pk, world.natcom_tn.pk)]
    page = client.get("/en/welcome/groups/")
    assert {group.pk for group in page.context["groups"]} == {world.group.pk, world.open_group.pk}
    assert "You see what the public sees." in page.content.decode()


def test_a_newcomer_without_a_country_is_offered_the_commissions(world: SimpleNamespace) -> None:
    rows = client_of(world.dara).get("/en/welcome/institutions/").context["rows"]
    assert rows == [(world.natcom_tn.space_ptr, False)]


def test_a_wrong_first_page_comes_back_filled(world: SimpleNamespace) -> None:
    answer = client_of(world.dara).post("/ar/welcome/", {"name_ar": "", "name_en": "", "job": "معلّمة"})
    assert answer.status_code == 422 and "معلّمة" in answer.content.decode()


# --- The demonstration's door -------------------------------------------------------------------------------------------------------------


def test_without_a_demonstration_there_is_no_such_door(world: SimpleNamespace) -> None:
    assert Client().get("/ar/demo/").status_code == 404


@pytest.fixture
def demo(settings: Any) -> None:
    settings.DEMO, settings.ROOT_URLCONF = True, "tests.profiles.urls_demo"


def test_the_cast_stands_there_by_role_and_one_click_signs_in(world: SimpleNamespace, demo: None) -> None:
    client = Client()
    page = client.get("/en/demo/")
    assert page.status_code == 200
    roles = {role["name"]: [user.name for user, *_rest in role["people"]] for role in page.context["roles"]}
    assert roles["The secretariat"] == ["سامي"]
    assert roles["Heads of National Commissions"] == ["هيثم"]
    assert roles["Liaison officers of National Commissions"] == ["كارمن", "باسل"]
    assert roles["Schools"] == ["أمينة"] and roles["Group moderators"] == ["منى"] and roles["Newcomers"] == ["دارا"]
    assert "موقوف" not in page.content.decode()
    answer = client.post("/en/demo/", {"user": world.carmen.user.pk})
    assert answer["Location"] == "/ar/"
    assert client.get("/ar/settings/").status_code == 200
    assert client.get("/ar/accounts/sessions/").context["session_count"] == 1
    assert "/en/demo/" in Client().get("/en/accounts/login/").content.decode()


@pytest.mark.parametrize("user", ["", "0", "x", "99999999999999999"])
def test_nobody_signs_in_as_nobody(world: SimpleNamespace, demo: None, user: str) -> None:
    assert Client().post("/en/demo/", {"user": user}).status_code == 404
    assert Client().post("/en/demo/", {"user": world.suspended.user.pk}).status_code == 404


def test_production_refuses_the_door_even_when_it_is_routed(world: SimpleNamespace, demo: None, settings: Any) -> None:
    settings.PRODUCTION = True
    assert Client().get("/en/demo/").status_code == 404
    assert Client().post("/en/demo/", {"user": world.carmen.user.pk}).status_code == 404


def test_countries_come_in_protocol_order(world: SimpleNamespace) -> None:
    assert [code for code, _name in client_of(None).get("/ar/people/").context["countries"]] == ["JO", "TN"]
    assert Country.objects.first() == world.jo
    assert actions.check_name("دارا") is None
