from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccreditationConfig(AppConfig):
    name = "network.accreditation"
    label = "accreditation"
    verbose_name = _("Joining a network")
