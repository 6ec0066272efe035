"""Editing, deleting, closing, pinning, answering, reacting, watching and boards: each by whoever may, and by nobody else."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from forums import actions, history
from forums.models import Board, Closure, Post, Reaction, Topic, Watch
from network.activity.models import Activity
from network.content import Audience
from network.spaces.models import Mandate
from tests.cast import mandate, reply_to, topic_in

pytestmark = pytest.mark.django_db


def as_(client, who):
    client.force_login(who.user)
    return client


# --- Every address that writes -------------------------------------------------------------------------------------------
# path, what is sent, who may (of the members' topic: carmen opened it and owns the group, ezz replied, mona moderates, basel reads)
WRITES = [
    ("/topics/{topic}/watch/", {"level": "muted"}, {"carmen", "ezz", "mona", "basel", "sami"}),
    ("/topics/{topic}/closure/", {"reason": ""}, {"carmen", "mona", "sami"}),
    ("/topics/{topic}/closure/end/", {}, {"carmen", "mona", "sami"}),
    ("/topics/{topic}/pin/", {}, {"carmen", "mona", "sami"}),
    ("/topics/{topic}/pin/end/", {}, {"carmen", "mona", "sami"}),
    ("/topics/{topic}/answer/", {"post": "{post}"}, {"carmen", "mona", "sami"}),
    ("/topics/{topic}/answer/end/", {}, {"carmen", "mona", "sami"}),
    ("/ar/topics/{topic}/edit/", {"title": "عنوان"}, {"carmen", "mona", "sami"}),
    ("/ar/topics/{topic}/removal/", {}, {"carmen", "mona", "sami"}),
    ("/topics/{topic}/restoration/", {}, {"carmen", "mona", "sami"}),
    ("/posts/{post}/reactions/", {"kind": "heart"}, {"carmen", "ezz", "mona", "basel"}),
    ("/posts/{post}/reactions/end/", {"kind": "heart"}, {"carmen", "ezz", "mona", "basel"}),
    ("/ar/posts/{post}/edit/", {"body": "نص آخر"}, {"carmen", "ezz", "mona", "sami"}),
    ("/ar/posts/{post}/removal/", {}, {"carmen", "ezz", "mona", "sami"}),
    ("/posts/{post}/restoration/", {}, None),
    ("/ar/boards/{board}/edit/", {"name": "اسم", "audience": 0, "position": 1}, {"carmen", "mona", "sami"}),
    ("/ar/spaces/{space}/boards/new/", {"name": "اسم", "audience": 0, "position": 1}, {"carmen", "mona", "sami"}),
]


@pytest.mark.parametrize(("path", "sent", "may"), WRITES, ids=[row[0] for row in WRITES])
def test_who_may_write_there(client, world, topic, path, sent, may):
    post = topic.posts.last()
    names = {"topic": topic.pk, "post": post.pk, "board": world.board.pk, "space": world.group.pk}
    path, sent = path.format(**names), {key: str(value).format(**names) for key, value in sent.items()}
    assert "/accounts/login/" in client.post(path, sent)["Location"] or client.post(path, sent).status_code == 404
    for stranger in (world.dara, world.rania):
        answer = as_(client, stranger).post(path, sent)
        # The card of a listed group is seen by all, so its boards are refused rather than not there.
        assert answer.status_code == (403 if "/spaces/" in path else 404)
    if may is not None:
        for name in ("carmen", "ezz", "mona", "basel", "sami"):
            topic_now = Topic.objects.get(pk=topic.pk)
            Topic.objects.filter(pk=topic.pk).update(deleted_at=None)
            Post.objects.filter(pk=post.pk).update(deleted_at=None)
            answer = as_(client, world.cast[name]).post(path, sent)
            assert (answer.status_code == 302) == (name in may), (name, answer.status_code)
            assert answer.status_code in (302, 403)
            assert topic_now.pk
    if path.startswith(("/topics", "/posts")):
        assert client.get(path).status_code == 405
    else:
        assert client.put(path).status_code == 405


# --- Editing ------------------------------------------------------------------------------------------------------------------
def test_ezz_edits_his_reply_and_its_history_says_so(client, world, topic):
    post = topic.posts.last()
    as_(client, world.ezz).post(f"/ar/posts/{post.pk}/edit/", {"body": "جواب أدق"})
    post.refresh_from_db()
    assert (post.text, post.version, bool(post.edited_at)) == ("جواب أدق", 3, True)
    newest, oldest = history.versions(post)
    assert (oldest.by, str(oldest.html)) == (world.ezz.user, "جواب")
    assert newest.by == world.ezz.user
    assert '<ins><span class="visually-hidden">' in newest.html
    page = as_(client, world.basel).get(f"/en/posts/{post.pk}/history/")
    assert page.status_code == 200
    assert "أدق</ins>" in page.content.decode()


def test_the_same_words_again_change_nothing(world, topic):
    post = topic.posts.last()
    again = actions.edit(world.ezz.actor, post, body=post.html)
    assert (again.version, again.edits.count()) == (2, 0)


def test_an_edit_without_words_keeps_the_box(client, world, topic):
    answer = as_(client, world.ezz).post(f"/ar/posts/{topic.posts.last().pk}/edit/", {"body": "  "})
    assert answer.status_code == 422
    assert topic.posts.last().text == "جواب"


def test_after_a_day_only_moderators_edit_and_the_words_stay_on_the_page(client, world, topic):
    post = topic.posts.last()
    Post.objects.filter(pk=post.pk).update(created_at=timezone.now() - timedelta(hours=25))
    answer = as_(client, world.ezz).post(f"/ar/posts/{post.pk}/edit/", {"body": "تصحيح متأخر"})
    assert (answer.status_code, "تصحيح متأخر" in answer.content.decode()) == (403, True)
    assert as_(client, world.mona).post(f"/ar/posts/{post.pk}/edit/", {"body": "حرره المشرف"}).status_code == 302
    assert [version.by for version in history.versions(Post.objects.get(pk=post.pk))] == [world.mona.user, world.ezz.user]


def test_acts_stay_with_the_institution(world, topic):
    post = actions.reply(world.basel.writing_for(world.natcom_jo), topic, body="<p>باسم اللجنة الأردنية</p>")
    Mandate.objects.filter(user=world.basel.user).update(ends_at=timezone.now() - timedelta(seconds=1))
    type(world.basel.user).objects.filter(pk=world.basel.user.pk).update(rights=50)
    with pytest.raises(PermissionDenied):
        actions.edit(world.basel.actor, post, body="<p>بعد انتهاء التفويض</p>")
    mandate(world.ezz, world.natcom_jo)
    type(world.ezz.user).objects.filter(pk=world.ezz.user.pk).update(rights=50)
    actions.edit(world.ezz.actor, post, body="<p>خلفه يصحح</p>")
    post.refresh_from_db()
    assert [version.by for version in history.versions(post)] == [world.ezz.user, world.basel.user]


def test_differences_are_escaped():
    said = str(history.difference("<b>one</b> two", "<b>one</b> <i>three</i>"))
    assert "<b>" not in said
    assert "&lt;i&gt;three&lt;/i&gt;</ins>" in said


def test_an_edited_mention_is_told_once(world, topic):
    post = actions.reply(world.ezz.actor, topic, body="<p>@carmen</p>")
    actions.edit(world.ezz.actor, post, body="<p>@carmen @mona</p>")
    assert set(post.mentions.values_list("space__handle", flat=True)) == {"carmen", "mona"}
    assert Activity.objects.get(verb="edited").data == {"mentioned": [world.mona.page.pk]}


# --- Deleting and restoring -------------------------------------------------------------------------------------------------------
def test_a_removed_post_leaves_a_tombstone_and_comes_back(client, world, topic):
    post = reply_to(world, topic, body="<p>كلام يحذف</p>")
    assert as_(client, world.ezz).get(f"/ar/posts/{post.pk}/removal/").status_code == 200
    client.post(f"/ar/posts/{post.pk}/removal/")
    topic.refresh_from_db()
    page = client.get(f"/ar/topics/{topic.pk}/").content.decode()
    assert (topic.posts_count, topic.last_number) == (2, 3)
    assert "كلام يحذف" not in page
    assert f'<article class="post post-removed" id="post-{post.pk}"' in page
    for path in ("history", "edit"):
        assert client.get(f"/ar/posts/{post.pk}/{path}/").status_code == 403
    client.post(f"/posts/{post.pk}/restoration/")
    assert "كلام يحذف" in client.get(f"/ar/topics/{topic.pk}/").content.decode()
    assert client.get(f"/ar/posts/{post.pk}/menu/").status_code == 200


def test_what_a_moderator_removed_its_author_does_not_restore(client, world, topic):
    post = reply_to(world, topic)
    actions.delete(world.mona.actor, post)
    assert as_(client, world.ezz).post(f"/posts/{post.pk}/restoration/").status_code == 403
    assert "restoration" not in client.get(f"/ar/posts/{post.pk}/menu/").content.decode()
    assert as_(client, world.carmen).post(f"/posts/{post.pk}/restoration/").status_code == 302


def test_the_first_post_carries_its_topic(client, world, topic):
    first = topic.posts.first()
    answer = as_(client, world.carmen).post(f"/ar/posts/{first.pk}/removal/")
    assert answer.status_code == 422
    assert topic.posts.kept().count() == 2


def test_a_deleted_topic_is_gone_but_for_moderators(client, world, topic):
    as_(client, world.mona).post(f"/ar/topics/{topic.pk}/removal/")
    for who, status in ((world.ezz, 404), (world.basel, 404), (world.mona, 200), (world.sami, 200)):
        assert as_(client, who).get(f"/ar/topics/{topic.pk}/").status_code == status
        assert client.get(f"/ar/posts/{topic.posts.last().pk}/", follow=True).status_code == status
    world.board.refresh_from_db()
    assert (world.board.topics_count, world.board.posts_count) == (0, 0)
    as_(client, world.mona).post(f"/topics/{topic.pk}/restoration/")
    world.board.refresh_from_db()
    assert (world.board.topics_count, world.board.posts_count) == (1, 2)


# --- Closing, pinning, answering ----------------------------------------------------------------------------------------------------
def test_closing_says_who_and_why_and_twice_is_quiet(client, world, topic):
    for _ in range(2):
        as_(client, world.mona).post(f"/topics/{topic.pk}/closure/", {"reason": "انتقل النقاش إلى الاجتماع"})
    assert Closure.objects.get().by == world.mona.user
    assert Activity.objects.filter(verb="closed").count() == 1
    page = as_(client, world.ezz).get(f"/ar/topics/{topic.pk}/").content.decode()
    assert "انتقل النقاش إلى الاجتماع" in page
    assert 'id="reply"' not in page
    assert as_(client, world.mona).post(f"/topics/{topic.pk}/closure/", {"reason": "ط" * 301}).status_code == 422
    client.post(f"/topics/{topic.pk}/closure/end/")
    assert 'id="reply"' in as_(client, world.ezz).get(f"/ar/topics/{topic.pk}/").content.decode()


def test_an_answer_is_marked_moved_and_taken_back(client, world, topic):
    one, two = topic.posts.last(), reply_to(world, topic, by=world.mona)
    as_(client, world.carmen).post(f"/topics/{topic.pk}/answer/", {"post": one.pk})
    client.post(f"/topics/{topic.pk}/answer/", {"post": two.pk})
    page = client.get(f"/ar/topics/{topic.pk}/").content.decode()
    assert page.count("post-accepted") == 1
    assert f'<article class="post post-accepted" id="post-{two.pk}"' in page
    one.refresh_from_db(), two.refresh_from_db(), topic.refresh_from_db()
    assert one.version == two.version == topic.version == 5
    client.post(f"/topics/{topic.pk}/answer/end/")
    assert "post-accepted" not in client.get(f"/ar/topics/{topic.pk}/").content.decode()


def test_only_a_kept_post_of_the_topic_answers(client, world, topic, public_topic):
    as_(client, world.carmen)
    for wrong in (public_topic.posts.first().pk, 999_999, "x", ""):
        assert client.post(f"/topics/{topic.pk}/answer/", {"post": wrong}).status_code == 404
    gone = reply_to(world, topic)
    actions.delete(world.ezz.actor, gone)
    assert client.post(f"/topics/{topic.pk}/answer/", {"post": gone.pk}).status_code == 422
    assert Topic.objects.get(pk=topic.pk).answer is None


def test_a_removed_answer_answers_no_longer(world, topic):
    actions.accept_answer(world.carmen.actor, topic, topic.posts.last())
    actions.delete(world.ezz.actor, topic.posts.last())
    assert Topic.objects.get(pk=topic.pk).answer is None


def test_another_title_and_other_tags(client, world, topic):
    as_(client, world.carmen)
    assert client.get(f"/ar/topics/{topic.pk}/edit/").status_code == 200
    client.post(f"/ar/topics/{topic.pk}/edit/", {"title": "عنوان أوضح", "tags": "قراءة, أندية"})
    topic.refresh_from_db()
    assert (topic.title, sorted(name for _pk, name in topic.labels)) == ("عنوان أوضح", ["أندية", "قراءة"])
    assert "قراءة" in client.get(f"/ar/topics/{topic.pk}/").content.decode()
    for wrong in ({"title": ""}, {"title": "ع" * 201}, {"title": "ع", "tags": ",".join("abcdefghijk")}):
        assert client.post(f"/ar/topics/{topic.pk}/edit/", wrong).status_code == 422


# --- Reacting and watching ------------------------------------------------------------------------------------------------------------
def test_reactions_are_given_once_and_taken_back_once(client, world, topic):
    post = topic.posts.first()
    as_(client, world.ezz)
    for _ in range(2):
        answer = client.post(f"/posts/{post.pk}/reactions/", {"kind": "helped"}, headers={"hx-request": "true"})
        assert 'value="helped" aria-pressed="true"' in answer.content.decode()
    post.refresh_from_db()
    assert (post.reactions, Reaction.objects.count(), post.version) == ({"helped": 1}, 1, 3)
    for _ in range(2):
        client.post(f"/posts/{post.pk}/reactions/end/", {"kind": "helped"})
    post.refresh_from_db()
    assert (post.reactions, Reaction.objects.count(), post.version) == ({}, 0, 4)
    assert client.post(f"/posts/{post.pk}/reactions/", {"kind": "angry"}).status_code == 422


def test_without_script_one_comes_back_to_where_the_button_was(client, world, topic):
    post = topic.posts.first()
    for page, back in (
        ("/en/groups/1/?wall=2", f"/en/groups/1/?wall=2#post-{post.pk}"),
        (f"/en/posts/{post.pk}/menu/", f"/en/topics/{topic.pk}/#post-{post.pk}"),
    ):
        answer = as_(client, world.ezz).post(
            f"/posts/{post.pk}/reactions/", {"kind": "heart"}, headers={"referer": f"http://testserver{page}"}
        )
        assert answer["Location"] == back
    answer = client.post(f"/posts/{post.pk}/reactions/", {"kind": "heart"}, headers={"referer": "https://evil.example/ar/"})
    assert answer["Location"].startswith("/")


def test_watching_has_three_levels(client, world, topic):
    as_(client, world.basel).post(f"/topics/{topic.pk}/watch/", {"level": "muted"})
    assert Watch.objects.get(topic=topic, user=world.basel.user).level == "muted"
    assert client.post(f"/topics/{topic.pk}/watch/", {"level": "loud"}).status_code == 422


def test_the_menu_offers_what_one_may(client, world, topic):
    post = topic.posts.last()
    offers = {
        "edit": f"/en/posts/{post.pk}/edit/",
        "remove": f"/en/posts/{post.pk}/removal/",
        "answer": f"/topics/{topic.pk}/answer/",
        "quote": "?quote=",
    }
    for who, may in (
        (world.ezz, {"edit", "remove", "quote"}),
        (world.mona, {"edit", "remove", "answer", "quote"}),
        (world.carmen, {"edit", "remove", "answer", "quote"}),
        (world.basel, {"quote"}),
    ):
        for partial in ({}, {"hx-request": "true"}):
            page = as_(client, who).get(f"/en/posts/{post.pk}/menu/", headers=partial).content.decode()
            assert {name for name, link in offers.items() if link in page} == may


# --- Boards --------------------------------------------------------------------------------------------------------------------------
def test_mona_sets_up_a_board_inside_another(client, world):
    as_(client, world.mona)
    assert client.get(f"/ar/spaces/{world.group.pk}/boards/new/").status_code == 200
    client.post(f"/ar/spaces/{world.group.pk}/boards/new/", {"name": "أنشطة", "parent": world.board.pk, "audience": 0, "position": 10})
    inner = Board.objects.get(name="أنشطة")
    assert (inner.parent, inner.reach) == (world.board, Audience.MEMBERS)
    assert (
        client.post(
            f"/ar/spaces/{world.group.pk}/boards/new/", {"name": "أعمق", "parent": inner.pk, "audience": 0, "position": 1}
        ).status_code
        == 422
    )
    assert (
        client.post(
            f"/ar/spaces/{world.group.pk}/boards/new/", {"name": "غريب", "parent": world.open_board.pk, "audience": 0, "position": 1}
        ).status_code
        == 422
    )
    assert client.post(f"/ar/spaces/{world.group.pk}/boards/new/", {"name": "", "audience": 0, "position": 1}).status_code == 422


def test_a_narrower_board_hides_its_topics_at_once(client, world, public_topic):
    as_(client, world.carmen).post(
        f"/ar/boards/{world.open_board.pk}/edit/", {"name": "للأعضاء", "audience": Audience.MEMBERS, "position": 1}
    )
    assert Topic.objects.get(pk=public_topic.pk).reach == Audience.MEMBERS
    assert Activity.objects.get(verb="opened", object_id=public_topic.pk).reach == Audience.MEMBERS
    client.logout()
    assert client.get(f"/ar/topics/{public_topic.pk}/").status_code == 404
    as_(client, world.carmen).post(f"/ar/boards/{world.open_board.pk}/edit/", {"name": "للجميع", "audience": 0, "position": 1})
    assert Activity.objects.get(verb="opened", object_id=public_topic.pk).reach == Audience.PUBLIC  # the feed tells it again


def test_no_query_is_wasted_on_an_empty_board(client, world):
    page = client.get(f"/en/boards/{world.open_board.pk}/").content.decode()
    assert "empty-state" in page
    topic_in(world, world.open_board)
