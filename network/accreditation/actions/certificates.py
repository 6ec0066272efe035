"""The proof of an affiliation, numbered without a gap."""

from __future__ import annotations

import secrets
from datetime import date

from network.accreditation.models import Application, Certificate, Series

NO_COUNTRY = "00"  # in the number of a certificate of no country
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without letters that look like digits


def certify(application: Application, today: date) -> Certificate:
    """The next number of its row. The row stays locked until the commit: no number is left out and none is given twice."""
    letter, country = application.procedure.letter, application.country_id or NO_COUNTRY
    Series.objects.get_or_create(letter=letter, country=country, year=today.year)
    series = Series.objects.select_for_update().get(letter=letter, country=country, year=today.year)
    series.last += 1
    series.save(update_fields=["last"])
    drawn = "".join(secrets.choice(_ALPHABET) for _place in range(12))
    return Certificate.objects.create(
        application=application,
        number=f"{letter}-{country}-{today.year}-{series.last:04d}",
        code="-".join(drawn[place : place + 4] for place in (0, 4, 8)),
        name=application.name_ar or application.name,
        issued_on=today,
    )
