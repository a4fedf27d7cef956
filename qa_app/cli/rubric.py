"""`flask rubric`: rubrics as files and from the command line, by the same rules as in the browser."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.db import unit_of_work
from qa_app.models import Rubric as RubricRow
from qa_app.models import RubricVersion
from qa_app.rubrics import queries, service
from qa_app.rubrics.finding_lines import finding_lines
from qa_app.rubrics.words import condition_words, measure_words
from scoring.errors import RubricFileError
from scoring.rubric import Criterion, Finding, Rubric, lint_rubric, read_rubric, rubric_schema, write_json, write_yaml

__all__ = ["rubric"]

rubric = AppGroup("rubric", help="Read, check, exchange and publish rubrics.")

VERSION = click.option(
    "--version", "number", type=int, help="Which version; without it the one in force, else the draft."
)


@rubric.command("list")
def list_all() -> None:
    """List every rubric with its version in force and its draft."""
    with unit_of_work() as session:
        for row in session.scalars(select(RubricRow).order_by(RubricRow.id)):
            in_force, draft = queries.latest_published(row), queries.draft_of(row)
            states = [f"version {in_force.number} in force" if in_force else "none in force"]
            states += [f"draft of version {draft.number}"] if draft else []
            code = queries.load_definition(in_force or row.versions[-1]).code
            click.echo(
                f"{row.id}  {row.name}  {code}  {', '.join(row.channels) or 'every channel'}  {'; '.join(states)}"
            )


@rubric.command("show")
@click.argument("name")
@VERSION
def show(name: str, number: int | None) -> None:
    """Print what the rubric NAME (or its code, or its number) asks."""
    with unit_of_work() as session, force_locale("en"):
        definition = queries.load_definition(_find_version(session, name, number))
        numbers = definition.numbers()
        for section in definition.sections:
            click.echo(f"{section.title.in_language('en')}  {section.weight:g}")
            for criterion in section.criteria:
                for line in _criterion_lines(criterion, numbers[criterion.code], definition):
                    click.echo(line)


@rubric.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--publish", "is_published", is_flag=True, help="Publish it at once if the lint finds no error.")
def import_file(file: Path, is_published: bool) -> None:
    """Add the rubric in FILE (YAML or JSON) as a draft."""
    definition = _read(file)
    with unit_of_work() as session:
        row = service.create_rubric(session, None, definition, source=f"file {file.name}")
        if is_published:
            _publish(session, row.versions[0], note="")
        click.echo(f"{row.id}  {row.name}: {'published' if is_published else 'draft'} of version 1.")


@rubric.command("export")
@click.argument("name")
@VERSION
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of printing.")
def export(name: str, number: int | None, form: str, out: Path | None) -> None:
    """Write the rubric NAME (or its code, or its number) as a file."""
    with unit_of_work() as session:
        definition = queries.load_definition(_find_version(session, name, number))
    text = write_yaml(definition) if form == "yaml" else write_json(definition)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


@rubric.command("schema")
def schema() -> None:
    """Print the JSON Schema of rubric files (kept as docs/rubric.schema.json)."""
    click.echo(json.dumps(rubric_schema(), ensure_ascii=False, indent=2))


@rubric.command("lint")
@click.argument("name_or_file")
@VERSION
def lint(name_or_file: str, number: int | None) -> None:
    """Check a rubric, or a file that is not imported yet; exit status 1 where errors block publishing."""
    file = Path(name_or_file)
    if file.is_file():
        definition = _read(file)
    else:
        with unit_of_work() as session:
            definition = queries.load_definition(_find_version(session, name_or_file, number))
    findings = lint_rubric(definition)
    _print_findings(findings, definition)
    if any(finding.is_error for finding in findings):
        raise click.exceptions.Exit(1)
    if not findings:
        click.echo("Nothing to mend.")


@rubric.command("publish")
@click.argument("name")
@click.option("--note", default="", help="What changed, and why.")
def publish(name: str, note: str) -> None:
    """Publish the draft of the rubric NAME (or its code, or its number)."""
    with unit_of_work() as session:
        row = _find_rubric(session, name)
        draft = queries.draft_of(row)
        if draft is None:
            raise click.ClickException(f"{row.name} has no draft: open one in the browser, or import a file.")
        _publish(session, draft, note=note)
        click.echo(f"{row.name}: version {draft.number} is in force.")


def _read(file: Path) -> Rubric:
    try:
        return read_rubric(file.read_bytes())
    except RubricFileError as error:
        raise click.ClickException(f"{file}: {error}") from error


def _publish(session: Session, draft: RubricVersion, *, note: str) -> None:
    try:
        service.publish_draft(session, None, draft, note=note)
    except service.NotReady as refusal:
        _print_findings(refusal.findings, queries.load_definition(draft))
        raise click.ClickException("Mend these errors first; nothing was published.") from refusal


def _find_rubric(session: Session, name: str) -> RubricRow:
    condition = RubricRow.id == int(name) if name.isdigit() else RubricRow.name == name
    found = session.scalar(select(RubricRow).where(condition))
    return found if found is not None else _find_by_code(session, name)


def _find_by_code(session: Session, code: str) -> RubricRow:
    """Find the rubric that has this code in any version; documents print the code."""
    rows = session.scalars(select(RubricRow).order_by(RubricRow.id))
    found = [row for row in rows if any(version.definition.get("code") == code for version in row.versions)]
    if not found:
        raise click.ClickException(f"There is no rubric {code!r}; see: flask rubric list")
    if len(found) > 1:
        lines = "\n".join(f"  {row.id}  {row.name}" for row in found)
        raise click.ClickException(f"Several rubrics have the code {code}; give the number of one:\n{lines}")
    return found[0]


def _find_version(session: Session, name: str, number: int | None) -> RubricVersion:
    row = _find_rubric(session, name)
    if number is None:
        return queries.latest_published(row) or row.versions[-1]
    found = next((version for version in row.versions if version.number == number), None)
    if found is None:
        raise click.ClickException(f"{row.name} has no version {number}; it has 1 to {row.versions[-1].number}.")
    return found


def _criterion_lines(criterion: Criterion, number: int, definition: Rubric) -> list[str]:
    critical = f", {criterion.criticality.value}-critical" if criterion.is_critical_kind else ""
    lines = [
        f"  {number:>2} {criterion.title.in_language('en')}  {criterion.weight:g}  ({criterion.kind.value}{critical})"
    ]
    if criterion.measure is not None:
        lines += [f"       {criterion.measure.metric}: {line}" for line in measure_words(criterion.measure)]
    if criterion.applies_if is not None:
        lines.append(f"       applies if {condition_words(criterion.applies_if, definition)}")
    return lines


def _print_findings(findings: list[Finding], definition: Rubric) -> None:
    with force_locale("en"):
        for line in finding_lines(findings, definition):
            click.echo(f"{'error' if line.is_error else 'warning'}  {line.where}  {line.what} {line.mend}")
