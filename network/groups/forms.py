"""What groups accept from people."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from network.content import Audience
from network.groups.models import Group
from network.spaces.forms import PictureField, SpaceField, radios
from network.spaces.models import Role, Space

if TYPE_CHECKING:
    from network.spaces.actors import Actor

JOIN_RULES = radios(
    [
        (Space.JoinRule.OPEN, _("Open"), _("Whoever sees the group may join at once.")),
        (Space.JoinRule.REQUEST, _("On request"), _("People ask with a word; an owner or moderator answers.")),
        (Space.JoinRule.INVITATION, _("By invitation"), _("Only those whom an owner or moderator invites.")),
    ]
)
AUDIENCES = radios(
    [
        (Audience.PUBLIC, _("Everyone"), _("What is written here is read without an account, and found by search engines.")),
        (Audience.NETWORK, _("The network"), _("Read by people with a mandate or an approved membership somewhere.")),
        (Audience.MEMBERS, _("Members"), _("Read by the members of this group only.")),
    ]
)
LISTED = radios(
    [
        ("True", _("Listed"), _("Its name and description stand in the list of groups for everyone.")),
        ("False", _("Hidden"), _("To others it does not exist; what is written in it is for its members.")),
    ]
)


class GroupForm(forms.ModelForm):
    """How to join, who reads, and who knows of it are three separate choices. Gives values only: actions write them."""

    picture = PictureField()
    without_picture = forms.BooleanField(label=_("Take the picture away"), required=False)
    join_rule = forms.ChoiceField(label=_("How to join"), choices=JOIN_RULES, widget=forms.RadioSelect, initial=Space.JoinRule.REQUEST)
    audience = forms.TypedChoiceField(
        label=_("Who reads"), choices=AUDIENCES, coerce=int, widget=forms.RadioSelect, initial=Audience.NETWORK
    )
    listed = forms.TypedChoiceField(
        label=_("Who knows of it"), choices=LISTED, coerce=lambda value: value == "True", widget=forms.RadioSelect, initial="True"
    )

    class Meta:
        model = Group
        fields = ["name_ar", "name_fr", "name_en", "about_ar", "about_fr", "about_en", "join_rule", "audience", "listed"]
        widgets = {f"about_{code}": forms.Textarea(attrs={"rows": 3, "data-behaviour": "autosize"}) for code in ("ar", "fr", "en")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance: Group | None = kwargs.get("instance")
        # A refused form must not change the name above it.
        kwargs["instance"] = copy(instance)
        super().__init__(*args, **kwargs)
        if not (instance and instance.picture):
            del self.fields["without_picture"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not any(cleaned.get(f"name_{code}") for code in ("ar", "fr", "en")):
            raise ValidationError({"name_ar": _("Write a name in at least one language.")})
        if cleaned.get("listed") is False:
            # A hidden group leaks nothing by its content.
            cleaned["audience"] = Audience.MEMBERS
        return cleaned


class AskForm(forms.Form):
    message = forms.CharField(
        label=_("A word to those who answer"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who you are, and what brings you here."),
    )


class InviteForm(forms.Form):
    """A person or an institution, by handle, e-mail or name."""

    who = SpaceField(
        label=_("Whom"),
        kinds=(Space.Kind.PERSON, Space.Kind.ENTITY),
        help_text=_("A person or an institution: handle, e-mail address or whole name. Whoever speaks for the institution answers for it."),
    )
    role = forms.ChoiceField(
        label=_("As"), choices=[(Role.MEMBER, Role.MEMBER.label), (Role.MODERATOR, Role.MODERATOR.label)], initial=Role.MEMBER
    )
    message = forms.CharField(label=_("A word"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].ask(actor)  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(label=_("To"), queryset=Space.objects.none(), empty_label=_("Choose a member"))

    def __init__(self, group: Group, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = (  # type: ignore[attr-defined]
            Space.objects.people()
            .filter(user__memberships__space=group, user__is_active=True)
            .select_related("user")
            .order_by("folded", "pk")
        )
