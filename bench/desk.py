"""How fast an inspector's desk is: `python -m bench.desk [--waiting N] [--cycles N]`.

10,000 samples wait for four inspectors. A cycle is what an inspector does to the server: the page, one save with every
answer, submit, which names the next. The product and a bare Flask page with the same queries and commits
(`desk_bare.py`) are served in turn by the same gunicorn with the same settings, each on its own copy of the same SQLite
file.

Printed: cycles and requests a second and the median and 95th percentile of open and of submit, with 1 and 4 clients;
the ratio of the rates (goal: at least 0.5), and the figures of Label Studio 1.23 measured once (open 124 ms, 7.7
submissions a second alone, 11.1 with four clients; goal: ten times its rate, a tenth of its median).
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import select

from config import load_settings
from qa_app.conversations.importers.stream import ReadOptions
from qa_app.conversations.importing import ImportRequest, import_conversations, new_run
from qa_app.db import Base, db
from qa_app.factory import create_app
from qa_app.jobs import NoProgress
from qa_app.models import RoleName, User
from qa_app.people.organisation import OpeningHours, OrganisationFacts, set_up
from qa_app.people.service import NewUser, create_user
from qa_app.rubrics import service as rubrics
from qa_app.sampling import handout, plans, stages
from qa_app.sampling.design import Design, Filters

ROOT = Path(__file__).parents[1]
PASSWORD = "bench-of-the-desk-2026"
INSPECTORS = 4
AGENTS = 200
LABEL_STUDIO = {"open_ms": 124.0, 1: 7.7, 4: 11.1}
WARM_UP = 5


@dataclass
class Timings:
    """Seconds of every open and every submit, and the wall time of all."""

    opens: list[float] = field(default_factory=list)
    submits: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Cycles a second."""
        return len(self.submits) / self.seconds


def main() -> None:
    options = read_options()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        fill(home, options.waiting)
        print(f"{options.waiting:,} samples wait for {INSPECTORS} inspectors; {options.cycles} cycles a client")
        for clients in (1, 4):
            compare(home, clients, options.cycles)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--waiting", type=int, default=10_000)
    parser.add_argument("--cycles", type=int, default=100, help="per client and server")
    return parser.parse_args()


def fill(home: Path, waiting: int) -> None:
    """Bring in chats, draw all of them and hand them out, by the product's own services."""
    home.mkdir()
    app = create_app(load_settings(assay_home=home, database_url="", _env_file=None))
    records = home / "chats.ndjson"
    records.write_text("".join(json.dumps(chat(number)) + "\n" for number in range(waiting)), encoding="utf-8")
    with app.app_context():
        Base.metadata.create_all(db.engine)
        session = db.session()
        facts = OrganisationFacts("Bench", "", "UTC", "en", "", OpeningHours())
        admin = set_up(session, facts, NewUser("admin@example.com", "Admin", [RoleName.administrator], PASSWORD))
        for number in range(INSPECTORS):
            create_user(
                session, admin, NewUser(f"i{number}@example.com", f"Inspector {number}", [RoleName.inspector], PASSWORD)
            )
        rubrics.install_presets(session, admin)
        run = new_run(session, None, [records], {})
        session.commit()
        request = ImportRequest((records,), ReadOptions(ZoneInfo("UTC")))
        import_conversations(session, None, run, request, checkpoint=session.commit, progress=NoProgress())
        design = Design(size=waiting // AGENTS)
        plan = plans.create_plan(session, admin, plans.NewPlan("Bench", "2026-10", Filters(), design))
        (draw,) = plan.draws
        stages.freeze_population(session, admin, draw)
        stages.execute_draw(session, admin, draw)
        handout.hand_out(session, admin, draw)
        session.commit()
        db.engine.dispose()


def chat(number: int) -> dict[str, Any]:
    at = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(minutes=4 * number)
    said = ("Where is my order? 我的快递怎么还没到？ My phone is 13812345678.", "One moment, I will look at once.")
    return {
        "source": "bench",
        "external_id": f"T{number}",
        "channel": "chat",
        "agent_id": f"agent{number % AGENTS}",
        "opened_at": at.isoformat(),
        "closed_at": (at + timedelta(minutes=5)).isoformat(),
        "messages": [
            {
                "speaker": ("customer", "agent")[turn % 2],
                "sent_at": (at + timedelta(seconds=20 * turn)).isoformat(),
                "text": said[turn % 2],
            }
            for turn in range(14)
        ],
    }


def compare(home: Path, clients: int, cycles: int) -> None:
    """Serve both in turn and print them side by side."""
    bare = measure(home, "bench.desk_bare:app", Bare, clients, cycles)
    ours = measure(home, "wsgi:app", Ours, clients, cycles)
    print(
        f"{clients} client{'s' if clients > 1 else ''}      cycles/s  requests/s  open p50  p95 ms  submit p50  p95 ms"
    )
    for name, timings in (("bare Flask", bare), ("Assay", ours)):
        rates = f"{timings.rate:8.1f} {3 * timings.rate:11.1f}"
        print(f"  {name:10} {rates} {show(timings.opens)} {show(timings.submits, 11)}")
    print(f"  of the bare page's rate {ours.rate / bare.rate:.2f} (goal: at least 0.5)")
    median = statistics.median(ours.opens) * 1000
    print(
        f"  submissions against Label Studio {ours.rate / LABEL_STUDIO[clients]:.1f} times (goal 10),"
        f" median of open 1/{LABEL_STUDIO['open_ms'] / median:.1f} (goal 1/10)"
    )


def show(seconds: list[float], width: int = 9) -> str:
    cuts = statistics.quantiles(seconds, n=20)
    return f"{statistics.median(seconds) * 1000:{width}.1f} {cuts[-1] * 1000:7.1f}"


def measure(home: Path, module: str, kind: type[Client], clients: int, cycles: int) -> Timings:
    """Run `clients` inspectors beside each other against one server; all begin together when all are warm."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder, "home")
        shutil.copytree(home, own)
        with serve(own, module) as port:
            desks = [kind(port, place, own) for place in range(clients)]
            ready, all_timings = threading.Barrier(clients + 1), [Timings() for _ in desks]

            def work(desk: Client, timings: Timings) -> None:
                try:
                    desk.run(WARM_UP, Timings())
                    ready.wait()
                    desk.run(cycles, timings)
                except Exception as error:
                    print(repr(error)[:600], file=sys.stderr)
                    ready.abort()

            threads = [threading.Thread(target=work, args=pair) for pair in zip(desks, all_timings, strict=True)]
            for thread in threads:
                thread.start()
            ready.wait()
            begun = time.perf_counter()
            for thread in threads:
                thread.join()
            together = Timings(seconds=time.perf_counter() - begun)
    for timings in all_timings:
        together.opens += timings.opens
        together.submits += timings.submits
    assert len(together.submits) == clients * cycles, "a client failed, see above"
    return together


@contextmanager
def serve(home: Path, module: str) -> Iterator[int]:
    """Serve on a free port as `./run` does, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "ASSAY_HOME": str(home),
        "DESK_DATABASE": str(home / "assay.db"),
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "PORT": str(port),
    }
    command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py"), module]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            raise SystemExit(f"{module} did not start within 30 s")
        yield port
    finally:
        server.terminate()
        server.wait()


