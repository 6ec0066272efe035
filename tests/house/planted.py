"""A world in which everything private carries a canary: a word that stands nowhere else, and the names of those who may read it.

Used by the tests that walk every address (test_urls, test_canaries, test_headers, test_i18n_pages, test_bad_input).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Max
from django.test import Client
from django.utils import timezone, translation

from chat import actions as chat
from chat.models import Conversation, Message, Participant
from forums import actions as forums
from forums.models import Board, Post
from moderation import actions as moderation
from network.content import Audience
from network.entities.models import Entity, Kind
from network.groups import actions as groups
from network.names import fold
from network.spaces import actions as spaces
from network.spaces import letters
from network.spaces.actors import Actor, forget
from network.spaces.models import HandOver, Invitation, JoinRequest, Mandate, Membership, Role, Space
from notices.models import Notice
from tests.cast import Person, made, mandate, member, person

# Everybody who knocks: the cast, an ex-member (omar), and one who may open the admin pages and nothing else (staff).
ROLES = ("nobody", "suspended", "dara", "omar", "ezz", "rania", "mona", "carmen", "haytham", "basel", "amina", "sami", "staff")


def walked(roles: Iterable[str], *, both: str) -> list[Any]:
    """Each role as a parameter. On the stricter database only `both` walk: what the others are given differs by rules, which know no database."""
    return [pytest.param(role, marks=() if role in both.split() else pytest.mark.shape("embedded"), id=f"@{role}") for role in roles]


SCHOOLS = frozenset("carmen basel mona ezz sami".split())  # who reads what is for the members of «schools»
HIDDEN = frozenset("carmen rania sami".split())
MANAGERS = frozenset("carmen mona sami".split())
TWO = frozenset("ezz mona".split())  # who reads what in conversations: nobody oversees them
FIRST = frozenset("carmen basel ezz".split())  # of several, before haytham came and after omar was taken out
LATER = FIRST | {"haytham"}
DRAFTS = frozenset("carmen haytham sami".split())  # who reads of what the Tunisian commission keeps
COMMISSIONS = frozenset("carmen haytham basel".split())
ROOM = SCHOOLS - {"sami"}
ABSENT = 99_999_999


@dataclass
class Planted:
    """`things`: what addresses may name; `canaries`: word → who may read it; `who`: the cast by name."""

    world: SimpleNamespace
    things: dict[str, Any] = field(default_factory=dict)
    canaries: dict[str, frozenset[str]] = field(default_factory=dict)
    who: dict[str, Person | None] = field(default_factory=dict)
    answers: dict[tuple[Any, ...], Any] = field(default_factory=dict)  # see addresses.Walk
    newest: int = 0  # the last activity of the planting

    @property
    def is_untouched(self) -> bool:
        """Nothing was done since it was planted: whatever is done is recorded."""
        return self.newest == newest_activity()

    def canary(self, where: str, readers: frozenset[str]) -> str:
        """A new word for this place, plain Latin letters so that no folding, cutting or escaping hides it."""
        word = f"zq{where.replace('_', '')}qz"
        assert self.canaries.setdefault(word, readers) == readers, f"{word} is planted already, for others."
        return word

    def client(self, role: str, **more: Any) -> Client:
        """A browser of this person; failures come as answers, not as exceptions."""
        client = Client(raise_request_exception=False, **more)
        if (who := self.who[role]) is not None:
            client.force_login(who.user)
        return client


def file_of(who: Person, name: str, words: str) -> Any:
    return forums.upload(who.actor, SimpleUploadedFile(name, words.encode(), "text/plain"))


def paper_of(who: Person, name: str, words: str) -> Any:
    """The same for a message of a conversation."""
    return chat.upload(who.actor, SimpleUploadedFile(name, words.encode(), "text/plain"))


def plant() -> Planted:
    """Public, members', managers', hidden, removed and personal things, each with its canaries."""
    w = made()
    p = Planted(w)
    w.omar, w.staff = person("omar", "عمر"), person("staff", "مشغّل", is_staff=True, is_superuser=True)
    p.who = {"nobody": None, **{name: getattr(w, name) for name in ROLES if name != "nobody"}}
    Space.objects.filter(pk=w.haytham.page.pk).update(audience=Audience.PUBLIC)
    for space in Space.objects.all():  # as actions would have written it
        Space.objects.filter(pk=space.pk).update(folded=fold(f"{space.name_ar} {space.name_fr} {space.handle or ''}"))

    member(w.omar, w.group)  # until _schools ends it
    forget()
    _conversations(p, w)
    _hidden(p, w)
    _schools(p, w)
    _open(p, w)
    _institutions(p, w)
    _ties(p, w)
    _guides(p, w)
    _sites(p, w)
    _people(p, w)
    _applications(p, w)
    _tell(p)
    p.things |= {
        name: getattr(w, name)
        for name in ("group", "open_group", "hidden_group", "natcom_tn", "school", "draft_entity", "board", "open_board", "hidden_board")
    }
    _letters(p, w)
    _lists(p, w)
    p.things |= {f"{name}_page": getattr(w, name).page for name in ("dara", "haytham", "ezz")}
    p.things |= {name: getattr(w, name).user for name in ("dara", "haytham", "ezz", "carmen")}
    forget()  # the cast's member() and mandate() raise no rights
    p.newest = newest_activity()
    return p


def newest_activity() -> int:
    from network.activity.models import Activity  # noqa: PLC0415 -- only here

    newest: int = Activity.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return newest


def _letters(p: Planted, w: SimpleNamespace) -> None:
    """A draft of the secretariat, a device, and the addresses in a mail that stop it."""
    from notices.actions import newsletters  # noqa: PLC0415 -- only here
    from notices.mail import links  # noqa: PLC0415 -- as above
    from notices.models import Device  # noqa: PLC0415 -- as above

    words = {
        "title_ar": p.canary("letter_title", frozenset({"sami", "staff"})),
        "body_ar": f"<p>{p.canary('letter_body', frozenset({'sami'}))}</p>",
    }
    p.things["newsletter"] = newsletters.draft(w.sami.writing_for(w.secretariat), None, audience={}, **words)
    label = p.canary("device_label", frozenset({"ezz", "staff"}))
    p.things["ezz_device"] = Device.objects.create(
        user=w.ezz.user, endpoint="https://127.0.0.1:9/x", p256dh="x", auth="x", session="x", label=label
    )
    with translation.override("ar"):
        p.things["stop_token"] = links.stop_url(w.dara.user, ["mentions"]).rstrip("/").rsplit("/", 1)[1]
        p.things["weekly_token"] = links.weekly_url(w.dara.user).rstrip("/").rsplit("/", 1)[1]


def _lists(p: Planted, w: SimpleNamespace) -> None:
    """Lists brought in for the Tunisian commission: one that waits to be confirmed, one that was."""
    from network.imports import actions  # noqa: PLC0415 -- only here

    def bring(where: str, readers: frozenset[str]) -> Any:
        table = [["name", "city"], [f"مدرسة {p.canary(f'{where}_row', readers)}", ""], ["", p.canary(f"{where}_refused", readers)]]
        file = SimpleUploadedFile(p.canary(f"{where}_file", readers | {"staff"}) + ".csv", b"name")
        batch = actions.start(w.carmen.actor, w.natcom_tn, file=file, table=table, kind=w.school.entity_kind, country=None)
        return actions.choose(w.carmen.actor, batch, {0: "name_ar", 1: "city"})

    p.things["draft_import"] = bring("waiting_list", frozenset({"carmen", "haytham"}))
    p.things["done_import"] = actions.confirm(w.carmen.actor, bring("written_list", DRAFTS))
    p.things |= {"kind_of_school": w.school.entity_kind, "kind_of_commission": w.natcom_tn.entity_kind}


def _conversations(p: Planted, w: SimpleNamespace) -> None:
    """Between two, of several (one was taken out, one came later), of institutions, of groups; a message taken back, one reported."""
    two = p.things["direct_talk"] = chat.start(w.ezz.actor, [w.mona.page])
    paper = paper_of(w.ezz, p.canary("direct_file_name", TWO) + ".txt", p.canary("direct_file_words", TWO))
    asked = _say(w.ezz, two, p.canary("direct_words", TWO), attachments=[paper])
    chat.react(w.mona.actor, asked, "heart")
    _say(w.mona, two, p.canary("direct_answer", TWO), reply_to=asked)
    p.things |= {"direct_message": asked, "direct_file": paper, "direct_participant": two.participants.get(user=w.mona.user)}
    p.things["lost_file"] = paper_of(
        w.ezz, p.canary("lost_file_name", frozenset({"ezz"})) + ".txt", p.canary("lost_file_words", frozenset({"ezz"}))
    )
    _several(p, w)
    talk = p.things["entities_talk"] = chat.start(w.carmen.writing_for(w.natcom_tn), [Space.objects.get(pk=w.natcom_jo.pk)])
    said = p.things["entities_message"] = _say(w.carmen.writing_for(w.natcom_tn), talk, p.canary("commissions_words", COMMISSIONS))
    _say(w.basel.writing_for(w.natcom_jo), talk, p.canary("commissions_answer", COMMISSIONS), reply_to=said)
    room = p.things["group_talk"] = chat.room_of(w.carmen.actor, Space.objects.get(pk=w.group.pk))
    _say(w.omar, room, p.canary("omar_in_room", ROOM))
    paper = p.things["group_file"] = paper_of(w.ezz, p.canary("room_file_name", ROOM) + ".txt", p.canary("room_file_words", ROOM))
    p.things["group_message"] = _say(w.ezz, room, p.canary("room_words", ROOM), attachments=[paper])
    hidden = p.things["hidden_talk"] = chat.room_of(w.carmen.actor, Space.objects.get(pk=w.hidden_group.pk))
    p.things["hidden_message"] = _say(w.rania, hidden, p.canary("hidden_room_words", frozenset({"carmen", "rania"})))


def _several(p: Planted, w: SimpleNamespace) -> None:
    talk = chat.start(w.carmen.actor, [w.basel.page, w.ezz.page, w.omar.page])
    chat.describe(w.carmen.actor, talk, name=p.canary("talk_name", LATER), topic=p.canary("talk_topic", LATER))
    chat.set_picture(w.carmen.actor, talk, b"RIFF\0\0\0\0WEBPVP8 " + p.canary("talk_picture", LATER).encode())
    paper = paper_of(w.carmen, p.canary("early_file_name", FIRST) + ".txt", p.canary("early_file_words", FIRST))
    early = _say(w.carmen, talk, f"{p.canary('early_words', FIRST)} @omar", attachments=[paper])
    chat.pin(w.basel.actor, early, pinned=True)
    omars = p.things["omar_message"] = _say(w.omar, talk, p.canary("omar_in_talk", FIRST))
    own = p.things["omar_chat_file"] = paper_of(
        w.omar, p.canary("omar_chat_file_name", FIRST) + ".txt", p.canary("omar_chat_file_words", FIRST)
    )
    _say(w.omar, talk, "", attachments=[own])
    p.things["event_message"] = talk.messages.filter(kind="event").order_by("number")[0]
    _told(p, "omar_chat_notice", talk, w.omar)
    chat.remove(w.carmen.actor, talk, Participant.objects.get(conversation=talk, user=w.omar.user))
    chat.add(w.carmen.actor, talk, [w.haytham.page])  # he sees what is said from now on
    late = _say(w.basel, talk, p.canary("late_answer", LATER), reply_to=early)  # to what haytham does not see
    _say(w.ezz, talk, f"{p.canary('late_words', LATER)} @haytham", reply_to=omars)
    _told(p, "haytham_chat_notice", talk, w.haytham)
    gone_file = paper_of(w.ezz, p.canary("taken_back_file_name", frozenset()) + ".txt", p.canary("taken_back_file_words", frozenset()))
    gone = _say(w.ezz, talk, p.canary("taken_back", frozenset()), attachments=[gone_file])
    chat.delete(w.ezz.actor, gone)
    reported = _say(w.basel, talk, p.canary("reported_words", LATER | {"sami"}))
    p.things["report"] = moderation.report(w.ezz.actor, reported, reason=p.canary("report_reason", frozenset({"sami"})))
    chat.edit(w.carmen.actor, early, body=f"<p>{p.canary('early_mended', FIRST)}</p>")
    p.canaries["zqearlywordsqz"] = frozenset()  # nobody reads what a message said before
    talk.refresh_from_db()
    p.things |= {"several_talk": talk, "several_participant": talk.participants.get(user=w.basel.user)}
    p.things |= {"early_message": early, "late_message": late, "removed_message": gone, "reported_message": reported}
    p.things |= {"early_file": paper, "removed_chat_file": gone_file}


def _say(who: Person | Actor, talk: Conversation, words: str, **more: Any) -> Message:
    actor = who if isinstance(who, Actor) else who.actor
    return chat.send(actor, talk, body=f"<p>{words}</p>" if words else "", client_id=uuid.uuid4(), **more)


def _told(p: Planted, name: str, talk: Conversation, who: Person) -> None:
    """What the worker would tell of the newest message that names somebody."""
    from network.activity.models import Activity  # noqa: PLC0415 -- only here
    from notices.subscribers import notify  # noqa: PLC0415 -- only here

    for activity in Activity.objects.filter(verb="said").exclude(data__mentioned=[]).order_by("pk"):
        notify(activity)
    p.things[name] = Notice.objects.get(recipient=who.user, thread=talk.stream, reason="chat_mention")


def _hidden(p: Planted, w: SimpleNamespace) -> None:
    """Not even its name."""
    invited = HIDDEN | {"basel"}  # basel is invited: he reads its name and the word to him
    hidden = w.hidden_group
    groups.edit(
        w.carmen.actor,
        hidden,
        name_ar=p.canary("hidden_name_ar", invited),
        name_fr=p.canary("hidden_name_fr", invited),
        name_en=p.canary("hidden_name_en", invited),
        about_ar=p.canary("hidden_about_ar", HIDDEN),
        about_fr=p.canary("hidden_about_fr", HIDDEN),
        about_en=p.canary("hidden_about_en", HIDDEN),
        audience=Audience.MEMBERS,
        listed=False,
        join_rule="invitation",
    )
    hidden.refresh_from_db()
    _board(w.hidden_board, p, "hidden", HIDDEN)
    p.things |= _talk(p, "hidden", w.hidden_board, w.carmen, w.rania, HIDDEN)
    p.things["hidden_invitation"] = spaces.invite(
        w.carmen.actor, hidden, user=w.basel.user, message=p.canary("hidden_invitation_word", HIDDEN | {"basel"})
    )
    p.things["hidden_membership"] = Membership.objects.get(space=hidden, user=w.rania.user)
    wall = forums.open_topic(w.rania.actor, hidden, body=f"<p>{p.canary('hidden_wall', HIDDEN)}</p>")
    p.things["hidden_wall_topic"] = wall


def _schools(p: Planted, w: SimpleNamespace) -> None:
    """Everyone knows of it, its members read it."""
    _board(w.board, p, "members", SCHOOLS)
    p.things |= _talk(p, "members", w.board, w.carmen, w.ezz, SCHOOLS)
    old = forums.open_topic(w.omar.actor, w.board, title=p.canary("omar_title", SCHOOLS), body=f"<p>{p.canary('omar_body', SCHOOLS)}</p>")
    p.things["omar_topic"], p.things["omar_post"] = old, old.first_post
    kept = forums.save_draft(w.omar.actor, f"topic.{old.pk}", body=f"<p>{p.canary('omar_draft', frozenset({'omar'}))}</p>")
    p.things["omar_draft"] = kept
    spaces.remove(w.carmen.actor, Membership.objects.get(space=w.group, user=w.omar.user))
    secret = forums.open_topic(
        w.mona.actor,
        w.board,
        title=p.canary("managers_title", MANAGERS),
        body=f"<p>{p.canary('managers_body', MANAGERS)}</p>",
        audience=Audience.MANAGERS,
        tags=[p.canary("managers_tag", MANAGERS)],
    )
    p.things["managers_topic"], p.things["managers_post"] = secret, secret.first_post
    gone_file = file_of(w.ezz, p.canary("gone_file_name", MANAGERS) + ".txt", p.canary("gone_file_words", MANAGERS))
    gone = forums.open_topic(
        w.ezz.actor,
        w.board,
        title=p.canary("gone_title", MANAGERS),
        body=f"<p>{p.canary('gone_body', MANAGERS)}</p>",
        attachments=[gone_file],
    )
    forums.delete_topic(w.mona.actor, gone)
    p.things |= {"gone_topic": gone, "gone_topic_post": gone.first_post, "gone_file": gone_file}
    asks = JoinRequest.objects.create(space=w.group, user=w.dara.user, message=p.canary("request_word", MANAGERS | {"dara"}))
    p.things["request"] = asks
    p.things["members_invitation"] = spaces.invite(
        w.carmen.actor, w.group, user=w.amina.user, message=p.canary("members_invitation_word", MANAGERS | {"amina"})
    )
    p.things["members_membership"] = Membership.objects.get(space=w.group, user=w.ezz.user)


def _open(p: Planted, w: SimpleNamespace) -> None:
    """What everyone reads, and the words removed in it: a tombstone stands without them."""
    member(w.ezz, w.open_group)
    forget()  # the cast's member() raises no rights
    p.things |= _talk(p, "open", w.open_board, w.carmen, w.ezz, frozenset(ROLES))
    removed = forums.reply(w.ezz.actor, p.things["open_topic"], body=f"<p>{p.canary('removed_post', frozenset())}</p>")
    forums.delete(w.ezz.actor, removed)
    p.things["removed_post"] = removed
    p.things["open_membership"] = Membership.objects.get(space=w.open_group, user=w.carmen.user)
    p.things["wall_topic"] = forums.open_topic(w.carmen.writing_for(w.natcom_tn), w.natcom_tn, body="<p>خبر عام</p>")


def _institutions(p: Planted, w: SimpleNamespace) -> None:
    draft_readers = frozenset("carmen haytham sami".split())  # their country's commission oversees it
    kind = Kind.objects.get(code="associated-school")
    draft = Entity(kind="entity", entity_kind=kind, country=w.tn, overseer=w.natcom_tn, handle="zqdraftschool", status=Entity.Status.DRAFT)
    p.canaries["zqdraftschool"] = draft_readers
    spaces.describe(
        draft,
        name_ar=p.canary("draft_name", draft_readers),
        name_fr=p.canary("draft_name_fr", draft_readers),
        about_ar=p.canary("draft_about", draft_readers),
        city=p.canary("draft_city", draft_readers),
        listed=False,
    )
    draft.save()
    w.draft_entity = draft
    p.things["school_kind"] = kind
    _feeds(p, w, draft_readers)
    p.things["draft_mandate"] = mandate(w.haytham, draft, p.canary("draft_mandate_title", draft_readers))
    p.things["mandate"] = Mandate.objects.get(entity=w.school)
    Entity.objects.filter(pk=w.natcom_tn.pk).update(short_ar="تونس")
    _mandates(p, w)
    # A telephone number that only those who look after the institution know.
    direct = p.canary("direct_line", frozenset("carmen haytham sami".split()))
    Entity.objects.filter(pk=w.natcom_tn.pk).update(short_ar="تونس", phone=direct, phone_reach=Audience.MANAGERS)
    draft.status_changes.create(by=w.carmen.user, now=Entity.Status.DRAFT, reason=p.canary("draft_reason", draft_readers))
    w.natcom_tn.refresh_from_db()
    draft_board = Board.objects.create(
        space=draft, name=p.canary("draft_board", draft_readers), reach=Audience.MEMBERS, audience=Audience.MEMBERS
    )
    p.things["draft_board"] = draft_board


def _applications(p: Planted, w: SimpleNamespace) -> None:
    """A draft of dara's, one of omar's that lies with the Tunisian commission, and the school's, which was approved and has reported."""
    from network.accreditation import actions  # noqa: PLC0415 -- only here
    from network.accreditation.models import Procedure, YearReport  # noqa: PLC0415 -- as above
    from tests.network.accreditation import ANSWERS, ASKED, networks, scan  # noqa: PLC0415 -- as above

    networks(w)
    Procedure.objects.update(group=None)
    w.schools.group = None
    dara, deciders = frozenset({"dara"}), frozenset("carmen haytham sami".split())
    omar, school = deciders | {"omar"}, deciders | {"amina"}

    def fill(who: Person, draft: Any, where: str, readers: frozenset[str], **more: str) -> Any:
        words = {"name_ar": p.canary(f"{where}_applied", readers), "address": p.canary(f"{where}_address", readers)}
        answers = {**ANSWERS, "project": p.canary(f"{where}_project", readers)}
        actions.save(who.actor, draft, fields={**ASKED, **words, **more}, answers=answers)
        paper = scan(p.canary(f"{where}_paper", readers) + ".pdf", p.canary(f"{where}_paper_words", readers).encode())
        p.things |= {f"application_{where}": draft, f"paper_{where}": actions.attach(who.actor, draft, "commitment", paper)}
        return draft

    fill(w.dara, actions.start(w.dara.actor, w.schools, country=w.tn), "draft", dara)
    sent = fill(w.omar, actions.start(w.omar.actor, w.schools, country=w.tn), "sent", omar)
    actions.submit(w.omar.actor, sent)
    actions.review(w.carmen.actor, sent, outcome="return", remark=p.canary("sent_remark", omar))
    p.things["application_sent"] = actions.submit(w.omar.actor, sent)
    own = actions.start(w.amina.actor, w.schools, entity=Entity.objects.get(pk=w.school.pk))
    fill(w.amina, own, "joined", school, name_ar=w.school.name_ar, address="")
    p.canaries.pop("zqjoinedappliedqz"), p.canaries.pop("zqjoinedaddressqz")
    actions.submit(w.amina.actor, own)
    actions.review(w.carmen.actor, own, outcome="endorse", remark=p.canary("joined_remark", school))
    p.things["application_joined"] = own = actions.decide(w.sami.actor, own, outcome="approve")
    p.things["certificate"] = own.certificate
    said = {name: p.canary(f"minutes_{name}", school) for name in ("participants", "agreed", "next_steps")}
    actions.keep_minutes(w.carmen.actor, own, held_on=date(2020, 1, 5), **said)
    report = YearReport.objects.create(application=own, year=2026, due_on=date(2026, 6, 30))
    actions.save_report(w.amina.actor, report, answers={"activities": p.canary("report_words", school)})
    paper = scan(p.canary("report_paper", school) + ".pdf", p.canary("report_paper_words", school).encode())
    p.things["paper_report"] = actions.attach(w.amina.actor, own, "album", paper, report=report)
    p.things["year_report"] = actions.send_report(w.amina.actor, report)


