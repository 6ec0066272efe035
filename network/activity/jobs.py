"""Which work has which name: `@job("notices.mail")` on a function whose keyword arguments are the row's args.

A handler may be called twice for one row (a worker was killed after its work and before saying so) and must be glad of it.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

from network import compiled

LANES = ("", "mail", "push")  # each has workers of its own: a mail server that hangs holds up no bell
Handler = Callable[..., object]
_handlers: dict[str, Handler] = {}
_read = False


def job(name: str) -> Callable[[Handler], Handler]:
    """Register a handler. Handlers live in an app's `jobs.py`, which the worker reads at its start."""

    def register(handler: Handler) -> Handler:
        held = _handlers.get(name)
        if held is not None and (held.__module__, held.__qualname__) != (handler.__module__, handler.__qualname__):
            raise RuntimeError(f"Two handlers are called {name}.")
        _handlers[name] = handler
        return handler

    return register


def lane_of(name: str) -> str:
    """The lane of a job: "mail" for `mail.send`, the common one for every name that begins with no lane."""
    first = name.partition(".")[0]
    return first if first in LANES else ""


def handler_of(name: str) -> Handler:
    """The handler of this name. LookupError when no app has one (an older worker meets a newer row: it will be retried)."""
    global _read  # noqa: PLW0603 -- read once a process
    if not _read:
        for config in apps.get_app_configs():
            module = f"{config.name}.jobs"
            if find_spec(module) is not None:
                import_module(module)
        _read = True
    try:
        return _handlers[name]
    except KeyError:
        raise LookupError(f"No job is called {name}.") from None


@job("activity.deliver")
def deliver(activity_id: int) -> None:
    """Tell every subscriber of ACTIVITY_SOON. One that fails does not silence the others; the job is then tried again for all."""
    from network.activity.models import Activity  # noqa: PLC0415 -- app ready

    try:
        activity = compiled.get(Activity, activity_id, "actor", "space")
    except Activity.DoesNotExist:
        return
    failures = []
    for name in settings.ACTIVITY_SOON:
        try:
            import_string(name)(activity)
        except Exception as error:
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"Activity {activity_id} did not reach everybody.", failures)


@job("activity.sweep_jobs")
def sweep_jobs() -> None:
    """Jobs given up a month ago are forgotten; an administrator has had time to look at them."""
    from datetime import timedelta  # noqa: PLC0415 -- only here

    from django.utils import timezone  # noqa: PLC0415

    from network.activity.models import Job  # noqa: PLC0415 -- app ready

    Job.objects.filter(parked_at__lt=timezone.now() - timedelta(days=30)).delete()


@job("sessions.clear")
def clear_sessions() -> None:
    """Ended sessions leave the database."""
    store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    store.clear_expired()
