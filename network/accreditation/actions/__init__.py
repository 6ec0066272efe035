"""The only writers of this room's tables: applications and their files, affiliations, certificates, yearly reports, renewals; and the calendar."""

from network.accreditation.actions.affiliations import end, leave, reinstate, suspend, years_later
from network.accreditation.actions.applications import NAMES, decide, review, save, start, submit, withdraw
from network.accreditation.actions.calendar import call, remind, turn
from network.accreditation.actions.minutes import keep_minutes
from network.accreditation.actions.papers import attach, detach
from network.accreditation.actions.renewals import ask_renewal, endorse_renewal, settle_renewal
from network.accreditation.actions.reports import answer_report, save_report, send_report
from network.accreditation.actions.steps import check_judge

__all__ = [
    "NAMES",
    "answer_report",
    "ask_renewal",
    "attach",
    "call",
    "check_judge",
    "decide",
    "detach",
    "end",
    "endorse_renewal",
    "keep_minutes",
    "leave",
    "reinstate",
    "remind",
    "review",
    "save",
    "save_report",
    "send_report",
    "settle_renewal",
    "start",
    "submit",
    "suspend",
    "turn",
    "withdraw",
    "years_later",
]
