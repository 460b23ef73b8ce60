"""What charts, symbols, clocks and printed lines claim is true: read back from the pixels, independently of the painters."""

import math
import random
import re
import unittest
from unittest.mock import patch

import numpy as np
from PIL import ImageFont

from mipha_nano import charts, clocks, icon_fonts, icons, pages, sheet, vocabulary
from mipha_nano.ask_shapes import listing
from mipha_nano.draw import GRID, PATCH, SIDE, draw
from mipha_nano.scene import CANVAS, Scene, Text
from mipha_nano.sheet import UNIT
from mipha_nano.textures import CANNOT_TELL, texture
from mipha_nano.vocabulary import (
    CHARACTER_CLASSES,
    COLOR_NAMES,
    COLORS,
    COLUMNS,
    HAND_CLASSES,
    ICON_CLASSES,
    ROWS,
    SHAPE_CLASSES,
    THINGS,
)
from tests.read_back import FONTS, WHITE, clean, differs


def nearest_color(rgb: np.ndarray) -> str:
    return min(COLOR_NAMES, key=lambda c: min(np.abs(np.array(mean) - rgb).sum() for mean in COLORS[c][0]))


def longest_run(column: np.ndarray) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], column.astype(int), [0]))))
    return int(max(edges[1::2] - edges[::2], default=0))


