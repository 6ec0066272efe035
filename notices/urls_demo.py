"""The demonstration's mails, under /demo/mail/."""

from django.urls import path

from notices.views import demo

urlpatterns = [
    path("mail/", demo.mails, name="demo_mails"),
    path("mail/<int:mail_id>/", demo.mail, name="demo_mail"),
    path("mail/<int:mail_id>/body/", demo.body, name="demo_mail_body"),
]
