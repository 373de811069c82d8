"""The import centre."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from django.db.models import Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.files import UploadedFile
from ninja.params.functions import Form
from pydantic import Field, ValidationError

from hecang.kernel.actor import Actor
from hecang.kernel.api import (
    SIGNED_IN,
    ApiRequest,
    ApiRouter,
    Column,
    InputSchema,
    ListDefinition,
    Moment,
    Schema,
)
from hecang.kernel.clock import now
from hecang.kernel.errors import InvalidInput, NotFound, Problem
from hecang.kernel.imports import jobs, mapping, report
from hecang.kernel.imports.base import Importer, importer_of, importers
from hecang.kernel.imports.memory import Proposal, mapping_propose
from hecang.kernel.imports.reading import is_blank, open_table
from hecang.kernel.models import ImportFinding, ImportJob
from hecang.kernel.permissions import declare

router = ApiRouter(tag="imports")

#: Whoever holds this sees and steers everybody's imports, not only their own.
MANAGE = declare("kernel.import.manage")
PREVIEW_ROWS = 20
Answer = TypeVar("Answer", HttpResponse, StreamingHttpResponse)

Text = Annotated[str, Field(max_length=200)]


class ImportColumnOut(Schema):
    name: str
    heading: str
    required: bool
    aliases: list[str]
    help: str
    example: str


class ImportChoiceOut(Schema):
    value: str
    title: str


class ImportOptionOut(Schema):
    name: str
    title: str
    kind: str
    required: bool
    default: str
    choices: list[ImportChoiceOut]
    help: str


class ImportKindOut(Schema):
    kind: str
    title: str
    allowed: bool
    columns: list[ImportColumnOut]
    options: list[ImportOptionOut]


class ImportKindsOut(Schema):
    items: list[ImportKindOut]


class ImportMappingIn(InputSchema):
    """Which heading is which column, texts for columns that the file lacks, and options."""

    columns: dict[Text, Text] = Field(default_factory=dict, max_length=500)
    constants: dict[Text, Text] = Field(default_factory=dict, max_length=500)
    options: dict[Text, Text] = Field(default_factory=dict, max_length=100)


class ImportPreviewOut(Schema):
    headings: list[str]
    rows: list[list[str]]
    total: int | None
    encoding: str
    delimiter: str
    sheet: str
    sheets: list[str]
    #: our column → heading
    mapping: dict[str, str]
    constants: dict[str, str] = Field(description="texts for columns that such files lacked before")
    options: dict[str, str] = Field(description="options as they were chosen for such a file before")
    remembered: list[str] = Field(description="our columns that were matched like this before")
    is_known: bool = Field(description="a file with exactly these headings was imported before")
    missing: list[str]


class ImportOut(Schema):
    id: int
    kind: str
    title: str
    file_name: str
    state: str
    dry_run: bool
    on_error: str
    mapping: dict[str, Any]
    rows_total: int
    rows_read: int
    rows_bad: int
    groups_total: int
    groups_checked: int
    groups_done: int
    created_count: int
    updated_count: int
    unchanged_count: int
    skipped_count: int
    warning_count: int
    findings_left_off: int
    message: str
    #: work done and to do in the present phase
    done: int
    total: int
    cancel_requested: bool
    created_by: str
    created_at: Moment
    finished_at: Moment | None


class ImportFindingOut(Schema):
    id: int
    severity: str
    row: int | None
    field: str
    code: str
    message: str
    value: str


class ImportApplyIn(InputSchema):
    on_error: Literal["stop", "skip"] | None = None


class ImportFilters(Schema):
    kind: str | None = Field(None, max_length=32)
    state: list[str] | None = Field(None, max_length=10)
    mine: bool | None = None


class ImportFindingsOut(Schema):
    items: list[ImportFindingOut]
    next_cursor: str | None
    #: findings that were only counted
    left_off: int


class JobOut(Schema):
    id: int
    kind: str
    state: str
    title: str
    done: int
    total: int | None
    message: str


class JobsOut(Schema):
    items: list[JobOut]


# ---------------------------------------------------------------- kinds


@router.get(
    "/imports/kinds", permission="kernel.import.view", response=ImportKindsOut, summary="Kinds of files"
)
def import_kinds(request: ApiRequest) -> dict[str, Any]:
    kinds = sorted(importers().items())
    return {"items": [_kind(kind, request.actor) for _name, kind in kinds]}


@router.get(
    "/imports/kinds/{kind}/template.csv",
    permission="kernel.import.view",
    summary="An empty file to fill in",
    produces="text/csv",
)
def import_template(request: ApiRequest, kind: str) -> HttpResponse:
    content = report.template_csv(_known(kind))
    return _download(HttpResponse(content, content_type="text/csv; charset=utf-8"), f"{kind}-template.csv")


@router.post(
    "/imports/preview",
    permission="kernel.import.create",
    response=ImportPreviewOut,
    summary="Look into a file: headings, first rows, suggested columns",
)
def import_preview(
    request: ApiRequest,
    file: UploadedFile,
    kind: str = Form("", max_length=32),
    options: str = Form("", max_length=20_000),
) -> dict[str, Any]:
    importer = importer_of(kind) if kind else None
    chosen = _mapping(json_text=f'{{"options": {options}}}' if options else "").options
    path, _sha256 = jobs.file_store(file, name=file.name or "")
    try:
        with open_table(
            path,
            encoding=chosen.get("encoding", ""),
            delimiter=chosen.get("delimiter", ""),
            sheet=chosen.get("sheet", ""),
        ) as table:
            rows: list[list[str]] = []
            for _number, cells in table.rows:
                if not is_blank(cells):
                    rows.append([cell[:200] for cell in cells[: mapping.MAX_SHOWN]])
                if len(rows) == PREVIEW_ROWS:
                    break
            guess = mapping_propose(kind=importer, headings=table.headings) if importer else Proposal({})
            required = [column.name for column in importer.columns if column.required] if importer else []
            return {
                "headings": table.headings,
                "rows": rows,
                "total": table.total,
                "encoding": table.encoding,
                "delimiter": table.delimiter,
                "sheet": table.sheet,
                "sheets": table.sheets,
                "mapping": guess.columns,
                "constants": guess.constants,
                "options": guess.options,
                "remembered": guess.remembered,
                "is_known": guess.is_known,
                "missing": [
                    name for name in required if name not in guess.columns and name not in guess.constants
                ],
            }
    finally:
        path.unlink(missing_ok=True)


# ---------------------------------------------------------------- jobs


def _imports(actor: Actor, filters: ImportFilters) -> QuerySet[Any, Any]:
    found = _visible(actor)
    if filters.mine:
        found = found.filter(user_id=actor.user_id)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.state:
        found = found.filter(state__in=filters.state)
    rows: QuerySet[Any, Any] = found.values(*_FIELDS)
    return rows


def _enrich(_actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kinds = importers()
    for row in rows:
        row["title"] = str(kinds[row["kind"]].title) if row["kind"] in kinds else row["kind"]
        row["done"], row["total"] = _progress(row)
    return rows


_DERIVED = {"title", "done", "total"}
_FIELDS = [name for name in ImportOut.model_fields if name not in _DERIVED]

IMPORTS = ListDefinition(
    name="imports",
    title="Imports",
    filters=ImportFilters,
    row=ImportOut,
    columns=(
        Column("id", gettext_lazy("Number")),
        Column("title", gettext_lazy("Kind")),
        Column("file_name", gettext_lazy("File")),
        Column("state", gettext_lazy("State")),
        Column("rows_total", gettext_lazy("Rows")),
        Column("rows_bad", gettext_lazy("Wrong rows")),
        Column("created_count", gettext_lazy("Rows created")),
        Column("updated_count", gettext_lazy("Updated")),
        Column("unchanged_count", gettext_lazy("Unchanged")),
        Column("skipped_count", gettext_lazy("Left out")),
        Column("created_by", gettext_lazy("By")),
        Column("created_at", gettext_lazy("Started")),
        Column("finished_at", gettext_lazy("Finished")),
    ),
    sorts={"created_at": "id"},
    default_sort="-created_at",
    query=_imports,
    enrich=_enrich,
)
router.list("/imports", IMPORTS, permission="kernel.import.view")


@router.post(
    "/imports", permission="kernel.import.create", response=ImportOut, status=201, summary="Import a file"
)
def import_create(
    request: ApiRequest,
    file: UploadedFile,
    kind: str = Form(..., max_length=32),
    dry_run: bool = Form(False),
    on_error: Literal["stop", "skip"] = Form("stop"),
    mapping: str = Form("", max_length=100_000),
) -> dict[str, Any]:
    wanted = _mapping(mapping)
    request.actor.require(importer_of(kind).permission)
    path, sha256 = jobs.file_store(file, name=file.name or "")
    try:
        job = jobs.import_create(
            kind=kind,
            path=path,
            file_name=file.name or "file",
            sha256=sha256,
            dry_run=dry_run,
            on_error=on_error,
            mapping=wanted.model_dump(),
        )
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return _out(request.actor, job.pk)


@router.get("/imports/{import_id}", permission="kernel.import.view", response=ImportOut, summary="One import")
def import_get(request: ApiRequest, import_id: int) -> dict[str, Any]:
    return _out(request.actor, import_id)


@router.post(
    "/imports/{import_id}/apply",
    permission="kernel.import.create",
    response=ImportOut,
    summary="Write what was validated",
)
def import_apply(request: ApiRequest, import_id: int, payload: ImportApplyIn) -> dict[str, Any]:
    _out(request.actor, import_id)
    jobs.import_apply(job_id=import_id, on_error=payload.on_error)
    return _out(request.actor, import_id)


@router.post(
    "/imports/{import_id}/cancel",
    permission="kernel.import.create",
    response=ImportOut,
    summary="Stop an import; what is written stays",
)
def import_cancel(request: ApiRequest, import_id: int) -> dict[str, Any]:
    _out(request.actor, import_id)
    jobs.import_cancel(job_id=import_id)
    return _out(request.actor, import_id)


@router.get(
    "/imports/{import_id}/findings",
    permission="kernel.import.view",
    response=ImportFindingsOut,
    summary="What was found, by row",
)
def import_findings(
    request: ApiRequest,
    import_id: int,
    severity: Literal["error", "warning"] | None = None,
    cursor: Annotated[str, Field(pattern=r"^\d{1,16}:\d{1,18}$")] = "0:0",
    limit: Annotated[int, Field(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """In row order; what concerns the whole file stands at row 1, the heading."""
    after_row, after_id = (int(part) for part in cursor.split(":"))
    job = _out(request.actor, import_id)
    found = ImportFinding.objects.filter(job_id=import_id, row__gte=after_row).filter(
        Q(row__gt=after_row) | Q(id__gt=after_id)
    )
    if severity:
        found = found.filter(severity=severity)
    items = list(
        found.order_by("row", "id").values("id", "severity", "row", "field", "code", "message", "value")[
            : limit + 1
        ]
    )
    more = len(items) > limit
    items = items[:limit]
    return {
        "items": items,
        "next_cursor": f"{items[-1]['row']}:{items[-1]['id']}" if more else None,
        "left_off": job["findings_left_off"],
    }


@router.get(
    "/imports/{import_id}/errors.csv",
    permission="kernel.import.view",
    summary="Rows that were not imported, with the reasons",
    produces="text/csv",
)
def import_errors(request: ApiRequest, import_id: int) -> StreamingHttpResponse:
    _out(request.actor, import_id)
    lines = report.errors_csv(ImportJob.objects.get(pk=import_id))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    return _download(response, f"import-{import_id}-errors.csv")


@router.get("/jobs", permission=SIGNED_IN, response=JobsOut, summary="What runs for me in the background")
def jobs_list(request: ApiRequest) -> dict[str, Any]:
    """Running imports, and those that ended in the last ten minutes."""
    recent = Q(state__in=jobs.OPEN) | Q(finished_at__gt=now() - timedelta(minutes=10))
    rows = list(
        ImportJob.objects.filter(recent, user_id=request.actor.user_id).order_by("-id").values(*_FIELDS)[:20]
    )
    return {
        "items": [
            {**row, "kind": "import", "title": f"{row['title']}: {row['file_name']}"}
            for row in _enrich(request.actor, rows)
        ]
    }


# ---------------------------------------------------------------- inside


def _visible(actor: Actor) -> QuerySet[ImportJob]:
    """A file may hold personal data: people see their own imports, those who manage see all."""
    found = ImportJob.objects.all()
    return found if actor.may(MANAGE) else found.filter(user_id=actor.user_id)


def _out(actor: Actor, import_id: int) -> dict[str, Any]:
    rows = list(_visible(actor).filter(pk=import_id).values(*_FIELDS))
    if not rows:
        raise NotFound(_("There is no such import."))
    return _enrich(actor, rows)[0]


def _progress(row: dict[str, Any]) -> tuple[int, int]:
    """Work done and to do. Reading, checking and writing count alike, a row or group each."""
    if row["state"] in {ImportJob.State.APPLYING, ImportJob.State.DONE}:
        return row["groups_done"], row["groups_total"]
    return row["rows_read"] + row["groups_checked"], row["rows_total"] + row["groups_total"]


def _known(kind: str) -> type[Importer]:
    if kind not in importers():
        raise NotFound(_("There is no such kind of import."))
    return importers()[kind]


def _kind(kind: type[Importer], actor: Actor) -> dict[str, Any]:
    return {
        "kind": kind.kind,
        "title": str(kind.title),
        "allowed": actor.may(kind.permission),
        "columns": [
            {
                "name": column.name,
                "heading": report.heading_of(column),
                "required": column.required,
                "aliases": list(column.aliases),
                "help": str(column.help),
                "example": column.example,
            }
            for column in kind.columns
        ],
        "options": [
            {
                "name": option.name,
                "title": str(option.title),
                "kind": option.kind,
                "required": option.required,
                "default": option.default,
                "choices": [{"value": value, "title": str(title)} for value, title in option.choices],
                "help": str(option.help),
            }
            for option in kind.options
        ],
    }


def _mapping(json_text: str) -> ImportMappingIn:
    if not json_text.strip():
        return ImportMappingIn()
    try:
        return ImportMappingIn.model_validate_json(json_text)
    except (ValidationError, json.JSONDecodeError):
        message = _(
            "The mapping must be JSON: {“columns”: {our column: heading}, “constants”: {…}, “options”: {…}}."
        )
        raise InvalidInput(
            message, problems=[Problem(message=message, loc="mapping", field="mapping")]
        ) from None


def _download(response: Answer, name: str) -> Answer:
    response["Content-Disposition"] = f'attachment; filename="{Path(name).name}"'
    return response
