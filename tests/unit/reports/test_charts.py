"""The trend's picture keeps its months, its gaps and its words."""

from dataclasses import replace
from xml.etree.ElementTree import fromstring

from reports.charts import PAPER, Level, TrendMark, draw_trend, trend_specification
from reports.svg import estimate_width, place_letters, simplify

MARKS = [
    TrendMark("Aug", "n 5", 81.0, 72.0, 91.0, "81"),
    TrendMark("Sep", "–", None, None, None, ""),
    TrendMark("Oct", "n 2", 85.0, 55.0, 100.0, "85"),
]
STANDING, STANDARD = Level(86.0, "86  82–90", 82.0, 90.0), Level(80.0, "standard 80")


SCREEN = replace(PAPER, is_paper=False)


def draw(standing=STANDING, standard=STANDARD, look=SCREEN):
    return draw_trend(MARKS, standing=standing, standard=standard, look=look, title="QA score: Aug 81, Oct 85")


def test_a_month_without_value_keeps_its_place():
    texts = [element.text for element in fromstring(draw()).iter("{http://www.w3.org/2000/svg}text")]

    assert {"Aug", "Sep", "Oct", "n 5", "–", "81", "85", "standard 80"} <= set(texts)
    assert texts.count("Sep") == 1


def test_the_picture_says_its_numbers_and_no_english_of_the_library():
    picture = draw()

    assert "<title>QA score: Aug 81, Oct 85</title>" in picture
    assert "aria-" not in picture
    assert "text-anchor" not in picture


def test_the_axis_goes_as_low_as_the_intervals():
    scale = trend_specification(MARKS, standing=None, standard=None, look=PAPER)["encoding"]["y"]["scale"]

    assert scale["domain"] == [50.0, 100.0]


def test_close_labels_at_the_end_are_moved_apart():
    layers = trend_specification(MARKS, standing=STANDING, standard=Level(85.0, "standard 85"), look=PAPER)["layer"]
    shifts = [layer["mark"]["dy"] for layer in layers if layer.get("mark", {}).get("type") == "text"]

    assert shifts[0] == 0.0
    assert shifts[1] > 5


def test_the_same_months_give_the_same_picture():
    assert draw() == draw()


def test_chinese_letters_are_as_wide_as_high():
    assert estimate_width("质检", 10) == 20
    assert 10 < estimate_width("85", 10) < 12


def test_a_group_without_effect_is_left_out():
    svg = ('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1" viewBox="0 0 1 1"><g class="x"><g '
           'aria-label="y"><path d="M0 0h1"/></g></g></svg>')  # fmt: skip

    assert "<g" not in simplify(svg, "t")


def test_dots_become_one_path_and_keep_their_places():
    dots = "".join(
        f'<path transform="translate({x},{x})" d="M2,0A2,2,0,1,1,-2,0A2,2,0,1,1,2,0" fill="red"/>' for x in (10, 20)
    )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1" viewBox="0 0 1 1">{dots}</svg>'
    picture = simplify(svg, "t")

    assert picture.count("<path") == 1
    assert "M12.00,10.00A2,2,0,1,1,8.00,10.00A2,2,0,1,1,12.00,10.00M22.00,20.00" in picture


def test_on_paper_every_letter_has_its_place():
    words = '<g font-size="10px"><text x="1" y="2">8 5</text><text x="30" y="4">月1</text></g>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1" viewBox="0 0 1 1">{words}</svg>'
    placed = fromstring(place_letters(svg)).find(".//{http://www.w3.org/2000/svg}text")

    assert placed.text == "8 5月1"
    assert placed.attrib == {"x": "1.00 6.55 8.80 30.00 40.00", "y": "2 2 2 4 4"}


def test_on_paper_and_screen_a_chart_says_the_same():
    letters = ["".join(fromstring(draw(look=look)).itertext()).replace(" ", "") for look in (SCREEN, PAPER)]

    assert letters[0] == letters[1]


def test_the_font_of_the_look_is_named():
    assert f'font-family="{PAPER.font}"' in draw()
    assert "unmeasured" not in draw()
