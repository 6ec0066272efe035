"""What the queue does for lists brought in."""

from network.activity.jobs import job
from network.imports import actions
from network.imports.models import Import


@job("imports.check")
def check(import_id: int) -> None:
    """Look at the rows of a large list."""
    if batch := Import.objects.filter(pk=import_id).first():
        actions.look(batch)


@job("imports.write")
def write(import_id: int) -> None:
    """Write the next piece of a confirmed list, and ask for the one after it."""
    if batch := Import.objects.filter(pk=import_id).first():
        actions.write_piece(batch)


@job("imports.sweep")
def sweep() -> None:
    """Lists that nobody confirmed leave."""
    actions.sweep()
