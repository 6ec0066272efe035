"""What the clock brings to applications."""

from network.activity.jobs import job


@job("accreditation.turn")
def turn() -> None:
    """Reports due and overdue, agreements that end soon or have ended."""
    from network.accreditation import actions  # noqa: PLC0415 -- app ready

    actions.turn()


@job("accreditation.remind")
def remind(application_id: int, number: int) -> None:
    """The day of an answer comes near."""
    from network.accreditation import actions  # noqa: PLC0415 -- app ready

    actions.remind(application_id, number)
