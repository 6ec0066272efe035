"""Django's admin, in the reader's language. It edits reference data only; whatever happens in the network happens through actions."""

from django.contrib.admin.apps import AdminConfig


class MultaqaAdminConfig(AdminConfig):
    default_site = "network.admin_pages.MultaqaAdminSite"
