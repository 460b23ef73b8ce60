"""The generator's labels are true: checked by reading them back from the pixels, independently of the painter."""

import random
import unittest

import numpy as np

from mipha_nano.ask_pairs import ask_relation
from mipha_nano.ask_shapes import ask_count, ask_presence
from mipha_nano.draw import GRID, PATCH, draw
from mipha_nano.fonts import find_fonts
from mipha_nano.questions import converse
from mipha_nano.scene import CANVAS, Item, Scene, Text, reading_order, sample_scene
from mipha_nano.sheet import UNIT
from mipha_nano.turn import Turn
from mipha_nano.vocabulary import COLOR_CLASSES, COLORS, NUMBERS, SHAPE_CLASSES


def plain(items: list[Item]) -> Scene:
    return Scene((0, 0, CANVAS, CANVAS), "white", ((255, 255, 255), (255, 255, 255)), "flat", items)


def item(shape: str, color: str, x: float, y: float, radius: float = 14) -> Item:
    return Item(shape, color, COLORS[color][0][0], x, y, radius, 0, 1.0, False)


class Labels(unittest.TestCase):
    def test_every_label_is_found_again_in_the_pixels(self):
        fonts, rng = find_fonts(), random.Random(11)
        for _ in range(60):
            scene = sample_scene(rng, len(fonts), text_share=0)
            scene.degrade = {}
            pixels, labels = draw(scene, rng, fonts)
            for thing in scene.items:
                patch = int(thing.y * UNIT // PATCH) * GRID + int(thing.x * UNIT // PATCH)
                self.assertEqual(SHAPE_CLASSES[labels[0, patch]], thing.shape)
                self.assertEqual(COLOR_CLASSES[labels[1, patch]], thing.color)
                if thing.shape != "ring":
                    x, y = round(thing.x * UNIT), round(thing.y * UNIT)
                    painted = pixels[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3).mean(0)
                    self.assertLess(np.abs(painted - np.array(thing.rgb)).max(), 12, thing)
            self.assertEqual(
                int(labels[3].sum()), len({(int(i.y * UNIT // PATCH), int(i.x * UNIT // PATCH)) for i in scene.items})
            )

    def test_things_do_not_overlap(self):
        rng = random.Random(12)
        for _ in range(300):
            items = sample_scene(rng, 1, 0).items
            for a in items:
                for b in items:
                    if a is not b:
                        self.assertGreater(np.hypot(a.x - b.x, a.y - b.y), (a.radius + b.radius) * 1.04)

    def test_a_circle_covers_the_area_of_a_circle(self):
        scene = plain([item("circle", "red", 64, 64, 20)])
        pixels, _ = draw(scene, random.Random(0), find_fonts())
        red = (pixels[..., 0].astype(int) - pixels[..., 1] > 100).sum()
        self.assertAlmostEqual(red / (np.pi * (20 * UNIT) ** 2), 1.0, delta=0.04)


class Print(unittest.TestCase):
    def test_what_is_printed_lies_inside_the_frame(self):
        """However wide a font draws: the letters of a string that is far too long for its size are all there, at any place."""
        fonts = find_fonts()
        for font in range(len(fonts)):
            for string, x in (("NEW", 20), ("WWWWWWWWWW", 64), ("H012qMN", 120)):
                scene = Scene(
                    (14, 0, 114, CANVAS),
                    "white",
                    ((255, 255, 255), (255, 255, 255)),
                    "flat",
                    texts=[Text(string, "black", (0, 0, 0), x, 64, 40, font)],
                )
                pixels, labels = draw(scene, random.Random(0), fonts)
                columns = np.flatnonzero((pixels.min(-1) < 60).any(0)) / UNIT
                self.assertGreaterEqual(columns.min(), 13.5, (string, fonts[font]))
                self.assertLessEqual(columns.max(), 114.5, (string, fonts[font]))
                self.assertGreater(int(labels[3].sum()), 2)


class Questions(unittest.TestCase):
    scene = plain([item("circle", "red", 20, 20), item("circle", "blue", 100, 20), item("star", "red", 60, 100)])

    def ask(self, asker, words: str) -> Turn:
        rng = random.Random(5)
        for _ in range(4000):
            turn = asker(rng, self.scene)
            if turn and words in turn.question:
                return turn
        self.fail(f"never asked: {words}")

    def test_counts(self):
        self.assertEqual(self.ask(ask_count, "many circles").key, "two")
        self.assertEqual(self.ask(ask_count, "red shapes").key, "two")
        self.assertEqual(self.ask(ask_count, "many objects").key, "three")

    def test_presence(self):
        self.assertEqual(self.ask(ask_presence, "a red star").key, "yes")
        self.assertEqual(self.ask(ask_presence, "a blue star").key, "no")

    def test_relations(self):
        self.assertEqual(self.ask(ask_relation, "Is the blue circle to the left of the red circle").key, "no")
        self.assertEqual(self.ask(ask_relation, "Is the red circle to the left of the blue circle").key, "yes")
        self.assertEqual(self.ask(ask_relation, "Is the star below the red circle").key, "yes")

    def test_places(self):
        self.assertEqual([self.scene.place(i) for i in self.scene.items], ["top left", "top right", "bottom center"])

    def test_reading_order_is_row_by_row(self):
        self.assertEqual(
            [self.scene.place(i) for i in reading_order(plain(self.scene.items[::-1]))],
            ["top left", "top right", "bottom center"],
        )

    def test_presence_is_balanced_and_counts_are_within_the_number_words(self):
        rng, answers = random.Random(6), []
        for _ in range(3000):
            for turn in converse(rng, sample_scene(rng, 1), 4):
                if turn.skill == "presence":
                    answers.append(turn.key)
                if turn.skill == "count":
                    self.assertIn(turn.key, NUMBERS)
        self.assertAlmostEqual(answers.count("no") / len(answers), 0.5, delta=0.06)


if __name__ == "__main__":
    unittest.main()
