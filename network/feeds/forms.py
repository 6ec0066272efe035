"""What pages of feeds accept from people."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class FeedForm(forms.Form):
    url = forms.URLField(
        label=_("Address of the feed"),
        max_length=500,
        assume_scheme="https",
        help_text=_("The RSS or Atom address of your website; it often ends in /feed/ or /rss.xml."),
    )
