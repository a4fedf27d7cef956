"""Metrics of public data, imported by the shipped mappings, against figures computed from the raw files by pandas.

Nothing of ours takes part in the second computation: the definitions are written out anew from the raw columns.
"""

import csv
import gzip
import io
import json
from pathlib import Path

import pandas as pd
import pytest

pytestmark = pytest.mark.both_databases

MAPPINGS = Path(__file__).parents[2] / "docs" / "mappings"


@pytest.fixture
def metrics_of(app, session):
    """Import a file by its mapping, then print a month; returns the lines by their key."""

    def run(name, file, *arguments):
        runner = app.test_cli_runner()
        mapping = str(MAPPINGS / f"{name}.toml")
        imported = runner.invoke(args=["import", "conversations", str(file), "--mapping", mapping, "--timezone", "UTC"])
        assert imported.exit_code == 0, imported.output
        return [read(runner.invoke(args=["metrics", *one.split()])) for one in arguments]

    return run


def read(result):
    assert result.exit_code == 0, result.output
    lines = csv.DictReader(io.StringIO(result.stdout))
    return {line["agent"]: {name: number(value) for name, value in line.items()} for line in lines}


def number(text):
    try:
        return float(text)
    except ValueError:
        return text or None


def describe(prefix, values):
    """Mean, median, p90, longest and number; None where there is nothing."""
    values = values.dropna()
    figures = {"mean": values.mean(), "median": values.median(), "p90": values.quantile(0.9), "max": values.max()}
    return {f"{prefix}_{name}": figure if len(values) else None for name, figure in figures.items()} | {
        f"{prefix}_n": len(values)
    }


def assert_same(ours, theirs):
    assert set(ours) == set(theirs)
    for key, figures in theirs.items():
        for name, figure in figures.items():
            expected = None if figure is None or pd.isna(figure) else pytest.approx(figure, rel=1e-12, abs=1e-9)
            assert ours[key][name] == expected, (key, name)


