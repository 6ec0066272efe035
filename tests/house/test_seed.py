"""The demo world: as much as was promised, true to its sources, marked as invented, and the same after a second run."""

from __future__ import annotations

from collections import Counter
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models
from django.utils import translation

from chat.models import Attachment, Conversation, Message, MessageReaction, Seat
from chat.queries import unread_count
from forums.models import Board, Mention, Post, Reaction, Topic
from network.activity.models import Activity
from network.content import Audience
from network.demo.reading import read, to_html
from network.entities.models import Entity
from network.groups.models import Group
from network.imports.models import Import
from network.spaces.actors import Actor
from network.spaces.models import Country, Mandate, Space
from network.ties.models import Offer, Tie
from profiles.models import User

pytestmark = pytest.mark.django_db
MARKS = ("(تجريبي)", "(تجريبية)", "(démo)", "(demo)")


def seed(*arguments: str) -> str:
    out = StringIO()
    call_command("seed", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="class")
def demo_world(django_db_setup, django_db_blocker):
    """The whole world, once for the class below, which leaves nothing behind."""
    from django.conf import settings  # noqa: PLC0415 -- set for the life of the fixture
    from django.db import transaction  # noqa: PLC0415

    from network.spaces.actors import forget  # noqa: PLC0415

    with django_db_blocker.unblock():
        before, settings.DEMO = settings.DEMO, True
        forget()
        try:
            with transaction.atomic():
                seed()
                yield
                transaction.set_rollback(True)
        finally:
            settings.DEMO = before
            forget()


@pytest.fixture
def demo(settings) -> None:
    settings.DEMO = True


def rows() -> dict[str, int]:
    """How many rows each of our tables has."""
    own = ("activity", "spaces", "entities", "groups", "ties", "profiles", "forums", "notices", "account")
    return {model._meta.label: model._default_manager.count() for app in own for model in apps.get_app_config(app).get_models()}


