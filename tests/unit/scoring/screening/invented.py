"""An invented centre for tests of screening: transcripts whose words and pace tell the score, with known strength."""

from __future__ import annotations

import numpy as np

from scoring.screening.transcripts import Transcript, make_transcript

GOOD = {"en": ("welcome", "gladly", "solved", "thanks"), "zh": ("您好", "马上", "解决", "感谢")}
BAD = {"en": ("whatever", "impossible", "wait", "cannot"), "zh": ("随便", "不行", "等着", "没法")}
FILLER = {
    "en": ("order", "parcel", "lamp", "delivery", "address", "invoice"),
    "zh": ("订单", "包裹", "灯具", "送货", "地址", "发票"),
}


def invent_centre(
    size: int = 600, *, agents: int = 20, language: str = "en", seed: int = 1, noise: float = 8.0
) -> tuple[list[Transcript], np.ndarray]:
    """Conversations and what people would score them."""
    random = np.random.default_rng(seed)
    level = random.normal(85, 4, agents)
    transcripts, scores = [], []
    for number in range(size):
        agent = number % agents
        tone = random.normal()
        words = [GOOD if random.random() < 1 / (1 + np.exp(-2 * tone)) else BAD for _ in range(6)]
        said = [f"{random.choice(kind[language])} {random.choice(FILLER[language])}" for kind in words]
        seconds = float(np.exp(random.normal(3 - 0.5 * tone, 0.5)))
        messages = [turn for text in said for turn in (("customer", random.choice(FILLER[language])), ("agent", text))]
        transcripts.append(
            make_transcript(
                f"invented:{number:05d}",
                messages,
                group=f"A{agent:02d}",
                given={"first_response_seconds": seconds, "scripted_share": float(random.random())},
                tags=("channel=chat",),
            )
        )
        scores.append(np.clip(level[agent] + 8 * tone + random.normal(0, noise), 0, 100))
    return transcripts, np.array(scores)
