"""The world of the benchmarks: 500 people, 50 boards, 2,000 topics, 40,000 posts of about 400 characters, half of them Arabic.

The same words and the same chances in every run (seed 7), so that two measurements measure the same thing. Topic 0 has 500 posts.
Written in bulk, not through the actions: what is measured is the house, not its filling.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from forums.models import Board, Post, Topic, Watch
from network import text
from network.activity.models import Activity
from network.content import Audience
from network.demo.cast import PASSWORD
from network.demo.reading import WORLD
from network.demo.reference import sow
from network.groups.models import Group
from network.names import fold
from network.spaces.actions import describe
from network.spaces.actors import Actor
from network.spaces.models import Mandate, Membership, Role, Space
from network.spaces.writing import Body, prepare
from profiles.models import Profile, User

HANDLE = "bench"
BATCH = 1_000
BODIES = 400  # different texts, each cleaned once; posts take turns with them
AR = (
    "المجتمع المنتدى النقاش المشاركة الكتاب المدينة الصباح الطريق القهوة البرنامج الحاسوب الشبكة اللغة العربية السؤال الجواب التجربة الفكرة "
    "المشروع الفريق الوقت العمل البيت السفر البحر الجبل التاريخ الموسيقى الرياضة التعليم الصحة الطعام الصديق الرأي الخبر المقال الصورة الذاكرة "
    "السرعة الخادم الرسالة القناة"
).split()
EN = (
    "community forum thread reply question answer project server python network coffee morning travel music language history idea friend "
    "picture memory release update channel message topic board keyboard window the a of and with for about because really maybe today "
    "tomorrow nice simple fast good new old"
).split()


@dataclass(frozen=True, slots=True)
class Volume:
    people: int = 500
    boards: int = 50
    topics: int = 2_000
    posts: int = 40_000
    big: int = 500  # posts in topic 0


def build(volume: Volume | None = None) -> str:
    """Write the world once; a second call only says that it stands."""
    volume = volume or Volume()
    if Space.objects.filter(handle=HANDLE).exists():
        return "Benchmark world: complete."
    chance = random.Random(7)  # noqa: S311 -- the same figures in every run are the point
    now = timezone.now()
    with transaction.atomic():
        sow()
        people = _people(volume, now)
        group = _group(people)
        boards = _boards(volume, group, chance)
        topics = _topics(volume, boards, people, chance, now)
        _posts(volume, topics, people, chance, now)
        _counters(group)
    return f"Benchmark world: {volume.people} people, {volume.boards} boards, {volume.topics} topics, {volume.posts} posts."


def _people(volume: Volume, now: datetime) -> list[User]:
    secret = make_password(PASSWORD)
    users = User.objects.bulk_create(
        [User(email=f"user{number:04}@example.org", password=secret, joined_at=now - timedelta(days=61)) for number in range(volume.people)]
    )
    pages = [
        Space(kind=Space.Kind.PERSON, user=user, handle=f"user{number:04}", audience=Audience.NETWORK) for number, user in enumerate(users)
    ]
    for number, page in enumerate(pages):
        describe(page, name_ar=f"مشارك {number:04}")
    Space.objects.bulk_create(pages)
    Profile.objects.bulk_create([Profile(user=user) for user in users])
    EmailAddress.objects.bulk_create([EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users])
    mandates = []
    commissions = Space.objects.filter(entity__entity_kind__oversees=True).select_related("country").order_by("country__protocol_order")
    for user, commission in zip(users, commissions, strict=False):
        mandate = Mandate(entity=commission, user=user, title="ضابط اتصال", scope=Mandate.Scope.COUNTRY, named_by=users[0])
        mandate.set_days((now - timedelta(days=60)).date(), None)
        mandates.append(mandate)
    Mandate.objects.bulk_create(mandates)
    return users


def _group(people: list[User]) -> Group:
    group = Group(kind=Space.Kind.GROUP, handle=HANDLE, created_by=people[0], audience=Audience.PUBLIC, join_rule="open")
    describe(group, name_ar="عالم القياس (تجريبي)", name_en="World of the benchmarks (demo)")
    group.members_count = len(people)
    group.save()
    Membership.objects.bulk_create(
        [
            Membership(space=group, user=user, role=Role.OWNER if user is people[0] else Role.MEMBER, approved_by=people[0])
            for user in people
        ]
    )
    return group


def _boards(volume: Volume, group: Group, chance: random.Random) -> list[Board]:
    return Board.objects.bulk_create(
        [
            Board(space=group, name=f"{chance.choice(AR)} {chance.choice(EN)} {number}", about=_sentence(chance, AR, 8), position=number)
            for number in range(volume.boards)
        ]
    )


def _topics(volume: Volume, boards: list[Board], people: list[User], chance: random.Random, now: datetime) -> list[Topic]:
    topics = []
    for number in range(volume.topics):
        words, language = (AR, "ar") if number % 2 else (EN, "en")
        title = f"{_sentence(chance, words, 6)[:-1]} {number}"
        topics.append(
            Topic(
                space_id=boards[0].space_id,
                board=boards[number % len(boards)],
                author=chance.choice(people),
                title=title,
                folded=fold(title)[:200],
                language=language,
                created_at=now - timedelta(days=60 - 58 * number / volume.topics),
            )
        )
    return Topic.objects.bulk_create(topics, batch_size=BATCH)


def _posts(volume: Volume, topics: list[Topic], people: list[User], chance: random.Random, now: datetime) -> None:
    """In the order of their dates, so that numbers, versions and dates agree as they do in life."""
    bodies = [prepare(Actor.nobody(), _text(chance)) for _ in range(BODIES)]
    folded = [fold(body.text) for body in bodies]
    posts: list[Post] = []
    for moment, topic, number in sorted(_moments(volume, topics, now), key=lambda turn: turn[0]):
        turn = chance.randrange(BODIES)
        posts.append(_post(topic, number, chance.choice(people), bodies[turn], folded[turn], moment))
    Post.objects.bulk_create(posts, batch_size=BATCH)
    Topic.objects.bulk_update(topics, ["posts_count", "last_number", "version", "last_post_at", "last_author", "excerpt"], batch_size=200)
    watchers = {(post.topic_id, post.author_id) for post in posts}
    Watch.objects.bulk_create([Watch(topic_id=topic, user_id=user) for topic, user in sorted(watchers)], batch_size=BATCH)
    topic_type, post_type = ContentType.objects.get_for_model(Topic), ContentType.objects.get_for_model(Post)
    Activity.objects.bulk_create(
        (
            Activity(
                actor_id=post.author_id,
                verb="opened" if post.number == 1 else "replied",
                object_type=topic_type if post.number == 1 else post_type,
                object_id=post.topic_id if post.number == 1 else post.pk,
                target_type=None if post.number == 1 else topic_type,
                target_id=None if post.number == 1 else post.topic_id,
                space_id=post.topic.space_id,
                reach=Audience.PUBLIC,
                created_at=post.created_at,
                data={"post": post.pk} if post.number == 1 else {},
            )
            for post in posts
        ),
        batch_size=BATCH,
    )


def _moments(volume: Volume, topics: list[Topic], now: datetime) -> Iterator[tuple[datetime, Topic, int]]:
    rest, extra = divmod(volume.posts - volume.big, len(topics) - 1)
    for place, topic in enumerate(topics):
        count = volume.big if place == 0 else rest + (place <= extra)
        step = (now - topic.created_at) / (count + 1) if place == 0 else timedelta(minutes=97)
        for number in range(1, count + 1):
            yield topic.created_at + step * (number - 1), topic, number


def _post(topic: Topic, number: int, author: User, body: Body, folded: str, moment: datetime) -> Post:
    if number == 1:
        author, topic.excerpt = topic.author, text.excerpt(body.html, 280)
    topic.posts_count = topic.last_number = topic.version = number
    topic.last_post_at, topic.last_author = moment, author
    return Post(
        topic=topic,
        number=number,
        author=author,
        html=body.html,
        text=body.text,
        folded=folded,
        language=body.language,
        direction=body.direction,
        client_id=uuid.uuid5(WORLD, f"bench:{topic.pk}:{number}"),
        version=number,
        created_at=moment,
    )


def _counters(group: Group) -> None:
    for board in Board.objects.filter(space=group):
        topics = Topic.objects.filter(board=board)
        board.topics_count = topics.count()
        board.posts_count = Post.objects.filter(topic__board=board).count()
        board.last_post_at = topics.order_by("-last_post_at").values_list("last_post_at", flat=True).first()
        board.save(update_fields=["topics_count", "posts_count", "last_post_at"])


def _text(chance: random.Random) -> str:
    """Two or three paragraphs with some formatting, 250 to 500 characters."""
    parts: list[str] = []
    target, size = chance.randint(250, 500), 0
    while size < target:
        words = chance.choice((AR, EN))
        said, kind = _sentence(chance, words, chance.randint(8, 14)), chance.random()
        if kind < 0.15 or not parts:
            part = f"<p><strong>{chance.choice(words)} {chance.choice(words)}</strong> {said}</p>"
        elif kind < 0.25:
            part = f'<p>{said} <a href="https://example.org/{chance.randint(1, 999)}">{chance.choice(words)}</a></p>'
        elif kind < 0.33:
            part = "<ul>" + "".join(f"<li>{_sentence(chance, words, 3)}</li>" for _ in range(3)) + "</ul>"
        elif kind < 0.40:
            part = f"<blockquote><p>{said}</p></blockquote>"
        elif kind < 0.47:
            part = f"<p><em>{chance.choice(words)}</em> <code>{chance.choice(EN)}()</code> {said}</p>"
        else:
            part = f"<p>{said}</p>"
        parts.append(part)
        size += len(said)
    return "".join(parts)


def _sentence(chance: random.Random, words: list[str], count: int) -> str:
    return " ".join(chance.choice(words) for _ in range(count)) + "."
