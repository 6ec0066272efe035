"""Pages of the forum: what stands on them, for whom, at which price; and the law that lists and doors agree."""

import re
import uuid

import pytest
from django.core.cache import caches
from django.db import connection
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from forums import actions, fragments
from forums.models import Board, Post, Topic
from network.activity.models import Activity
from network.content import Audience
from network.permissions import can
from network.spaces.actors import Actor
from tests.cast import reply_to, topic_in

pytestmark = pytest.mark.django_db


def as_(client, who):
    client.force_login(who.user)
    return client


def many(world, topic, count):
    """That many posts more, without the price of writing each."""
    topic.refresh_from_db()
    number = topic.last_number
    Post.objects.bulk_create(
        Post(
            topic=topic,
            number=number + n,
            author=world.ezz.user,
            html=f"<p>جواب {n}</p>",
            text=f"جواب {n}",
            folded="",
            client_id=uuid.uuid4(),
            version=number + n,
        )
        for n in range(1, count + 1)
    )
    Topic.objects.filter(pk=topic.pk).update(last_number=number + count, posts_count=number + count, version=topic.version + count)


# --- List = door -----------------------------------------------------------------------------------------------------------
def test_lists_and_doors_agree_for_the_whole_cast(world, topic, public_topic):
    inner = Board.objects.create(
        space=world.group, parent=world.board, name="للمشرفين", audience=Audience.MANAGERS, reach=Audience.MANAGERS
    )
    network = Board.objects.create(space=world.open_group, name="للشبكة", audience=Audience.NETWORK, reach=Audience.NETWORK)
    in_hidden = topic_in(world, world.hidden_board)
    topic_in(world, inner)
    topic_in(world, network)
    managers = actions.open_topic(world.carmen.actor, world.open_board, title="للإدارة", body="<p>س</p>", audience=Audience.MANAGERS)
    on_wall = actions.open_topic(world.carmen.actor, world.natcom_tn, body="<p>جدار اللجنة</p>")
    at_school = actions.open_topic(world.amina.actor, world.school, body="<p>جدار المدرسة</p>", audience=Audience.MEMBERS)
    own_wall = actions.open_topic(world.ezz.actor, world.ezz.page, body="<p>صفحتي</p>")
    gone = topic_in(world, world.open_board, title="محذوف")
    actions.delete_topic(world.carmen.actor, gone)
    actions.delete(world.ezz.actor, reply_to(world, topic))
    rows = {
        "board.view": list(Board.objects.select_related("space")),
        "topic.view": list(Topic.objects.select_related("space")),
        "post.view": list(Post.objects.select_related("topic__space")),
    }
    assert {len(found) for found in rows.values()} >= {5}
    assert {managers, on_wall, at_school, own_wall, gone, in_hidden} <= set(rows["topic.view"])
    for who in [None, *world.cast.values()]:
        actor = who.actor if who else Actor.nobody()
        for verb, found in rows.items():
            listed = set(type(found[0]).objects.visible_to(actor))
            assert listed == {row for row in found if can(actor, verb, row)}, (who and who.page.handle, verb)


def test_doors_ask_no_query(world, topic, public_topic):
    actor = world.ezz.actor
    for rows, verbs in (
        (
            Topic.objects.visible_to(actor).select_related("space"),
            ("topic.view", "topic.reply", "topic.edit", "topic.close", "topic.delete"),
        ),
        (Post.objects.visible_to(actor).with_topic(), ("post.view", "post.edit", "post.react", "post.delete", "post.history")),
    ):
        found = list(rows)
        with CaptureQueriesContext(connection) as asked:
            for row in found:
                for verb in verbs:
                    can(actor, verb, row)
        assert asked.captured_queries == []


# --- Fragments ----------------------------------------------------------------------------------------------------------------
def test_a_post_is_rendered_without_a_request_and_for_nobody(world, topic):
    actions.react(world.carmen.actor, topic.posts.first(), "heart")
    for post in Post.objects.with_author().with_topic():
        html = fragments.post_html(post, "en")
        assert html.startswith(f'<article class="post" id="post-{post.pk}" data-number="{post.number}" data-version="{post.version}">')
        assert html.endswith("</article>")
        assert "csrf" not in html
        assert 'aria-pressed="true"' not in html
        assert 'aria-pressed="false"' in html


