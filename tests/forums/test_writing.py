"""Replying and opening topics: what works, who is refused, and that nothing written is ever lost."""

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from forums import actions
from forums.models import Attachment, Draft, Post, ReadMark, Topic, Watch
from network.activity.models import Activity
from network.spaces.actors import forget
from network.spaces.models import Mandate, Membership
from network.spaces.writing import prepare
from tests.cast import topic_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    yield


def as_(client: Client, who: object) -> Client:
    client.force_login(who.user)
    return client


# --- A reply ------------------------------------------------------------------------------------------------------------
def test_ezz_replies_and_is_led_to_the_post(client, world, topic):
    answer = as_(client, world.ezz).post(
        f"/topics/{topic.pk}/posts/", {"body": "سطر أول\n\nسطر ثان"}, headers={"referer": "http://testserver/fr/topics/1/"}
    )
    post = topic.posts.last()
    assert (answer.status_code, answer["Location"]) == (302, f"/fr/topics/{topic.pk}/#post-{post.pk}")
    assert (post.number, post.author, post.on_behalf_of, post.text) == (3, world.ezz.user, None, "سطر أول\nسطر ثان")
    topic.refresh_from_db()
    assert (topic.posts_count, topic.last_number, topic.version) == (3, 3, 3)
    assert ReadMark.objects.get(topic=topic, user=world.ezz.user).number == 3
    assert Watch.objects.filter(topic=topic, user=world.ezz.user).exists()
    assert Activity.objects.filter(verb="replied", object_id=post.pk, target_id=topic.pk, space=world.group).exists()


def test_carmen_replies_for_the_commission_and_is_recorded(client, world, topic):
    as_(client, world.carmen).post(f"/topics/{topic.pk}/posts/", {"body": "باسم اللجنة", "on_behalf_of": world.natcom_tn.pk})
    post = topic.posts.last()
    assert (post.author, post.on_behalf_of_id, post.author_title) == (world.carmen.user, world.natcom_tn.pk, "ضابط الاتصال")


def test_the_name_may_also_come_as_as(client, world, topic):
    as_(client, world.carmen).post(f"/topics/{topic.pk}/posts/", {"body": "باسم اللجنة", "as": world.natcom_tn.pk})
    assert topic.posts.last().on_behalf_of_id == world.natcom_tn.pk


def test_htmx_gets_the_post_alone(client, world, topic):
    answer = as_(client, world.ezz).post(f"/topics/{topic.pk}/posts/", {"body": "جواب"}, headers={"hx-request": "true"})
    post = topic.posts.last()
    assert answer.status_code == 200
    assert answer.content.decode().startswith(f'<article class="post" id="post-{post.pk}" data-number="3" data-version="3">')


def test_a_visitor_is_led_to_sign_in_and_finds_the_words_again(client, world, topic, public_topic):
    answer = client.post(f"/topics/{public_topic.pk}/posts/", {"body": "كلام طويل لا يضيع"})
    assert answer.status_code == 302
    assert "/accounts/login/?next=" in answer["Location"]
    assert public_topic.posts.count() == 1
    as_(client, world.carmen)
    page = client.get(f"/ar/topics/{public_topic.pk}/").content.decode()
    assert "كلام طويل لا يضيع" in page
    assert Draft.objects.get(user=world.carmen.user).place == f"topic.{public_topic.pk}"


def test_a_stranger_finds_no_topic_there(client, world, topic):
    assert as_(client, world.dara).post(f"/topics/{topic.pk}/posts/", {"body": "أنا هنا"}).status_code == 404
    assert client.post("/topics/999999/posts/", {"body": "أنا هنا"}).status_code == 404


def test_a_reader_may_not_reply_and_keeps_the_words(client, world, public_topic):
    answer = as_(client, world.dara).post(f"/topics/{public_topic.pk}/posts/", {"body": "نص أكتبه بعناية"})
    assert answer.status_code == 403
    assert "نص أكتبه بعناية" in answer.content.decode()
    assert public_topic.posts.count() == 1


def test_replying_is_posting(client, world, topic):
    assert as_(client, world.ezz).get(f"/topics/{topic.pk}/posts/").status_code == 405


@pytest.mark.parametrize("body", ["", "   \n", "<!-- -->", "\u200b\u00a0"])
def test_an_empty_reply_is_asked_for_words(client, world, topic, body):
    answer = as_(client, world.ezz).post(f"/topics/{topic.pk}/posts/", {"body": body, "body_format": "html"})
    assert answer.status_code == 422
    assert topic.posts.count() == 2


