from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpacesConfig(AppConfig):
    name = "network.spaces"
    verbose_name = _("Spaces, members and mandates")