class Client:
    """One inspector's browser: one kept connection, cookies, and the desk's three requests."""

    def __init__(self, port: int, place: int, home: Path) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.place = place
        self.home = home

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, dict[str, str], str]:
        """Send one request and read its answer whole; a refusal ends the program with the server's words."""
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        except (ConnectionError, http.client.BadStatusLine):  # a kept connection that the server let go
            self.connection.close()
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        text = response.read().decode()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status} {text[:300]}")
        return response.status, {name.lower(): value for name, value in response.getheaders()}, text

    def run(self, cycles: int, timings: Timings) -> None:
        """Open, answer and submit so many samples."""
        path = self.begin()
        for _ in range(cycles):
            begun = time.perf_counter()
            page = self.ask("GET", path)[2]
            timings.opens.append(time.perf_counter() - begun)
            self.save(path, page)
            begun = time.perf_counter()
            path = self.submit(path)
            timings.submits.append(time.perf_counter() - begun)

    def begin(self) -> str:
        """Open the first sample; return its path."""
        raise NotImplementedError

    def save(self, path: str, page: str) -> None:
        """Send every answer at once."""
        raise NotImplementedError

    def submit(self, path: str) -> str:
        """Submit; return the path of the next."""
        raise NotImplementedError


class Bare(Client):
    """The bare page: no sign-in, no token."""

    def __init__(self, port: int, place: int, home: Path) -> None:
        super().__init__(port, place, home)
        app = create_app(load_settings(assay_home=home, database_url="", _env_file=None))
        with app.app_context():
            email = f"i{place}@example.com"
            self.user = db.session.scalars(select(User.id).where(User.email == email)).one()
            db.engine.dispose()

    def begin(self) -> str:
        return str(json.loads(self.ask("POST", f"/{self.user}/start")[2])["url"])

    def save(self, path: str, page: str) -> None:
        answers = dict(re.findall(r'name="(\w+)" value="(\w+)"', page))
        self.ask("POST", f"{path}/save", json.dumps(answers), **{"Content-Type": "application/json"})

    def submit(self, path: str) -> str:
        return str(json.loads(self.ask("POST", f"{path}/submit")[2])["url"])


class Ours(Client):
    """The product, signed in by its form, with its tokens."""

    def __init__(self, port: int, place: int, home: Path) -> None:
        super().__init__(port, place, home)
        form = {"email": f"i{place}@example.com", "password": PASSWORD, "csrf_token": self._token("/sign-in")}
        self.ask("POST", "/sign-in", urlencode(form), **{"Content-Type": "application/x-www-form-urlencoded"})
        self.token = self._token("/queue")
        self.revision = 0

    def _token(self, path: str) -> str:
        found = re.search(
            r'name="csrf_token"[^>]* value="([^"]+)"|name="csrf-token" content="([^"]+)"', self.ask("GET", path)[2]
        )
        assert found is not None, path
        return found[1] or found[2]

    def _post(self, path: str, body: object) -> str:
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.token, "Accept": "application/json"}
        return self.ask("POST", path, json.dumps(body), **headers)[2]

    def begin(self) -> str:
        form = urlencode({"csrf_token": self.token})
        headers = self.ask("POST", "/queue/start", form, **{"Content-Type": "application/x-www-form-urlencoded"})[1]
        return urlsplit(headers["location"]).path

    def save(self, path: str, page: str) -> None:
        answers: dict[str, str] = {}
        for code, level in re.findall(r'name="answer-(\w+)" value="(\w+)"\s+data-sign', page):
            answers.setdefault(code, level)
        changes = [{"kind": "answer", "code": code, "value": {"level": level}} for code, level in answers.items()]
        assert changes, "no answers on the page"
        body = {"token": os.urandom(8).hex(), "revision": 0, "changes": changes, "seconds": 60}
        self.revision = json.loads(self._post(f"{path}/save", body))["revision"]

    def submit(self, path: str) -> str:
        answer = json.loads(self._post(f"{path}/submit", {"revision": self.revision, "seconds": 60}))
        return urlsplit(answer["url"]).path


if __name__ == "__main__":
    main()
