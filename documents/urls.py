"""Guides, the booklet of the register, and first steps."""

from django.urls import path

from documents.views import guides, steps

urlpatterns = [
    path("guides/", guides.guides, name="guides"),
    path("guides/new/", guides.new, name="guide_new"),
    path("guides/booklet/", guides.booklet, name="booklet"),
    path("guides/booklet/pdf/", guides.booklet_pdf, name="booklet_pdf"),
    path("guides/<int:guide_id>/", guides.guide, name="guide"),
    path("guides/<int:guide_id>/draft/", guides.draft, name="guide_draft"),
    path("guides/<int:guide_id>/edit/", guides.edit, name="guide_edit"),
    path("guides/<int:guide_id>/versions/<int:number>/", guides.version, name="guide_version"),
    path("guides/<int:guide_id>/versions/<int:number>/pdf/", guides.guide_pdf, name="guide_pdf"),
    path("help/", guides.help_for_me, name="help"),
    path("first-steps/", steps.mine, name="first_steps"),
    path("first-steps/institutions/", steps.institutions, name="first_steps_institutions"),
]
