"""`flask recordings`: measure the sound of calls, put transcripts beside them, recognise speech."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.cli.imports import imports
from qa_app.conversations.importers.transcripts import TranscriptRefused
from qa_app.conversations.measuring import measure_calls
from qa_app.conversations.transcripts import NoSuchCall, explain_refusal, find_call_of_file, import_transcript
from qa_app.db import unit_of_work
from qa_app.jobs import NoProgress
from qa_app.models import CallFeatures, Conversation

__all__ = ["recordings"]

recordings = AppGroup("recordings", help="The sound of calls: figures, transcripts.")
_FILES = click.Path(exists=True, dir_okay=False, path_type=Path)
SOME_REFUSED, NONE_IN = 3, 1


@recordings.command("measure")
@click.option("--again", is_flag=True, help="Try those once more whose files were missing or broken.")
def measure(*, again: bool) -> None:
    """Measure every call that has no figures yet; exit status 3 if a file is missing or broken, each is named."""
    with unit_of_work() as session:
        done = measure_calls(session, None, checkpoint=session.commit, progress=NoProgress(), again=again)
        troubled = select(Conversation, CallFeatures).join(CallFeatures).where(CallFeatures.problem != "")
        for conversation, row in session.execute(troubled):
            click.echo(f"{conversation.public_id}: {row.problem}: {row.detail}", err=True)
    click.echo(f"{done.calls} calls measured, {done.failed} failed")
    if done.failed:
        click.echo("Put the files back below ASSAY_HOME/recordings, then: flask recordings measure --again", err=True)
        sys.exit(SOME_REFUSED)


@imports.command("transcripts")
@click.argument("files", nargs=-1, required=True, type=_FILES)
@click.option("--conversation", help="The call they belong to, as SOURCE:ID; else a recording of the same name.")
@click.option("--agent", default="", help="What the files call the agent, where that is not a common word.")
def transcripts(files: tuple[Path, ...], conversation: str | None, agent: str) -> None:
    """Put transcripts (SRT, WebVTT, Amazon Transcribe, vCon, plain text with times) beside calls that are here.

    Exit status: 0 all are in, 3 some were refused, 1 none came in.
    """
    refused = 0
    for path in files:
        with unit_of_work() as session, force_locale("en"):
            try:
                call = _find(session, path, conversation)
                turns = import_transcript(session, None, call, path.read_bytes(), name=path.name, agent=agent)
            except (TranscriptRefused, NoSuchCall) as error:
                refused += 1
                click.echo(f"{path.name}: {_explain(error, path)}", err=True)
            else:
                click.echo(f"{path.name}: {turns} turns for {call.public_id}")
    if refused:
        sys.exit(NONE_IN if refused == len(files) else SOME_REFUSED)


def _find(session: Session, path: Path, name: str | None) -> Conversation:
    if name is None:
        return find_call_of_file(session, path.name)
    source, _, external_id = name.partition(":")
    query = select(Conversation).where(Conversation.source == source, Conversation.external_id == external_id)
    found = session.scalar(query)
    if found is None:
        raise click.ClickException(f"There is no conversation {name}: give SOURCE:ID as the list shows it.")
    return found


def _explain(error: TranscriptRefused | NoSuchCall, path: Path) -> str:
    if isinstance(error, TranscriptRefused):
        return explain_refusal(error)
    what = "no recording is" if not error.count else f"the recordings of {error.count} calls are"
    return f"{what} named {path.stem}: give --conversation SOURCE:ID"
