from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from network.admin_pages import RecordAdmin
from notices import hours
from notices.mail import dates, digest, shown
from notices.models import Device, Incoming, Level, Mail, Newsletter, Notice, Preferences, PushKey, SpaceMail

if admin.site.is_registered(Notice):
    admin.site.unregister(Notice)  # the library registers the swapped model with its own page


@admin.register(Notice)
class NoticeAdmin(RecordAdmin):
    list_display = ("timestamp", "recipient", "reason", "verb", "space", "unread")
    list_filter = ("reason", "unread")
    list_select_related = ("recipient", "space")
    search_fields = ("recipient__email",)
    date_hierarchy = "timestamp"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        """Without those about conversations: who talks to whom is nobody's but theirs."""
        return super().get_queryset(request).exclude(reason__in=("chat_mention", "message"))


@admin.register(Mail)
class MailAdmin(RecordAdmin):
    """Which mails wait, went or were refused. What they say is not shown: a sign-in code is nobody else's."""

    list_display = ("created_at", "kind", "address", "state", "attempts", "sent_at", "last_error")
    list_filter = ("state", "kind")
    search_fields = ("address",)
    exclude = ("about",)
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        return super().get_queryset(request).defer("about")


@admin.register(Incoming)
class IncomingAdmin(RecordAdmin):
    list_display = ("received_at", "sender", "user", "outcome", "why", "path")
    list_filter = ("outcome",)
    list_select_related = ("user",)
    search_fields = ("sender",)
    date_hierarchy = "received_at"


@admin.register(Preferences)
class PreferencesAdmin(RecordAdmin):
    list_display = ("user", "next_digest_at", "last_digest_at", "paused_at", "paused_because")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    change_list_template = "admin/digests_link.html"

    def get_urls(self) -> list[Any]:
        ours = [
            path("digests/", self.admin_site.admin_view(self.digests), name="digests"),
            path("digests/<str:code>/mail/", self.admin_site.admin_view(self.digest_mail), name="digest_mail"),
        ]
        return [*ours, *super().get_urls()]

    def digests(self, request: HttpRequest) -> HttpResponse:
        """How a digest looks, from the administrator's own rows, in each language; and how that of one person stands, in figures only.

        What stands in somebody's digest is theirs: it quotes groups that an administrator may not read.
        """
        self._check(request)
        asked = request.GET.get("person", "").strip()
        user = get_user_model().objects.filter(email__iexact=asked, page__isnull=False).first() if asked else None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Digests"),
            "asked": asked,
            "languages": settings.LANGUAGE_NAMES.items(),
            "facts": _facts(user) if user is not None else [],
        }
        return shown.framing(TemplateResponse(request, "admin/digests.html", context).render())

    def digest_mail(self, request: HttpRequest, code: str) -> HttpResponse:
        """The administrator's own next digest, in this language, for a frame of the page above."""
        self._check(request)
        user = request.user
        if code not in settings.LANGUAGE_NAMES or not hasattr(user, "page"):
            raise Http404
        with translation.override(code):
            html, _text = digest.html_of(digest.preview(user))  # type: ignore[arg-type]  # admin_view lets in nobody but staff
        return shown.framed(html)

    def _check(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


def _facts(user: Any) -> list[tuple[str, str]]:
    """What can be said of somebody's next digest without saying what is in it."""
    preferences, made = Preferences.objects.filter(user=user).first(), digest.preview(user)
    theirs = hours.of(user, preferences)
    comes = preferences.next_digest_at if preferences is not None and preferences.next_digest_at else theirs.next_digest(timezone.now())
    last = Mail.objects.filter(user=user, kind=Mail.Kind.DIGEST, state=Mail.State.SENT).first()
    paused = preferences.paused_because if preferences is not None and preferences.paused_at else ""
    news = _("The next one is sent.") if made.is_news else _("Nothing is new: none is sent unless something comes.")
    facts = [
        (_("Next digest"), dates.moment_of(comes, user, theirs)),
        (_("Last sent"), dates.moment_of(last.sent_at, user, theirs) if last is not None and last.sent_at else "–"),
        (_("As it stands now"), _("Mail to this person is paused: %(why)s") % {"why": paused} if paused else news),
        (_("What waits for your answer"), str(made.owed_count)),
    ]
    return facts + [(section.name, str(len(section.items))) for section in made.sections]


@admin.register(Level)
class LevelAdmin(RecordAdmin):
    list_display = ("user", "space", "level")
    list_filter = ("level",)
    list_select_related = ("user", "space")
    search_fields = ("user__email",)


@admin.register(SpaceMail)
class SpaceMailAdmin(RecordAdmin):
    list_display = ("space", "level", "without_content", "board")
    list_select_related = ("space", "board")


@admin.register(Newsletter)
class NewsletterAdmin(RecordAdmin):
    list_display = ("created_at", "title_ar", "space", "by", "sent_at", "people")
    list_select_related = ("space", "by")
    search_fields = ("title_ar", "title_fr", "title_en")


@admin.register(Device)
class DeviceAdmin(RecordAdmin):
    list_display = ("user", "label", "since", "told_at", "failures")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    exclude = ("endpoint",)  # whoever knows it could tell that browser things


@admin.register(PushKey)
class PushKeyAdmin(RecordAdmin):
    list_display = ("pk", "made_at")
