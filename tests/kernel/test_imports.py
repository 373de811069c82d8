"""Files on their way in, from reading to the error file."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from openpyxl import Workbook
from tests.factories.accounts import api_client

from hecang.accounts.models import User
from hecang.kernel.clock import now
from hecang.kernel.db import execute, fetch
from hecang.kernel.errors import Conflict, InvalidInput
from hecang.kernel.imports import (
    ApplyResult,
    Finding,
    Group,
    ImportColumn,
    Importer,
    ImportOption,
    RawRow,
    base,
    jobs,
    stage,
)
from hecang.kernel.imports.mapping import suggest
from hecang.kernel.imports.report import errors_csv, template_csv
from hecang.kernel.models import ImportFinding, ImportGroup, ImportJob, ImportRow

pytestmark = pytest.mark.django_db


class TeamImporter(Importer):
    """Teams of people: rows with one team are one group, written as users."""

    kind = "team"
    title = "Teams"
    permission = "kernel.team.import"
    columns = (
        ImportColumn("team", required=True, aliases=("Team name", "团队"), example="red"),
        ImportColumn("person", required=True, aliases=("姓名",), example="li"),
        ImportColumn("age", aliases=("年龄",)),
    )
    options = (ImportOption("mode", "Mode", "choice", choices=(("a", "A"), ("b", "B"))),)
    #: makes apply() crash when it meets this team
    crash_at = ""

    def group_by(self, row: RawRow) -> str:
        return row.get("team")

    def parse(self, row: RawRow) -> dict[str, Any] | None:
        if row.get("person") == "-":
            return None
        if row.get("person") == "odd":
            row.warn("person", "odd", "Odd name.")
        return {
            "team": row.text("team", required=True, max_length=20),
            "person": row.text("person", required=True, max_length=20),
            "age": row.integer("age", low=0, high=150),
        }

    def check(self, groups: Sequence[Group]) -> Iterator[Finding]:
        for group in groups:
            for row in group.rows:
                if row.data["person"] == "unknown":
                    yield Finding(
                        "unknown_person", "Nobody knows this person.", row.number, "person", "unknown"
                    )

    def apply(self, groups: Sequence[Group]) -> ApplyResult:
        created = unchanged = 0
        for group in groups:
            if group.key == self.crash_at:
                raise ZeroDivisionError("killed")
            if group.key == "refused":
                raise Conflict("This team is refused.")
            names = [f"{group.key}.{row.data['person']}" for row in group.rows]
            known = set(User.objects.filter(username__in=names).values_list("username", flat=True))
            missing = [name for name in names if name not in known]
            User.objects.bulk_create([User(username=name, created_at=now()) for name in missing])
            created += bool(missing)
            unchanged += not missing
        return ApplyResult(created=created, unchanged=unchanged)


@pytest.fixture(autouse=True)
def team_importer(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path
    monkeypatch.setitem(base._importers, "team", TeamImporter)


def job_make(text: str | bytes, *, name: str = "teams.csv", kind: str = "team", **options: Any) -> ImportJob:
    content = text if isinstance(text, bytes) else text.encode()
    path, sha256 = jobs.file_store(io.BytesIO(content), name=name)
    return jobs.import_create(kind=kind, path=path, file_name=name, sha256=sha256, **options)


def run(job: ImportJob) -> ImportJob:
    assert jobs.import_run(job.pk)
    job.refresh_from_db()
    return job


def findings(job: ImportJob) -> list[tuple[int | None, str, str]]:
    return list(
        ImportFinding.objects.filter(job=job).order_by("row", "id").values_list("row", "field", "code")
    )


def usernames() -> list[str]:
    return list(User.objects.order_by("id").values_list("username", flat=True))


GOOD = "team,person,age\nred,li,30\nblue,wang,\nred,zhao,41\n"


def test_a_good_file_is_imported_in_file_order_and_leaves_nothing_staged() -> None:
    job = run(job_make(GOOD))

    assert (job.state, job.message) == ("done", "")
    assert usernames() == ["red.li", "red.zhao", "blue.wang"]
    assert (job.rows_total, job.rows_read, job.rows_bad) == (3, 3, 0)
    assert (job.groups_total, job.groups_checked, job.groups_done, job.created_count) == (2, 2, 2, 2)
    assert not ImportRow.objects.exists()
    assert not ImportGroup.objects.exists()


def test_the_same_file_again_changes_nothing() -> None:
    run(job_make(GOOD))

    again = run(job_make(GOOD))

    assert (again.state, again.created_count, again.unchanged_count) == ("done", 0, 2)
    assert len(usernames()) == 3


def test_one_wrong_row_keeps_everything_out_and_all_mistakes_are_told() -> None:
    job = run(job_make("team,person,age\nred,li,30\n,wang,1\nblue,,200\nblue,unknown,x\ngreen,odd,1\n"))

    assert job.state == "failed"
    assert job.rows_bad == 3
    assert usernames() == []
    assert findings(job) == [
        (3, "team", "required"),
        (4, "person", "required"),
        (4, "age", "out_of_range"),
        (5, "age", "wrong_type"),
        (6, "person", "odd"),
    ]
    assert job.warning_count == 1
    assert not ImportRow.objects.exists()


def test_mistakes_that_only_the_check_sees_count_too() -> None:
    job = run(job_make("team,person\nred,li\nred,unknown\n"))

    assert (job.state, job.rows_bad) == ("failed", 1)
    assert findings(job) == [(3, "person", "unknown_person")]


def test_skip_leaves_out_whole_groups_and_says_so_for_their_good_rows() -> None:
    job = run(
        job_make("team,person,age\nred,li,x\nblue,wang,1\nred,zhao,41\nteal,unknown,\n", on_error="skip")
    )

    assert job.state == "done"
    assert usernames() == ["blue.wang"]
    assert (job.created_count, job.skipped_count, job.groups_done, job.groups_total) == (1, 2, 3, 3)
    assert findings(job) == [
        (2, "age", "wrong_type"),
        (4, "", "left_out_with_group"),
        (5, "person", "unknown_person"),
    ]


def test_a_dry_run_writes_nothing_and_can_be_applied_later() -> None:
    job = run(job_make("team,person\nred,li\n", dry_run=True))
    assert (job.state, usernames()) == ("validated", [])

    jobs.import_apply(job_id=job.pk)
    run(job)

    assert (job.state, usernames()) == ("done", ["red.li"])


def test_a_dry_run_with_mistakes_is_applied_only_without_the_wrong_rows() -> None:
    job = run(job_make("team,person,age\nred,li,\nblue,wang,x\n", dry_run=True))

    with pytest.raises(Conflict, match="1 rows are wrong"):
        jobs.import_apply(job_id=job.pk)
    jobs.import_apply(job_id=job.pk, on_error="skip")
    run(job)

    assert (job.state, usernames()) == ("done", ["red.li"])


def test_a_killed_import_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "CHUNK_GROUPS", 2)
    rows = "".join(f"t{i},p\n" for i in range(7))
    job = job_make("team,person\n" + rows)
    monkeypatch.setattr(TeamImporter, "crash_at", "t4")
    run(job)
    assert (job.state, job.groups_done, usernames()) == ("failed", 4, [f"t{i}.p" for i in range(4)])
    assert ImportGroup.objects.count() == 3

    monkeypatch.setattr(TeamImporter, "crash_at", "")
    ImportJob.objects.filter(pk=job.pk).update(state="applying")  # as kill -9 would have left it
    run(job)

    assert (job.state, job.groups_done, job.created_count) == ("done", 7, 7)
    assert usernames() == [f"t{i}.p" for i in range(7)]


def test_reading_that_was_killed_starts_anew_without_doubling() -> None:
    job = job_make(GOOD)
    ImportJob.objects.filter(pk=job.pk).update(state="reading")
    execute(
        "INSERT INTO import_row (job_id, row, group_key, data) VALUES (%s, 2, 'red', '{\"team\": \"red\"}')",
        [job.pk],
    )
    ImportFinding.objects.create(job=job, severity="error", row=2, code="old", message="from the first try")

    run(job)

    assert (job.state, job.created_count, findings(job)) == ("done", 2, [])


def test_a_refused_group_is_found_by_halving_and_the_others_are_written() -> None:
    rows = "".join(f"t{i},p\n" for i in range(5))
    job = run(job_make(f"team,person\n{rows}refused,li\nlast,wang\n"))

    assert (job.state, job.created_count, job.skipped_count) == ("done", 6, 1)
    assert usernames() == [*(f"t{i}.p" for i in range(5)), "last.wang"]
    assert findings(job) == [(7, "", "conflict")]


def test_cancel_before_it_runs_writes_nothing() -> None:
    job = job_make(GOOD)
    jobs.import_cancel(job_id=job.pk)

    run(job)

    assert (job.state, usernames()) == ("cancelled", [])
    assert not ImportRow.objects.exists()
    with pytest.raises(Conflict):
        jobs.import_cancel(job_id=job.pk)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "empty_file"),
        (b"team,person\n", "empty_file"),
        (b"\n\n", "empty_file"),
        (b"\xff\xfe\x00\xd8\x00", "unknown_encoding"),
        (b"team,person\n\xff\xff\xff,li\n", "unknown_encoding"),
        (b"\xd0\xcf\x11\xe0old", "unreadable_file"),
        (b"PK\x03\x04broken", "unreadable_file"),
        (b'team,person\n"red,li\n' + b"x" * 200_000, "unreadable_file"),
        (b"team,name\nred,li\n", "columns_do_not_fit"),
    ],
)
def test_files_that_cannot_be_used_say_why(text: bytes, code: str) -> None:
    job = run(job_make(text))

    assert job.state == "failed"
    assert len(job.message) > 20
    assert usernames() == []


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", "\t"), ("utf-16", "|")]
)
def test_encodings_and_delimiters_are_found_out(encoding: str, separator: str) -> None:
    text = "团队*,姓 名,备注\n红,李,\n红,王\n".replace(",", separator)

    job = run(job_make(text.encode(encoding)))

    assert (job.state, usernames()) == ("done", ["红.李", "红.王"])


def test_a_workbook_is_read_like_a_text_file() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Team Name", "姓名", "年龄"])
    sheet.append(["red", "li", 30.0])
    sheet.append([None, None, None])
    sheet.append(["red", "wang", 3.5])
    file = io.BytesIO()
    book.save(file)

    job = run(job_make(file.getvalue(), name="teams.xlsx"))

    assert findings(job) == [(4, "age", "wrong_type")]


def test_columns_can_be_mapped_and_constants_fill_gaps() -> None:
    mapping = {"columns": {"person": "who"}, "constants": {"team": "red"}}
    job = run(job_make("who,team\nli,ignored\n", mapping=mapping))

    assert usernames() == ["red.li"]
    assert job.state == "done"


def test_odd_cells_are_errors_with_their_place() -> None:
    job = run(job_make("team,person\nred,li,too,many\nblue,w\x00ang\n" + "x" * 201 + ",li\n"))

    assert findings(job) == [
        (2, "", "too_many_cells"),
        (3, "person", "nul_character"),
        (4, "team", "too_long"),
    ]


def test_findings_are_capped_and_the_rest_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hecang.kernel.imports.findings.MAX_KEPT", 5)
    job = run(job_make("team,person\n" + ",li\n" * 12))

    assert (ImportFinding.objects.count(), job.findings_left_off, job.rows_bad) == (5, 7, 12)


def test_a_group_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "MAX_GROUP_ROWS", 3)
    job = run(job_make("team,person\n" + "".join(f"red,p{i}\n" for i in range(4)) + "blue,li\n"))

    assert (job.state, findings(job)) == ("failed", [(2, "", "group_too_large")])


def test_options_are_checked() -> None:
    with pytest.raises(InvalidInput) as caught:
        job_make(GOOD, mapping={"options": {"mode": "z", "nope": "1"}})

    assert {problem.code for problem in caught.value.problems} == {"unknown_value", "unknown_option"}


def test_the_error_file_has_the_original_rows_and_can_be_read_back() -> None:
    job = run(job_make("team,person,age\nred,=1+1,x\nblue,wang,1\n,li,200\n"))

    text = "".join(errors_csv(job))

    assert text.lstrip("\ufeff").splitlines() == [
        "team,person,age,Row,Column,Problem",
        "red,'=1+1,x,2,age,Must be a number.",
        ',li,200,4,"team, age",This cell must not be empty. Must be at most 150.',
    ]
    assert findings(run(job_make(text))) == [
        (2, "age", "wrong_type"),
        (3, "team", "required"),
        (3, "age", "out_of_range"),
    ]


def test_headings_are_matched_loosely() -> None:
    assert suggest(TeamImporter.columns, ["TEAM_NAME", " 姓名* ", "Age (年龄)"]) == {
        "team": "TEAM_NAME",
        "person": " 姓名* ",
    }
    with translation.override("zh-hans"):
        assert template_csv(TeamImporter) == "\ufeff团队,姓名,年龄\r\nred,li,\r\n"


def test_only_one_process_runs_a_job(django_db_blocker: Any) -> None:
    job = job_make(GOOD)
    with jobs._exclusive(job.pk) as mine:
        assert mine
        assert jobs.jobs_waiting() == []
    assert jobs.jobs_waiting() == [job.pk]


def test_old_jobs_are_forgotten_with_their_files() -> None:
    job = run(job_make(GOOD))
    path = Path(job.file_path)
    assert path.is_file()
    ImportJob.objects.filter(pk=job.pk).update(created_at=now() - jobs.KEPT)

    assert jobs.imports_purge() == 1
    assert not path.exists()
    assert fetch("SELECT count(*) FROM import_job") == [(0,)]


# ---------------------------------------------------------------- over HTTP


def test_the_import_centre_over_http() -> None:
    client = api_client()

    kinds = client.get("/imports/kinds").json()["items"]
    team = next(kind for kind in kinds if kind["kind"] == "team")
    assert [column["name"] for column in team["columns"]] == ["team", "person", "age"]
    preview = client.upload(
        "/imports/preview", {"file": SimpleUploadedFile("a.csv", GOOD.encode()), "kind": "team"}
    )
    assert preview.status_code == 200, preview.content
    assert preview.json()["mapping"] == {"team": "team", "person": "person", "age": "age"}
    assert preview.json()["rows"][0] == ["red", "li", "30"]

    made = client.upload(
        "/imports",
        {
            "file": SimpleUploadedFile("a.csv", b"team,person,age\nred,li,x\nblue,wang,1\n"),
            "kind": "team",
            "dry_run": "true",
        },
    )
    assert made.status_code == 201, made.content
    job_id = made.json()["id"]
    assert made.json()["state"] == "queued"
    assert [job["id"] for job in client.get("/jobs").json()["items"]] == [job_id]
    jobs.import_run(job_id)
    shown = client.get(f"/imports/{job_id}").json()
    assert (shown["state"], shown["rows_bad"], shown["done"], shown["total"]) == ("validated", 1, 3, 4)
    found = client.get(f"/imports/{job_id}/findings").json()
    assert [(one["row"], one["field"]) for one in found["items"]] == [(2, "age")]
    errors = client.get(f"/imports/{job_id}/errors.csv")
    assert b"red,li,x,2,age" in b"".join(errors.streaming_content)
    refused = client.post(f"/imports/{job_id}/apply", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "rows_wrong")
    assert client.post(f"/imports/{job_id}/apply", {"on_error": "skip"}).json()["state"] == "applying"
    jobs.import_run(job_id)
    assert client.get("/imports?state=done").json()["items"][0]["created_count"] == 1


def test_people_see_only_their_own_imports_and_need_the_permission_of_the_kind() -> None:
    desk = api_client(roles=["order_desk"])
    refused = desk.upload("/imports", {"file": SimpleUploadedFile("a.csv", GOOD.encode()), "kind": "team"})
    assert refused.status_code == 403
    admin = api_client()
    job_id = admin.upload(
        "/imports", {"file": SimpleUploadedFile("a.csv", GOOD.encode()), "kind": "team"}
    ).json()["id"]

    assert api_client(roles=["purchaser"]).get(f"/imports/{job_id}").status_code == 404
    assert api_client().get(f"/imports/{job_id}").status_code == 200


def test_bad_uploads_are_clear_refusals() -> None:
    client = api_client()
    file = SimpleUploadedFile("a.csv", GOOD.encode())

    assert client.upload("/imports", {"kind": "team"}).status_code == 422
    assert client.upload("/imports", {"file": file, "kind": "nope"}).status_code == 422
    assert client.upload("/imports", {"file": file, "kind": "team", "mapping": "{"}).status_code == 422
    assert client.upload("/imports", {"file": file, "kind": "team", "on_error": "maybe"}).status_code == 422
    assert client.get("/imports/kinds/nope/template.csv").status_code == 404
