"""How fast appraisals are made, against naive WeasyPrint on the same words.

Naive: `HTML(string).write_pdf()` once per document with the same ready charts, the same PDF variant and tags, but the
whole Chinese system font, automatic table layout and collapsed borders. Both take turns in one run, because absolute
figures swing with the machine; one process is measured in its own processor time, the best of three. The time of
charts and words is printed apart. Run: python -m bench.documents [COUNT]
"""

import re
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir

from weasyprint import HTML

from reports.appraisal.example import example_appraisal
from reports.batch import render_many
from reports.documents import AppraisalDocument
from reports.render import VARIANT, Renderer, appraisal_html

FONTS = Path(gettempdir()) / "assay-bench-fonts"
GOAL_PER_CORE, GOAL_TWO_CORES, GOAL_KIB = 2.4, 4.5, 100
STYLES = (Path("reports/common/page.css"), Path("reports/appraisal/appraisal.css"))


def make_documents(count: int) -> list[AppraisalDocument]:
    """Make as many people with twenty inspected conversations and months of their own."""
    documents = []
    for number in range(count):
        example = example_appraisal("zh_Hans_CN" if number % 2 == 0 else "en")
        points = tuple(
            replace(point, figure=replace(point.figure, value=point.figure.value and point.figure.value + number / 100))
            for point in example.trend.points
        )
        person = replace(example.person, number=f"{number:04d}")
        trend = replace(example.trend, points=points)
        documents.append(replace(example, person=person, trend=trend, inspected=example.inspected * 4))
    return documents


def naive_style() -> str:
    """Give our style as somebody would write it who does not look at the clock."""
    style = "\n".join(path.read_text("utf-8") for path in STYLES)
    style = style.replace('"Assay Sans", ', "").replace("table-layout: fixed; ", "")
    return re.sub(r"border-collapse: separate; border-spacing: 0;", "border-collapse: collapse;", style)


def seconds(action) -> float:
    """Run once and give the seconds that passed."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def processor_seconds(action) -> float:
    """Run three times and give the least processor time: what others do on the machine counts little."""
    times = []
    for _ in range(3):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    """Print rates, ratios and sizes."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    renderer = Renderer(FONTS)
    documents = make_documents(count)
    renderer.render_page(appraisal_html(documents[0]))

    words = sum(seconds(lambda d=document: appraisal_html(d)) for document in documents)
    pages = [appraisal_html(document) for document in documents]
    style = naive_style()
    ours = naive = 0.0
    sizes, naive_sizes = [], []
    for page in pages:
        plain = page.replace("</head>", f"<style>{style}</style></head>").replace("Assay Sans, ", "")
        naive += processor_seconds(
            lambda p=plain: naive_sizes.append(len(HTML(string=p).write_pdf(pdf_variant=VARIANT)))
        )
        ours += processor_seconds(lambda p=page: sizes.append(len(renderer.render_page(p))))
    print(f"words and charts      {words / count * 1000:8.0f} ms a document (charts drawn once per set of values)")
    print(f"naive WeasyPrint      {count / naive:8.2f} documents/s, {max(naive_sizes) / 1024:5.0f} KiB at most")
    print(
        f"ours, one process     {count / ours:8.2f} documents/s, {max(sizes) / 1024:5.0f} KiB at most (goal {GOAL_KIB})"
    )
    print(f"ratio per core        {naive / ours:8.2f} (goal {GOAL_PER_CORE})")

    jobs = [(str(number), document) for number, document in enumerate(documents * 2)]
    list(render_many(jobs[:2], FONTS, processes=2))
    pooled = seconds(lambda: list(render_many(jobs, FONTS, processes=2)))
    rate = len(jobs) / pooled
    print(f"ours, two processes   {rate:8.2f} documents/s with start of the pool and charts")
    print(f"ratio on two cores    {rate * naive / count:8.2f} (goal {GOAL_TWO_CORES})")


if __name__ == "__main__":
    main()
