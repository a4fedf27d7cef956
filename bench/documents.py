"""How fast appraisals are made, against naive WeasyPrint on the same words.

Naive: `HTML(string).write_pdf()` once per document with the same words, the same ready charts, the same PDF variant and
tags, but the whole Chinese system font, automatic table layout and collapsed borders. Ours is the whole way from the
document to the bytes; charts are ready because the months drawn repeat, and what drawing them costs is printed apart.

All take turns, round after round, because absolute figures swing with the machine; what is printed are medians of the
rounds. One process is measured in its own processor time. The pools are open and warm before anything is timed; they
are measured twice: by the clock on the wall, which tells the truth on an idle machine only, and by the processor time
that pool and parent use for a document, which others on the machine disturb less.
Run: python -m bench.documents [DOCUMENTS [ROUNDS]]
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import active_children
from os import getloadavg, sysconf
from pathlib import Path
from statistics import median
from tempfile import gettempdir

from weasyprint import HTML

from reports.appraisal.example import example_appraisal
from reports.batch import Pool, open_pool
from reports.documents import AppraisalDocument
from reports.render import VARIANT, Renderer, appraisal_html

FONTS = Path(gettempdir()) / "assay-bench-fonts"
GOAL_PER_CORE, GOAL_TWO_CORES, GOAL_EFFICIENCY, GOAL_KIB = 2.4, 4.5, 0.9, 100
STYLES = (Path("reports/common/page.css"), Path("reports/appraisal/appraisal.css"))
#: What somebody would write who does not look at the clock; the paper looks the same.
NAIVE = (
    ('"Assay Sans", "Assay Sans Rare", ', ""),
    ("table-layout: fixed; ", ""),
    ("border-collapse: separate; border-spacing: 0;", "border-collapse: collapse;"),
    (".lined { background: #d8ddd6; background-clip: content-box; margin: 0 0.2pt; padding-top: 0.1pt; }", ""),
    (".lined table { margin: -0.6pt -0.2pt 0; width: calc(100% + 0.4pt); border-spacing: 0 0.5pt; }", ""),
    (".lined tr { background: #fff; }", ".lined td, .lined tbody th { border-bottom: 0.5pt solid #d8ddd6; }"),
)


def make_documents(count: int, *, own_charts: bool = False) -> list[AppraisalDocument]:
    """Make as many people with twenty inspected conversations, alternately in both languages."""
    documents = []
    for number in range(count):
        example = example_appraisal("zh_Hans_CN" if number % 2 == 0 else "en")
        person = replace(example.person, number=f"{number:04d}")
        document = replace(example, person=person, inspected=example.inspected * 4)
        documents.append(_with_own_chart(document, number) if own_charts else document)
    return documents


def _with_own_chart(document: AppraisalDocument, number: int) -> AppraisalDocument:
    points = tuple(
        replace(point, figure=replace(point.figure, value=point.figure.value and point.figure.value - 1 - number / 100))
        for point in document.trend.points
    )
    return replace(document, trend=replace(document.trend, points=points))


def naive_style() -> str:
    """Give our style as somebody would write it who does not look at the clock."""
    style = "\n".join(path.read_text("utf-8") for path in STYLES)
    for ours, theirs in NAIVE:
        if ours not in style:
            raise SystemExit(f"The style changed: {ours!r} is not in it, so the naive style has to be written anew.")
        style = style.replace(ours, theirs)
    return style


def seconds(action: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Run once and give the seconds that passed."""
    start = clock()
    action()
    return clock() - start


def pool_processors(before: set[int]) -> list[int]:
    """Give the processes that were started since `before`."""
    return [child.pid for child in active_children() if child.pid and child.pid not in before]


def used(pids: list[int]) -> float:
    """Give the processor seconds that this process and some children have used so far."""
    children = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in pids)
    return time.process_time() + sum(int(ticks) for pair in children for ticks in pair) / sysconf("SC_CLK_TCK")


def spread(values: list[float]) -> str:
    """Write a median and the range it was found in."""
    return f"{median(values):6.2f}   ({min(values):.2f} to {max(values):.2f})"


def run_pool(pool: Pool, documents: list[AppraisalDocument]) -> None:
    """Render all in a pool, and stop where one failed."""
    for made in pool.render((str(number), document) for number, document in enumerate(documents)):
        if made.pdf is None:
            raise SystemExit(made.error)


def measure_charts(renderer: Renderer, count: int) -> None:
    """Print what words and charts cost, apart."""
    documents = make_documents(count, own_charts=True)
    renderer.render_appraisal(documents[0])
    first = median(seconds(lambda d=document: appraisal_html(d), time.process_time) for document in documents[1:])
    again = median(seconds(lambda d=document: appraisal_html(d), time.process_time) for document in documents[1:])
    print(f"words                 {again * 1000:6.0f} ms a document, a chart {(first - again) * 1000:.0f} ms more")


def write_naively(pages: list[str]) -> list[bytes]:
    """Write each page as somebody would who reads the first example."""
    return [HTML(string=page).write_pdf(pdf_variant=VARIANT) for page in pages]


def main() -> None:
    """Print ratios, efficiency and sizes."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    renderer, documents, style = Renderer(FONTS), make_documents(count), naive_style()
    measure_charts(renderer, count)
    pages = [appraisal_html(document, renderer.fit_appraisal(document)) for document in documents]
    styled = [page.replace("</head>", f"<style>{style}</style></head>") for page in pages]
    plain = [f"<!DOCTYPE html>\n{page.replace('Assay Sans, Assay Sans Rare, ', '')}" for page in styled]
    ours = [renderer.render_appraisal(document) for document in documents]
    naive = write_naively(plain)
    per_core, rates, walls, costs = [], [], [], []
    with open_pool(FONTS, 1) as one, open_pool(FONTS, 2) as two:
        run_pool(one, documents)
        single = pool_processors(set())
        run_pool(two, documents * 2)
        double = pool_processors(set(single))
        for _ in range(rounds):
            theirs = seconds(lambda: write_naively(plain), time.process_time)
            own = seconds(lambda: [renderer.render_appraisal(document) for document in documents], time.process_time)
            per_core.append(theirs / own)
            rates.append(count / own)
            alone, naively = seconds(lambda: run_pool(one, documents)), seconds(lambda: write_naively(plain))
            both = seconds(lambda: run_pool(two, documents * 2))
            walls.append((2 * naively / both, alone / both))
            first = seconds(lambda: run_pool(one, documents), lambda: used(single))
            second = seconds(lambda: run_pool(two, documents * 2), lambda: used(double)) / 2
            costs.append((2 * theirs / second, first / second))
    print(f"ours, one process     {spread(rates)} documents/s of processor time")
    print(f"ratio per core        {spread(per_core)} goal {GOAL_PER_CORE}")
    for name, figures in (("by the wall", walls), ("by processor time", costs)):
        print(f"{name}; load of the machine {getloadavg()[0]:.1f}")
        print(f"  ratio on two cores  {spread([ratio for ratio, _ in figures])} goal {GOAL_TWO_CORES}")
        print(f"  efficiency, 1 to 2  {spread([share for _, share in figures])} goal {GOAL_EFFICIENCY}")
    for name, language in (("Chinese", 0), ("English", 1)):
        sizes = [max(map(len, made[language::2])) / 1024 for made in (ours, naive) if made[language::2]]
        print(f"KiB a file, {name}   {' against '.join(f'{size:.0f}' for size in sizes)} naive (goal {GOAL_KIB})")


if __name__ == "__main__":
    main()
