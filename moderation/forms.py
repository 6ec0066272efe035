from django import forms
from django.utils.translation import gettext_lazy as _


class ReportForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        label=_("What is wrong with it"),
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Say in a few words what is wrong with it.")},
    )
