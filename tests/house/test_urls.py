"""Every address × everybody: the doors, declared by hand, against what the resolver knows and the site answers. An undeclared address fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import clear_url_caches, set_urlconf

from tests.house.addresses import Place, Walk, body_of, knock, outcome, patterns, places, without_proof
from tests.house.planted import ABSENT, COMMISSIONS, FIRST, HIDDEN, LATER, MANAGERS, ROLES, ROOM, SCHOOLS, TWO, Planted, walked

ALL = frozenset(ROLES)
VISITORS = frozenset({"nobody", "suspended"})
SIGNED = ALL - VISITORS
NETWORK = SIGNED - {"dara", "omar", "staff"}
DRAFT = frozenset("carmen haytham sami".split())
NONE: frozenset[str] = frozenset()


def these(words: str) -> frozenset[str]:
    return frozenset(words.split())


# --- Who sees what, and what they are to it -----------------------------------------------------------------------------
SEES = {
    **dict.fromkeys(("", "picture", "open_topic", "wall_topic", "open_post", "removed_post", "open_board", "open_group", "group"), ALL),
    **dict.fromkeys(("natcom_tn", "school", "haytham", "open_file", "stop_token", "weekly_token", "mandate_token"), ALL),
    **dict.fromkeys(("members_topic", "omar_topic", "members_post", "omar_post", "board", "members_file"), SCHOOLS),
    **dict.fromkeys(("managers_topic", "managers_post", "gone_topic", "gone_topic_post", "gone_file"), MANAGERS),
    **dict.fromkeys(("hidden_topic", "hidden_post", "hidden_board", "hidden_group", "hidden_file"), HIDDEN),
    **dict.fromkeys(("draft_entity", "draft_board"), DRAFT),
    **dict.fromkeys(("dara", "dara_page"), NETWORK | {"dara"}),
    "carmen": NETWORK,
    "school_kind": ALL,
    "own_file": these("ezz"),
    **dict.fromkeys(("standing_tie", "offer"), ALL),
    "proposed_tie": these("carmen haytham basel amina sami"),
    "network_offer": NETWORK,
    "question": DRAFT,
    "site_page": ALL,
    **dict.fromkeys(("hidden_tie", "gone_offer"), DRAFT),
    **dict.fromkeys(("guide", "first_step"), ALL),
    "network_guide": NETWORK,
    "draft_guide": DRAFT,
    # Conversations: those who take part, from when they came
    **dict.fromkeys(("direct_talk", "direct_message", "direct_file"), TWO),
    **dict.fromkeys(("several_talk", "late_message", "removed_message", "reported_message"), LATER),
    **dict.fromkeys(("early_message", "omar_message", "event_message", "early_file", "omar_chat_file"), FIRST),
    **dict.fromkeys(("entities_talk", "entities_message"), COMMISSIONS),
    **dict.fromkeys(("group_talk", "group_message", "group_file"), ROOM),
    **dict.fromkeys(("hidden_talk", "hidden_message"), these("carmen rania")),
    "lost_file": these("ezz"),
    # Applications: the applicant's; once sent, the commission's and the secretariat's too
    **dict.fromkeys(("application_draft", "paper_draft"), these("dara")),
    **dict.fromkeys(("application_sent", "paper_sent"), DRAFT | {"omar"}),
    **dict.fromkeys(("application_joined", "paper_joined", "paper_report"), DRAFT | {"amina"}),
    "certificate": ALL,
    "removed_chat_file": NONE,
}
# What may be done in a conversation, of those who see it.
GROWS = dict.fromkeys(("direct_talk", "several_talk", "entities_talk"), ALL)
NAMED = dict.fromkeys(("several_talk", "entities_talk"), ALL)
SAID = dict.fromkeys(
    ("direct_message", "early_message", "late_message", "omar_message", "reported_message", "entities_message", "group_message"), ALL
) | {"hidden_message": ALL}
SPOKE = {
    **dict.fromkeys(("direct_message", "group_message"), these("ezz")),
    **dict.fromkeys(("late_message", "reported_message"), these("basel")),
    "early_message": these("carmen"),
    "omar_message": NONE,  # its author no longer takes part
    "entities_message": these("carmen haytham"),
    "hidden_message": these("rania"),
}
LEADS = {"group_message": these("carmen mona"), "hidden_message": these("carmen")}
MODERATES = {
    **dict.fromkeys(("open_topic", "open_post", "removed_post", "open_board", "open_group"), these("carmen sami")),
    **dict.fromkeys(("members_topic", "managers_topic", "omar_topic", "gone_topic", "members_post", "managers_post"), MANAGERS),
    **dict.fromkeys(("omar_post", "gone_topic_post", "board", "group"), MANAGERS),
    **dict.fromkeys(("hidden_topic", "hidden_post", "hidden_board", "hidden_group"), these("carmen sami")),
    **dict.fromkeys(("wall_topic", "natcom_tn", "draft_entity", "draft_board"), DRAFT),
    "school": DRAFT | {"amina"},
    "dara_page": these("sami"),
    **dict.fromkeys(("offer", "network_offer", "gone_offer"), DRAFT),
}
MEMBERS = {
    **dict.fromkeys(("open_topic", "open_post", "open_board", "open_group"), these("carmen ezz")),
    **dict.fromkeys(("members_topic", "omar_topic", "members_post", "omar_post", "board", "group"), SCHOOLS - {"sami"}),
    **dict.fromkeys(("managers_topic", "managers_post"), these("carmen mona")),
    **dict.fromkeys(("hidden_topic", "hidden_post", "hidden_board", "hidden_group"), these("carmen rania")),
    **dict.fromkeys(("removed_post", "gone_topic", "gone_topic_post"), NONE),
    "wall_topic": NETWORK,
    "natcom_tn": these("carmen haytham"),
    "draft_entity": these("haytham"),
    "draft_board": these("haytham"),
    "dara_page": NONE,  # dara belongs nowhere yet: nobody writes on that wall
}
WROTE = {
    **dict.fromkeys(("open_topic", "members_topic", "hidden_topic"), these("carmen")),
    **dict.fromkeys(("open_post", "removed_post", "members_post", "gone_topic", "gone_topic_post"), these("ezz")),
    **dict.fromkeys(("managers_topic", "managers_post"), these("mona")),
    "hidden_post": these("rania"),
    "wall_topic": these("carmen haytham"),
}


# --- Doors ------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Door:
    """`may`: thing → who passes. Whoever sees the thing and is not among them gets 403, all others 404.

    A visitor who does not pass is led to sign in: always (`sign="first"`), or only where they see the thing (`sign="seen"`).
    """

    may: Callable[[str], frozenset[str]]
    sign: str = "first"
    sees: Callable[[str], frozenset[str]] = lambda thing: SEES[thing]

    def expected(self, role: str, thing: str) -> str:
        if self.sign == "all":
            return "sign"
        if role in self.may(thing):
            return "in"
        if role in VISITORS and (self.sign == "first" or (self.sign == "seen" and role in self.sees(thing))):
            return "sign"
        return "403" if role in self.sees(thing) else "404"


def only(*who: dict[str, frozenset[str]], without: Iterable[str] = ()) -> Door:
    """Who is among these, of those who see it; nobody at all for the things in `without`."""
    return Door(lambda thing: NONE if thing in without else frozenset().union(*(part.get(thing, NONE) for part in who)) & SEES[thing])


def to(words: str | frozenset[str], sign: str = "first") -> Door:
    who = these(words) if isinstance(words, str) else words
    return Door(lambda thing: who, sign)


def by(**who: str) -> Door:
    """For things that are somebody's: there for them, absent for all others."""
    return Door(lambda thing: these(who[thing]), sees=lambda thing: NONE)


