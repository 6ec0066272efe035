"""The account behind what visitors do without one: nobody signs in to it, and it stands in no list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model

from network.content import Audience
from network.spaces.models import Space

if TYPE_CHECKING:
    from profiles.models import User

ADDRESS = "visitor@visitor.invalid"


def visitor() -> User:
    """Made when the first visitor asks something; call it in the action's transaction."""
    user, made = get_user_model().objects.get_or_create(email=ADDRESS, defaults={"is_active": False})
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        Space.objects.create(
            kind=Space.Kind.PERSON,
            user=user,
            name_ar="زائر",
            name_fr="Un visiteur",
            name_en="A visitor",
            monogram="؟",
            listed=False,
            audience=Audience.MEMBERS,
        )
    return user
