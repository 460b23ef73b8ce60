"""What is asked about charts, clocks, symbols and lines is true: read back from the pixels, without the painter's numbers."""

import math
import random
import unittest

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mipha_nano.draw_skills_dataset import SCENE_SKILLS, records
from mipha_nano.fonts import find_fonts
from mipha_nano.icon_fonts import held_out_faces
from mipha_nano.other_skills import (
    CANNOT_TELL,
    INK,
    bar_chart,
    clock,
    line_chart,
    lines_of_text,
    outside,
    pie_chart,
    rgb,
)

FONTS = find_fonts(held_out=True)


def near(pixels: np.ndarray, color: tuple[int, int, int], distance: int = 40) -> np.ndarray:
    return np.abs(pixels.astype(int) - np.array(color)).sum(-1) < distance


class ReadBack(unittest.TestCase):
    def test_bars(self):
        for seed in range(40):
            image, asked = bar_chart(random.Random(seed), FONTS)
            pixels = np.asarray(image)[:214, 36:]
            paper = np.asarray(image)[2, 2]
            # A row right above the floor crosses every bar; its heights are read column by column.
            filled = (np.abs(pixels.astype(int) - paper).sum(-1) > 60) & ~near(pixels, (190, 190, 190), 30)
            heights = filled[:, filled[210]].sum(0)
            tops = [0]
            columns = np.flatnonzero(filled[210])
            for left, right, height in zip(columns, columns[1:], heights[1:]):
                tops += [height] if right != left + 1 or len(tops) == 1 else []
            values = [h / 196 * 100 for h in tops[1:]]
            wanted = float(next(a for s, _, a in asked if s == "chart_value"))
            self.assertLess(min(abs(v - wanted) for v in values), 3, seed)

    def test_lines_go_where_they_are_said_to(self):
        for seed in range(40):
            image, [(_, _, answer)] = line_chart(random.Random(seed), FONTS)
            pixels = np.asarray(image)[:222, 30:]
            drawn = np.abs(pixels.astype(int) - np.asarray(image)[2, 2]).sum(-1) > 60
            height = lambda columns: np.flatnonzero(drawn[:, columns].any(1)).mean()
            rises = height(slice(0, 20)) > height(slice(170, 196))
            self.assertEqual("up" if rises else "down", answer)

    def test_the_largest_slice_has_the_most_pixels(self):
        for seed in range(40):
            image, [(_, _, answer)] = pie_chart(random.Random(seed), FONTS)
            pixels = np.asarray(image)
            counts = {
                c: near(pixels, rgb(c), 6).sum()
                for c in ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "gray")
            }
            self.assertEqual(max(counts, key=lambda c: counts[c]), answer)

    def test_hands(self):
        for seed in range(60):
            image, [(_, _, answer)] = clock(random.Random(seed), FONTS)
            dark = near(np.asarray(image), INK)
            ring = lambda radius: [
                t
                for t in range(720)
                if dark[
                    round(128 - radius * math.cos(math.pi * t / 360)), round(128 + radius * math.sin(math.pi * t / 360))
                ]
            ]
            hour, minute = (int(part) for part in answer.split(":"))
            self.assertTrue(any(abs((t - minute * 12 + 360) % 720 - 360) < 10 for t in ring(66)), answer)
            self.assertTrue(any(abs((t - (hour % 12 * 60 + minute) + 360) % 720 - 360) < 14 for t in ring(36)), answer)

    def test_symbols_are_in_the_font_and_differ(self):
        dejavu = [face for ways in held_out_faces().values() for face in ways if "DejaVu" in face[0]]
        self.assertEqual(len(dejavu), 26)
        face = ImageFont.truetype(dejavu[0][0], 60)

        def drawn(text: str) -> bytes:
            image = Image.new("L", (80, 80))
            ImageDraw.Draw(image).text((40, 40), text, fill=255, font=face, anchor="mm")
            return image.tobytes()

        missing = drawn("\U000f1234")
        self.assertEqual(len({drawn(text) for _, text in dejavu} - {missing}), len(dejavu))

    def test_as_many_lines_as_asked_for_stand_apart(self):
        for seed in range(30):
            image, [(_, question, _)] = lines_of_text(random.Random(seed), FONTS)
            ink = near(np.asarray(image), INK).any(1).astype(int)
            bands = (np.diff(np.concatenate(([0], ink))) == 1).sum()
            self.assertGreaterEqual(bands, 2 if "third" not in question else 3)

    def test_outside_expects_nothing_but_a_refusal(self):
        self.assertEqual({outside(random.Random(s), FONTS)[1][0][2] for s in range(20)}, {CANNOT_TELL})


class Scenes(unittest.TestCase):
    def test_records_say_what_is_needed(self):
        for kind in SCENE_SKILLS:
            stream = records(random.Random(kind), FONTS, kind)
            for _ in range(40):
                image, asked = next(stream)
                self.assertGreater(min(image.size), 40)
                for record in asked:
                    self.assertTrue(record["question"] and record["answer"])
                    self.assertEqual("before" in record, record["skill"].startswith("follow_up"))
                    self.assertEqual("scene" in record, record["skill"].startswith("description"))


if __name__ == "__main__":
    unittest.main()