def _mandates(p: Planted, w: SimpleNamespace) -> None:
    """Offered by mail to an address, with a word; handed over, with a note: for those who name representatives there, and the successor."""
    heads = frozenset({"haytham", "sami"})
    with pytest.MonkeyPatch.context() as patch:
        sent: list[str] = []
        patch.setattr(letters, "send_invitation", lambda invitation, token: sent.append(token))
        p.things["mandate_invitation"] = spaces.invite_by_mail(
            w.haytham.actor,
            w.natcom_tn,
            f"{p.canary('offered_address', heads | {'staff'})}@example.net",
            title=p.canary("offered_title", heads | {"staff"}),
        )
    p.things["mandate_token"] = sent[0]
    p.canaries["zqofferedtitleqz"] = frozenset(ROLES)  # whoever holds the link reads what is offered
    words = p.canary("handed_words", heads | {"carmen"})
    p.things["handed"] = HandOver.objects.create(
        entity=w.natcom_tn,
        from_user=w.haytham.user,
        to_user=w.carmen.user,
        by=w.haytham.user,
        note=p.canary("handed_note", heads | {"carmen"}),
        items=[{"key": "x", "words": words, "path": "/invitations/", "since": "2026-01-01"}],
    )


def _ties(p: Planted, w: SimpleNamespace) -> None:
    """A tie that stands, one that is only proposed, one with a draft; an offer for everyone, one for the network, one taken down."""
    from network.ties import actions as ties  # noqa: PLC0415 -- only here
    from network.ties.models import Tie  # noqa: PLC0415 -- as above

    sides = frozenset("carmen haytham basel sami staff".split())
    between = {"first": w.natcom_tn, "second": w.natcom_jo, "space": w.natcom_tn, "asked": w.natcom_jo, "proposed_by": w.carmen.user}
    p.things["standing_tie"] = Tie.objects.create(
        kind="partner", state="active", answered_at=timezone.now(), message=p.canary("tie_word", sides), **between
    )
    p.things["proposed_tie"] = ties.propose(
        w.amina.writing_for(w.school), w.natcom_jo, relation="partner", message=p.canary("proposal_word", sides | {"amina"})
    )
    between |= {"first": w.draft_entity, "space": w.draft_entity}
    p.things["hidden_tie"] = Tie.objects.create(
        kind="twin",
        state="active",
        answered_at=timezone.now(),
        message=p.canary("hidden_tie_word", frozenset({"carmen", "haytham", "sami", "staff"})),
        **between,
    )
    network = frozenset(ROLES) - {"nobody", "suspended", "dara", "omar"}
    for name, readers, fields in (
        ("offer", frozenset(ROLES), {"audience": Audience.PUBLIC}),
        ("network_offer", network, {"audience": Audience.NETWORK}),
        ("gone_offer", frozenset("carmen haytham sami staff".split()), {"audience": Audience.PUBLIC}),
    ):
        p.things[name] = ties.offer(
            w.carmen.writing_for(w.natcom_tn),
            title=p.canary(f"{name}_title", readers),
            body=f"<p>{p.canary(f'{name}_body', readers)}</p>",
            kind="offer",
            **fields,
        )
    ties.remove(w.carmen.actor, p.things["gone_offer"])


