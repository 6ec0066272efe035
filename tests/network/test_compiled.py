"""Statements put together once read and write what the ORM would."""

from __future__ import annotations

import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.db.transaction import TransactionManagementError
from django.forms.models import model_to_dict
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.utils import timezone

from forums.models import Post, Topic, Watch
from network import compiled
from network.activity.models import Activity, Job
from network.context import form_token
from network.groups.models import Group
from network.spaces import actions as spaces
from network.spaces.actors import actors
from network.spaces.models import Membership, Space
from network.spaces.readers import who_may
from profiles.models import User
from tests.cast import topic_in


def columns(row: Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_reads_as_the_orm_reads_it(world: SimpleNamespace) -> None:
    topic = topic_in(world, world.board)
    Topic.objects.filter(pk=topic.pk).update(labels=[[3, "قراءة"]], pinned_at=timezone.now())
    post = topic.posts.get()
    for model, pk, related in (
        (Topic, topic.pk, ("space",)),
        (Post, post.pk, ("topic__space", "reply_to", "author")),
        (Space, world.natcom_tn.pk, ()),
        (Activity, Activity.objects.latest("pk").pk, ("actor", "space")),
    ):
        row, same = compiled.get(model, pk, *related), model._base_manager.select_related(*related).get(pk=pk)
        assert columns(row) == columns(same)
        for name in related:
            ours, theirs = row, same
            for step in name.split("__"):
                ours, theirs = ours._state.fields_cache[step], theirs._state.fields_cache[step]
            assert (ours and columns(ours)) == (theirs and columns(theirs))
    assert not row._state.adding


def test_no_such_row_is_the_models_own_error(db: None) -> None:
    with pytest.raises(Topic.DoesNotExist):
        compiled.get(Topic, 2**40)


@pytest.mark.django_db(transaction=True)
def test_a_lock_needs_a_transaction() -> None:
    with pytest.raises(TransactionManagementError):
        compiled.get(Topic, 1, "space", lock=True)
    with transaction.atomic(), pytest.raises(Topic.DoesNotExist):
        compiled.get(Topic, 1, "space", lock=True)


def test_a_new_row_is_written_as_save_writes_it(world: SimpleNamespace) -> None:
    topic = topic_in(world, world.board)
    values = {
        "topic": topic,
        "author": world.ezz.user,
        "html": "<p>ن</p>",
        "text": "ن",
        "folded": "ن",
        "files": [{"key": "k", "name": "ملف"}],
        "reactions": {"heart": 2},
        "created_at": timezone.now() - timedelta(days=1),
    }
    ours = Post(number=8, client_id=uuid.uuid4(), **values)
    compiled.insert(ours)
    theirs = Post.objects.create(number=9, client_id=uuid.uuid4(), **values)
    own = ("id", "number", "client_id")
    ours, theirs = Post.objects.get(pk=ours.pk), Post.objects.get(pk=theirs.pk)
    assert {k: v for k, v in columns(ours).items() if k not in own} == {k: v for k, v in columns(theirs).items() if k not in own}
    with pytest.raises(IntegrityError), transaction.atomic():
        compiled.insert(Post(number=8, client_id=uuid.uuid4(), **values))


def test_quietly_a_second_row_is_left_out(world: SimpleNamespace) -> None:
    topic = topic_in(world, world.board)
    Watch.objects.all().delete()
    compiled.insert_quietly(Watch(topic=topic, user=world.ezz.user))
    compiled.insert_quietly(Watch(topic=topic, user=world.ezz.user, level="muted"))
    compiled.insert_alike(
        Watch(topic=topic, level="normal"), ("user", "level"), [(world.ezz.user.pk, "muted"), (world.mona.user.pk, "muted")]
    )
    compiled.insert_alike(Watch(topic=topic), ("user",), [])
    assert sorted(Watch.objects.values_list("user", "level")) == sorted([(world.ezz.user.pk, "watching"), (world.mona.user.pk, "muted")])


def test_only_the_named_fields_are_written(world: SimpleNamespace) -> None:
    topic = topic_in(world, world.board)
    before = model_to_dict(topic)
    topic.title, topic.excerpt, topic.last_author = "unsaved", "said", world.mona.user
    compiled.update(topic, "excerpt", "last_author")
    topic.refresh_from_db()
    assert (topic.title, topic.excerpt, topic.last_author) == (before["title"], "said", world.mona.user)


def test_a_model_in_several_tables_is_refused() -> None:
    with pytest.raises(TypeError):
        compiled.insert(Group(name_ar="ن"))


def test_times_are_given_as_the_database_keeps_them(db: None) -> None:
    moment = timezone.now()
    job = Job.objects.create(name="test.note", due_at=moment)
    assert compiled.ask("SELECT id FROM activity_job WHERE due_at = %s", moment) == [(job.pk,)]
    assert compiled.run("DELETE FROM activity_job WHERE due_at < %s", moment) == 0
    assert compiled.run("DELETE FROM activity_job WHERE due_at <= %s", moment) == 1


def test_people_who_are_told_are_asked_for_anew_when_their_rights_change(world: SimpleNamespace, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    topic = topic_in(world, world.board)
    everybody = [who.user.pk for who in world.cast.values()]
    first = set(who_may("topic.view", topic, everybody))
    assert {world.ezz.user.pk, world.mona.user.pk} <= first
    assert world.suspended.user.pk not in actors(everybody)
    with django_assert_num_queries(1):
        assert set(who_may("topic.view", topic, everybody)) == first
    spaces.remove(world.carmen.actor, Membership.objects.get(space=world.group, user=world.ezz.user))
    User.objects.filter(pk=world.mona.user.pk).update(is_active=False)
    assert set(who_may("topic.view", topic, everybody)) == first - {world.ezz.user.pk, world.mona.user.pk}


def test_a_form_token_of_ours_is_one_of_djangos(client: Client) -> None:
    from django.middleware.csrf import _does_token_match  # noqa: PLC0415 -- Django's own judgement, whatever it is called tomorrow

    request = RequestFactory().get("/")
    get_token(request)  # a new visitor: the secret is Django's to make
    secret = request.META["CSRF_COOKIE"]
    tokens = {str(form_token(request)) for _ in range(50)}
    assert len(tokens) == 50
    assert all(_does_token_match(token, secret) for token in tokens)
    assert len(form_token(RequestFactory().get("/"))) == 64
