"""What every view of the forum needs: who must sign in first (with nothing lost), sending a form, going back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from forums import actions
from forums.forms import WritingForm
from forums.models import Attachment, Post
from network import rates
from network.fragments import done, is_partial
from network.refusals import REFUSALS, Refusal
from network.requests import Request, language
from network.spaces.acting import speaking
from network.spaces.actors import Actor
from network.spaces.models import Space
from network.spaces.writing import spend
from network.text import RichTextField
from network.text.field import Written

T = TypeVar("T")
View = Callable[..., HttpResponse]
KEPT = "kept_text"  # in the session of whoever was signed out while writing


# --- Signing in first -----------------------------------------------------------------------------------------------------
def signed_in(view: View) -> View:
    """Visitors are led to sign in and come back to where they were."""

    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor.user_id is None:
            return sign_in_first(
                request, request.get_full_path() if request.method == "GET" else came_from(request) or f"/{language()}/topics/"
            )
        return view(request, *args, **kwargs)

    return guarded


def sign_in_first(request: Request, back: str, place: str = "") -> HttpResponse:
    """To the sign-in page. With a place, what was written waits in the session and stands in its box afterwards."""
    if place and request.POST.get("body"):
        rates.spend("keep", rates.address_of(request))  # each makes a session
        body = request.POST["body"][: 64 * 1024]
        request.session[KEPT] = {
            "place": place,
            "body": body,
            "format": request.POST.get("body_format", ""),
            "title": request.POST.get("title", "")[:200],
        }
        messages.info(request, _("You were signed out. Sign in: what you wrote is kept and waits for you."))
    return done(request, f"{reverse('account_login')}?{urlencode({'next': back})}")


def take_kept(request: Request, place: str) -> str | None:
    """What this person wrote here before they had to sign in, made a draft of theirs; None when nothing waits."""
    actor = request.actor
    if actor.user_id is None or request.session.get(KEPT, {}).get("place") != place:
        return None
    kept = request.session.pop(KEPT)
    body = as_html(kept["body"], kept["format"])
    actions.save_draft(actor, place, body=body, title=kept["title"])
    return body


def as_html(raw: str, kind: str) -> str:
    """What came from a composer, as the clean HTML that a box takes back. ValidationError when it is too long or too deep."""
    return RichTextField().to_python(Written(raw, is_html=kind == "html"))


# --- Sending ----------------------------------------------------------------------------------------------------------------
INVALID = Refusal(422)  # the form says what is wrong


@dataclass(slots=True)
class Sent(Generic[T]):
    """What became of a form: the result, or why it is shown again."""

    result: T | None = None
    refusal: Refusal = INVALID


def send(request: Request, form: WritingForm, act: Callable[[Actor, dict[str, Any], list[Attachment]], T]) -> Sent[T]:
    """Read the form, take in its files and `act` in the chosen name. Whatever is refused stands in the form, with all that was in it."""
    valid = form.is_valid()
    try:
        upload = partial(actions.upload, request.actor)
        files = form.take_files(request.actor.person, Attachment, upload)  # first of all: whatever is refused, nobody chooses them twice
        actor = speaking(request)
        if not valid or form.errors:
            return Sent()
        spend(actor, "post", form.cleaned_data["body"])
        return Sent(act(actor, form.cleaned_data, files))
    except REFUSALS as error:
        refusal = Refusal.of(error)
        form.add_error(None, refusal.sentence)
        return Sent(refusal=refusal)


def tell_unknown(request: Request, post: Post) -> None:
    """The post stands; the writer learns which of the names in it name nobody."""
    if post.unknown:
        names = pgettext("between items", ", ").join(f"@{handle}" for handle in post.unknown)
        count = len(post.unknown)
        sentence = ngettext(
            "Published. This name is known to nobody here: %(names)s", "Published. These names are known to nobody here: %(names)s", count
        )
        messages.warning(request, sentence % {"names": names})


# --- Finding and going back ---------------------------------------------------------------------------------------------------
def find_post(request: Request, post_id: int) -> Post:
    """A post that the reader may see, with all that permissions and fragments read of it, or 404."""
    posts = Post.objects.visible_to(request.actor).with_author().select_related("topic__space", "topic__board")
    return get_object_or_404(posts, pk=post_id)


def came_from(request: Request) -> str:
    """The page of ours on which the form stood, "" when it does not say."""
    page = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if page.netloc != request.get_host() or not page.path.startswith("/"):
        return ""
    return page.path + (f"?{page.query}" if page.query else "")


def wall_page(request: Request, space: Space) -> str:
    """The page on which the wall stood: the place's own, or a tab of it."""
    page, home = came_from(request).partition("?")[0], space.get_absolute_url()
    return page if page.startswith(home) else home


def back_to(request: Request, post: Post) -> HttpResponse:
    """To the post, on the page where its button was pressed (a wall, a topic); a page about the post itself leads to its topic."""
    page = came_from(request)
    if page and "/posts/" not in page:
        return done(request, f"{page.partition('?quote=')[0]}#{post.element_id}")
    return done(request, post.get_absolute_url())


def as_fragment(request: Request, post: Post) -> HttpResponse:
    """The post's own fragment, with the reader's reactions marked, for htmx."""
    from forums.queries import shown  # noqa: PLC0415 -- queries are of no use to the other helpers

    [one] = shown(Post.objects.filter(pk=post.pk), post.topic, request.actor, language())
    return HttpResponse(one.html)


__all__ = [
    "Sent",
    "as_fragment",
    "back_to",
    "find_post",
    "is_partial",
    "send",
    "sign_in_first",
    "signed_in",
    "take_kept",
    "tell_unknown",
]
