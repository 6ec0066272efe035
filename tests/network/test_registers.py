"""Registers: filters, completeness, contacts by choice, status with its history, the yearly round, and what one may take away."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from openpyxl import load_workbook

from network.accreditation.models import Application
from network.activity.models import Activity
from network.content import Audience
from network.entities import actions
from network.entities.models import Entity, Kind, StatusChange
from network.permissions import can
from network.spaces.models import Country, Mandate
from notices import lines, waiting
from notices.models import Notice
from notices.subscribers import notify
from tests.cast import mandate
from tests.network.accreditation import networks

LEVEL = {
    "code": "level",
    "kind": "choice",
    "label": {"ar": "المرحلة", "en": "Level"},
    "filter": True,
    "column": True,
    "choices": [{"value": "primary", "label": {"ar": "ابتدائية", "en": "primary"}}, {"value": "secondary", "label": {"en": "secondary"}}],
}
SECRET = {"code": "budget", "kind": "number", "label": {"en": "Budget"}, "public": False}


@pytest.fixture
def schools(world: SimpleNamespace) -> SimpleNamespace:
    """Schools of two countries, of two levels; one is suspended."""
    kind = Kind.objects.get(code="associated-school")
    kind.fields = [LEVEL, SECRET]
    kind.save()
    bahrain = Country.objects.create(code="BH", name_ar="البحرين", name_en="Bahrain", protocol_order=3, zone="Asia/Bahrain")
    rows = [
        ("lulu", bahrain, "primary", "active", "العربية، English"),
        ("dilmun", bahrain, "secondary", "active", "العربية"),
        ("muharraq", bahrain, "primary", "suspended", "العربية"),
        ("zaytuna", world.tn, "primary", "active", "العربية، Français"),
    ]
    for code, country, level, status, languages in rows:
        actions.create(
            world.sami.actor,
            kind=kind,
            handle=code,
            country=country,
            name_ar=f"مدرسة {code}",
            name_en=f"School {code}",
            languages=languages,
            status=status,
            details={"level": level, "budget": 7000},
        )
    return world


def found(client: Client, query: str) -> list[str]:
    """The codes that a workbook of this question holds."""
    book = load_workbook(io.BytesIO(client.get(f"/en/institutions/export.xlsx?{query}").content))
    return [row[0].value for row in book.active.iter_rows(min_row=2)]


def test_schools_of_bahrain_that_are_active_are_exactly_these(schools: SimpleNamespace, client: Client) -> None:
    client.force_login(schools.sami.user)
    assert found(client, "kind=associated-school&country=BH&status=active") == ["dilmun", "lulu"]
    assert found(client, "kind=associated-school&country=BH") == ["dilmun", "lulu", "muharraq"]
    client.logout()
    assert found(client, "kind=associated-school&country=BH&status=suspended") == ["dilmun", "lulu"]  # a visitor asks for no status


def test_a_kinds_own_fields_and_languages_filter_and_nonsense_is_left_out(schools: SimpleNamespace, client: Client) -> None:
    assert found(client, "kind=associated-school&level=primary") == ["lulu", "zaytuna"]
    assert found(client, "kind=associated-school&level=primary&language=fr") == ["zaytuna"]
    assert found(client, "kind=associated-school&level=prim&language=xx&view=planet") == ["dilmun", "lulu", "school-tn", "zaytuna"]
    page = client.get("/en/institutions/?kind=associated-school&level=primary").content.decode()
    assert '<option value="primary" selected>' in page and "School lulu" in page and "School dilmun" not in page


def test_an_administrator_adds_a_kind_without_code(schools: SimpleNamespace, client: Client) -> None:
    schools.sami.user.is_staff = schools.sami.user.is_superuser = True
    schools.sami.user.save()
    client.force_login(schools.sami.user)
    form = {"code": "library", "name_ar": "مكتبة", "name_en": "Library", "plural_en": "Libraries", "position": 60}
    wrong = client.post("/en/admin/entities/kind/add/", {**form, "fields": '[{"code": "Books"}]'})
    assert "Field 1: its code must be small Latin letters" in wrong.content.decode()
    field = '[{"code": "books", "kind": "number", "label": {"en": "Books"}, "column": true}]'
    assert client.post("/en/admin/entities/kind/add/", {**form, "fields": field}).status_code == 302
    entry = {"entity_kind": Kind.objects.get(code="library").pk, "handle": "library-tn", "name_ar": "دار الكتب", "status": "active"}
    answer = client.post("/en/institutions/new/?kind=library", {**entry, "audience": 0, "d_books": "no number"})
    assert answer.status_code == 422 and "Enter a whole number" in answer.content.decode()
    assert client.post("/en/institutions/new/?kind=library", {**entry, "audience": 0, "d_books": "40000"}).status_code == 302
    assert Entity.objects.get(handle="library-tn").details == {"books": 40000}
    table = client.get("/en/institutions/?kind=library&view=table").content.decode()
    assert '<th scope="col">Books</th>' in table and ">40000<" in table


def test_a_kind_that_asks_otherwise_has_its_institutions_worked_out_anew(schools: SimpleNamespace) -> None:
    kind = Kind.objects.get(code="associated-school")
    before = Entity.objects.get(handle="lulu").completeness
    kind.fields = [{**LEVEL, "filter": False}, SECRET, {"code": "pupils", "kind": "number", "label": {"en": "Pupils"}}]
    kind.save()
    assert actions.work_out_all(kind.pk) == 5
    lulu = Entity.objects.get(handle="lulu")
    assert " level:primary " not in lulu.facets and lulu.completeness < before
    assert actions.work_out_all(kind.pk) == 0


def test_contacts_are_shown_to_whom_the_institution_chose_everywhere(schools: SimpleNamespace, client: Client) -> None:
    actions.edit(
        schools.haytham.actor,
        schools.natcom_tn,
        email="office@example.org",
        phone="+216 71 111 111",
        address="شارع المنصف باي",
        phone_reach=Audience.NETWORK,
        email_reach=Audience.MANAGERS,
    )
    sees = {}
    for name in ("nobody", "dara", "basel", "carmen", "sami"):
        client.logout()
        if name != "nobody":
            client.force_login(schools.cast[name].user)
        page = client.get("/en/institutions/natcom-tn/").content.decode()
        table = client.get("/en/institutions/export.csv").content.decode()
        sees[name] = tuple(
            what for what, text in (("email", "office@example.org"), ("phone", "71 111 111"), ("address", "المنصف")) if text in page
        )
        assert sees[name] == tuple(
            what for what, text in (("email", "office@example.org"), ("phone", "71 111 111"), ("address", "المنصف")) if text in table
        )
    assert sees == {
        "nobody": ("address",),
        "dara": ("address",),
        "basel": ("phone", "address"),
        "carmen": ("email", "phone", "address"),
        "sami": ("email", "phone", "address"),
    }


def test_what_a_kind_keeps_for_its_people_leaves_in_no_strangers_table(schools: SimpleNamespace, client: Client) -> None:
    def budgets() -> set[str]:
        rows = list(
            csv.DictReader(io.StringIO(client.get("/en/institutions/export.csv?kind=associated-school").content.decode("utf-8-sig")))
        )
        return {row["Budget"] for row in rows}

    assert budgets() == {""}
    assert "7000" not in client.get("/en/institutions/lulu/").content.decode()
    client.force_login(schools.sami.user)
    assert "7000" in budgets()


def test_a_booklet_is_a_pdf_in_the_readers_language(schools: SimpleNamespace, client: Client) -> None:
    answer = client.get("/ar/institutions/export.pdf?kind=associated-school")
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


def test_a_status_changes_with_a_reason_that_its_history_keeps(schools: SimpleNamespace, client: Client) -> None:
    client.force_login(schools.carmen.user)
    address = "/en/institutions/school-tn/standing/"
    assert client.post(address, {"status": "suspended", "reason": " "}).status_code == 422
    assert client.post(address, {"status": "suspended", "reason": "تقرير متأخر"}).status_code == 302
    school = Entity.objects.get(pk=schools.school.pk)
    assert (school.status, school.listed, can(schools.amina.actor, "entity.speak", school)) == ("suspended", False, False)
    assert list(school.status_changes.values_list("by", "was", "now", "reason")) == [
        (schools.carmen.user.pk, "active", "suspended", "تقرير متأخر")
    ]
    client.force_login(schools.amina.user)
    assert "تقرير متأخر" in client.get(address).content.decode()
    with pytest.raises(PermissionDenied):
        actions.set_status(schools.amina.actor, school, "active", reason="نحن بخير")
    client.force_login(schools.basel.user)
    assert client.get(address).status_code == 404
    actions.set_status(schools.sami.actor, school, "suspended", reason="مرة أخرى")
    assert StatusChange.objects.filter(entity=school).count() == 1
    with pytest.raises(ValidationError):
        actions.set_status(schools.sami.actor, school, "active", reason="")
    school.refresh_from_db()
    assert school.status == "suspended"


def stands(entity: Entity) -> str:
    return Entity.objects.get(pk=entity.pk).status


def test_no_commission_makes_a_draft_active_or_takes_up_what_the_secretariat_ended(schools: SimpleNamespace, client: Client) -> None:
    kind = Kind.objects.get(code="associated-school")
    draft = actions.create(schools.carmen.actor, kind=kind, handle="jasmine", country=schools.tn, name_ar="مدرسة الياسمين")
    for status in ("active", "suspended"):  # nor by a way round
        with pytest.raises(PermissionDenied):
            actions.set_status(schools.carmen.actor, draft, status, reason="بلا طلب")
    for status in ("suspended", "former"):
        actions.set_status(schools.sami.actor, schools.school, status, reason="قرار الأمانة")
        for wanted in {"active", "suspended", "former", "draft"} - {status}:
            with pytest.raises(PermissionDenied):
                actions.set_status(schools.carmen.actor, schools.school, wanted, reason="بل نعيدها")
    assert (stands(draft), stands(schools.school)) == ("draft", "former")
    client.force_login(schools.carmen.user)
    page = client.get("/en/institutions/school-tn/standing/").content.decode()
    assert 'name="status"' not in page and "The secretariat makes an institution active" in page
    assert client.post("/en/institutions/school-tn/standing/", {"status": "active", "reason": "بل نعيدها"}).status_code == 403
    page = client.get("/en/institutions/jasmine/standing/").content.decode()
    assert re.findall(r'<option value="(\w+)"', page) == ["draft", "former"]
    client.force_login(schools.sami.user)
    page = client.get("/en/institutions/jasmine/standing/").content.decode()
    assert re.findall(r'<option value="(\w+)"', page) == ["draft", "active", "suspended", "former"]
    assert "The secretariat makes an institution active" not in page


def test_a_commission_lifts_its_own_suspension_whoever_of_it_suspended(schools: SimpleNamespace) -> None:
    actions.set_status(schools.carmen.actor, schools.school, "suspended", reason="تقرير متأخر")
    assert actions.set_status(schools.haytham.actor, schools.school, "active", reason="وصل التقرير").status == "active"
    changes = schools.school.status_changes.values_list("on_behalf_of__handle", "now")
    assert list(changes) == [("natcom-tn", "active"), ("natcom-tn", "suspended")]
    assert actions.set_status(schools.carmen.actor, schools.school, "former", reason="أُغلقت").status == "former"
    StatusChange.objects.filter(entity=schools.school).update(on_behalf_of=None, now="suspended", was="active")
    Entity.objects.filter(pk=schools.school.pk).update(status="suspended")  # as it was before names were kept
    with pytest.raises(PermissionDenied):
        actions.set_status(schools.carmen.actor, schools.school, "active", reason="بل نعيدها")


@pytest.mark.parametrize("affiliation", ["active", "suspended", "lapsed"])
def test_what_is_affiliated_is_the_secretariats_to_settle(schools: SimpleNamespace, client: Client, affiliation: str) -> None:
    networks(schools)
    shared = {"applicant": schools.amina.user, "procedure": schools.schools, "country": schools.tn, "commission": schools.natcom_tn}
    Application.objects.create(entity=schools.school, status=affiliation, submitted_at=timezone.now(), **shared)
    for status in ("suspended", "former"):
        with pytest.raises(PermissionDenied, match="affiliated"), translation.override("en"):
            actions.set_status(schools.carmen.actor, schools.school, status, reason="تقرير متأخر")
    client.force_login(schools.carmen.user)
    page = client.get("/en/institutions/school-tn/standing/").content.decode()
    assert 'name="status"' not in page and "It is affiliated" in page
    assert actions.set_status(schools.sami.actor, schools.school, "suspended", reason="قرار").status == "suspended"


def test_a_change_of_status_is_told_to_whom_it_concerns(schools: SimpleNamespace) -> None:
    own = mandate(schools.ezz, schools.natcom_tn)
    Mandate.objects.filter(pk=own.pk).update(scope="own")  # the commission's own affairs only
    actions.set_status(schools.carmen.actor, schools.school, "suspended", reason="تقرير متأخر")
    actions.set_status(schools.sami.actor, schools.school, "former", reason="أُغلقت")
    for activity in Activity.objects.filter(verb="status_changed").order_by("pk"):
        notify(activity)
        notify(activity)
    told = Notice.objects.filter(reason="standing").order_by("pk").values_list("recipient__page__handle", "path")
    path = "/institutions/school-tn/standing/"
    assert sorted(told) == [(name, path) for name in ("amina", "amina", "carmen", "haytham", "haytham")]
    notices = Notice.objects.filter(recipient=schools.amina.user, reason="standing").order_by("pk")
    with translation.override("ar"):
        assert [(str(line.sentence).count("مدرسة النخيل"), line.quote) for line in lines.of(schools.amina.actor, notices)] == [
            (1, "تقرير متأخر"),
            (1, "أُغلقت"),
        ]


def test_what_has_lapsed_is_called_active_nowhere(schools: SimpleNamespace, client: Client) -> None:
    """By its file, or by the last day of its agreement before the calendar comes round: on cards, in tables, in what is taken away, in filters."""
    networks(schools)
    shared = {"applicant": schools.amina.user, "submitted_at": timezone.now(), "commission": schools.natcom_tn}
    yesterday = timezone.localdate() - timedelta(days=1)
    actions.set_status(schools.sami.actor, schools.school, "suspended", reason="سبب")  # in the register alone
    states = {
        "school-tn": ("active", None),
        "lulu": ("lapsed", None),
        "dilmun": ("active", yesterday),
        "zaytuna": ("active", None),
        "muharraq": ("suspended", None),
    }
    for code, (status, end) in states.items():
        entity = Entity.objects.get(handle=code)
        start = yesterday if end else None
        Application.objects.create(
            entity=entity, procedure=schools.schools, country=entity.country, status=status, term_start=start, term_end=end, **shared
        )
    for view in ("cards", "table"):
        page = client.get(f"/en/institutions/?kind=associated-school&view={view}").content.decode()
        assert page.count("Affiliation lapsed") == 2 and "Affiliation suspended" not in page
    client.force_login(schools.sami.user)
    assert found(client, "kind=associated-school&status=lapsed") == ["dilmun", "lulu"]
    assert found(client, "kind=associated-school&status=active") == ["zaytuna"]
    rows = csv.DictReader(io.StringIO(client.get("/en/institutions/export.csv?kind=associated-school").content.decode("utf-8-sig")))
    assert {row["Code"]: (row["Status"], row["Affiliation"]) for row in rows} == {
        "lulu": ("Active", "Affiliation lapsed"),
        "dilmun": ("Active", "Affiliation lapsed"),
        "zaytuna": ("Active", "Affiliated"),
        "muharraq": ("Suspended", "Affiliation suspended"),
        "school-tn": ("Suspended", "Affiliation suspended"),
    }


def test_the_day_its_data_was_confirmed_stands_where_it_is_read(schools: SimpleNamespace, client: Client) -> None:
    def said() -> tuple[bool, bool, str, str]:
        page = client.get("/en/institutions/school-tn/").content.decode()
        table = client.get("/en/institutions/?kind=associated-school&country=TN&q=النخيل&view=table").content.decode()
        answer = client.get("/en/institutions/export.csv?kind=associated-school&country=TN&q=النخيل").content.decode("utf-8-sig")
        [row] = csv.DictReader(io.StringIO(answer))
        cell = re.search(r'<td data-label="Data confirmed">(.*?)</td>', table)
        return "Data confirmed on" in page, "Nobody has confirmed this data yet" in page, cell[1] if cell else "", row["Data confirmed"]

    assert said() == (False, False, "—", "")
    client.force_login(schools.amina.user)
    assert said() == (False, True, "—", "")
    actions.confirm(schools.amina.actor, schools.school)
    today = timezone.localdate().isoformat()
    confirmed, unconfirmed, cell, day = said()
    assert (confirmed, unconfirmed, day) == (True, False, today) and "<time" in cell


def test_editing_an_entry_changes_no_status(schools: SimpleNamespace) -> None:
    with pytest.raises(ValidationError):
        actions.edit(schools.sami.actor, schools.school, status="suspended", city="تونس")
    school = Entity.objects.get(pk=schools.school.pk)
    assert (school.status, school.city, school.status_changes.count()) == ("active", "", 0)


def test_once_a_year_an_institution_says_that_its_data_is_true(schools: SimpleNamespace, client: Client) -> None:
    Entity.objects.filter(pk=schools.natcom_tn.pk).update(created_at=timezone.now() - timedelta(days=366))
    assert [str(line.sentence) for line in waiting.confirmations(schools.basel.actor)] == []
    line = waiting.confirmations(schools.carmen.actor)[0]
    client.force_login(schools.sami.user)
    assert "اللجنة الوطنية التونسية" in client.get("/ar/institutions/unconfirmed/").content.decode()
    client.force_login(schools.carmen.user)
    assert client.post(line.buttons[0].action).status_code == 302
    assert waiting.confirmations(schools.carmen.actor) == []
    entity = Entity.objects.get(pk=schools.natcom_tn.pk)
    assert entity.confirmed_by_id == schools.carmen.user.pk
    assert "All data is confirmed" in client.get("/en/institutions/unconfirmed/").content.decode()
    Entity.objects.filter(pk=entity.pk).update(confirmed_at=timezone.now() - timedelta(days=366))
    assert len(waiting.confirmations(schools.carmen.actor)) == 1
    with pytest.raises(PermissionDenied):
        actions.confirm(schools.basel.actor, entity)


def test_the_picture_by_country_names_every_state_and_counts_what_one_sees(schools: SimpleNamespace, client: Client) -> None:
    page = client.get("/en/institutions/?kind=associated-school&view=map").content.decode()
    assert 'aria-label="Bahrain: 2 institutions"' in page and 'aria-label="Jordan: 0 institutions"' in page
    assert '<a href="?kind=associated-school&amp;country=BH"' in page
    client.force_login(schools.sami.user)
    assert 'aria-label="Bahrain: 3 institutions"' in client.get("/en/institutions/?kind=associated-school&view=map").content.decode()


@pytest.mark.parametrize("view", ["cards", "table", "map"])
def test_a_register_costs_the_same_queries_for_one_and_for_many(schools: SimpleNamespace, client: Client, view: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(f"/en/institutions/?kind=associated-school&view={view}").status_code == 200
        return len(queries)

    client.force_login(schools.carmen.user)
    cost()
    few = cost()
    for number in range(15):
        actions.create(
            schools.sami.actor,
            kind=Kind.objects.get(code="associated-school"),
            handle=f"more-{number}",
            country=schools.jo,
            name_ar=f"مدرسة أخرى {number}",
        )
    assert cost() == few


def test_what_only_its_people_see_is_no_filter_and_no_column(schools: SimpleNamespace, client: Client) -> None:
    """A filter on a private answer would tell strangers who answered what."""
    kind = Kind.objects.get(code="associated-school")
    choices = [{"value": "owed", "label": {"en": "zqowesqz"}}, {"value": "paid", "label": {"en": "Paid"}}]
    dues = {"code": "dues", "kind": "choice", "label": {"en": "Dues"}, "public": False, "filter": True, "column": True, "choices": choices}
    kind.fields = [LEVEL, dues]
    kind.save()
    lulu = Entity.objects.get(handle="lulu")
    actions.edit(schools.sami.actor, lulu, details={"level": "primary", "dues": "owed"})
    lulu.refresh_from_db()
    assert lulu.facets == " language:ar  language:en  level:primary "
    everything = found(client, "kind=associated-school")
    assert found(client, "kind=associated-school&dues=paid") == everything == found(client, "kind=associated-school&dues=owed")
    for view in ("cards", "table", "map"):
        assert "zqowesqz" not in client.get(f"/en/institutions/?kind=associated-school&view={view}").content.decode()
    client.force_login(schools.sami.user)
    assert "zqowesqz" in client.get("/en/institutions/lulu/").content.decode()


def test_a_register_of_nothing_keeps_its_name_and_the_way_to_add_to_it(schools: SimpleNamespace, client: Client) -> None:
    Kind.objects.create(code="library", name_ar="مكتبة", name_en="Library", plural_en="Libraries")
    client.force_login(schools.sami.user)
    page = client.get("/en/institutions/?kind=library").content.decode()
    assert "<h1>Libraries</h1>" in page and 'href="/en/institutions/new/?kind=library"' in page


def test_kinds_that_ask_alike_are_filtered_together_by_the_choices_of_each(schools: SimpleNamespace, client: Client) -> None:
    def field(*values: str) -> list[dict[str, object]]:
        choices = [{"value": value, "label": {"en": value.title()}} for value in values]
        return [{"code": "field", "kind": "choice", "label": {"en": "Field"}, "filter": True, "choices": choices}]

    made = []
    for code, values, own in (("club", ("science", "poetry"), "poetry"), ("partner", ("science", "heritage"), "heritage")):
        kind = Kind.objects.create(code=code, name_ar=code, name_en=code, fields=field(*values))
        made.append(actions.create(schools.sami.actor, kind=kind, handle=f"one-{code}", name_ar=code, details={"field": own}))
    assert found(client, "field=poetry") == ["one-club"]
    assert found(client, "field=heritage") == ["one-partner"]
    assert found(client, "kind=club&field=heritage") == ["one-club"]  # it offers no such choice: nonsense is left out


def test_a_field_may_not_take_the_name_of_a_registers_own_filter(schools: SimpleNamespace) -> None:
    kind = Kind(code="library", name_ar="مكتبة", fields=[{**LEVEL, "code": "country"}])
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        kind.full_clean()
    assert refused.value.message_dict == {
        "fields": ["The code “country” is taken by the register's own filters. Call the field otherwise, for example “country_of_work”."]
    }
    kind.fields = [{**LEVEL, "code": "country", "filter": False}]
    kind.full_clean()


def test_the_form_of_the_entry_changes_no_status(schools: SimpleNamespace, client: Client) -> None:
    client.force_login(schools.sami.user)
    page = client.get("/en/institutions/school-tn/edit/").content.decode()
    assert 'name="status"' not in page and 'name="entity_kind"' in page
    assert 'name="status"' in client.get("/en/institutions/new/?kind=associated-school").content.decode()  # a draft, to begin with


def test_the_clock_asks_once_a_year_and_again_while_nobody_answers(schools: SimpleNamespace, client: Client) -> None:
    now = timezone.now()
    Entity.objects.filter(pk__in=[schools.natcom_tn.pk, schools.natcom_jo.pk]).update(created_at=now - timedelta(days=366))
    Entity.objects.filter(pk=schools.natcom_jo.pk).update(status="suspended", listed=False, audience=Audience.MEMBERS)
    Entity.objects.filter(handle="zaytuna").update(created_at=now - timedelta(days=366))  # nobody speaks for it: nobody is asked

    def told() -> dict[str, list[bool]]:
        for activity in Activity.objects.filter(verb__in=("confirmation_due", "confirmed")).order_by("pk"):
            notify(activity)
            notify(activity)  # a worker may come twice
        rows = Notice.objects.filter(thread=f"confirmation.{schools.natcom_tn.pk}").order_by("pk")
        found: dict[str, list[bool]] = {}
        for row in rows.select_related("recipient"):
            found.setdefault(row.recipient.email.partition("@")[0], []).append(row.unread)
        return found

    assert (actions.ask_to_confirm(), actions.ask_to_confirm()) == (1, 0)
    assert told() == {"carmen": [True], "haytham": [True]}
    notice = Notice.objects.filter(recipient=schools.carmen.user, reason="confirmation").get()
    with translation.override("en"):
        line = lines.of(schools.carmen.actor, [notice])[0]
        assert str(line.sentence) == (
            "Is what the register says of <b><bdi>Commission nationale tunisienne</bdi></b> still true? It is asked once a year."
        )
    assert (notice.path, line.icon) == ("/institutions/natcom-tn/standing/", "done")
    assert Notice.objects.filter(reason="confirmation").count() == 2
    # Sixty days later nobody has answered.
    Entity.objects.filter(pk=schools.natcom_tn.pk).update(asked_at=now - timedelta(days=61))
    assert actions.ask_to_confirm() == 1
    # One of them answers: it waits for neither.
    actions.confirm(schools.haytham.actor, schools.natcom_tn)
    assert actions.ask_to_confirm() == 0
    seen = told()
    assert {name: set(unread) for name, unread in seen.items()} == {"carmen": {False}, "haytham": {False}}


def test_a_workbook_adds_up_what_a_kind_counts(schools: SimpleNamespace, client: Client) -> None:
    kind = Kind.objects.get(code="associated-school")
    kind.fields = [{"code": "pupils", "kind": "number", "label": {"en": "Pupils"}}]
    kind.save()
    actions.edit(schools.sami.actor, Entity.objects.get(handle="lulu"), details={"pupils": 1312})
    sheet = load_workbook(io.BytesIO(client.get("/en/institutions/export.xlsx?kind=associated-school&country=BH").content)).active
    assert [row[-1].value for row in sheet.iter_rows() if row[0].value == "lulu"] == [1312]
    assert client.get("/en/institutions/export.csv?kind=associated-school&country=BH").content.decode().count(",1312\r\n") == 1


def test_an_arabic_workbook_reads_from_the_right_and_holds_its_letters_and_no_formula(schools: SimpleNamespace, client: Client) -> None:
    trap = '=HYPERLINK("http://example.org","انقروا")'
    actions.edit(schools.sami.actor, Entity.objects.get(handle="lulu"), city=trap)
    sheet = load_workbook(io.BytesIO(client.get("/ar/institutions/export.xlsx?kind=associated-school&country=BH").content)).active
    rows = list(sheet.iter_rows())
    assert sheet.sheet_view.rightToLeft
    head = [cell.value for cell in rows[0]]
    lulu = next(row for row in rows if row[0].value == "lulu")
    assert lulu[head.index("الاسم بالعربية")].value == "مدرسة lulu"
    city = next(cell for cell in lulu if cell.value == trap)
    assert city.data_type == "s"
    table = client.get("/ar/institutions/export.csv?kind=associated-school&country=BH").content
    assert table.startswith(b"\xef\xbb\xbf") and "'=HYPERLINK" in table.decode("utf-8-sig")


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_table_costs_the_same_queries_for_one_and_for_many(schools: SimpleNamespace, client: Client, ending: str) -> None:
    client.force_login(schools.carmen.user)

    def cost(country: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/en/institutions/export.{ending}?country={country}").status_code == 200
        return len(queries)

    cost("TN")
    assert cost("BH") == cost("") == cost("TN")


@pytest.mark.parametrize("view", ["cards", "table", "map"])
def test_what_is_found_by_its_numbers_is_what_is_found_by_reading_on(
    schools: SimpleNamespace, client: Client, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    def main() -> str:
        page = client.get(f"/en/institutions/?kind=associated-school&level=primary&view={view}").content.decode()
        return page[page.index("<main") : page.index("</main>")]

    few = main()
    monkeypatch.setattr("network.entities.queries.FEW_HITS", 1)
    assert main() == few


def test_a_booklet_is_drawn_once_for_all_who_see_the_same_and_anew_for_who_sees_more(
    schools: SimpleNamespace, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawing takes seconds: strangers cannot make the house draw the same a hundred times, nor get what was drawn for another."""
    actions.edit(schools.sami.actor, Entity.objects.get(handle="lulu"), phone="+973 17 000 000", phone_reach=Audience.NETWORK)
    drawn: list[str] = []

    def pdf(template: str, context: dict[str, object], *, language: str) -> bytes:
        drawn.append(str([contacts for _entity, contacts, _details in context["lines"]]))  # type: ignore[attr-defined]
        return f"%PDF-{len(drawn)}".encode()

    monkeypatch.setattr("network.entities.views.export.pdf", pdf)
    address = "/en/institutions/export.pdf?kind=associated-school&country=BH"
    assert [client.get(address).content for _ in range(2)] == [b"%PDF-1", b"%PDF-1"]
    client.force_login(schools.dara.user)
    assert client.get(address).content == b"%PDF-1"
    client.force_login(schools.basel.user)
    assert client.get(address).content == b"%PDF-2"
    assert ["17 000 000" in words for words in drawn] == [False, True]
    client.logout()
    assert [client.get(address).status_code for _ in range(8)][-1] == 429


def test_a_public_site_shows_the_contacts_that_everyone_may_know_to_those_who_see_more_too(
    schools: SimpleNamespace, client: Client
) -> None:
    actions.edit(
        schools.haytham.actor,
        schools.natcom_tn,
        email="office@example.org",
        phone="+216 71 111 111",
        address="شارع المنصف باي",
        phone_reach=Audience.NETWORK,
        email_reach=Audience.MANAGERS,
    )
    for who in (None, schools.basel, schools.carmen):
        client.logout()
        if who is not None:
            client.force_login(who.user)
        page = client.get("/ar/commissions/tn/").content.decode()
        assert ("المنصف" in page, "71 111 111" in page, "office@example.org" in page) == (True, False, False)
