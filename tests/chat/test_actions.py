"""Who may talk to whom, what they see of it, and that nothing said is doubled or lost."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from chat import actions, queries
from chat.models import Attachment, Conversation, Message, Participant, Seat
from network.activity.models import Activity
from network.content import Audience
from network.spaces import actions as spaces
from network.spaces.actors import Actor, forget
from network.spaces.models import Mandate, Membership, Space
from profiles import actions as profiles
from profiles.models import Block
from tests.cast import Person, mandate
from tests.chat.conftest import between, say, talk

pytestmark = pytest.mark.django_db


def texts(actor: Actor, conversation: Conversation) -> list[str]:
    """What the actor may read of it, in order."""
    found = Message.objects.visible_to(actor).filter(conversation=conversation, kind="text").order_by("number")
    return [message.text for message in found]


def unread(who: Person, conversation: Conversation) -> int:
    return queries.unread_counts(who.actor).get(conversation.pk, 0)


# --- Beginning -------------------------------------------------------------------------------------------------------------
def test_two_who_begin_at_once_meet_in_the_same_conversation(world: SimpleNamespace) -> None:
    assert talk(world.basel, world.carmen) == talk(world.carmen, world.basel)
    assert Conversation.objects.count() == 1


def test_institutions_talk_in_one_conversation_whoever_begins(world: SimpleNamespace) -> None:
    again = actions.start(world.basel.writing_for(world.natcom_jo), [Space.objects.get(pk=world.natcom_tn.pk)])
    assert again == between(world)
    assert set(again.participants.values_list("entity", flat=True)) == {world.natcom_tn.pk, world.natcom_jo.pk}


def test_a_fresh_account_begins_nothing_and_is_not_written_to(world: SimpleNamespace) -> None:
    with pytest.raises(PermissionDenied):
        talk(world.dara, world.carmen)
    with pytest.raises(ValidationError):
        talk(world.carmen, world.dara)


def test_whoever_blocked_me_takes_no_messages_before_or_after(world: SimpleNamespace, direct: Conversation) -> None:
    say(world.basel, direct)
    profiles.block(world.carmen.actor, world.basel.user)
    with pytest.raises(PermissionDenied):
        say(world.basel, direct)
    with pytest.raises(ValidationError):
        talk(world.basel, world.carmen, world.ezz)


def test_a_suspended_institution_and_a_group_are_not_written_to(world: SimpleNamespace) -> None:
    Space.objects.filter(pk=world.natcom_jo.pk).update(listed=False, audience=Audience.MEMBERS)
    with pytest.raises(ValidationError):
        between(world)
    with pytest.raises(ValidationError):
        actions.start(world.carmen.actor, [Space.objects.get(pk=world.group.pk)])


def test_the_same_form_twice_is_one_conversation(world: SimpleNamespace) -> None:
    number = uuid.uuid4()
    once = actions.start(world.carmen.actor, [world.basel.page, world.ezz.page], client_id=number)
    assert actions.start(world.carmen.actor, [world.basel.page, world.ezz.page], client_id=number) == once


# --- Who reads ---------------------------------------------------------------------------------------------------------------
def test_nobody_but_participants_reads_a_conversation(world: SimpleNamespace, direct: Conversation) -> None:
    message = say(world.basel, direct)
    for name, who in {"nobody": Actor.nobody(), **{name: who.actor for name, who in world.cast.items()}}.items():
        sees = name in ("basel", "carmen")
        assert Conversation.objects.visible_to(who).filter(pk=direct.pk).exists() is sees, name
        assert Message.objects.visible_to(who).filter(pk=message.pk).exists() is sees, name


def test_a_new_officer_inherits_the_room_and_a_former_one_loses_it(world: SimpleNamespace, commissions: Conversation) -> None:
    say(world.carmen.writing_for(world.natcom_tn), commissions, "قبل")
    assert texts(world.haytham.actor, commissions) == ["قبل"]  # the head holds a mandate too
    Mandate.objects.filter(user=world.carmen.user).delete()
    mandate(world.ezz, world.natcom_tn)
    forget()
    assert texts(world.carmen.actor, commissions) == []
    assert texts(world.ezz.actor, commissions) == ["قبل"]


def test_a_mandate_that_lapsed_while_one_typed_sends_nothing(world: SimpleNamespace, commissions: Conversation) -> None:
    actor = world.carmen.writing_for(world.natcom_tn)
    Mandate.objects.filter(user=world.carmen.user).update(ends_at=timezone.now() - timedelta(seconds=1))
    forget()
    with pytest.raises(PermissionDenied):
        world.carmen.writing_for(world.natcom_tn)
    with pytest.raises(PermissionDenied):
        say(world.carmen.actor, commissions)
    assert actor.entity_id  # what was read before the lapse lasts for its own request only


def test_whoever_comes_later_sees_only_what_came_after(world: SimpleNamespace, direct: Conversation) -> None:
    say(world.basel, direct, "قبل")
    actions.add(world.carmen.actor, direct, [world.haytham.page])
    say(world.basel, direct, "بعد")
    direct.refresh_from_db()
    assert direct.kind == "several"
    assert texts(world.haytham.actor, direct) == ["بعد"]
    assert texts(world.carmen.actor, direct) == ["قبل", "بعد"]


def test_whoever_adds_may_share_what_was_said_if_they_saw_it(world: SimpleNamespace, several: Conversation) -> None:
    say(world.carmen, several, "قبل")
    actions.add(world.carmen.actor, several, [world.haytham.page], history=True)
    assert texts(world.haytham.actor, several) == ["قبل"]
    actions.add(world.carmen.actor, several, [world.mona.page])
    with pytest.raises(PermissionDenied):
        actions.add(world.mona.actor, several, [world.amina.page], history=True)


def test_a_removed_person_reads_writes_and_changes_nothing_more(world: SimpleNamespace, several: Conversation) -> None:
    mine = say(world.ezz, several, "كلامي")
    actions.remove(world.carmen.actor, several, Participant.objects.get(conversation=several, user=world.ezz.user))
    assert texts(world.ezz.actor, several) == []
    for deed in (
        lambda: say(world.ezz, several),
        lambda: actions.edit(world.ezz.actor, mine, body="<p>غيره</p>"),
        lambda: actions.delete(world.ezz.actor, mine),
        lambda: actions.react(world.ezz.actor, mine, "heart"),
        lambda: actions.pin(world.ezz.actor, mine, pinned=True),
        lambda: actions.mark_read(world.ezz.actor, Conversation.objects.get(pk=several.pk), 1),
    ):
        with pytest.raises(PermissionDenied):
            deed()


def test_only_the_convener_takes_people_out_and_the_last_one_passes_that_on(world: SimpleNamespace, several: Conversation) -> None:
    held = Participant.objects.get(conversation=several, user=world.carmen.user)
    with pytest.raises(PermissionDenied):
        actions.remove(world.basel.actor, several, held)
    actions.leave(world.carmen.actor, several)
    assert list(several.participants.filter(convenes=True).values_list("user", flat=True)) == [world.basel.user.pk]


def test_two_cannot_leave_and_an_officer_does_not_take_the_institution_along(
    world: SimpleNamespace, direct: Conversation, commissions: Conversation
) -> None:
    with pytest.raises(PermissionDenied):
        actions.leave(world.basel.actor, direct)
    with pytest.raises(ValidationError):
        actions.leave(world.carmen.actor, commissions)
    actions.leave(world.haytham.actor, commissions)  # the head does
    assert texts(world.carmen.actor, commissions) == []


def test_of_two_neither_takes_the_other_out(world: SimpleNamespace, direct: Conversation) -> None:
    for who, other in ((world.basel, world.carmen), (world.carmen, world.basel)):
        with pytest.raises(PermissionDenied):
            actions.remove(who.actor, direct, Participant.objects.get(conversation=direct, user=other.user))
    assert talk(world.carmen, world.basel) == direct
    assert direct.is_seen_by(world.carmen.actor)


def test_institutions_that_were_joined_or_left_begin_anew(world: SimpleNamespace, commissions: Conversation) -> None:
    school, jordan = Space.objects.get(pk=world.school.pk), Space.objects.get(pk=world.natcom_jo.pk)
    actions.add(world.carmen.writing_for(world.natcom_tn), commissions, [school])
    two = between(world)  # what is meant for the Jordanian commission alone does not reach the school
    assert two != commissions and not two.is_seen_by(world.amina.actor)
    actions.remove(world.carmen.writing_for(world.natcom_tn), two, Participant.objects.get(conversation=two, entity=jordan))
    again = actions.start(world.basel.writing_for(world.natcom_jo), [Space.objects.get(pk=world.natcom_tn.pk)])
    assert again not in (two, commissions) and again.is_seen_by(world.basel.actor)


def test_a_group_has_one_room_for_its_members(world: SimpleNamespace, room: Conversation) -> None:
    assert actions.room_of(world.ezz.actor, Space.objects.get(pk=world.group.pk)) == room
    say(world.mona, room, "للجميع")
    assert texts(world.ezz.actor, room) == ["للجميع"]
    for outsider in (world.rania, world.sami, world.haytham):  # the secretariat oversees the group, and reads no room
        assert texts(outsider.actor, room) == []
        with pytest.raises(PermissionDenied):
            actions.room_of(outsider.actor, Space.objects.get(pk=world.group.pk))
    spaces.remove(world.carmen.actor, Membership.objects.get(space=world.group, user=world.ezz.user))
    assert texts(world.ezz.actor, room) == []


# --- Saying something ------------------------------------------------------------------------------------------------------
def test_a_retry_is_the_first_message(world: SimpleNamespace, direct: Conversation) -> None:
    number = uuid.uuid4()
    once = say(world.basel, direct, client_id=number)
    assert say(world.basel, direct, client_id=number) == once
    assert direct.messages.count() == 1
    with pytest.raises(ValidationError):  # the number belongs to that conversation
        say(world.basel, talk(world.basel, world.ezz), client_id=number)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_with_one_number_are_one_message(world: SimpleNamespace) -> None:
    conversation, number, found = talk(world.basel, world.carmen), uuid.uuid4(), []

    def send() -> None:
        try:
            found.append(say(world.basel, conversation, client_id=number).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20 and len(set(found)) == 1
    assert list(conversation.messages.values_list("number", flat=True)) == [1]


def test_numbers_have_no_gaps_and_versions_grow(world: SimpleNamespace, several: Conversation) -> None:
    for who in (world.carmen, world.basel, world.ezz):
        say(who, several)
    rows = list(several.messages.order_by("number").values_list("number", "version"))
    assert [number for number, _version in rows] == [1, 2, 3, 4]  # the first says that it was begun
    assert [version for _number, version in rows] == sorted({version for _number, version in rows})


def test_one_speaks_only_for_an_institution_that_takes_part(world: SimpleNamespace, commissions: Conversation) -> None:
    mandate(world.carmen, world.school, "تنوب")
    forget()
    with pytest.raises(PermissionDenied):
        say(world.carmen.writing_for(world.school), commissions)
    spoken = say(world.carmen.writing_for(world.natcom_tn), commissions)
    assert (spoken.author, spoken.on_behalf_of_id, spoken.author_title) == (world.carmen.user, world.natcom_tn.pk, "ضابط الاتصال")


def test_what_is_said_stays_with_the_institution(world: SimpleNamespace, commissions: Conversation) -> None:
    spoken = say(world.carmen.writing_for(world.natcom_tn), commissions, "مسودة")
    assert actions.edit(world.haytham.actor, spoken, body="<p>نصّ</p>").text == "نصّ"
    with pytest.raises(PermissionDenied):
        actions.edit(world.basel.actor, spoken, body="<p>لا</p>")


def test_after_the_window_nobody_changes_a_message(world: SimpleNamespace, direct: Conversation, settings: Any) -> None:
    message = say(world.basel, direct)
    Message.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(minutes=settings.CHAT_EDIT_WINDOW_MINUTES + 1))
    with pytest.raises(PermissionDenied):
        actions.edit(world.basel.actor, message, body="<p>غيره</p>")
    actions.delete(world.basel.actor, message)  # taking back has no window


def test_a_removed_message_keeps_nothing_of_its_words_or_files(
    world: SimpleNamespace, direct: Conversation, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = actions.upload(world.basel.actor, SimpleUploadedFile("نموذج.txt", "نص".encode(), "text/plain"))
    message = say(world.basel, direct, "سرّ", attachments=[file])
    answer = say(world.carmen, direct, "جواب", reply_to=message)
    actions.delete(world.basel.actor, message)
    message.refresh_from_db()
    answer.refresh_from_db()
    assert (message.text, message.html, message.files) == ("", "", [])
    assert not Attachment.objects.filter(pk=file.pk).exists()
    assert answer.version == message.version  # what quotes it shows it no more


def test_files_of_others_are_not_attached(world: SimpleNamespace, direct: Conversation, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = actions.upload(world.ezz.actor, SimpleUploadedFile("a.txt", b"a", "text/plain"))
    assert say(world.basel, direct, attachments=[file]).files == []


def test_a_quote_of_what_a_latecomer_did_not_see_carries_no_words_of_it(world: SimpleNamespace, several: Conversation) -> None:
    from chat.fragments import message_html  # noqa: PLC0415 -- only here

    secret = say(world.carmen, several, "zqbeforeqz")
    actions.add(world.carmen.actor, several, [world.haytham.page])
    answer = say(world.basel, several, "جواب", reply_to=secret)
    answer = Message.objects.with_author().with_conversation().get(pk=answer.pk)
    assert "zqbeforeqz" not in message_html(answer, "ar")
    earlier = say(world.basel, talk(world.basel, world.carmen), "مفتوح")
    quoted = say(world.carmen, earlier.conversation, "جواب", reply_to=earlier)
    assert "مفتوح" in message_html(Message.objects.with_author().with_conversation().get(pk=quoted.pk), "ar")


def test_reactions_are_counted_from_their_rows(world: SimpleNamespace, several: Conversation) -> None:
    message = say(world.carmen, several)
    for who in (world.basel, world.ezz, world.basel):
        actions.react(who.actor, message, "heart")
    assert actions.react(world.basel.actor, message, "heart", on=False).reactions == {"heart": 1}
    with pytest.raises(ValidationError):
        actions.react(world.basel.actor, message, "hate")


# --- What one keeps ------------------------------------------------------------------------------------------------------------
def test_unread_counts_what_others_said_and_did_not_take_back(world: SimpleNamespace, direct: Conversation) -> None:
    first, _second = say(world.basel, direct), say(world.basel, direct)
    assert (unread(world.carmen, direct), unread(world.basel, direct)) == (2, 0)
    actions.delete(world.basel.actor, first)
    assert unread(world.carmen, direct) == 1
    actions.mark_read(world.carmen.actor, Conversation.objects.get(pk=direct.pk), 99)
    assert unread(world.carmen, direct) == 0
    actions.mark_read(world.carmen.actor, direct, 1)  # it never goes back
    assert Seat.objects.get(conversation=direct, user=world.carmen.user).number == 2


def test_a_muted_conversation_does_not_count(world: SimpleNamespace, direct: Conversation) -> None:
    say(world.basel, direct)
    actions.mute(world.carmen.actor, direct, muted=True)
    assert queries.unread_count(world.carmen.actor) == 0
    assert [room.unread for room in queries.rooms(world.carmen.actor)] == [1]


def test_an_archived_conversation_comes_back_when_something_is_said(world: SimpleNamespace, direct: Conversation) -> None:
    say(world.basel, direct)
    actions.archive(world.carmen.actor, direct, archived=True)
    assert (queries.rooms(world.carmen.actor), len(queries.rooms(world.carmen.actor, archived=True))) == ([], 1)
    say(world.basel, direct)
    assert (len(queries.rooms(world.carmen.actor)), queries.rooms(world.carmen.actor, archived=True)) == (1, [])


def test_an_empty_conversation_is_shown_to_its_beginner_only(world: SimpleNamespace, direct: Conversation) -> None:
    assert (len(queries.rooms(world.basel.actor)), len(queries.rooms(world.carmen.actor))) == (1, 0)


def test_a_latecomer_has_nothing_unread_of_before(world: SimpleNamespace, several: Conversation) -> None:
    for _ in range(3):
        say(world.carmen, several)
    actions.add(world.carmen.actor, several, [world.haytham.page])
    assert unread(world.haytham, several) == 0
    say(world.carmen, several)
    assert unread(world.haytham, several) == 1


def test_what_happens_in_conversations_is_in_no_list_of_activities(world: SimpleNamespace, direct: Conversation) -> None:
    say(world.basel, direct)
    told = Activity.objects.filter(reach=Audience.PARTICIPANTS)
    assert told.exists()
    for who in world.cast.values():
        assert not told.visible_to(who.actor).exists()


def test_the_room_list_costs_the_same_for_one_and_for_many(
    world: SimpleNamespace, direct: Conversation, django_assert_num_queries: Any
) -> None:
    say(world.basel, direct)
    actor = world.carmen.actor
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 -- only here

    with CaptureQueriesContext(connection) as one:
        queries.rooms(actor)
    for who in (world.ezz, world.mona, world.amina, world.haytham):
        say(who, talk(who, world.carmen))
    with CaptureQueriesContext(connection) as many:
        assert len(queries.rooms(actor)) == 5
    assert len(many) == len(one)


def test_a_swept_house_keeps_no_file_of_no_message(world: SimpleNamespace, direct: Conversation, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    lost = actions.upload(world.basel.actor, SimpleUploadedFile("a.txt", b"a", "text/plain"))
    sent = actions.upload(world.basel.actor, SimpleUploadedFile("b.txt", b"b", "text/plain"))
    say(world.basel, direct, attachments=[sent])
    Attachment.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert actions.sweep() == 1
    assert list(Attachment.objects.all()) == [sent] and lost.pk != sent.pk


def test_whoever_may_not_send_changes_nothing_that_is_said(world: SimpleNamespace, direct: Conversation) -> None:
    message = say(world.basel, direct, "كما قيل")
    Block.objects.create(user=world.carmen.user, blocked=world.basel.user)
    with pytest.raises(PermissionDenied):
        actions.edit(world.basel.actor, message, body="<p>كلام آخر</p>")
    Block.objects.all().delete()
    assert actions.edit(world.basel.actor, message, body="<p>كلام آخر</p>").text == "كلام آخر"


def test_an_institution_that_comes_later_has_nothing_unread_of_before(world: SimpleNamespace) -> None:
    several = talk(world.carmen, world.ezz, world.mona)
    for _ in range(3):
        say(world.carmen, several)
    actions.add(world.carmen.actor, several, [world.natcom_jo])
    say(world.carmen, several, "بعد")
    assert unread(world.basel, several) == 1  # who speaks for it


def test_what_is_put_away_leaves_the_badge(world: SimpleNamespace, direct: Conversation) -> None:
    say(world.basel, direct)
    assert queries.unread_count(world.carmen.actor) == 1
    actions.archive(world.carmen.actor, direct, archived=True)
    assert (queries.unread_count(world.carmen.actor), queries.unread_counts(world.carmen.actor)) == (0, {})
    say(world.basel, direct)
    assert queries.unread_count(world.carmen.actor) == 1


def test_nobody_has_read_what_they_cannot_see(world: SimpleNamespace, several: Conversation) -> None:
    early = say(world.carmen, several)
    actions.add(world.carmen.actor, several, [world.haytham.page])
    late = say(world.carmen, several)
    now = Conversation.objects.with_participants().get(pk=several.pk)
    for who in (world.haytham, world.ezz):
        actions.mark_read(who.actor, now, late.number)
    assert [queries.readers_of(Message.objects.with_conversation().get(pk=one.pk)) for one in (early, late)] == [
        {world.carmen.user.pk, world.ezz.user.pk},
        {world.carmen.user.pk, world.ezz.user.pk, world.haytham.user.pk},
    ]


def test_the_picture_of_an_abandoned_conversation_goes_with_it(
    world: SimpleNamespace, several: Conversation, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    actions.set_picture(world.carmen.actor, several, b"webp")
    for who in (world.carmen, world.basel, world.ezz):
        actions.leave(who.actor, several)
    actions.sweep()
    assert not Conversation.objects.filter(pk=several.pk).exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