def test_each_language_has_its_own_and_a_version_is_rendered_once(world, topic, django_assert_num_queries):
    post = Post.objects.with_author().with_topic().get(topic=topic, number=2)
    first = {code: fragments.post_html(post, code) for code in ("ar", "fr", "en")}
    assert len(set(first.values())) == 3
    with django_assert_num_queries(0):
        assert fragments.posts_html([post, post], "fr") == [first["fr"]] * 2
    with translation.override("fr"):
        assert fragments.post_html(post, "ar") == first["ar"]


def test_a_tombstone_says_nothing_of_the_text(world, topic):
    post = reply_to(world, topic, body="<p>سر لا يبقى</p>")
    actions.delete(world.ezz.actor, post)
    post = Post.objects.with_author().with_topic().get(pk=post.pk)
    html = fragments.post_html(post, "ar")
    assert "سر" not in html
    assert world.ezz.page.name not in html
    assert f'id="post-{post.pk}"' in html
    assert 'class="post post-removed"' in html


def test_what_was_written_for_an_institution_says_so(world, topic):
    post = actions.reply(world.carmen.writing_for(world.natcom_tn), topic, body="<p>باسمها</p>")
    html = fragments.post_html(post, "en")
    assert "Written for the institution" in html
    assert "Commission nationale tunisienne" in html  # no English name: the French one
    assert "ضابط الاتصال" in html
    assert world.carmen.page.name in html


def test_hostile_names_are_escaped(world, topic):
    page = world.ezz.page
    page.name_ar = '<img src=x onerror=alert(1)>"'
    page.save()
    post = Post.objects.with_author().with_topic().get(topic=topic, author=world.ezz.user)
    assert "<img src=x" not in fragments.post_html(post, "ar")


@pytest.mark.parametrize("verb", ["opened", "replied", "posted", "answered"])
@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_lines_of_the_feed_know_no_viewer(world, topic, verb, language):
    if verb == "posted":
        topic = actions.open_topic(world.carmen.writing_for(world.natcom_tn), world.natcom_tn, body="<p>على الجدار</p>")
    elif verb == "answered":
        actions.accept_answer(world.carmen.actor, topic, topic.posts.last())
    activity = Activity.objects.filter(verb=verb).latest("pk")
    with translation.override(language):
        html = render_to_string(
            f"forums/activity/{verb}.html", {"activity": activity, "topic": topic, "post": topic.posts.with_author().last()}
        )
    assert html.startswith(f'<article class="card feed-item" id="activity-{activity.pk}">')
    assert f"/{language}/topics/{topic.pk}/" in html


# --- The topic's page --------------------------------------------------------------------------------------------------------------
def test_who_sees_a_topic(client, world, topic, public_topic):
    assert client.get(f"/ar/topics/{public_topic.pk}/").status_code == 200
    assert client.get(f"/ar/topics/{topic.pk}/").status_code == 404
    assert as_(client, world.dara).get(f"/ar/topics/{topic.pk}/").status_code == 404
    for who in (world.ezz, world.basel, world.sami):
        assert as_(client, who).get(f"/ar/topics/{topic.pk}/").status_code == 200
    assert client.post(f"/ar/topics/{topic.pk}/").status_code == 405


def test_a_visitors_page_carries_no_token_and_may_be_kept(client, world, public_topic):
    answer = client.get(f"/ar/topics/{public_topic.pk}/")
    assert "csrfmiddlewaretoken" not in answer.content.decode()
    assert "mtq_c" not in answer.cookies
    assert answer["X-Visitor-Streams"] == f"topic.{public_topic.pk}"


def test_ones_own_reactions_are_held_down_without_script(client, world, topic):
    post = topic.posts.first()
    actions.react(world.ezz.actor, post, "heart")
    held = f'formaction="/posts/{post.pk}/reactions/end/" name="kind" value="heart" aria-pressed="true"'
    assert held in as_(client, world.ezz).get(f"/ar/topics/{topic.pk}/").content.decode()
    assert held not in as_(client, world.carmen).get(f"/ar/topics/{topic.pk}/").content.decode()


def test_the_rule_stands_before_the_first_unread_post(client, world, topic):
    actions.mark_read(world.basel.actor, topic, 1)
    page = as_(client, world.basel).get(f"/ar/topics/{topic.pk}/").content.decode()
    assert page.index('data-number="1"') < page.index('id="unread"') < page.index('data-number="2"')
    assert 'id="unread"' not in as_(client, world.ezz).get(f"/ar/topics/{topic.pk}/").content.decode()


