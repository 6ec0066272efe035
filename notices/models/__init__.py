from notices.models.mail import Incoming, Mail
from notices.models.newsletter import Newsletter
from notices.models.notice import Notice
from notices.models.preferences import Channel, Frequency, Level, Preferences, SpaceMail
from notices.models.push import Device, PushKey

__all__ = [
    "Channel",
    "Device",
    "Frequency",
    "Incoming",
    "Level",
    "Mail",
    "Newsletter",
    "Notice",
    "Preferences",
    "PushKey",
    "SpaceMail",
]
