"""What the clock asks of this room."""

from network.activity.jobs import job


@job("sites.sweep")
def sweep() -> None:
    """Who asked is forgotten a year after the answer."""
    from network.sites import actions  # noqa: PLC0415 -- app ready

    actions.forget_visitors()
