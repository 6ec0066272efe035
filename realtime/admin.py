from django.contrib import admin

from network.admin_pages import RecordAdmin
from realtime.models import Epoch


@admin.register(Epoch)
class EpochAdmin(RecordAdmin):
    list_display = ("token", "begun_at")
