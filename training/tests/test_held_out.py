"""Nothing that held-out pictures and questions have is taught: wordings, words; and each kind of question has wordings enough of both."""

import random
import re
import unittest
from collections import defaultdict

from mipha_nano.draw_dataset import KINDS, asked_of
from mipha_nano.fonts import find_fonts
from mipha_nano.held_out import HELD_OUT, reworded
from mipha_nano.icons import icon_turns
from mipha_nano.lessons import TAUGHT, pair_scene, the_other
from mipha_nano.pages import ask_line
from mipha_nano.questions import TERSE, follow_up
from mipha_nano.scene import invented_word, sample_scene
from mipha_nano.turn import Turn
from mipha_nano.vocabulary import COLOR_NAMES, SHAPES, UNTAUGHT_WORDS, WORDS

FONTS = find_fonts()
NAMES = rf"(?:the |an? )?(?:(?:{'|'.join(COLOR_NAMES)}) )?(?:{'|'.join(SHAPES)})(?:s|es)?"


def plainly(question: str) -> str:
    """A question without case, end marks and Mipha's suffix."""
    return question.removesuffix(TERSE).lower().rstrip("?. ")


def taught() -> dict[str, set[str]]:
    """Questions of each skill, from some thousand scenes; names of things are taken out."""
    found: dict[str, set[str]] = defaultdict(set)
    for seed in range(4000):
        rng = random.Random(seed)
        scene = pair_scene(rng, FONTS) if seed % 2 else sample_scene(rng, len(FONTS), 0.4)
        turns = [asker(rng, scene) for asker in TAUGHT]
        turns += [follower(rng, scene, turn) for turn in turns if turn for follower in (follow_up, the_other)]
        turns += icon_turns(rng, "key", "red")
        for turn in turns:
            if turn:
                found[turn.skill].add(re.sub(NAMES, "X", plainly(turn.question).replace("colour", "color")))
    return found


class HeldOut(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.taught = taught()

    def test_held_out_wordings_are_not_taught(self):
        questions = {question for asked in self.taught.values() for question in asked}
        for _, wordings in HELD_OUT:
            for wording in wordings:
                shape = re.sub(r"\\\{\d\\\}", "(?:X|\\\\w+)(?: \\\\w+){0,3}", re.escape(plainly(wording)))
                self.assertFalse([q for q in questions if re.fullmatch(shape, q)], wording)

    def test_each_skill_is_taught_in_fifteen_wordings(self):
        for skill in (
            "color",
            "shape",
            "size",
            "presence",
            "count",
            "position",
            "relation",
            "reading",
            "text_color",
            "background",
            "description",
            "follow_up",
            "other",
            "icon",
        ):
            self.assertGreaterEqual(len(self.taught[skill]), 15, (skill, self.taught[skill]))
        lines = {ask_line(random.Random(seed), ["a", "b"], 0).question for seed in range(400)}
        self.assertGreaterEqual(len(lines), 15)

    def test_each_kind_is_asked_in_held_out_wordings(self):
        for kind, asker in KINDS.items():
            if kind == "description":  # has no key word, so these pictures are not asked for it
                continue
            rng, new = random.Random(kind), 0
            for _ in range(400):
                scene = sample_scene(rng, len(FONTS))
                new += any(turn.skill.endswith("_new_wording") for turn in asked_of(rng, scene, [asker], 1))
            self.assertGreater(new, 5, kind)

    def test_another_wording_keeps_the_answer(self):
        turn = Turn("size", "Which is bigger, the red star or the ring?", "", "ring")
        said = {reworded(random.Random(seed), turn).question for seed in range(40)}
        self.assertEqual(len(said), 4)
        self.assertTrue(
            all("red star" in question and "ring" in question and "bigger" in question for question in said)
        )
        self.assertIsNone(reworded(random.Random(0), Turn("size", "No such wording?", "", "ring")))

    def test_words(self):
        self.assertFalse(set(UNTAUGHT_WORDS) & set(WORDS))
        self.assertTrue(all(3 <= len(word) <= 10 and word.isalpha() for word in UNTAUGHT_WORDS))
        rng = random.Random(1)
        invented = {
            invented_word(rng) for _ in range(100_000)
        }  # 12 of the untaught words would be among as many, were they not left out
        self.assertFalse(invented & set(UNTAUGHT_WORDS))
        self.assertTrue(all(3 <= len(word) <= 10 for word in invented))


if __name__ == "__main__":
    unittest.main()
