"""The house's settings, with limits on haste that a lab would outrun in a minute: nothing else differs."""

from network.settings import *  # noqa: F403
from network.settings import RATES as _RATES

RATES = {action: (1_000_000, seconds) for action, (_most, seconds) in _RATES.items()}

if EMAIL_PORT != 25:  # noqa: F405 -- a post office of the lab
    MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_USE_TLS = False
