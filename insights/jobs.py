"""Closing the days, by the clock."""

from network.activity.jobs import job


@job("insights.close_days")
def close_days() -> None:
    """Salts and marks of days that are over are deleted; the numbers stay."""
    from insights import actions  # noqa: PLC0415 -- app ready

    actions.close_days()