class Charts(unittest.TestCase):
    def test_the_bar_over_a_letter_is_as_high_as_said(self):
        for seed in range(60):
            middles: dict[str, float] = {}
            with patch.object(
                sheet.Sheet, "measure", lambda _, x, y, size, letter: middles.setdefault(letter, x * UNIT)
            ):
                pixels, _, turns = clean(charts.bars, seed)
            runs = [longest_run(column) for column in differs(pixels, pixels[0, 0]).T]
            ratios = []
            for turn in turns:
                if turn.skill == "chart_value" and int(turn.key) >= 40:
                    (letter,) = re.search(r"Bar ([A-Z]): about \d+\.", turn.answer).groups()
                    self.assertRegex(turn.question, rf"\b{letter}\b")
                    ratios.append(runs[round(middles[letter])] / int(turn.key))
            if ratios:
                self.assertLess(max(ratios) / min(ratios), 1.08, (seed, ratios))

    def test_bar_and_letter_are_labelled_with_each_other(self):
        for seed in range(60):
            pixels, labels, turns = clean(charts.bars, seed)
            told: dict[str, set[int]] = {}
            for where in np.flatnonzero((labels[3] == 1) & (labels[6] > 0)):
                told.setdefault(CHARACTER_CLASSES[labels[2][where]], set()).add(int(labels[6][where]) - 1)
            self.assertTrue(3 <= len(told) <= 6 and all(len(heights) == 1 for heights in told.values()), (seed, told))
            for turn in turns:
                if turn.skill == "chart_value_of_most":
                    letter = re.search(r"bar is ([A-Z]): about \d+\.", turn.answer).group(1)
                    best = (max if re.search("tallest|highest|largest", turn.question) else min)(
                        height for heights in told.values() for height in heights
                    )
                    self.assertEqual(told[letter], {best}, seed)
                    self.assertLessEqual(abs(best * 2 - int(turn.key)), 1)
                if turn.skill == "chart_value":
                    (letter,) = (name for name in told if re.search(rf"\b{name}\b", turn.question))
                    self.assertLessEqual(abs(told[letter].copy().pop() * 2 - int(turn.key)), 1)
                if turn.skill == "chart_most_least":
                    most = re.search("tallest|highest|largest", turn.answer)
                    best = (max if most else min)(height for heights in told.values() for height in heights)
                    self.assertEqual(told[turn.key], {best}, seed)

    def test_no_value_is_asked_where_nothing_shows_the_scale(self):
        for scale in (True, False):
            with patch.object(charts, "axes", lambda *_: scale):
                asked = {turn.skill for seed in range(20) for turn in charts.bars(random.Random(seed), FONTS)[2]}
            self.assertEqual("chart_value" in asked, scale)
            self.assertEqual("chart_value_of_most" in asked, scale)
            self.assertIn("chart_most_least", asked)

    def test_lines(self):
        for seed in range(60):
            pixels, _, turns = clean(charts.line, seed)
            drawn = differs(pixels, pixels[0, SIDE // 2], 30)[:, 45:186]
            drawn[drawn.mean(1) > 0.6] = False  # grid and axis
            height = lambda part: np.flatnonzero(part.any(1)).mean()
            rises = height(drawn[:, :45]) > height(drawn[:, -45:])
            self.assertEqual("up" if rises else "down", turns[0].key, seed)

    def test_the_largest_slice_has_the_most_pixels(self):
        for seed in range(60):
            pixels, _, turns = clean(charts.pie, seed)
            tones, counts = np.unique(
                pixels[differs(pixels, pixels[0, 0], 30)].reshape(-1, 3), axis=0, return_counts=True
            )
            self.assertEqual(nearest_color(tones[counts.argmax()]), turns[0].key, seed)


class Symbols(unittest.TestCase):
    def test_every_font_has_its_symbols_and_no_two_look_alike(self):
        shown: dict[bytes, str] = {}
        held_out = {path for ways in icon_fonts.held_out_faces().values() for path, _ in ways}
        for table in (icon_fonts.faces(), icon_fonts.held_out_faces()):
            for name, ways in table.items():
                for path, text in ways:
                    glyph = icons.glyph(path, text)
                    self.assertFalse(
                        path in held_out and glyph.tobytes() + str(glyph.size).encode() in shown, (path, name)
                    )
                    self.assertEqual(shown.setdefault(glyph.tobytes() + str(glyph.size).encode(), name), name, path)

    def test_two_hundred_things_each_with_drawings_by_several_hands(self):
        self.assertEqual(len(THINGS), 200)
        for name, ways in icon_fonts.faces().items():
            self.assertGreaterEqual(len({path for path, _ in ways}), 2, name)
        taught = {path for ways in icon_fonts.faces().values() for path, _ in ways}
        held_out = {path for ways in icon_fonts.held_out_faces().values() for path, _ in ways}
        self.assertFalse(taught & held_out)
        self.assertGreater(len(icon_fonts.held_out_faces()), 190)

    def test_every_name_is_known_to_its_font(self):
        for thing, names in vocabulary.NAMES_OF_ICONS.items():
            for family, name in names.items():
                for path, text in icon_fonts.drawings(icon_fonts.FAMILIES[family], name):
                    width = ImageFont.truetype(path, 64).getlength(text)
                    self.assertTrue(
                        len(text) == 1 or abs(width - 64) < 1, (thing, family, name)
                    )  # a ligature is one square

    def test_a_page_of_things_is_what_the_turns_say(self):
        skills = set()
        for seed in range(40):
            _, labels, turns = icons.icons(random.Random(seed), FONTS)
            at = np.flatnonzero((labels[3] == 1) & (labels[7] > 0))
            self.assertIn(len(at), (4, 9))
            rows, columns = (ROWS, COLUMNS) if len(at) == 9 else (ROWS[::2], COLUMNS[::2])
            place = lambda where: (
                f"{rows[where // GRID * len(rows) // GRID]} {columns[where % GRID * len(columns) // GRID]}"
            )
            there = {place(where): ICON_CLASSES[labels[7][where]] for where in at}
            for turn in turns:
                skills.add(turn.skill)
                if turn.skill == "icon":
                    (asked,) = (p for p in there if p in turn.question)
                    self.assertEqual(there[asked], turn.key)
                elif turn.skill == "icon_place":
                    self.assertIn(there[turn.key], turn.question)
                    self.assertEqual(list(there.values()).count(there[turn.key]), 1)
                elif turn.skill == "icon_presence":
                    named = [name for name in THINGS if re.search(rf"\b{name}\b", turn.question)]
                    self.assertEqual("yes" if any(name in there.values() for name in named) else "no", turn.key, turn)
                elif turn.skill == "icon_names":
                    self.assertEqual(
                        turn.answer,
                        f"There is {listing([icons.said(there[f'{row} {column}']) for row in rows for column in columns])}.",
                    )
                else:
                    self.assertTrue(all(f"{name} in the {p}" in turn.answer for p, name in there.items()), turn)
        self.assertEqual(skills, {"icon", "icon_place", "icon_presence", "icon_list", "icon_names"})

    def test_a_font_that_is_missing_is_named(self):
        with self.assertRaisesRegex(FileNotFoundError, "nowhere.*npm ci"):
            icon_fonts.required(icon_fonts.MODULES / "nowhere.ttf")

    def test_label_and_answer_agree(self):
        for seed in range(60):
            _, labels, turns = icons.icon(random.Random(seed), FONTS)
            name = ICON_CLASSES[labels[7][labels[3] == 1].item()]
            self.assertIn(name, THINGS)
            self.assertTrue(all(t.key == name for t in turns if t.skill == "icon"))


class Clocks(unittest.TestCase):
    def test_the_hands_point_where_the_answer_says(self):
        for seed in range(60):
            faces = []
            with patch.object(
                clocks,
                "face",
                lambda rng, sheet, fonts, x, y, radius: faces.append((x * UNIT, y * UNIT, radius * UNIT)),
            ):
                pixels, labels, turns = clean(clocks.clock, seed)
            (x, y, radius), ink = faces[0], differs(pixels, pixels[0, 0], 60)
            hour, minute = (int(part) for part in next(t.key for t in turns if t.skill == "clock").split(":"))
            ring = lambda share: [
                t
                for t in range(720)
                if ink[
                    round(y - share * radius * math.cos(math.pi * t / 360)),
                    round(x + share * radius * math.sin(math.pi * t / 360)),
                ]
            ]
            off = lambda a, b: abs((a - b + 360) % 720 - 360)
            self.assertTrue(ring(0.63) and all(off(t, minute * 12) < 20 for t in ring(0.63)), seed)
            self.assertTrue(any(off(t, hour % 12 * 60 + minute) < 20 for t in ring(0.33)), seed)
            told = {HAND_CLASSES[label] for label in labels[5][labels[3] == 1]}
            self.assertIn(f"m{minute // 5}", told)
            if off(minute * 12, hour % 12 * 60 + minute) > 60:  # else the long hand lies over the short one
                self.assertEqual(told, {f"h{hour % 12}", f"m{minute // 5}"}, seed)


class Pages(unittest.TestCase):
    def test_every_character_label_stands_on_ink_and_lines_are_spelled_by_their_labels(self):
        for seed in range(40):
            pixels, labels, turns = clean(pages.printed_lines, seed)
            ink = differs(pixels, pixels[0, 0], 30).reshape(GRID, PATCH, GRID, PATCH).any((1, 3)).reshape(-1)
            self.assertTrue(ink[(labels[2] > 0) & (labels[3] == 0)].all(), seed)  # the middle of an O may be empty
            rows = [
                [
                    "".join(CHARACTER_CLASSES[c] for c in labels[(2, 4), where] if c)
                    for where in range(start, start + GRID)
                    if labels[3][where]
                ]
                for start in range(0, GRID * GRID, GRID)
            ]
            read = ["".join(row) for row in rows]
            for turn in turns:
                if turn.skill == "reading_lines" and len(turn.key) <= 7:
                    self.assertTrue(any(turn.key.replace(" ", "") in row for row in read), (seed, turn, read))

    def test_a_line_at_the_edge_of_two_rows_is_in_both(self):
        for y, rows in ((64, 2), (66, 2), (68, 1), (70, 1)):  # a row is 10.67 units high, and 64 is an edge
            scene = Scene(
                (0, 0, CANVAS, CANVAS), "white", WHITE, "flat", texts=[Text("WORD", "black", (0, 0, 0), 64, y, 16, 0)]
            )
            _, labels = draw(scene, random.Random(0), FONTS)
            grid = (labels[2] * labels[3]).reshape(GRID, GRID)
            spelled = ["".join(CHARACTER_CLASSES[c] for c in row if c) for row in grid if row.any()]
            self.assertEqual(spelled, ["WORD"] * rows, y)

    def test_pages_for_the_tower_are_full(self):
        for seed in range(10):
            rng = random.Random(seed)
            self.assertGreater(int((pages.page_of_text(rng, FONTS)[1][2] > 0).sum()), 5)
            self.assertGreater(int((pages.page_of_icons(rng, FONTS)[1][7] > 0).sum()), 0)


class Textures(unittest.TestCase):
    def test_nothing_but_refusals(self):
        for seed in range(30):
            pixels, labels, turns = texture(random.Random(seed), FONTS)
            self.assertGreater(pixels.std(), 1.5)
            self.assertTrue((labels[0] == SHAPE_CLASSES.index("texture")).all())
            self.assertEqual({t.answer for t in turns}, {CANNOT_TELL})


if __name__ == "__main__":
    unittest.main()