def _guides(p: Planted, w: SimpleNamespace) -> None:
    """A guide for everyone, one for the network, one that was never published; each has a draft."""
    from documents import actions as guides  # noqa: PLC0415 -- only here

    writers = frozenset("carmen haytham sami".split())
    network = frozenset(ROLES) - {"nobody", "suspended", "dara", "omar"}
    for name, readers, audience in (("guide", frozenset(ROLES), 0), ("network_guide", network, 1), ("draft_guide", writers, 0)):
        speaker = w.carmen.writing_for(w.natcom_tn)
        words = {f"{part}_ar": f"<p>{p.canary(f'{name}_{part}', readers)}</p>" for part in ("title", "summary", "body")}
        made = p.things[name] = guides.create(speaker, w.natcom_tn, meant_for="officers", audience=audience, **words)
        if name != "draft_guide":
            guides.publish(speaker, made)
            draft = {f"{part}_ar": p.canary(f"{name}_next_{part}", writers) for part in ("title", "summary", "body", "changed")}
            guides.edit(speaker, made, meant_for="officers", audience=audience, **draft)
    p.things |= {
        "guide_version": p.things["guide"].versions.get(number=1),
        "network_version": p.things["network_guide"].versions.get(number=1),
        "draft_version": p.things["draft_guide"].versions.get(number=1),
        "first_step": "guide",
    }


