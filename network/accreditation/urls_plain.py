"""What carries no language: files."""

from django.urls import path

from network.accreditation.views import joining

urlpatterns = [path("applications/files/<str:key>/", joining.paper, name="application_file")]