open_to_all = to(ALL, "")
signed = to(SIGNED)
read = Door(lambda thing: SEES[thing], "")
seen = Door(lambda thing: SEES[thing] & SIGNED)
quiet = Door(lambda thing: SEES[thing] & SIGNED)  # it changes nothing when there is nothing to change
moderates = only(MODERATES)
published = Door(
    lambda thing: NONE if thing == "draft_entity" else ALL, "", lambda thing: NONE
)  # not even its own people are shown a draft there
gone_posts = ("removed_post", "gone_topic_post")
names = only({"natcom_tn": these("haytham sami"), "school": DRAFT, "draft_entity": DRAFT})
secretariat = Door(lambda thing: SEES[thing] & {"sami"})
said = Door(lambda thing: SEES[thing] if thing in SAID else NONE, sees=lambda thing: NONE)
writers = Door(lambda thing: these("sami"), sees=lambda thing: NONE)
OFFERED = dict.fromkeys(("offer", "network_offer"), these("carmen haytham"))
offers_of_others = Door(lambda thing: NONE if thing == "gone_offer" else (SEES[thing] & SIGNED) - these("carmen haytham"))
public_site = Door(lambda thing: NONE if thing == "draft_entity" else ALL, "", lambda thing: NONE)
tying = only({"natcom_tn": these("basel amina sami"), "school": these("carmen haytham basel sami")})  # each in the name of another
published = Door(
    lambda thing: NONE if thing == "draft_guide" else SEES[thing], "", lambda thing: NONE if thing == "draft_guide" else SEES[thing]
)
guide_writers = only(dict.fromkeys(("guide", "network_guide", "draft_guide"), DRAFT))
reportable = Door(lambda thing: SEES[thing] - SPOKE[thing] if thing in SAID else NONE)

keepers = Door(
    lambda thing: these("carmen haytham basel sami") if thing != "kind_of_commission" else these("sami"), sees=lambda thing: NONE
)
lists = by(draft_import="carmen haytham", done_import="carmen haytham sami")