def test_pages_hold_twenty_and_links_lead_to_the_place(client, world, topic):
    many(world, topic, 30)
    post = Post.objects.get(topic=topic, number=25)
    page = as_(client, world.basel).get(f"/en/topics/{topic.pk}/?page=2").content.decode()
    assert [f'data-number="{n}"' in page for n in (20, 21, 32)] == [False, True, True]
    assert "data-tail" in page
    assert "data-tail" not in client.get(f"/en/topics/{topic.pk}/").content.decode()
    assert client.get(f"/en/posts/{post.pk}/")["Location"] == f"/en/topics/{topic.pk}/?page=2#post-{post.pk}"
    assert (
        client.get(f"/posts/{post.pk}/", headers={"accept-language": "fr"})["Location"] == f"/fr/topics/{topic.pk}/?page=2#post-{post.pk}"
    )
    actions.mark_read(world.basel.actor, Topic.objects.get(pk=topic.pk), 24)
    assert client.get(f"/en/topics/{topic.pk}/unread/")["Location"] == f"/en/topics/{topic.pk}/?page=2#post-{post.pk}"
    for odd in ("0", "-3", "99", "x", "9" * 30):
        assert client.get(f"/en/topics/{topic.pk}/?page={odd}").status_code == 200


def test_a_related_topic_that_was_narrowed_has_no_title_any_more(client, world):
    shown, beside = topic_in(world, world.open_board), topic_in(world, world.open_board, title="canary-beside")
    page = f"/ar/topics/{shown.pk}/"
    assert "canary-beside" in client.get(page).content.decode()
    Topic.objects.filter(pk=beside.pk).update(audience=Audience.MEMBERS, reach=Audience.MEMBERS)
    assert "canary-beside" not in client.get(page).content.decode()
    assert "canary-beside" in as_(client, world.carmen).get(page).content.decode()
    actions.delete_topic(world.carmen.actor, beside)
    assert "canary-beside" not in client.get(page).content.decode()


def test_a_permanent_link_tells_a_stranger_nothing(client, world, topic):
    post = topic.posts.first()
    for url in (f"/ar/posts/{post.pk}/", f"/posts/{post.pk}/", f"/ar/posts/{post.pk}/menu/", f"/ar/posts/{post.pk}/history/"):
        assert client.get(url, follow=True).status_code == 404
        assert as_(client, world.dara).get(url, follow=True).status_code == 404
        client.logout()


def test_reading_is_marked_by_a_small_post_and_never_goes_back(client, world, topic):
    as_(client, world.basel)
    assert client.post(f"/topics/{topic.pk}/read/", {"number": 2}, headers={"x-requested-with": "fetch"}).status_code == 204
    client.post(f"/topics/{topic.pk}/read/", {"number": 1})
    client.post(f"/topics/{topic.pk}/read/", {"number": 99})
    assert topic.read_marks.get(user=world.basel.user).number == 2
    assert client.post(f"/topics/{topic.pk}/read/", {"number": "x"}).status_code == 422
    assert client.get(f"/topics/{topic.pk}/read/").status_code == 405
    assert as_(client, world.dara).post(f"/topics/{topic.pk}/read/", {"number": 2}).status_code == 404