def _sites(p: Planted, w: SimpleNamespace) -> None:
    """A page of the Tunisian commission's site that is out, with a change that is not; one that never was; a question of a visitor."""
    from network.sites import actions as sites  # noqa: PLC0415 -- only here
    from network.sites.models import Site  # noqa: PLC0415 -- as above

    officers, answering = frozenset("carmen haytham sami staff".split()), frozenset("carmen haytham sami".split())
    site = sites.describe(w.carmen.actor, Site(space=w.natcom_tn), tone=2, order=[], hidden=[], intro_ar="<p>موقع اللجنة</p>")

    def page(name: str, readers: frozenset[str], before: Any = None, *, publish: bool) -> Any:
        title, body = p.canary(f"{name}_title", readers), p.canary(f"{name}_body", readers)
        return sites.write(w.carmen.actor, site, before, publish=publish, title_ar=title, body_ar=f"<p>{body}</p>")

    # A cover that waits: the picture's name is nobody's to guess, its words are read by its officers.
    sites.draft_cover(w.carmen.actor, site, {".webp": b"x"}, {"ar": p.canary("site_cover", officers)})
    p.things["site_page"] = page("site_page", frozenset(ROLES), publish=True)
    page("site_change", officers, p.things["site_page"], publish=False)
    p.things["draft_page"] = page("site_draft", officers, publish=False)
    gone = page("site_gone", frozenset(), publish=True)
    sites.remove(w.carmen.actor, gone)
    p.things["question"] = sites.ask(
        Actor.nobody(),
        w.natcom_tn,
        client_id=uuid.uuid4(),
        name=p.canary("asker_name", answering),
        email=f"{p.canary('asker_mail', answering)}@example.net",
        text=p.canary("question_words", answering),
        language="fr",
    )