# name of the address: (GET, POST); None is 405
DOORS: dict[str, tuple[Door | None, Door | None]] = {
    "healthz": (open_to_all, None),
    "readyz": (open_to_all, None),
    "csp_report": (None, open_to_all),
    "set_language": (None, open_to_all),
    "live": (open_to_all, None),
    "home": (open_to_all, None),
    "feed_new": (open_to_all, None),
    "search": (open_to_all, None),
    "mentions": (open_to_all, None),
    "notices_count": (open_to_all, None),
    # People
    "people": (open_to_all, None),
    "person": (read, None),
    "by_handle": (read, None),
    "picture": (Door(lambda thing: NONE, "", lambda thing: NONE), None),  # no such picture: for nobody
    "person_follow": (None, Door(lambda thing: (SEES[thing] & SIGNED) - ({"dara"} if thing == "dara" else NONE))),
    "person_unfollow": (None, seen),
    "person_block": (None, seen),
    "person_unblock": (None, Door(lambda thing: NONE, sees=lambda thing: NONE)),
    "person_suspend": (None, secretariat),
    "person_reinstate": (None, secretariat),
    "sessions_end_all": (None, Door(lambda thing: NONE, "all")),  # everybody ends at the sign-in page
    "profile_edit": (signed, signed),
    "settings": (signed, signed),
    "blocked": (signed, None),
    "welcome": (signed, signed),
    "welcome_institutions": (signed, signed),
    "welcome_groups": (signed, None),
    # Spaces
    "invitations": (signed, None),
    "follow": (None, Door(lambda thing: (SEES[thing] & SIGNED) - ({"dara"} if thing == "dara_page" else NONE))),
    "unfollow": (None, seen),
    "invitation_accept": (None, by(hidden_invitation="basel", members_invitation="amina")),
    "invitation_decline": (None, by(hidden_invitation="basel carmen", members_invitation="amina carmen mona")),
    # Institutions
    "entities": (open_to_all, None),
    "entity_new": (to("sami"), to("sami")),
    **dict.fromkeys(("entity", "entity_wall", "entity_topics", "entity_people", "entity_under", "entity_groups"), (read, None)),
    "entity_edit": (moderates, moderates),
    **dict.fromkeys(("mandate_invite", "mandate_deputy", "mandate_term", "mandate_hand_over"), (names, names)),
    "mandate": (only({"school": DRAFT | {"amina"}, "draft_entity": DRAFT}), None),
    **dict.fromkeys(("mandate_invitation_again", "mandate_invitation_end"), (None, names)),
    "handed": (Door(lambda thing: these("haytham carmen sami") if thing == "natcom_tn" else NONE, sees=lambda thing: NONE), None),
    "mandate_invitation": (open_to_all, Door(lambda thing: NONE)),  # sent to nobody of the cast
    "commissions": (to("sami"), None),
    **dict.fromkeys(("accredit", "accredit_end"), (None, secretariat)),
    **dict.fromkeys(("register_csv", "register_xlsx", "register_pdf"), (open_to_all, None)),
    "unconfirmed": (signed, None),
    "entity_standing": (
        moderates,
        only({**dict.fromkeys(("natcom_tn", "school"), these("sami")), "draft_entity": DRAFT}),
    ),  # the school is affiliated
    "entity_confirmation": (None, moderates),
    "mandates": (moderates, only({"natcom_tn": these("haytham sami"), "school": DRAFT, "draft_entity": DRAFT})),
    "mandate_end": (only({"school": DRAFT, "draft_entity": DRAFT}), only({"school": DRAFT, "draft_entity": DRAFT})),
    # Joining a network
    **dict.fromkeys(("join", "certificates", "certificate"), (open_to_all, None)),
    "join_kind": (open_to_all, to(SIGNED, "seen")),
    "applications": (signed, None),
    **dict.fromkeys(
        ("application_queue", "application_export"), (Door(lambda thing: COMMISSIONS | {"sami"}, sees=lambda thing: NONE), None)
    ),
    **dict.fromkeys(("application", "application_file"), (seen, None)),
    "application_edit": (only({"application_draft": these("dara")}), only({"application_draft": these("dara")})),
    "application_withdraw": (None, only({"application_draft": these("dara"), "application_sent": these("omar")})),
    "application_leave": (only({"application_joined": these("amina")}),) * 2,  # who applied for the school and speaks for it
    "application_review": (None, only({"application_sent": these("carmen haytham")})),
    "application_decide": (None, only({})),  # it waits for its commission
    "application_stand": (None, only({"application_joined": these("sami")})),
    "application_renew": (None, only({"application_joined": these("amina")})),
    "application_minutes": (None, only({"application_joined": DRAFT})),
    "application_renewal_answer": (None, only({"application_joined": DRAFT})),
    "application_certificate": (
        Door(lambda thing: SEES[thing] if thing == "application_joined" else NONE, sees=lambda thing: NONE),
        None,
    ),
    "application_report": (seen, only({"application_joined": these("amina")})),
    "application_report_answer": (None, only({"application_joined": these("carmen haytham")})),
    # Visits
    **dict.fromkeys(("visits", "visits_csv", "visits_xlsx"), (to("sami"), None)),
    **dict.fromkeys(("entity_visits", "entity_visits_csv", "entity_visits_xlsx"), (moderates, None)),
    # Feeds: what is in them is public, whoever asks
    "feeds": (open_to_all, None),
    **dict.fromkeys((f"{name}_{form}" for name in ("news", "kind") for form in ("atom", "rss", "json")), (open_to_all, None)),
    **dict.fromkeys(("entity_atom", "entity_rss", "entity_json", "entity_widget"), (public_site, None)),
    "entity_calendar": (Door(lambda thing: NONE, "", lambda thing: NONE), None),  # no room has events yet
    "entity_widget_code": (moderates, None),
    "external_items": (read, None),
    "external_feeds": (moderates, moderates),
    **dict.fromkeys(("external_trial", "external_pause", "external_resume", "external_remove"), (None, moderates)),
    # Ties, offers and requests
    "entity_ties": (read, None),
    "tie_new": (tying, tying),
    "tie": (read, None),
    "tie_end": (
        only({"standing_tie": these("carmen haytham basel sami"), "hidden_tie": these("sami")}),
        only({"standing_tie": these("carmen haytham basel sami"), "hidden_tie": these("sami")}),
    ),
    "tie_answer": (None, only({"proposed_tie": these("basel")})),
    "tie_withdraw": (None, only({"proposed_tie": these("amina")})),
    "offers": (open_to_all, None),
    "offer_new": (to("carmen haytham basel amina sami"), to("carmen haytham basel amina sami")),
    "offer": (read, None),
    "offer_edit": (only(OFFERED), only(OFFERED)),
    "offer_close": (None, only(dict.fromkeys(("offer", "network_offer"), DRAFT))),
    "offer_remove": (None, moderates),
    "offer_report": (offers_of_others, offers_of_others),
    # Guides and first steps
    **dict.fromkeys(("guides", "booklet", "booklet_pdf"), (open_to_all, None)),
    "guide": (read, None),
    "guide_version": (published, None),
    "guide_pdf": (published, None),
    "guide_draft": (guide_writers, None),
    "guide_new": (to("carmen haytham basel amina sami"), to("carmen haytham basel amina sami")),
    "guide_edit": (guide_writers, guide_writers),
    "guide_publish": (None, guide_writers),
    "guide_discard": (None, guide_writers),
    "help": (signed, None),
    "first_steps": (signed, None),
    "first_steps_institutions": (to("sami"), None),
    "first_steps_away": (None, signed),
    "first_step": (None, signed),
    # Public sites: as nobody sees them, whoever asks
    **dict.fromkeys(("sites", "robots", "sitemap_index", "sitemap"), (open_to_all, None)),
    **dict.fromkeys(("site", "site_news", "site_institutions", "site_page", "site_card"), (public_site, None)),
    "site_contact": (public_site, public_site),
    **dict.fromkeys(("site_edit", "site_cover", "site_page_new", "site_page_edit"), (moderates, moderates)),
    **dict.fromkeys(("site_pages", "site_page_preview", "site_page_history", "site_preview", "site_history"), (moderates, None)),
    **dict.fromkeys(("site_page_publish", "site_page_hide", "site_page_remove", "site_page_move", "site_page_restore"), (None, moderates)),
    **dict.fromkeys(("site_cover_show", "site_cover_remove", "site_publish", "site_restore"), (None, moderates)),
    "questions": (signed, None),
    "question": (seen, seen),
    "question_close": (None, seen),
    # Groups
    "groups": (open_to_all, None),
    "group_new": (to(NETWORK), to(NETWORK)),
    **dict.fromkeys(("group", "group_topics", "group_about"), (read, None)),
    "group_members": (Door(lambda thing: SCHOOLS if thing == "group" else SEES[thing], ""), None),
    "group_edit": (moderates, moderates),
    "group_ask": (seen, Door(lambda thing: SIGNED - (SCHOOLS - {"sami"}) if thing == "group" else NONE)),
    "group_requests": (moderates, None),
    "group_invitations": (moderates, only({"open_group": these("carmen"), "group": these("carmen mona"), "hidden_group": these("carmen")})),
    "group_join": (None, Door(lambda thing: SIGNED if thing == "open_group" else MEMBERS[thing])),  # joining twice is quiet
    "group_leave": (None, only(MEMBERS)),
    "group_take_back": (None, quiet),
    "group_answer": (None, moderates),
    "group_role": (None, moderates),
    "group_remove": (None, only(MODERATES, {"group": these("ezz"), "hidden_group": these("rania")})),
    "group_owner": (None, only(dict.fromkeys(("open_group", "group", "hidden_group"), these("carmen sami")))),
    # Forums
    "topics": (open_to_all, None),
    "topic_new": (signed, signed),
    "topic": (read, None),
    "topic_unread": (read, None),
    "topic_edit": (only(MODERATES, WROTE), only(MODERATES, WROTE)),
    "topic_removal": (moderates, moderates),
    "topic_restore": (None, moderates),
    "topic_read": (None, read),
    "topic_watch": (None, seen),
    "topic_close": (None, only(MODERATES, WROTE)),
    "topic_reopen": (None, only(MODERATES, WROTE)),
    "topic_pin": (None, moderates),
    "topic_unpin": (None, moderates),
    "topic_answer": (None, only(MODERATES, WROTE)),
    "topic_unanswer": (None, only(MODERATES, WROTE)),
    "reply": (None, Door(lambda thing: MEMBERS[thing] & SEES[thing], "seen")),
    "board": (read, None),
    "board_new": (moderates, moderates),
    "board_edit": (moderates, moderates),
    "board_topic_new": (Door(lambda thing: MEMBERS[thing], "seen"), Door(lambda thing: MEMBERS[thing], "seen")),
    "space_wall": (read, Door(lambda thing: MEMBERS[thing], "seen")),
    "own_wall": (None, to(NETWORK)),  # who belongs nowhere writes on no wall, not even on one's own
    "post": (read, None),
    "post_place": (read, None),
    "post_menu": (read, None),
    "reply_box": (read, None),
    "post_edit": (only(MODERATES, WROTE, without=gone_posts), only(MODERATES, WROTE, without=gone_posts)),
    "post_history": (Door(lambda thing: NONE if thing == "removed_post" else SEES[thing], ""), None),
    "post_removal": (
        only(MODERATES, WROTE, without=["removed_post"]),
        Door(lambda thing: SIGNED if thing == "removed_post" else (MODERATES[thing] | WROTE.get(thing, NONE)) & SEES[thing]),
    ),
    "post_restore": (None, Door(lambda thing: these("ezz carmen sami") if thing == "removed_post" else SEES[thing] & SIGNED)),
    "post_react": (None, only(MEMBERS, without=gone_posts)),
    "post_unreact": (None, only(MEMBERS, without=gone_posts)),
    "drafts": (signed, None),
    "draft": (None, Door(lambda thing: SIGNED, "", lambda thing: VISITORS)),
    "file": (read, None),
    # Notices
    "notices": (signed, None),
    "notices_read": (None, signed),
    "notices_seen": (None, signed),
    # What omar was told of, he may no longer see.
    "notice": (by(ezz_notice="ezz", rania_notice="rania", omar_notice="", omar_chat_notice="", haytham_chat_notice="haytham"), None),
    "notice_read": (
        None,
        by(ezz_notice="ezz", rania_notice="rania", omar_notice="omar", omar_chat_notice="omar", haytham_chat_notice="haytham"),
    ),
    "notices_new": (signed, None),
    **dict.fromkeys(
        ("notice_done", "notice_snooze", "notice_mute"),
        (None, by(ezz_notice="ezz", rania_notice="rania", omar_notice="", omar_chat_notice="", haytham_chat_notice="haytham")),
    ),
    "notice_settings": (signed, signed),
    **dict.fromkeys(("notice_preset", "notice_resume", "digest_trial"), (None, signed)),
    "device_subscribe": (signed, signed),
    **dict.fromkeys(("digest_preview", "digest_mail", "devices"), (signed, None)),
    **dict.fromkeys(("device_end", "device_trial"), (None, by(ezz_device="ezz"))),
    **dict.fromkeys(("offline", "manifest", "worker"), (open_to_all, None)),
    **dict.fromkeys(("mail_stop", "mail_weekly"), (open_to_all, open_to_all)),  # the signed address is the proof
    "space_notices": (seen, moderates),
    "space_level": (None, seen),
    # Letters: for whoever does not write them there are none
    **dict.fromkeys(("newsletters", "newsletter_count", "newsletter_mail"), (writers, None)),
    **dict.fromkeys(("newsletter_new", "newsletter", "newsletter_confirm"), (writers, writers)),
    "newsletter_discard": (None, writers),
    # Lists brought in: for whoever keeps no register there are none
    **dict.fromkeys(("imports", "import_template"), (keepers, None)),
    "import_new": (keepers, keepers),
    **dict.fromkeys(("import", "import_report", "import_refused"), (lists, None)),
    "import_columns": (lists, lists),
    "import_confirm": (None, lists),
    "import_drop": (
        None,
        Door(
            lambda thing: these("carmen haytham") if thing == "draft_import" else NONE,
            sees=lambda thing: DRAFT if thing == "done_import" else NONE,
        ),
    ),
    # Conversations: seen by those who take part; to everybody else they are absent
    "conversations": (signed, None),
    "rooms": (signed, None),
    "conversations_count": (open_to_all, None),
    "conversation_new": (to(NETWORK), to(NETWORK)),
    "conversation_with": (
        None,
        Door(lambda thing: (MEMBERS[thing] if thing.endswith("group") else NETWORK) & SEES[thing]),  # with an answer, if only a refusal
    ),
    **dict.fromkeys(("conversation", "messages", "conversation_search"), (seen, None)),
    "conversation_details": (seen, only(NAMED)),
    "conversation_picture": (Door(lambda thing: SEES[thing] if thing == "several_talk" else NONE, sees=lambda thing: NONE), None),
    "message_send": (None, seen),
    **dict.fromkeys(("conversation_read", "conversation_mute", "conversation_unmute"), (None, seen)),
    **dict.fromkeys(("conversation_archive", "conversation_unarchive"), (None, seen)),
    "conversation_leave": (None, only(NAMED)),
    "conversation_add": (None, only(GROWS)),
    "conversation_remove": (None, only({"several_talk": these("carmen")})),
    **dict.fromkeys(("message", "message_place", "message_menu"), (seen, None)),
    "message_edit": (only(SPOKE), only(SPOKE)),
    "message_removal": (
        only(SPOKE, LEADS),
        Door(lambda thing: SEES[thing] if thing == "removed_message" else (SPOKE.get(thing, NONE) | LEADS.get(thing, NONE)) & SEES[thing]),
    ),
    **dict.fromkeys(("message_react", "message_unreact", "message_pin", "message_unpin"), (None, only(SAID))),
    "message_forward": (said, said),
    "message_report": (reportable, reportable),
    "message_file": (seen, None),
    # Reports: for whoever does not moderate there are none
    "reports": (Door(lambda thing: these("sami"), sees=lambda thing: NONE), None),
    "report_answer": (None, Door(lambda thing: these("sami"), sees=lambda thing: NONE)),
}
# Two things in an address: what does not stand in the place is absent, whoever asks.
CROSSED = {
    "natcom_tn draft_feed",
    "school draft_mandate",
    "application_sent year_report",
    "draft_entity mandate_invitation",
    "school handed",
    "group hidden_membership",
    "several_talk direct_participant",
    "direct_talk several_participant",
}

