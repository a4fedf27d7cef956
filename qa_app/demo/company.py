"""Who works at Lantern Home: three teams, forty agents with awkward names among them, inspectors and the office.

Pure data: the same names, numbers and truths every time.
"""

from __future__ import annotations

from dataclasses import dataclass

from qa_app.conversations.importers.record import Channel
from qa_app.models import RoleName

__all__ = ["AGENTS", "DEMO_PASSWORD", "INSPECTORS", "STAFF", "TEAMS", "DemoAgent", "DemoPerson", "DemoTeam"]

DEMO_PASSWORD = "lantern-home-demo"  # noqa: S105 (published in the README: everything it opens is invented)


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """A team and what it handles."""

    key: str
    name: str
    name_zh: str
    channels: tuple[Channel, ...]
    supervisor: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who signs in."""

    email: str
    name: str
    roles: tuple[RoleName, ...]
    leniency: float = 0.0


@dataclass(frozen=True, slots=True)
class DemoAgent:
    """An agent with the quality planted in them (mean of the inspected, critical errors aside)."""

    number: str
    name: str
    team: str
    quality: float
    monthly_gain: float = 0.0
    volume: int = 60


TEAMS = (
    DemoTeam("hotline", "Hotline", "热线", ("phone",), "supervisor.hotline@example.com"),
    DemoTeam("chat", "Live chat", "在线", ("chat",), "supervisor.chat@example.com"),
    DemoTeam("shop", "Shop", "店铺", ("chat", "email"), "supervisor.shop@example.com"),
)

INSPECTORS = (
    DemoPerson("inspector1@example.com", "Amara Okoye", (RoleName.inspector,), leniency=4.0),
    DemoPerson("inspector2@example.com", "林晓岚", (RoleName.inspector,), leniency=2.0),
    DemoPerson("inspector3@example.com", "Piotr Zieliński", (RoleName.inspector,), leniency=0.5),
    DemoPerson("inspector4@example.com", "周海棠", (RoleName.inspector,), leniency=-0.5),
    DemoPerson("inspector5@example.com", "Ingrid Solheim", (RoleName.inspector,), leniency=-2.0),
    DemoPerson("inspector6@example.com", "魏长青", (RoleName.inspector,), leniency=-4.0),
)

STAFF = (
    DemoPerson("lead@example.com", "沈一诺", (RoleName.qa_lead,)),
    DemoPerson("supervisor.hotline@example.com", "Jonas Ekholm", (RoleName.supervisor,)),
    DemoPerson("supervisor.chat@example.com", "韩清越", (RoleName.supervisor,)),
    DemoPerson("supervisor.shop@example.com", "Beatriz Quaresma", (RoleName.supervisor,)),
    DemoPerson("hr@example.com", "Miriam Vance", (RoleName.hr,)),
    DemoPerson("admin@example.com", "Tomasz Grell", (RoleName.administrator,)),
)

# Name, planted quality, change a month, conversations a month. The seventh agent of the hotline is 12 points below
# the standard of 70; the fourth of live chat improves; names hold rare characters, marks, and great length.
_HOTLINE = (
    ("Maya Brandt", 88.0, 0.0, 90), ("陈予琳", 92.5, 0.0, 85), ("Tobias Renn", 82.0, 0.0, 80), ("骉䶮", 86.0, 0.0, 60),
    ("O’Brien-Nakamura Fitzgerald de la Fuente y Montenegro", 84.5, 0.0, 70), ("吴若溪", 90.0, 0.0, 95),
    ("Viktor Halloran", 58.0, 0.0, 75), ("Søren Ångström", 79.5, 0.0, 55), ("何嘉树", 87.0, 0.0, 100), ("Zoë Ünal", 76.0, 0.0, 40),
    ("刘思遥", 93.0, 0.0, 110), ("Ng Wei", 85.0, 0.0, 65), ("Łucja Wójcik", 89.5, 0.0, 72), ("周予安", 81.0, 0.0, 30),
)  # fmt: skip
_CHAT = (
    ("Ines Calloway", 83.0, 0.0, 85), ("陆知夏", 91.0, 0.0, 90), ("Xi", 86.5, 0.0, 60), ("方一鸣", 68.0, 4.0, 80),
    ("欧阳司徒慕容", 88.5, 0.0, 75), ("Priyanka Venkatasubramanian", 94.0, 0.0, 110), ("Dario Sforza", 77.5, 0.0, 65),
    ("谭𠮷宁", 85.5, 0.0, 55), ("Hanne Kjær", 80.0, 0.0, 70), ("白露", 90.5, 0.0, 95), ("Kwame Asante", 84.0, 0.0, 60),
    ("邓文博", 87.5, 0.0, 88), ("Ada Nwosu", 82.5, 0.0, 45), ("顾南星", 78.0, 0.0, 3),
)  # fmt: skip
_SHOP = (
    ("Émile Durand", 86.0, 0.0, 60), ("宋青禾", 89.0, 0.0, 55), ("Freya Lindqvist", 81.5, 0.0, 50), ("唐晚晴", 92.0, 0.0, 65),
    ("Marek Novotný", 75.0, 0.0, 45), ("叶知秋", 87.0, 0.0, 58), ("Rosa Cavalcanti", 83.5, 0.0, 52), ("蒋星河", 90.0, 0.0, 62),
    ("Nils Bergqvist", 79.0, 0.0, 40), ("傅云深", 85.0, 0.0, 57), ("Leila Farouk", 88.0, 0.0, 150), ("孟夏", 84.0, 0.0, 35),
)  # fmt: skip


def _team(key: str, first: int, rows: tuple[tuple[str, float, float, int], ...]) -> tuple[DemoAgent, ...]:
    return tuple(
        DemoAgent(f"{first + index:04d}", name, key, quality, gain, volume)
        for index, (name, quality, gain, volume) in enumerate(rows)
    )


AGENTS = (*_team("hotline", 201, _HOTLINE), *_team("chat", 301, _CHAT), *_team("shop", 401, _SHOP))