def test_pages_cost_the_same_at_one_and_at_thirty(client, world):
    """Each at most eight queries, with nothing kept from before but the session and the actor's rights."""
    topics = [topic_in(world, world.board, title=f"سؤال {n}") for n in range(2)]
    for topic in topics:
        reply_to(world, topic)
    many(world, topics[1], 30)
    as_(client, world.ezz).get("/ar/drafts/")

    def price(url):
        caches["fragments"].clear()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return [query["sql"] for query in asked.captured_queries if not query["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]

    few, lots = (price(f"/ar/topics/{topic.pk}/") for topic in topics)
    board_few, list_few = price(f"/ar/boards/{world.board.pk}/"), price("/ar/topics/")
    for n in range(30):
        topic_in(world, world.board, title=f"آخر {n}")
    board_lots, list_lots = price(f"/ar/boards/{world.board.pk}/"), price("/ar/topics/")
    assert len(few) == len(lots) <= 8, "\n".join(lots)
    assert len(board_few) == len(board_lots) <= 9, "\n".join(board_lots)
    assert len(list_few) == len(list_lots) <= 10, "\n".join(list_lots)
    client.get(f"/ar/topics/{topics[1].pk}/")
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/ar/topics/{topics[1].pk}/")
    assert len(asked.captured_queries) <= 5
    assert len(page.content) <= 60_000


# --- Lists ----------------------------------------------------------------------------------------------------------------------------
def titles(answer):
    return re.findall(r"<bdi lang=\"\w+\">([^<]*)</bdi>", answer.content.decode())


def test_topics_are_filtered(client, world):
    first = topic_in(world, world.board, title="أول")
    second = topic_in(world, world.board, title="ثان")
    third = actions.open_topic(
        world.ezz.actor, world.board, title="Troisième", body="<p>Bonjour à tous les amis de la lecture</p>", tags=["clubs"]
    )
    actions.pin(world.mona.actor, first)
    reply_to(world, second)
    actions.watch(world.basel.actor, second, "watching")
    as_(client, world.basel)
    assert titles(client.get("/ar/topics/")) == ["أول", "ثان", "Troisième"]
    assert titles(client.get(f"/ar/boards/{world.board.pk}/")) == ["أول", "ثان", "Troisième"]
    assert titles(client.get("/ar/topics/?show=unanswered")) == ["Troisième", "أول"]
    assert titles(client.get("/ar/topics/?show=following")) == ["ثان"]
    assert titles(client.get("/ar/topics/?show=mine")) == []
    assert titles(client.get("/ar/topics/?language=fr")) == ["Troisième"]
    assert titles(client.get(f"/ar/topics/?tag={third.tags.get().pk}")) == ["Troisième"]
    actions.mark_read(world.basel.actor, first, 9)
    assert titles(client.get("/ar/topics/?show=unread")) == ["ثان", "Troisième"]
    assert titles(as_(client, world.ezz).get("/ar/topics/?show=mine")) == ["ثان", "Troisième"]
    for odd in ("?tag=x", "?show=x", "?language=xx", "?page=0", "?tag=" + "9" * 30, "?page=" + "9" * 30):
        assert client.get(f"/ar/topics/{odd}").status_code == 200


def test_lists_tell_a_stranger_nothing(client, world, topic, public_topic):
    assert titles(client.get("/ar/topics/")) == ["سؤال مفتوح"]
    assert titles(as_(client, world.dara).get("/ar/topics/")) == ["سؤال مفتوح"]
    assert client.get(f"/ar/boards/{world.board.pk}/").status_code == 404
    assert client.get(f"/ar/boards/{world.open_board.pk}/").status_code == 200
    assert client.post("/ar/topics/").status_code == 405


def test_unread_rows_lead_to_the_first_unread_post(client, world, topic):
    actions.mark_read(world.basel.actor, topic, 1)
    page = as_(client, world.basel).get("/ar/topics/").content.decode()
    assert 'class="topic-row is-unread"' in page
    assert f'href="/ar/topics/{topic.pk}/unread/"' in page
    assert 'class="topic-row is-unread"' not in as_(client, world.ezz).get("/ar/topics/").content.decode()


def test_walls_show_the_first_post_and_the_last_replies(rf, world, django_assert_max_num_queries):
    wall = actions.open_topic(world.carmen.actor, world.group, body="<p>أول ما كتب</p>")
    for n in range(5):
        reply_to(world, wall, body=f"<p>رد {n}</p>")
    for who, sees in ((world.ezz, True), (world.dara, False)):
        request = rf.get("/")
        request.actor, request.user = who.actor, who.user
        with django_assert_max_num_queries(6):
            html = Template("{% load forums_tags %}{% wall space %}").render(
                Context({"request": request, "space": world.group, "csrf_token": "proof"})
            )
        assert [(f"رد {n}" in html) for n in range(5)] == [False, False, sees, sees, sees]
        assert ("أول ما كتب" in html) == sees
        assert (f'action="/topics/{wall.pk}/posts/"' in html) == sees
        assert (f'action="/spaces/{world.group.pk}/wall/"' in html) == sees
        assert "proof" in html
        for tag in ("boards", "latest_topics"):
            Template("{% load forums_tags %}{% " + tag + " space %}").render(
                Context({"request": request, "space": world.group, "actor": request.actor})
            )