# The libraries' pages: who needs to be signed in. What they do there is theirs to test; that they never fail is ours.
FOR_VISITORS = these(
    "account_login account_logout account_signup account_inactive account_reset_password account_reset_password_done "
    "account_reset_password_from_key account_reset_password_from_key_done account_request_login_code account_confirm_login_code "
    "account_email_verification_sent mfa_authenticate mfa_login_webauthn"
)
FOR_SIGNED = these(
    "account_reauthenticate account_email account_change_password account_set_password usersessions_list mfa_index mfa_reauthenticate "
    "mfa_activate_totp mfa_deactivate_totp mfa_view_recovery_codes mfa_generate_recovery_codes mfa_download_recovery_codes "
    "mfa_list_webauthn mfa_add_webauthn mfa_reauthenticate_webauthn mfa_remove_webauthn mfa_edit_webauthn"
)
LIBRARIES = FOR_VISITORS | FOR_SIGNED


def first_difference(one: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    lines = zip(str(one[:2]).split(",") + one[2].splitlines(), str(other[:2]).split(",") + other[2].splitlines(), strict=False)
    return next((f"{here.strip()[:150]} / {there.strip()[:150]}" for here, there in lines if here != there), "length")


def listed(lines: list[str]) -> str:
    return "\n" + "\n".join(lines)


def expected_of(place: Place, door: Door | None, role: str) -> str:
    if door is None:
        return "405"
    first = place.target.split(" ")[0]
    if place.target in CROSSED:
        return "sign" if role in VISITORS else "404"
    return door.expected(role, first)


def refined(response: Any) -> str:
    """A redirect into the same address under a language is how an absent plain address answers: 404 comes there."""
    said = outcome(response)
    path = response.wsgi_request.path
    if said == "in" and response.status_code == 302 and response["Location"] == f"/ar{path}":
        return "404"
    return said


def same_but_for(place: Place, response: Any, *, absent: bool) -> tuple[Any, ...]:
    """Status, headers and body, without what the reader sent in and what is new in every answer."""
    path = place.absent if absent and place.absent else place.path
    text = response.said.decode("utf-8", "replace").replace("%40", "@").replace(path, "PATH").replace(path.removeprefix("/ar"), "PATH")
    text = without_proof(text)
    headers = {name: value.replace(path, "PATH") for name, value in response.headers.items() if name != "Content-Length"}
    return response.status_code, headers, text


# --- The walk ---------------------------------------------------------------------------------------------------------------
def test_every_address_is_declared_and_every_declaration_is_an_address() -> None:
    known = {name for name, _arguments in patterns() if not name.startswith("admin:")}
    assert known - set(DOORS) - LIBRARIES == set(), "addresses without a door: declare who gets in"
    assert (set(DOORS) | LIBRARIES) - known == set(), "doors without an address"


@pytest.mark.parametrize("role", walked(ROLES, both="nobody basel carmen"))
def test_each_door_lets_in_whom_it_should(role: str, planted: Planted) -> None:
    client, walk = planted.client(role), Walk(planted, role)
    wrong, unlike, absent = [], [], {}
    for place in places(planted, set(DOORS)):
        for verb, door in zip(("GET", "POST"), DOORS[place.name], strict=True):
            response = walk.post(place) if verb == "POST" else walk.get(place.path)
            wanted, got = expected_of(place, door, role), refined(response)
            if got != wanted and not (wanted == "405" and got == "sign"):
                wrong.append(f"{verb} {place.name} {place.target}: {got} ({response.status_code}), not {wanted}")
            if got in ("404", "sign") and place.absent:
                key = (verb, place.absent)
                if key not in absent:
                    absent[key] = knock(client, verb, place.absent, body_of(planted, place) if verb == "POST" else None)
                hidden, nothing = same_but_for(place, response, absent=False), same_but_for(place, absent[key], absent=True)
                if got == "404" and hidden != nothing:
                    unlike.append(f"{verb} {place.path}: not as if it were absent: {first_difference(hidden, nothing)}")
                if got == "sign" and door is not None and door.sign == "first" and refined(absent[key]) != "sign":
                    unlike.append(f"{verb} {place.path}: visitors learn that it is there")
    assert not wrong + unlike, listed(wrong + unlike)


@pytest.mark.shape("embedded")  # what stands behind them is the libraries' own
@pytest.mark.parametrize("role", ["nobody", "suspended", "dara", "carmen", "staff"])
def test_the_libraries_pages_never_fail_and_are_for_whom_they_are(role: str, planted: Planted) -> None:
    client = planted.client(role)
    wrong = []
    for place in places(planted, set(LIBRARIES)):
        for verb in ("GET", "POST"):
            response = knock(client, verb, place.path)
            if response.status_code >= 500:
                wrong.append(f"{verb} {place.name}: {response.status_code}")
            if (
                place.name in FOR_SIGNED
                and role in VISITORS
                and not (response.status_code == 405 or "/accounts/login/" in response.get("Location", ""))
            ):
                wrong.append(f"{verb} {place.name}: {response.status_code} without signing in")
    assert not wrong, listed(wrong)


@pytest.mark.shape("embedded")  # the method is refused before database and layer are asked: once is enough
@pytest.mark.parametrize("role", walked(["nobody", "carmen"], both=""))
def test_a_wrong_method_is_405_and_head_is_get_without_a_body(role: str, planted: Planted) -> None:
    client, walk = planted.client(role), Walk(planted, role)
    wrong, done = [], set()
    for place in places(planted, set(DOORS) | LIBRARIES):
        if place.name in done:
            continue
        done.add(place.name)
        doors = DOORS.get(place.name)
        for verb in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            response = knock(client, verb, place.path)
            # Who must sign in first is told so first. A library's form page takes PUT for POST (and asks for its proof): theirs.
            fine = {"405", "404"} | ({"sign"} if role == "nobody" else set())
            if response.status_code >= 500 or (doors is not None and refined(response) not in fine):
                wrong.append(f"{verb} {place.name}: {response.status_code}")
        if doors is not None and doors[0] is not None and place.name != "live":
            get, head = walk.get(place.path), knock(client, "HEAD", place.path)
            if (head.status_code, len(head.said)) != (get.status_code, 0):
                wrong.append(f"HEAD {place.name}: {head.status_code} with {len(head.said)} bytes, GET {get.status_code}")
    assert not wrong, listed(wrong)


@pytest.mark.shape("embedded")  # neither database nor layer stands behind the proof: once is enough
def test_nothing_is_written_without_the_forms_proof(planted: Planted) -> None:
    """Another site's form carries no CSRF token: 403 everywhere but at the browser's own reports."""
    client = planted.client("carmen", enforce_csrf_checks=True)
    asked = {place.name: place for place in places(planted)}.values()
    answers = {place.name: knock(client, "POST", place.path, body_of(planted, place)).status_code for place in asked}
    assert {name: status for name, status in answers.items() if status != 403} == {"csp_report": 204, "mail_stop": 200, "mail_weekly": 200}


@pytest.mark.shape("embedded")  # neither database nor layer stands behind the refusal: once is enough
def test_an_unsafe_request_from_another_site_is_refused_before_anything_else(planted: Planted) -> None:
    client = planted.client("carmen")
    for place in places(planted, {"reply", "group_leave", "profile_edit", "account_logout"}):
        assert knock(client, "POST", place.path, headers={"sec-fetch-site": "cross-site"}).status_code == 403, place.path


@pytest.mark.shape("embedded")  # nobody's rights are asked for: once is enough
def test_who_presses_a_button_unsigned_comes_back_to_its_page(planted: Planted) -> None:
    """Not to what the form posts to, which answers no GET: signing in would end at 405."""
    client, wrong, led = planted.client("nobody"), [], 0
    for place in places(planted, {name for name, (get, post) in DOORS.items() if get is None and post is not None}):
        for page, wanted in (("http://testserver/ar/groups/", "/ar/groups/"), ("https://evil.example/ar/", None), ("", None)):
            response = knock(client, "POST", place.path, body_of(planted, place), headers={"referer": page})
            if refined(response) != "sign":
                continue
            back = parse_qs(urlsplit(response["Location"]).query).get("next", ["/"])[0]
            led += 1
            page_of = place.path.removesuffix("posts/")
            # The box of one's own wall stands on the home page alone: there the text waits.
            allowed = {wanted, page_of, f"/ar{page_of}"} | ({"/ar/"} if place.name == "own_wall" else set())
            if back == place.path or (wanted and urlsplit(back).path not in allowed):
                wrong.append(f"{place.path} from {page!r}: back to {back!r}")
    assert not wrong, listed(wrong)
    assert led > 50


# --- The demonstration's door -------------------------------------------------------------------------------------------------
def test_the_demonstrations_door_is_there_only_in_the_demonstration(planted: Planted, settings: Any) -> None:
    assert knock(planted.client("nobody"), "GET", "/ar/demo/").status_code == 404
    settings.ROOT_URLCONF, settings.DEMO = "tests.profiles.urls_demo", True
    clear_url_caches()
    set_urlconf(None)
    try:
        for role in ("nobody", "suspended", "carmen"):
            client = planted.client(role)
            assert knock(client, "GET", "/ar/demo/").status_code == 200
            assert knock(client, "PUT", "/ar/demo/").status_code == 405
            for odd in ("", "x", "-1", "9" * 30, "٣", str(planted.who["suspended"].user.pk)):  # type: ignore[union-attr]
                assert knock(client, "POST", "/ar/demo/", {"user": odd}).status_code == 404, odd
        settings.DEMO = False
        assert knock(planted.client("nobody"), "GET", "/ar/demo/").status_code == 404
    finally:
        clear_url_caches()


# --- The admin pages ---------------------------------------------------------------------------------------------------------
def admin_addresses() -> list[str]:
    """Every admin address, filled with the first row of its model (or one that is not there)."""
    from django.apps import apps  # noqa: PLC0415 -- only here
    from django.contrib import admin  # noqa: PLC0415 -- only here

    found = [
        f"/ar/admin/{end}"
        for end in ("", "health/", "login/", "password_change/", "password_change/done/", "autocomplete/", "jsi18n/", "r/1/1/", "nothing/")
    ]
    for label in {model._meta.app_label for model in admin.site._registry}:
        found.append(f"/ar/admin/{label}/")
    for model in apps.get_models():
        if admin.site.is_registered(model):
            row = model._default_manager.order_by("pk").values_list("pk", flat=True).first() or ABSENT
            root = f"/ar/admin/{model._meta.app_label}/{model._meta.model_name}/"
            found += [root, f"{root}add/", *(f"{root}{row}/{end}" for end in ("change/", "history/", "delete/", ""))]
            found += [f"{root}{odd}/change/" for odd in ("x", "99999999999999999999999", "-1", "%00")]
    return found


@pytest.mark.shape("embedded")  # a mark on the account decides, before a row is looked for: once is enough
@pytest.mark.parametrize("role", ["nobody", "suspended", "dara", "carmen", "sami"])
def test_the_admin_pages_are_for_staff(role: str, planted: Planted) -> None:
    client = planted.client(role)
    inside = {f"/ar/admin/{end}" for end in ("login/", "jsi18n/")}
    wrong = []
    for path in admin_addresses():
        response = knock(client, "GET", path)
        if path not in inside and response.status_code not in (302, 403, 404):
            wrong.append(f"{path}: {response.status_code}")
        if response.status_code == 302 and "/login/" not in response["Location"]:
            wrong.append(f"{path} leads to {response['Location']}")
    assert not wrong, listed(wrong)


def test_no_admin_page_fails_for_staff(planted: Planted) -> None:
    client = planted.client("staff")
    answers = {path: (knock(client, "GET", path).status_code, knock(client, "POST", path).status_code) for path in admin_addresses()}
    assert {path: both for path, both in answers.items() if max(both) >= 500} == {}


def test_a_stranger_learns_nothing_from_the_admin_of_what_is_registered(planted: Planted) -> None:
    client: Client = planted.client("nobody")
    there, not_there = (knock(client, "GET", f"/ar/admin/{path}") for path in ("forums/post/", "forums/nothing/"))
    assert (there.status_code, there["Location"].replace("post", "X")) == (
        not_there.status_code,
        not_there["Location"].replace("nothing", "X"),
    )