def _feeds(p: Planted, w: SimpleNamespace, draft_readers: frozenset[str]) -> None:
    """A commission's feed with an item for everyone, a draft's with one for its own; addresses that no machine has (RFC 2606)."""
    from network.feeds.models import ExternalFeed, ExternalItem  # noqa: PLC0415 -- only here

    for name, entity, by, readers, managers in (
        ("feed", w.natcom_tn, w.carmen, frozenset(ROLES), frozenset("carmen haytham sami staff".split())),
        ("draft_feed", w.draft_entity, w.haytham, draft_readers | {"staff"}, draft_readers | {"staff"}),
    ):
        url = f"https://{p.canary(f'{name}_url', managers)}.invalid/feed.xml"
        feed = p.things[name] = ExternalFeed.objects.create(entity=entity, url=url, added_by=by.user, paused_at=timezone.now())
        ExternalItem.objects.create(
            feed=feed, key="1", title=p.canary(f"{name}_title", readers), link="https://www.example.invalid/1", published=timezone.now()
        )


def _people(p: Planted, w: SimpleNamespace) -> None:
    page_readers = frozenset(ROLES) - {"nobody", "suspended", "omar", "staff"}
    Space.objects.filter(pk=w.dara.page.pk).update(
        name_fr=p.canary("dara_name", page_readers | {"haytham"}), about_ar=p.canary("dara_about", page_readers)
    )
    profile = w.dara.user.profile
    profile.job, profile.website = p.canary("dara_job", page_readers), f"https://example.org/{p.canary('dara_site', page_readers)}"
    profile.save()
    # ezz's address is nobody's business; so are drafts and notices
    for name in ROLES[1:]:
        who = p.who[name]
        assert who is not None
        own = f"zqmail{name}qz@example.org"
        type(who.user).objects.filter(pk=who.user.pk).update(email=own)
        p.canaries[f"zqmail{name}qz"] = frozenset({name})
    p.things["draft"] = forums.save_draft(
        w.ezz.actor,
        f"topic.{p.things['members_topic'].pk}",
        body=f"<p>{p.canary('draft_body', frozenset({'ezz'}))}</p>",
        title=p.canary("draft_title", frozenset({"ezz"})),
    )
    p.things["own_file"] = file_of(
        w.ezz, p.canary("own_file_name", frozenset({"ezz"})) + ".txt", p.canary("own_file_words", frozenset({"ezz"}))
    )