def star_chats(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            chat = json.loads(line)
            timed = [event["UnixTime"] for event in chat["Events"] if event.get("UnixTime")]
            said = [
                (
                    event["Agent"] == "Wizard",
                    event["UnixTime"],
                    event["Action"] == "pick_suggestion" and event["ActionLabel"] != "custom",
                )
                for event in chat["Events"]
                if (event["Agent"], event["Action"])
                in {("User", "utter"), ("Wizard", "utter"), ("Wizard", "pick_suggestion")}
            ]
            asked = [moment for is_agent, moment, _ in said if not is_agent]
            replies = [moment for is_agent, moment, _ in said if is_agent]
            first = next((moment - asked[0] for moment in replies if asked and moment >= asked[0]), None)
            answers = chat.get("UserQuestionnaire") or []
            success = [
                a["Answer"] for a in answers if "calm and helpful" not in a["Question"] and "enjoy" not in a["Question"]
            ]
            calm = [a["Answer"] for a in answers if "calm and helpful" in a["Question"]]
            yield {
                "agent": chat["AnonymizedWizardWorkerID"],
                "opened": timed[0] if timed else None,
                "answered": bool(replies),
                "first": first,
                "gaps": gaps_of(said),
                "handle": timed[-1] - timed[0] if timed else None,
                "resolved": float(success[0]) if success else None,
                "csat": (5.0 if calm[-1] else 1.0) if calm else None,
                "replies": len(replies),
                "scripted": sum(is_agent and scripted for is_agent, _, scripted in said),
            }


def gaps_of(said):
    gaps, since = [], None
    for is_agent, moment, _ in said:
        if not is_agent:
            since = moment if since is None else since
        elif since is not None:
            gaps.append(moment - since)
            since = None
    return gaps


def test_star_chat_in_may_2020_by_agent(data_dir, metrics_of):
    file = data_dir / "star_chat" / "dialogues.jsonl.gz"
    frame = pd.DataFrame(star_chats(file))
    moment = pd.to_datetime(frame["opened"], unit="s")
    month = frame[moment.dt.strftime("%Y-%m") == "2020-05"]

    (ours,) = metrics_of("star_chat", file, "2020-05 --by agent")

    assert (len(frame), len(month), month["agent"].nunique()) == (4439, 4346, 115)
    theirs = {
        agent: {
            "conversations": len(group),
            "answered": group["answered"].sum(),
            "answer_rate": group["answered"].mean(),
            "abandoned": (~group["answered"]).sum(),
            "resolved": group["resolved"].sum(),
            "resolution_rate": group["resolved"].mean(),
            "resolved_of_answered": group["resolved"].sum() / group["answered"].sum()
            if group["answered"].any()
            else None,
            "csat_n": group["csat"].count(),
            "csat_mean": group["csat"].mean(),
            "csat_top2_share": (group["csat"].dropna() >= 4).mean(),
            "script_share": group["scripted"].sum() / group["replies"].sum() if group["replies"].sum() else None,
            **describe("first_response_seconds", group["first"]),
            **describe("response_gap_seconds", group["gaps"].explode().astype(float)),
            **describe("handle_seconds", group["handle"]),
        }
        for agent, group in month.groupby("agent")
    }
    assert_same(ours, theirs)


def test_call_center_in_january_and_february_2021_by_agent(data_dir, metrics_of):
    file = data_dir / "call_center_5000" / "calls_2021-01_2021-02.csv"
    frame = pd.read_csv(file)
    frame["talk"] = pd.to_timedelta(frame["AvgTalkDuration"]).dt.total_seconds()

    months = metrics_of("call_center_5000", file, "2021-01", "2021-02")

    for name, ours in zip(("2021-01", "2021-02"), months, strict=True):
        theirs = {
            agent: {
                "conversations": len(group),
                "answered": (group["Answered (Y/N)"] == "Y").sum(),
                "resolved": (group["Resolved"] == "Y").sum(),
                "resolution_rate": (group["Resolved"] == "Y").mean(),
                "csat_mean": group["Satisfaction rating"].mean(),
                "csat_n": group["Satisfaction rating"].count(),
                "csat_top2_share": (group["Satisfaction rating"].dropna() >= 4).mean(),
                "talk_seconds_mean": group["talk"].mean(),
                **describe("first_response_seconds", group["Speed of answer in seconds"]),
                **describe("handle_seconds", group["talk"]),
            }
            for agent, group in frame[frame["Date"].str.startswith(name)].groupby("Agent")
        }
        assert len(theirs) == 8
        assert_same(ours, theirs)


def test_incidents_resolved_in_march_2016_by_resolver(data_dir, metrics_of):
    file = data_dir / "itsm_incidents" / "incidents_opened_2016-02-29_2016-04-30.csv.gz"
    events = pd.read_csv(file, dtype=str, keep_default_na=False)
    events["order"] = events["sys_mod_count"].astype(int)
    last = events.sort_values(["number", "order"], kind="stable").groupby("number").tail(1)
    for name in ("opened_at", "resolved_at"):
        last[name] = pd.to_datetime(last[name].replace("?", None), format="%d/%m/%Y %H:%M")
    month = last[last["resolved_at"].dt.strftime("%Y-%m") == "2016-03"].copy()
    month["agent"] = month["resolved_by"].str.extract(r"(\d+)$").fillna("")
    month["seconds"] = (month["resolved_at"] - month["opened_at"]).dt.total_seconds()

    (ours,) = metrics_of("itsm_incidents", file, "2016-03 --by agent --month-of resolved")

    theirs = {
        agent: {
            "conversations": len(group),
            "within_target_rate_resolution": (group["made_sla"] == "true").mean(),
            "reopened": (group["reopen_count"].astype(int) > 0).sum(),
            "reopen_rate": (group["reopen_count"].astype(int) > 0).mean(),
            "transfers_mean": group["reassignment_count"].astype(int).mean(),
            **describe("resolution_seconds", group["seconds"]),
        }
        for agent, group in month.groupby("agent")
    }
    assert_same({key or "": line for key, line in ours.items()}, theirs)
