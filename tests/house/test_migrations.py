"""The models and their migrations say the same."""

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_every_model_has_its_migration(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("makemigrations", check=True, dry_run=True)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)
