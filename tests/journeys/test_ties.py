"""R5: a school follows a chair and hears it; it proposes to be twins with another institution, is accepted, and both find the space they share."""

import pytest
from playwright.sync_api import expect

from forums import actions as forums
from network.entities.models import Entity, Kind
from network.groups.models import Group
from network.ties.models import Tie
from notices.models import Notice
from tests.cast import mandate
from tests.journeys.support import SOON, Browse, World, in_language, looks, path, said


@pytest.mark.parametrize(("language", "width"), looks(("ar", 1280), ("en", 390)))
def test_a_school_follows_a_chair_and_becomes_its_twin(browse: Browse, w: World, language: str, width: int) -> None:
    kind = Kind.objects.create(code="scientific-chair", name_ar="كرسي علمي", name_en="Scientific chair", overseen=True)
    chair = Entity.objects.create(
        kind="entity",
        handle="chair-jo",
        name_ar="كرسي الماء (تجريبي)",
        name_en="The Water Chair (demo)",
        monogram="ما",
        entity_kind=kind,
        country=w.jo,
        overseer=w.natcom_jo,
        skeleton="chair-jo",
        folded="كرسي الماء chair-jo",
    )
    mandate(w.rania, chair, "صاحبة الكرسي")

    # --- The school's coordinator follows the chair, and finds what it writes in her feed
    amina = browse(w.amina, language=language, width=width)
    amina.goto(f"/{language}/institutions/chair-jo/")
    amina.locator(f"form[action='/spaces/{chair.pk}/follow/'] button").click()
    expect(amina.locator(f"form[action='/spaces/{chair.pk}/follow/end/'] button")).to_be_visible()
    forums.open_topic(w.rania.writing_for(chair), chair, body="<p>قسنا منسوب الواحة اليوم</p>")
    amina.goto(f"/{language}/?scope=following")
    expect(amina.locator(".feed-item", has_text="قسنا منسوب الواحة اليوم")).to_be_visible(timeout=SOON)

    # --- She proposes to be twins, from the chair's page
    amina.goto(f"/{language}/institutions/chair-jo/ties/")
    amina.locator("a[href$='/ties/new/']").click()
    amina.wait_for_url("**/ties/new/")
    amina.check("[name=relation][value=twin]")
    amina.fill("[name=message]", "حديقتنا وواحتكم")
    amina.locator(".save-bar .button-primary").click()
    amina.wait_for_url(f"**/{language}/ties/*/")
    tie = Tie.objects.get()
    assert (tie.kind, tie.state, tie.space_id, tie.asked_id) == ("twin", "proposed", w.school.pk, chair.pk)

    # --- The chair's bell rings; its holder accepts where it waits for her
    rania = browse(w.rania, language="ar", width=1280)
    rania.goto("/ar/notices/")
    waits = rania.locator(".is-waiting", has_text="حديقتنا وواحتكم")
    expect(waits).to_contain_text(w.school.name_ar)
    waits.locator("button[value=accept]").click()
    expect(rania.locator(".is-waiting")).to_have_count(0)
    tie.refresh_from_db()
    group = Group.objects.get(pk=tie.group_id)
    assert (tie.state, group.owner_id) == ("active", w.school.pk)

    # --- It stands on both pages, the picture and the table say the same, and the shared space is open to both
    for code, other in (("school-tn", chair), ("chair-jo", w.school)):
        amina.goto(f"/{language}/institutions/{code}/ties/")
        name = in_language(other, language)
        expect(amina.locator("svg a.tie-node[data-relation=twin]")).to_have_attribute("href", f"/{language}{other.path}")
        expect(amina.locator("#tie-table tr:has(.tie-tag[data-relation=twin]) .author")).to_have_text([name])
    amina.locator("#tie-table a", has_text=said("Shared space", language)).click()
    amina.wait_for_url(f"**/groups/{group.pk}/")
    assert path(amina.url) == f"/{language}/groups/{group.pk}/"
    rania.goto(f"/ar/groups/{group.pk}/members/")
    for who in (w.school.name_ar, chair.name_ar, "أمينة", "رانيا"):
        expect(rania.locator("main").get_by_text(who, exact=False).first).to_be_visible()
    # The proposer was told.
    for _ in range(100):
        if Notice.objects.filter(recipient=w.amina.user, verb="tie_accepted").exists():
            break
        amina.wait_for_timeout(100)
    assert Notice.objects.filter(recipient=w.amina.user, verb="tie_accepted").count() == 1
