"""What forms post to."""

from django.urls import path

from network.sites.views import machines, questions

urlpatterns = [
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap_index, name="sitemap_index"),
    path("sitemap-<slug:part>.xml", machines.sitemap, name="sitemap"),
    path("questions/<int:question_id>/closure/", questions.close, name="question_close"),
]
