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


OPENS, CLOSES = pd.Timedelta(hours=9), pd.Timedelta(hours=18)


def next_opening(moment):
    """The moment itself where the centre is open (Monday to Friday, 9 to 18), else when it opens next."""
    day = moment.normalize()
    while day.day_of_week > 4 or moment >= day + CLOSES:
        day += pd.Timedelta(days=1)
    return max(moment, day + OPENS)


def worked_seconds(start, end):
    """Opening hours between two moments."""
    if pd.isna(start) or pd.isna(end):
        return None
    days = [day for day in pd.date_range(start.normalize(), end.normalize()) if day.day_of_week < 5]
    spans = [min(end, day + CLOSES) - max(start, day + OPENS) for day in days]
    return sum(max(span.total_seconds(), 0.0) for span in spans)


def met_target(opened, done, answered, target):
    """1 in time, 0 late, nothing without a target or where nobody wrote down when it was answered.

    What comes in outside opening hours is due ten minutes after the next opening, or its target after it if longer.
    """
    if pd.isna(opened) or target is None or (answered and pd.isna(done)):
        return None
    start = next_opening(opened)
    seconds = max(target, 600) if start > opened else target
    return float(not pd.isna(done) and done <= start + pd.Timedelta(seconds=seconds))


def targets_of(channel, priority=""):
    """The stricter of what channel and priority promise, in seconds; nothing where neither does."""
    by_channel = {"phone": 15, "chat": 30, "email": 12 * 3600, "social": 4 * 3600}
    by_priority = {"urgent": 300, "high": 600, "medium": 1800, "low": 1800}
    return min((s for s in (by_channel.get(channel), by_priority.get(priority)) if s is not None), default=None)


def repeats(frame, in_month):
    """1 where the customer came with the same topic at most seven days before, 0 where not, nothing where unknown."""
    known = frame[frame["customer"].notna() & frame["topic"].notna() & frame["opened"].notna()].assign(asked=in_month)
    ordered = known.sort_values(["opened", "asked"], kind="stable")
    since = ordered.groupby(["customer", "topic"])["opened"].diff()
    return (since <= pd.Timedelta(days=7)).astype(float).reindex(frame.index)


def promises_kept(group):
    """Figures of targets, working hours, repeats and surveys of one group."""
    known, asked = group["repeat"].count() > 0, group["asked"].sum()
    return {
        "within_target_rate_first_response": group["met"].mean(),
        **describe("first_response_seconds_working", group["first_working"].astype(float)),
        "repeat_contacts": group["repeat"].sum() if known else None,
        "repeat_contact_rate": group["repeat"].sum() / len(group) if known else None,
        "surveys_sent": asked,
        "csat_response_rate": group["csat"].count() / asked if asked else None,
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
                "customer": chat["AnonymizedUserWorkerID"],
                "topic": " ".join(name for name in chat["Scenario"]["Domains"] if name) or None,
                "replied": next((moment for moment in replies if asked and moment >= asked[0]), None),
                "asked": bool(calm),
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
    in_month = moment.dt.strftime("%Y-%m") == "2020-05"
    replied = pd.to_datetime(frame["replied"], unit="s")
    frame["repeat"] = repeats(frame.assign(opened=moment), in_month)
    frame["met"] = [
        met_target(*row, targets_of("chat")) for row in zip(moment, replied, frame["answered"], strict=True)
    ]
    waited_since = replied - pd.to_timedelta(frame["first"], unit="s")
    frame["first_working"] = [worked_seconds(*span) for span in zip(waited_since, replied, strict=True)]
    month = frame[in_month]

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
            **promises_kept(group),
        }
        for agent, group in month.groupby("agent")
    }
    assert_same(ours, theirs)


def test_call_center_in_january_and_february_2021_by_agent(data_dir, metrics_of):
    file = data_dir / "call_center_5000" / "calls_2021-01_2021-02.csv"
    frame = pd.read_csv(file)
    frame["talk"] = pd.to_timedelta(frame["AvgTalkDuration"]).dt.total_seconds()
    opened = pd.to_datetime(frame["Date"] + " " + frame["Time"])
    picked_up = opened + pd.to_timedelta(frame["Speed of answer in seconds"], unit="s")
    answered = frame["Answered (Y/N)"] == "Y"
    frame["met"] = [met_target(*row, targets_of("phone")) for row in zip(opened, picked_up, answered, strict=True)]
    frame["first_working"] = [worked_seconds(*span) for span in zip(opened, picked_up, strict=True)]
    frame["csat"] = frame["Satisfaction rating"]
    frame["asked"] = frame["csat"].notna()  # a column of answers says nothing of who was asked in vain
    frame["repeat"] = float("nan")  # the table names no customers: nobody can tell who called again

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
                **promises_kept(group),
            }
            for agent, group in frame[frame["Date"].str.startswith(name)].groupby("Agent")
        }
        assert len(theirs) == 8
        assert_same(ours, theirs)
        assert {line["repeat_contact_rate"] for line in ours.values()} == {None}


def test_incidents_resolved_in_march_2016_by_resolver(data_dir, metrics_of):
    file = data_dir / "itsm_incidents" / "incidents_opened_2016-02-29_2016-04-30.csv.gz"
    events = pd.read_csv(file, dtype=str, keep_default_na=False)
    events["order"] = events["sys_mod_count"].astype(int)
    last = events.sort_values(["number", "order"], kind="stable").groupby("number").tail(1)
    for name in ("opened_at", "resolved_at"):
        last[name] = pd.to_datetime(last[name].replace("?", None), format="%d/%m/%Y %H:%M")
    last["customer"] = last["caller_id"].where(last["caller_id"] != "?")
    last["topic"] = last["category"].where(last["category"] != "?")
    # In the order of the file, as the conversations are numbered: of two in one minute the later one repeats.
    last = last.set_index("number").loc[events["number"].drop_duplicates()].reset_index()
    in_month = last["resolved_at"].dt.strftime("%Y-%m") == "2016-03"
    last["repeat"] = repeats(last.assign(opened=last["opened_at"]), in_month)
    grades = {"1": "urgent", "2": "high", "3": "medium", "4": "low"}
    last["met"] = [
        # The log does not say when somebody first answered: an answered incident is neither in time nor late.
        met_target(opened, None, state in {"Resolved", "Closed"}, targets_of(kind.lower(), grades.get(priority[:1])))
        for opened, state, kind, priority in zip(
            last["opened_at"], last["ident_state"], last["contact_type"], last["priority"], strict=True
        )
    ]
    last["first_working"] = last["csat"] = float("nan")
    last["asked"] = False
    month = last[in_month].copy()
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
            **promises_kept(group),
        }
        for agent, group in month.groupby("agent")
    }
    assert_same({key or "": line for key, line in ours.items()}, theirs)
