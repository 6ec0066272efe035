"""The house's settings, with limits on haste that a lab would outrun in a minute: nothing else differs."""

from network.settings import *  # noqa: F403
from network.settings import RATES as _RATES

RATES = {action: (1_000_000, seconds) for action, (_most, seconds) in _RATES.items()}
