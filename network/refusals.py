"""What an action or a form answers when it says no, as every page and script is told: a status, a sentence, and when to try again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _

from network import rates

R = TypeVar("R", bound=HttpResponse)
REFUSALS = (PermissionDenied, ValidationError, rates.TooMany)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, in the reader's language; `seconds` to wait, where waiting helps."""

    status: int
    sentence: str = ""
    seconds: int = 0

    @classmethod
    def of(cls, error: Exception) -> Refusal:
        """One of REFUSALS in words; anything else is raised again."""
        match error:
            case rates.TooMany():
                return cls(429, str(error), error.seconds)
            case PermissionDenied():
                return cls(403, str(error) or _("You may see this, but not do that here."))
            case ValidationError():
                return cls(422, " ".join(error.messages))
        raise error

    def mark(self, response: R) -> R:
        """Say in the answer's head when to try again."""
        if self.seconds:
            response["Retry-After"] = str(self.seconds)
        return response