def _board(board: Board, p: Planted, where: str, readers: frozenset[str]) -> None:
    board.name, board.about = p.canary(f"{where}_board_name", readers), p.canary(f"{where}_board_about", readers)
    board.save()


def _talk(p: Planted, where: str, board: Board, asker: Person, answerer: Person, readers: frozenset[str]) -> dict[str, Any]:
    """A topic with a tag and a file, an answer, and what the answer said before it was edited."""

    def word(what: str) -> str:
        return p.canary(f"{where}_{what}", readers)

    paper = file_of(asker, word("file_name") + ".txt", word("file_words"))
    topic = forums.open_topic(
        asker.actor, board, title=word("title"), body=f"<p>{word('body')}</p>", tags=[word("tag")], attachments=[paper]
    )
    answer = forums.reply(answerer.actor, topic, body=f"<p>{word('before')}</p>")
    forums.edit(answerer.actor, answer, body=f"<p>{word('answer')} @carmen</p>")
    forums.react(asker.actor, Post.objects.get(pk=answer.pk), "heart")
    topic.refresh_from_db()
    return {f"{where}_topic": topic, f"{where}_post": answer, f"{where}_first_post": topic.posts.get(number=1), f"{where}_file": paper}


def _tell(p: Planted) -> None:
    """Notices of what happened in private places, to someone inside and to the one who was removed."""
    from network.activity.models import Activity  # noqa: PLC0415 -- only here

    w = p.world
    for name, topic in (("ezz", p.things["members_topic"]), ("rania", p.things["hidden_topic"]), ("omar", p.things["omar_topic"])):
        who = getattr(w, name)
        activity = (
            Activity.objects.filter(verb="opened", space=topic.space_id).order_by("id").first()
            or Activity.objects.filter(space=topic.space_id).first()
        )
        assert activity is not None
        p.things[f"{name}_notice"] = Notice.objects.create(
            recipient=who.user,
            activity=activity,
            reason="reply",
            space=topic.space,
            path=topic.path,
            thread=topic.stream,
            actor=w.carmen.user,
            verb="replied",
            timestamp=timezone.now(),
        )


__all__ = ["ABSENT", "HIDDEN", "MANAGERS", "ROLES", "SCHOOLS", "Invitation", "Planted", "Role", "date", "plant"]
