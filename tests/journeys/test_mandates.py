"""A head invites an officer by mail: she signs up with that address, accepts, writes for the commission, leaves, and her successor takes over."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from network.groups import actions as groups
from network.spaces.models import HandOver, JoinRequest, Mandate
from profiles.models import User
from tests.journeys.support import Browse, World, looks, said
from tests.profiles.mail import code_in, last_letter

ADDRESS = "leila@example.org"


@pytest.mark.parametrize(("language", "width"), looks(("ar", 390), ("en", 1280)))
def test_from_an_invitation_by_mail_to_the_hand_over(browse: Browse, w: World, language: str, width: int) -> None:
    # --- The head offers the mandate
    haytham = browse(w.haytham, language=language, width=width)
    haytham.goto(f"/{language}/institutions/natcom-tn/mandates/")
    haytham.locator("main a[href$='/mandates/invitation/']").click()
    haytham.fill("[name=address]", ADDRESS)
    haytham.fill("[name=title]", "ضابطة اتصال المدارس")
    haytham.select_option("[name=network]", "schools")
    haytham.locator("main form .button-primary").click()
    expect(haytham.locator("main")).to_contain_text(ADDRESS)

    # --- She opens the link, signs up with that address, comes back and accepts
    found = re.search(r"https?://[^/\s]+(/\S+/invitations/mandates/\S+/)", str(last_letter(ADDRESS)))
    assert found is not None
    link = found[1]
    leila = browse(language=language, width=width)
    leila.goto(link)
    leila.locator("main a[href*='/accounts/signup/']").click()
    leila.fill("[name=name]", "ليلى بن سالم")
    leila.fill("[name=email]", ADDRESS)
    leila.fill("[name=password1]", "ثلاث نخلات عالية")
    leila.check("[name=adult]")
    leila.locator("main form .button-primary").click()
    leila.wait_for_url("**/confirm-email/**")
    leila.fill("[name=code]", code_in(last_letter(ADDRESS)))
    leila.locator("[name=code]").press("Enter")
    leila.wait_for_url("**/invitations/mandates/**")
    leila.locator("main form .button-primary").click()
    leila.wait_for_url("**/institutions/natcom-tn/")
    user = User.objects.get(email=ADDRESS)
    row = Mandate.objects.get(user=user)
    assert (row.network, row.is_current, row.named_by_id) == ("schools", True, w.haytham.user.pk)
    assert len(mail.outbox) == 2

    # --- She opens a group of the commission; somebody asks to join; she leaves, and what is open goes to carmen
    from network.spaces.actors import Actor  # noqa: PLC0415 -- only here

    group = groups.create(Actor.of(user, fresh=True).speaking_for(w.natcom_tn.pk), name_ar="مجموعة المدارس المنتسبة", join_rule="request")
    JoinRequest.objects.create(space=group, user=w.dara.user)
    haytham.goto(f"/{language}/institutions/natcom-tn/mandates/{row.pk}/")
    expect(haytham.locator("#acts ~ section")).to_contain_text("مجموعة المدارس المنتسبة")
    haytham.locator("main a[href$='/end/']").click()
    haytham.locator("main form .button-primary").click()
    haytham.wait_for_url("**/hand-over/")
    haytham.select_option("[name=to]", str(w.carmen.user.pk))
    haytham.fill("[name=note]", "ابدئي بالطلب الأول")
    haytham.locator("main form .button-primary").click()
    haytham.wait_for_url(f"**/mandates/{row.pk}/")
    made = HandOver.objects.get()
    assert (made.to_user_id, len(made.items)) == (w.carmen.user.pk, 2)
    carmen = browse(w.carmen, language=language, width=width)
    carmen.goto(f"/{language}{made.path}")
    expect(carmen.locator("main")).to_contain_text("ابدئي بالطلب الأول")
    expect(carmen.locator("main .tag-due")).to_have_count(1)  # the request; the group is hers already

    # --- The link works no more, and says so in words
    other = browse(w.ezz, language=language, width=width)
    other.goto(link)
    expect(other.locator("main .note")).to_contain_text(
        said(
            "This invitation was used already: it works once. If it was not you, tell the institution at once; if you need a mandate, ask it for a new invitation.",
            language,
        )
    )
