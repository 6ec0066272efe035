"""Public sites, how they are looked after, and what visitors ask, under a language."""

from django.urls import path, register_converter

from network.sites.places import SitePath
from network.sites.views import editing, machines, public, questions

register_converter(SitePath, "site")

urlpatterns = [
    path("sites/", public.sites, name="sites"),
    path("questions/", questions.questions, name="questions"),
    path("questions/<int:question_id>/", questions.question, name="question"),
    path("<site:at>/", public.front, name="site"),
    path("<site:at>/news/", public.news, name="site_news"),
    path("<site:at>/institutions/", public.institutions, name="site_institutions"),
    path("<site:at>/contact/", public.contact, name="site_contact"),
    path("<site:at>/card.png", machines.card, name="site_card"),
    path("<site:at>/edit/", editing.edit, name="site_edit"),
    path("<site:at>/preview/", editing.preview_site, name="site_preview"),
    path("<site:at>/history/", editing.site_history, name="site_history"),
    path("<site:at>/publication/", editing.publish_site, name="site_publish"),
    path("<site:at>/restoration/", editing.restore_site, name="site_restore"),
    path("<site:at>/cover/", editing.cover, name="site_cover"),
    path("<site:at>/cover/publication/", editing.show_cover, name="site_cover_show"),
    path("<site:at>/cover/removal/", editing.remove_cover, name="site_cover_remove"),
    path("<site:at>/pages/", editing.pages, name="site_pages"),
    path("<site:at>/pages/new/", editing.page_new, name="site_page_new"),
    path("<site:at>/pages/<int:page_id>/", public.written, name="site_page"),
    path("<site:at>/pages/<int:page_id>/edit/", editing.page_edit, name="site_page_edit"),
    path("<site:at>/pages/<int:page_id>/preview/", editing.preview, name="site_page_preview"),
    path("<site:at>/pages/<int:page_id>/history/", editing.history, name="site_page_history"),
    path("<site:at>/pages/<int:page_id>/publication/", editing.publish, name="site_page_publish"),
    path("<site:at>/pages/<int:page_id>/publication/end/", editing.hide, name="site_page_hide"),
    path("<site:at>/pages/<int:page_id>/removal/", editing.remove, name="site_page_remove"),
    path("<site:at>/pages/<int:page_id>/place/", editing.move, name="site_page_move"),
    path("<site:at>/pages/<int:page_id>/restoration/", editing.restore, name="site_page_restore"),
]