def test_without_demo_nothing_invented_enters(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        seed()
    assert User.objects.count() == 0


def test_production_takes_the_register_only(settings):
    settings.PRODUCTION = True
    assert "72 rows added" in seed("--only", "reference")
    assert (Entity.objects.count(), Entity.objects.filter(fictional=True).count(), User.objects.count(), Activity.objects.count()) == (
        33,
        0,
        0,
        0,
    )
    for arguments in ([], ["--bench"]):
        with pytest.raises(CommandError, match="never enters production"):
            seed(*arguments)


def test_the_first_manager_is_named_once(settings):
    settings.PRODUCTION = True
    seed("--only", "reference")
    with pytest.raises(CommandError, match="Nobody has signed up"):
        seed("--only", "reference", "--manager", "first@example.org")
    from profiles.actions import open_account  # noqa: PLC0415 -- only here

    for name in ("first", "second"):
        open_account(User(email=f"{name}@example.org"), name=name)
        seed("--only", "reference", "--manager", f"{name}@example.org")
    mandate = Mandate.objects.get()
    assert (mandate.user.email, mandate.entity.handle, mandate.is_head) == ("first@example.org", "alecso-secretariat", True)
    assert Actor.of(User.objects.get(email="first@example.org")).is_secretariat


def test_the_benchmark_world_has_its_volume():
    from network.demo.bench import Volume, build  # noqa: PLC0415 -- only here

    assert "40 topics" in build(Volume(people=30, boards=5, topics=40, posts=300, big=60))
    assert (User.objects.count(), Board.objects.count(), Topic.objects.count(), Post.objects.count()) == (30, 5, 40, 300)
    first = Topic.objects.order_by("pk")[0]
    assert (first.posts_count, first.last_number, first.version, first.posts.count()) == (60, 60, 60, 60)
    assert sum(Board.objects.values_list("posts_count", flat=True)) == 300
    assert "complete" in build()


def test_light_text_becomes_html_and_nothing_else():
    assert to_html("أهلًا **بكم** <b>\n\n- واحد\n- `اثنان`") == (
        "<p>أهلًا <strong>بكم</strong> &lt;b&gt;</p><ul><li>واحد</li><li><code>اثنان</code></li></ul>"
    )


@pytest.mark.slow
@pytest.mark.shape("embedded")  # made by the actions, which are tested on both; it never enters production
class TestDemoWorld:
    def test_the_world_has_the_promised_volume(self, demo_world):
        kinds = Counter(Entity.objects.filter(status="active").values_list("entity_kind__code", flat=True))  # a claimant waits as a draft
        on_boards = Topic.objects.exclude(board=None)
        assert kinds == {
            "organization": 1,
            "organ": 4,  # Conference, Council, Secretariat, and the section inside it
            "department": 6,
            "national-commission": 22,
            "associated-school": 40,
            "club": 15,
            "scientific-chair": 10,
            "partner": 4,
            "ngo": 4,
        }
        assert {
            "states": Country.objects.count(),
            "accounts": User.objects.filter(is_active=True).count(),  # visitors ask through one that is nobody's
            "groups": Group.objects.filter(opened_by_ties=None).count(),  # without what twins share
            "boards": Board.objects.count(),
            "topics": on_boards.count(),
            "replies": Post.objects.filter(topic__in=on_boards, number__gt=1).count(),
            "walls": Topic.objects.walls().count(),
        } == {"states": 22, "accounts": 90, "groups": 12, "boards": 10, "topics": 60, "replies": 300, "walls": 30}

    def test_institutions_are_tied_and_look_for_partners(self, demo_world):
        states = Counter(Tie.objects.values_list("state", flat=True))
        assert states == {"active": 12, "proposed": 3, "ended": 1, "declined": 1}
        assert Tie.objects.filter(kind="twin", state="active", group__isnull=False).count() == 3
        assert Offer.objects.open().count() == Offer.objects.count() == 6
        assert all("(تجريبي)" in title for title in Offer.objects.values_list("title", flat=True))

    def test_one_list_was_brought_in_with_its_report_and_one_waits(self, demo_world):
        assert {(one.state, *(count for _outcome, count in one.counts)) for one in Import.objects.all()} == {
            ("done", 2, 3, 0, 1),
            ("checked", 1, 0, 2, 0),
        }
        assert all("(تجريبي)" in name for name in Import.objects.values_list("file_name", flat=True))

    def test_a_second_run_changes_nothing(self, demo_world, demo, django_assert_max_num_queries):
        before = rows()
        with django_assert_max_num_queries(44):
            said = seed()
        assert rows() == before
        assert said.startswith("Register: complete.") and "Demo world: complete." in said

    def test_every_fictional_name_carries_its_mark_and_no_real_one_does(self, demo_world):
        def marked(entity: Entity) -> list[bool]:
            return [any(mark in name for mark in MARKS) for name in (entity.name_ar, entity.name_fr, entity.name_en) if name]

        fictional = list(Entity.objects.filter(fictional=True))
        assert [entity.handle for entity in fictional if not all(marked(entity))] == []
        assert len(fictional) == 74
        assert [entity.handle for entity in Entity.objects.filter(fictional=False) if any(marked(entity))] == []
        people = Space.objects.people().filter(user__mandates__entity__entity__fictional=True)
        assert [page.handle for page in people if not any(mark in page.name for mark in MARKS)] == []

    def test_names_of_commissions_are_as_given_and_an_empty_one_falls_back(self, demo_world):
        tunisia, djibouti = Entity.objects.get(handle="natcom-tn"), Entity.objects.get(handle="natcom-dj")
        assert tunisia.name_ar == "اللجنة الوطنية للتربية والعلم والثقافة"  # not «والثقافة والعلوم»: word order differs by state
        assert (djibouti.name_ar, djibouti.name_en) == ("", "")
        with translation.override("ar"):
            assert djibouti.name == "Commission nationale pour l'éducation, la science et la culture (CNESC)"
            assert djibouti.short_name == "اللجنة الوطنية – جيبوتي"
        assert Entity.objects.get(handle="natcom-ae").name_fr == ""
        assert tunisia.sources["name_ar"]["source"] and tunisia.sources["name_ar"]["evidence"]
        given = {row["code"]: row["name"] for row in read("commissions")["commissions"]}
        kept = {entity.handle: entity for entity in Entity.objects.filter(entity_kind__code="national-commission")}
        assert {code: [kept[code].name_ar, kept[code].name_fr, kept[code].name_en] for code in given} == {
            code: [name[language]["value"] or "" for language in ("ar", "fr", "en")] for code, name in given.items()
        }

    def test_states_stand_in_protocol_order(self, demo_world):
        assert list(Country.objects.values_list("code", flat=True)) == (
            "JO AE BH TN DZ DJ SA SD SY SO IQ OM PS QA KM KW LB LY EG MA MR YE".split()
        )

    def test_no_account_is_a_real_person_or_reaches_a_real_mailbox(self, demo_world):
        assert {email.partition("@")[2] for email in User.objects.values_list("email", flat=True)} == {"example.org", "visitor.invalid"}

    def test_activities_are_as_old_as_what_they_tell_and_stand_in_order(self, demo_world):
        days = list(Activity.objects.order_by("pk").values_list("created_at", flat=True))
        assert days == sorted(days)
        assert (days[-1] - days[0]).days >= 59
        for activity in Activity.objects.filter(verb__in=["replied", "opened"]):
            assert activity.created_at == activity.object.created_at
        last = Topic.objects.annotate(newest=models.Max("posts__created_at"))
        assert [topic.pk for topic in last if topic.last_post_at != topic.newest] == []

    def test_scenario_three_is_told_in_full(self, demo_world):
        topic = Topic.objects.get(title="كيف تحتفلون باليوم العالمي للغة العربية (18 ديسمبر)؟")
        posts = list(topic.posts.select_related("on_behalf_of"))
        assert (topic.board.name, topic.posts_count, len(posts), topic.pinned_at is not None) == ("اللغة العربية في المدرسة", 25, 25, True)
        assert posts[0].text.startswith("نظّمنا ركنًا للخط العربي ومسابقة في الإملاء")
        assert posts[1].on_behalf_of.handle == "natcom-ma"
        assert posts[1].text.startswith("نقترح تبادل تسجيلات قصيرة بين تلاميذنا دون إظهار الوجوه")
        assert (posts[2].language, posts[2].direction) == ("fr", "ltr")
        assert posts[2].text.startswith("Nous préparons une lecture publique en arabe et en français")
        assert topic.answer == posts[12]  # the twelfth reply
        assert posts[12].text.startswith("ملخّص") and posts[12].mentions.count() >= 3
        assert posts[12].reactions["helped"] == Reaction.objects.filter(post=posts[12], kind="helped").count() > 3
        assert posts[3].reply_to == posts[2] and f'cite="{posts[2].path}"' in posts[3].html

    def test_scenario_four_is_told_in_full(self, demo_world):
        first = Message.objects.get(text="السلام عليكم، هل لديكم نموذج للتقرير السنوي للمدارس المنتسبة؟")
        talk = first.conversation
        said = list(talk.messages.filter(kind="text").order_by("number"))
        assert [message.text for message in said[1:3]] == [
            "وعليكم السلام، نعم، أرفق لكم النموذج المعتمد عندنا (وورد).",
            "شكرًا جزيلًا. هل نعقد لقاءً قصيرًا يوم الثلاثاء؟ 10:00 بتوقيت الرباط.",
        ]
        assert (first.on_behalf_of.handle, said[1].on_behalf_of.handle) == ("natcom-jo", "natcom-ma")
        assert said[1].files[0]["name"].endswith(".docx") and said[1].attachments.count() == 1
        later, secretariat = (Actor.of(User.objects.get(page__handle=handle)) for handle in ("sg-jo", "platform-manager"))
        seen = Message.objects.visible_to(later).filter(conversation=talk, kind="text")
        assert [message.pk for message in seen.order_by("number")] == [message.pk for message in said[4:]] != []
        assert not Message.objects.visible_to(secretariat).filter(conversation=talk).exists()

    def test_conversations_of_every_kind_and_state_are_there(self, demo_world):
        assert set(Conversation.objects.filter(last_number__gt=0).values_list("kind", flat=True)) == set(Conversation.Kind.values)
        said = Message.objects.filter(kind="text")
        for state in ("edited_at", "deleted_at", "pinned_at", "reply_to"):
            assert said.exclude(**{state: None}).exists(), state
        assert Seat.objects.exclude(muted_at=None).exists() and Seat.objects.exclude(archived_at=None).exists()
        assert unread_count(Actor.of(User.objects.get(page__handle="liaison-tn"))) >= 2
        assert (
            list(Conversation.objects.annotate(n=models.Max("messages__number")).exclude(last_number=0).exclude(last_number=models.F("n")))
            == []
        )

    def test_mentions_lead_to_people_and_institutions(self, demo_world):
        kinds = set(Mention.objects.values_list("space__kind", flat=True))
        assert kinds == {Space.Kind.PERSON, Space.Kind.ENTITY}
        assert Post.objects.filter(text__contains="@coord-").count() == 0  # every handle was found and shown by its name

    def test_the_outsider_sees_the_public_part_and_never_the_hidden_group(self, demo_world):
        visitor = Actor.of(User.objects.get(page__handle="visitor"))
        assert (visitor.roles, visitor.is_networked) == ({}, False)
        hidden = Group.objects.get(listed=False, opened_by_ties=None)
        assert Topic.objects.filter(space=hidden).exists()
        seen = Topic.objects.visible_to(visitor)
        assert seen.exists() and set(seen.values_list("reach", flat=True)) == {Audience.PUBLIC}
        assert hidden.pk not in set(Space.objects.visible_to(visitor).values_list("pk", flat=True))

    def test_the_banner_is_on_the_page(self, demo_world, demo, client):
        page = client.get("/en/").content.decode()
        assert 'class="demo-banner"' in page and "Demonstration data" in page

    def test_a_larger_world_is_the_same_again(self, demo_world, demo):
        shared = Conversation.objects.filter(kind__in=["group", "entities"]).count()
        before = (Conversation.objects.count() - shared, Message.objects.count(), Seat.objects.count(), MessageReaction.objects.count())
        assert "1 copies added" in seed("--size", "2")
        rooms = Conversation.objects.annotate(n=models.Count("messages"), last=models.Max("messages__number")).exclude(n=0)
        assert [room.pk for room in rooms if not room.n == room.last == room.last_number == room.last_message.number] == []
        after = (Conversation.objects.count() - shared, Message.objects.count(), Seat.objects.count(), MessageReaction.objects.count())
        assert after == tuple(2 * count for count in before)
        newest = User.objects.get(page__handle="liaison-ma.2")
        talk = Conversation.objects.visible_to(Actor.of(newest)).get(messages__text__startswith="السلام عليكم، هل لديكم نموذج")
        assert {held.who.handle for held in talk.participants.all()} == {"liaison-jo.2", "liaison-ma.2", "sg-jo.2"}
        assert Attachment.objects.get(message__conversation=talk).key == talk.messages.exclude(files=[]).get().files[0]["key"]
        on_boards = Topic.objects.exclude(board=None)
        assert (
            User.objects.filter(is_active=True).count(),
            on_boards.count(),
            Post.objects.filter(topic__in=on_boards, number__gt=1).count(),
        ) == (180, 120, 600)
        assert Entity.objects.filter(fictional=True).count() == 147  # a claimant is not copied
        assert "0 copies added" in seed("--size", "2")
        assert Message.objects.count() == after[1]
