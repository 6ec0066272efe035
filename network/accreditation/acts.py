"""What is done in this room, as the page of a mandate says it (settings.ACT_WORDS)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

WORDS: dict[str, Promise] = {
    "application_submitted": pgettext_lazy("act", "Sent the application of an institution"),
    "application_returned": pgettext_lazy("act", "Returned an application for completion"),
    "application_declined": pgettext_lazy("act", "Declined an application"),
    "application_endorsed": pgettext_lazy("act", "Endorsed an application"),
    "application_approved": pgettext_lazy("act", "Approved an application"),
    "application_withdrawn": pgettext_lazy("act", "Took an application back"),
    "application_suspended": pgettext_lazy("act", "Suspended an affiliation"),
    "application_reinstated": pgettext_lazy("act", "Restored an affiliation"),
    "application_ended": pgettext_lazy("act", "Ended an affiliation"),
    "application_left": pgettext_lazy("act", "Withdrew an institution from its network"),
    "application_reported": pgettext_lazy("act", "Sent a yearly report"),
    "application_report_returned": pgettext_lazy("act", "Returned a yearly report for completion"),
    "application_report_confirmed": pgettext_lazy("act", "Confirmed a yearly report"),
    "application_renewal_asked": pgettext_lazy("act", "Asked for the renewal of an agreement"),
    "application_renewal_endorsed": pgettext_lazy("act", "Endorsed a renewal"),
    "application_renewal_declined": pgettext_lazy("act", "Declined a renewal"),
    "application_renewed": pgettext_lazy("act", "Renewed an agreement"),
    "application_met": pgettext_lazy("act", "Kept the minutes of a working session"),
    "welcomed": pgettext_lazy("act", "Welcomed an institution into its network"),
}
