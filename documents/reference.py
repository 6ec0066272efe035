"""The network's own guides, as files: «networks.ar.txt» and its kin. Put in once; afterwards they are the secretariat's."""

from __future__ import annotations

from html import escape
from pathlib import Path

from documents import actions
from documents.models import LANGUAGES, Guide
from network.content import Audience
from network.spaces.actors import Actor
from network.spaces.models import Space

DATA = Path(__file__).parent / "data"
GUIDES = {  # code: for whom, who reads it
    "networks": (Guide.For.EVERYONE, Audience.PUBLIC),
    "school-coordinator": (Guide.For.COORDINATORS, Audience.PUBLIC),
    "liaison-officer": (Guide.For.OFFICERS, Audience.NETWORK),
    "secretary-general": (Guide.For.HEADS, Audience.NETWORK),
    "secretariat": (Guide.For.SECRETARIAT, Audience.MEMBERS),
    "club-leader": (Guide.For.COORDINATORS, Audience.PUBLIC),
    "chair-holder": (Guide.For.COORDINATORS, Audience.PUBLIC),
    "partner": (Guide.For.PARTNERS, Audience.PUBLIC),
}


def missing() -> list[str]:
    there = set(Guide.objects.filter(code__in=GUIDES).values_list("code", flat=True))
    return [code for code in GUIDES if code not in there]


def put_in(actor: Actor, space: Space, code: str) -> Guide:
    """One guide of the files, published in the name of the secretariat."""
    meant_for, audience = GUIDES[code]
    words: dict[str, str] = {}
    for language in LANGUAGES:
        title, summary, body = read(code, language)
        words |= {f"title_{language}": title, f"summary_{language}": summary, f"body_{language}": body}
    guide = actions.create(actor, space, meant_for=meant_for, audience=audience, code=code, **words)
    actions.publish(actor, guide)
    return guide


def read(code: str, language: str) -> tuple[str, str, str]:
    """Title («# …»), summary (the first paragraph), and the rest: «## …» a heading, «- …» an item, else a paragraph."""
    title, summary, *rest = (line.strip() for line in (DATA / f"{code}.{language}.txt").read_text("utf-8").splitlines() if line.strip())
    html, listed = [], False
    for line in rest:
        if (item := line.startswith("- ")) != listed:
            html.append("<ul>" if item else "</ul>")
            listed = item
        if item:
            html.append(f"<li>{escape(line[2:])}</li>")
        elif line.startswith("## "):
            html.append(f"<h2>{escape(line[3:])}</h2>")
        else:
            html.append(f"<p>{escape(line)}</p>")
    if listed:
        html.append("</ul>")
    return title.removeprefix("# "), summary, "".join(html)