@pytest.mark.parametrize("body", ["ا" * 70_000, "<b>" * 200 + "عمق"])
def test_a_reply_too_long_or_too_deep_stays_in_its_box(client, world, topic, body):
    answer = as_(client, world.ezz).post(f"/topics/{topic.pk}/posts/", {"body": body, "body_format": "html"})
    assert answer.status_code == 422
    assert body[-40:].replace("<", "&lt;").replace(">", "&gt;") in answer.content.decode()
    assert topic.posts.count() == 2


def test_htmx_gets_the_form_back_where_it_stood(client, world, topic):
    answer = as_(client, world.ezz).post(f"/topics/{topic.pk}/posts/", {"body": ""}, headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (422, "#reply", "outerHTML")
    assert 'id="reply"' in answer.content.decode()


def test_forbidden_markup_leaves_and_the_words_stay(client, world, topic):
    as_(client, world.ezz).post(
        f"/topics/{topic.pk}/posts/",
        {"body": "<p onclick=x>مرحبا</p><script>alert(1)</script><img src=x onerror=y>", "body_format": "html"},
    )
    assert topic.posts.last().html == '<p dir="auto">مرحبا</p>'


def test_unknown_names_are_told_and_the_post_stands(client, world, topic):
    answer = as_(client, world.ezz).post(f"/topics/{topic.pk}/posts/", {"body": "@carmen و @nobody-here ما رأيكما؟"}, follow=True)
    post = topic.posts.last()
    assert [mention.space_id for mention in post.mentions.all()] == [world.carmen.page.pk]
    said = [str(message) for message in answer.context["messages"]]
    assert len(said) == 1
    assert "@nobody-here" in said[0]
    assert "@carmen" not in said[0]


def test_nobody_learns_of_a_hidden_name_by_mentioning_it(world, topic):
    body = prepare(world.dara.actor, "<p>@ezz</p>")  # dara is not of the network: ezz's page is not there for her
    assert (body.mentioned, body.unknown) == ((), ("ezz",))


def test_the_same_number_twice_is_one_post(client, world, topic):
    same = {"body": "مرة واحدة", "client_id": str(uuid.uuid4())}
    first, second = (as_(client, world.ezz).post(f"/topics/{topic.pk}/posts/", same) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert topic.posts.count() == 3


def test_a_topic_closed_meanwhile_refuses_and_keeps_the_words(client, world, topic):
    actions.close(world.mona.actor, topic, reason="اكتمل النقاش")
    answer = as_(client, world.ezz).post(f"/topics/{topic.pk}/posts/", {"body": "وصلت متأخرا"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "وصلت متأخرا" in page
    assert "اكتمل النقاش" in page
    assert topic.posts.count() == 2


def test_a_mandate_ended_meanwhile_refuses_keeps_the_words_and_lets_choose_another_name(client, world, topic):
    as_(client, world.carmen)
    now = timezone.now()
    Mandate.objects.filter(user=world.carmen.user).update(
        starts_at=now - timezone.timedelta(days=9), ends_at=now - timezone.timedelta(days=1)
    )
    type(world.carmen.user).objects.filter(pk=world.carmen.user.pk).update(rights=99)
    answer = client.post(f"/topics/{topic.pk}/posts/", {"body": "باسم اللجنة", "on_behalf_of": world.natcom_tn.pk})
    assert answer.status_code == 403
    assert "باسم اللجنة" in answer.content.decode()
    again = client.post(f"/topics/{topic.pk}/posts/", {"body": "باسمي", "on_behalf_of": ""})
    assert again.status_code == 302


@pytest.mark.parametrize("name", ["0", "-1", "x", "9" * 40, "١"])
def test_a_guessed_name_is_refused(client, world, topic, name):
    assert as_(client, world.ezz).post(f"/topics/{topic.pk}/posts/", {"body": "نص", "on_behalf_of": name}).status_code == 403


def test_too_many_posts_wait_with_their_words(client, world, topic, settings):
    settings.RATES = {**settings.RATES, "post": (1, 60)}
    as_(client, world.ezz).post(f"/topics/{topic.pk}/posts/", {"body": "الأول"})
    answer = client.post(f"/topics/{topic.pk}/posts/", {"body": "الثاني بسرعة"})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert "الثاني بسرعة" in answer.content.decode()


def test_naming_too_many_people_waits_with_its_words(client, world, topic, settings):
    settings.RATES = {**settings.RATES, "mention": (2, 86_400)}
    as_(client, world.ezz)
    assert client.post(f"/topics/{topic.pk}/posts/", {"body": "@carmen @mona"}).status_code == 302
    answer = client.post(f"/topics/{topic.pk}/posts/", {"body": "يا @basel"})
    assert (answer.status_code, "@basel" in answer.content.decode()) == (429, True)
    post = topic.posts.last()
    assert client.post(f"/ar/posts/{post.pk}/edit/", {"body": "@carmen @mona مرة أخرى"}).status_code == 302  # nobody new
    assert client.post(f"/ar/posts/{post.pk}/edit/", {"body": "@carmen @basel"}).status_code == 429


@pytest.mark.parametrize(
    ("action", "path", "sent"),
    [("react", "/posts/{post}/reactions/", {"kind": "heart"}), ("draft", "/drafts/topic.{topic}/", {"body": "مسودة"})],
)
def test_small_writes_have_a_limit_too(client, world, topic, settings, action, path, sent):
    settings.RATES = {**settings.RATES, action: (1, 60)}
    path = path.format(topic=topic.pk, post=topic.posts.last().pk)
    as_(client, world.ezz).post(path, sent)
    answer = client.post(path, sent)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60


def test_strangers_cannot_fill_the_store_with_texts_to_keep(client, world, public_topic, settings):
    settings.RATES = {**settings.RATES, "keep": (1, 60)}
    answers = [client.post(f"/topics/{public_topic.pk}/posts/", {"body": "نص"}).status_code for _each in range(2)]
    assert answers == [302, 429]


def test_files_stay_when_a_name_is_refused(client, world, topic):
    answer = as_(client, world.ezz).post(
        f"/topics/{topic.pk}/posts/",
        {"body": "باسم غيري", "on_behalf_of": world.natcom_tn.pk, "files": SimpleUploadedFile("خطة.txt", "الخطة".encode())},
    )
    kept = Attachment.objects.get(uploader=world.ezz.user)
    assert (answer.status_code, kept.key in answer.content.decode()) == (403, True)


def test_without_the_proof_of_the_form_the_words_come_back(world, topic):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.ezz.user)
    answer = client.post(f"/topics/{topic.pk}/posts/", {"body": "كلام بلا رمز"})
    assert answer.status_code == 403
    assert "كلام بلا رمز" in answer.content.decode()


def test_a_quote_stands_in_the_box(client, world, topic):
    first = topic.posts.first()
    page = as_(client, world.ezz).get(f"/ar/topics/{topic.pk}/?quote={first.pk}").content.decode()
    assert f"cite=&quot;/posts/{first.pk}/&quot;" in page
    assert "&gt; نص السؤال" in page
    assert f'name="reply_to" value="{first.pk}"' in page


def test_a_post_of_another_topic_is_not_quoted(client, world, topic, public_topic):
    secret = topic.posts.first()
    page = as_(client, world.carmen).get(f"/ar/topics/{public_topic.pk}/?quote={secret.pk}").content.decode()
    assert "نص السؤال" not in page.split('id="reply"')[1]


# --- Files -----------------------------------------------------------------------------------------------------------------
def text_file(name: str = "plan.txt", words: bytes = "خطة".encode()) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, words, "text/plain")


def test_a_file_comes_with_a_reply_and_leaves_through_the_posts_door(client, world, topic):
    as_(client, world.ezz).post(f"/topics/{topic.pk}/posts/", {"body": "مرفق", "files": [text_file()]})
    file = Attachment.objects.get()
    assert file.post == topic.posts.last()
    assert topic.posts.last().files == [{"key": file.key, "name": "plan.txt", "type": "text/plain; charset=utf-8", "size": 6}]
    answer = as_(client, world.carmen).get(f"/files/{file.key}/")
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, "خطة".encode())
    assert answer["Content-Disposition"] == 'attachment; filename="plan.txt"'
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, no-store"
    for stranger in (world.dara, world.rania):
        assert as_(client, stranger).get(f"/files/{file.key}/").status_code == 404
    client.logout()
    assert client.get(f"/files/{file.key}/").status_code == 404
    actions.delete(world.ezz.actor, topic.posts.last())
    assert as_(client, world.carmen).get(f"/files/{file.key}/").status_code == 404


def test_a_wrong_file_is_named_and_the_good_one_is_kept(client, world, topic):
    bad = SimpleUploadedFile("page.html", b"<script>", "text/html")
    answer = as_(client, world.ezz).post(f"/topics/{topic.pk}/posts/", {"body": "مرفقان", "files": [text_file(), bad]})
    page = answer.content.decode()
    kept = Attachment.objects.get()
    assert answer.status_code == 422
    assert "page.html" in page
    assert f'name="kept" value="{kept.key}"' in page
    assert "مرفقان" in page
    client.post(f"/topics/{topic.pk}/posts/", {"body": "مرفقان", "kept": [kept.key]})
    assert Attachment.objects.get().post == topic.posts.last()


def test_a_file_of_another_is_not_attached(client, world, topic):
    file = actions.upload(world.carmen.actor, text_file())
    as_(client, world.ezz).post(f"/topics/{topic.pk}/posts/", {"body": "سرقة", "kept": [file.key]})
    assert Attachment.objects.get().post is None
    assert client.get(f"/files/{file.key}/").status_code == 404
    own = as_(client, world.carmen).get(f"/files/{file.key}/")
    assert b"".join(own.streaming_content) == "خطة".encode()


def test_orphans_are_swept_after_a_day(world, topic):
    old, new = (actions.upload(world.ezz.actor, text_file()) for _ in range(2))
    Attachment.objects.filter(pk=old.pk).update(created_at=timezone.now() - timezone.timedelta(hours=25))
    assert actions.sweep_files() == 1
    assert list(Attachment.objects.all()) == [new]
    assert len([path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]) == 1


# --- Topics and walls ---------------------------------------------------------------------------------------------------------
def test_ezz_opens_a_topic_with_tags(client, world):
    answer = as_(client, world.ezz).post(
        f"/ar/boards/{world.board.pk}/new/", {"title": "رحلة مدرسية", "body": "من يشارك؟", "tags": "رحلات، Écoles, رحلات"}
    )
    topic = Topic.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/ar/topics/{topic.pk}/")
    assert (topic.title, topic.board, topic.space_id, topic.posts.count()) == ("رحلة مدرسية", world.board, world.group.pk, 1)
    assert sorted(topic.tags.values_list("name", flat=True)) == ["Écoles", "رحلات"]
    world.board.refresh_from_db()
    assert (world.board.topics_count, world.board.posts_count) == (1, 1)


def test_a_topic_without_a_title_comes_back_filled(client, world):
    answer = as_(client, world.ezz).post(f"/ar/boards/{world.board.pk}/new/", {"title": " ", "body": "نص كامل"})
    assert answer.status_code == 422
    assert "نص كامل" in answer.content.decode()


def test_who_may_open_a_topic(client, world):
    url = f"/ar/boards/{world.open_board.pk}/new/"
    assert client.get(url)["Location"].startswith("/ar/accounts/login/")
    assert as_(client, world.dara).get(url).status_code == 403
    assert client.post(url, {"title": "عنوان", "body": "نصي باق"}).status_code == 403
    assert "نصي باق" in client.post(url, {"title": "عنوان", "body": "نصي باق"}).content.decode()
    assert client.get(f"/ar/boards/{world.board.pk}/new/").status_code == 404
    assert not Topic.objects.exists()


def test_a_topic_on_a_board_chosen_in_the_form(client, world):
    page = as_(client, world.ezz).get(f"/ar/topics/new/?board={world.board.pk}").content.decode()
    assert f'<option value="{world.board.pk}" selected>' in page
    assert str(world.hidden_board) not in page
    assert client.post("/ar/topics/new/", {"board": world.hidden_board.pk, "title": "تسلل", "body": "نص"}).status_code == 422
    assert client.post("/ar/topics/new/", {"board": world.board.pk, "title": "عنوان", "body": "نص"}).status_code == 302


def test_a_topic_may_be_for_managers_only(client, world):
    as_(client, world.ezz).post(f"/ar/boards/{world.board.pk}/new/", {"title": "شكوى", "body": "للمشرفين", "audience": "3"})
    topic = Topic.objects.get()
    assert topic.reach == 3
    assert as_(client, world.mona).get(f"/ar/topics/{topic.pk}/").status_code == 200
    assert as_(client, world.basel).get(f"/ar/topics/{topic.pk}/").status_code == 404


def test_carmen_writes_on_the_commissions_wall(client, world):
    answer = as_(client, world.carmen).post(
        f"/spaces/{world.natcom_tn.pk}/wall/", {"body": "نرحب بالجميع", "on_behalf_of": world.natcom_tn.pk}
    )
    topic = Topic.objects.get()
    assert answer["Location"].endswith(f"/institutions/natcom-tn/#topic-{topic.pk}")
    assert (topic.board, topic.title, str(topic), topic.on_behalf_of_id) == (None, "", "نرحب بالجميع", world.natcom_tn.pk)
    answer = as_(client, world.basel).post(f"/topics/{topic.pk}/posts/", {"body": "شكرا", "wall": world.natcom_tn.pk})
    assert answer["Location"].endswith(f"/institutions/natcom-tn/#post-{topic.posts.last().pk}")


def test_strangers_do_not_write_on_walls(client, world):
    url = f"/spaces/{world.natcom_tn.pk}/wall/"
    assert "/accounts/login/" in client.post(url, {"body": "نص"})["Location"]
    answer = as_(client, world.basel).post(url, {"body": "نص لا يضيع"})
    assert (answer.status_code, "نص لا يضيع" in answer.content.decode()) == (403, True)
    assert as_(client, world.dara).post(f"/spaces/{world.hidden_group.pk}/wall/", {"body": "نص"}).status_code == 404
    assert as_(client, world.dara).post(f"/spaces/{world.dara.page.pk}/wall/", {"body": "أول الكلام"}).status_code == 403
    assert not Topic.objects.exists()


def test_the_first_wall_post_twice_is_one(world):
    same = uuid.uuid4()
    first, second = (actions.open_topic(world.carmen.actor, world.group, body="<p>مرة</p>", client_id=same) for _ in range(2))
    assert first.pk == second.pk
    assert second.first_post.number == 1


# --- Drafts --------------------------------------------------------------------------------------------------------------------
def test_a_draft_waits_at_its_place_and_goes_with_the_reply(client, world, topic):
    url = f"/drafts/topic.{topic.pk}/"
    saved = as_(client, world.ezz).post(url, {"body": "سأكمل غدا", "body_format": "plain"}, headers={"x-requested-with": "fetch"})
    assert saved.status_code == 204
    assert "سأكمل غدا" in client.get(f"/ar/topics/{topic.pk}/").content.decode()
    assert "سأكمل غدا" in client.get("/ar/drafts/").content.decode()
    assert "سأكمل غدا" not in as_(client, world.carmen).get(f"/ar/topics/{topic.pk}/").content.decode()
    assert "سأكمل غدا" not in client.get("/ar/drafts/").content.decode()
    as_(client, world.ezz).post(f"/topics/{topic.pk}/posts/", {"body": "أكملت"})
    assert not Draft.objects.exists()


def test_an_empty_draft_is_forgotten_and_places_are_ours(client, world, topic):
    as_(client, world.ezz).post(f"/drafts/topic.{topic.pk}/", {"body": "شيء"})
    client.post(f"/drafts/topic.{topic.pk}/", {"body": ""})
    assert not Draft.objects.exists()
    assert client.post("/drafts/elsewhere/", {"body": "x"}).status_code == 404
    assert client.post(f"/drafts/topic.{topic.pk}/", {"body": "ا" * 70_000}).status_code == 422
    assert client.get(f"/drafts/topic.{topic.pk}/").status_code == 405
    client.logout()
    assert client.post(f"/drafts/topic.{topic.pk}/", {"body": "x"}).status_code == 403


def test_a_draft_of_a_place_one_lost_keeps_its_words_but_no_name(client, world, topic):
    actions.save_draft(world.ezz.actor, f"topic.{topic.pk}", body="<p>بقيت</p>")
    Membership.objects.filter(user=world.ezz.user).delete()
    forget()
    page = as_(client, world.ezz).get("/ar/drafts/").content.decode()
    assert "بقيت" in page
    assert topic.title not in page


# --- Races --------------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_with_one_number_are_one_post(world):
    topic = topic_in(world, world.board)
    same, actor, answers = uuid.uuid4(), world.ezz.actor, []
    ready = threading.Barrier(20)

    def send() -> None:
        ready.wait()
        try:
            answers.append(actions.reply(actor, topic, body="<p>مرة واحدة</p>", client_id=same).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 20
    assert len(set(answers)) == 1
    assert Post.objects.filter(topic=topic).count() == 2


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_get_ten_numbers(world):
    topic = topic_in(world, world.board)
    actor = world.ezz.actor

    def send(number: int) -> None:
        try:
            actions.reply(actor, topic, body=f"<p>{number}</p>")
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    topic.refresh_from_db()
    assert sorted(topic.posts.values_list("number", flat=True)) == list(range(1, 12))
    assert sorted(topic.posts.values_list("version", flat=True)) == list(range(1, 12))
    assert (topic.version, topic.posts_count, topic.last_number) == (11, 11, 11)


def test_after_writing_one_stands_on_the_wall_again(client, world):
    tab = "/fr/institutions/natcom-tn/wall/"
    answer = as_(client, world.carmen).post(
        f"/spaces/{world.natcom_tn.pk}/wall/", {"body": "نص"}, headers={"referer": f"http://testserver{tab}?wall=2"}
    )
    assert answer["Location"] == f"{tab}#topic-{Topic.objects.get().pk}"
