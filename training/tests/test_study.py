"""The study begins with what pretraining writes, at any resolution, and counts what each way trains."""

import random
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import torch

from mipha_nano.checkpoint import load_checkpoint
from mipha_nano.config import MiphaConfig
from mipha_nano.conversation import before_image
from mipha_nano.lessons import SHARES, lesson
from mipha_nano.model import Mipha
from mipha_nano.pretrain_vision import DenseHeads
from mipha_nano.study import Budget, all_runs, config_of, conversations, start_at, tune
from mipha_nano.study_judge import asked_of, held_out, is_right, judge
from mipha_nano.symbols import Symbols, at_grid
from mipha_nano.tokenizer import Tokenizer
from mipha_nano.turn import Turn
from tests.read_back import FONTS

BUDGET = Budget(adapt=64, align=64, tune=4, turns=2, batch=2, judged=3)


class Study(unittest.TestCase):
    def test_from_pretrained_parts_to_a_score(self):
        torch.manual_seed(0)
        config, tokenizer = MiphaConfig(), Tokenizer.load(Path("checkpoint"))
        model = Mipha(config)
        with tempfile.TemporaryDirectory() as folder:
            torch.save(
                {"tower": model.vision_tower.state_dict(), "heads": DenseHeads(config.vision.hidden_size).state_dict()},
                Path(folder) / "vision.pt",
            )
            symbols = Symbols(config.vision.num_patches, config.language.hidden_size)
            torch.save(
                {"language": model.language.state_dict(), "symbols": symbols.state_dict()}, Path(folder) / "language.pt"
            )
            side = 128
            state, seconds = start_at(side, Path(folder), BUDGET)
            self.assertGreater(seconds, 0)
            self.assertEqual(start_at(side, Path(folder), BUDGET)[1], seconds)  # made once, then read
            with self.assertRaisesRegex(SystemExit, "give another --runs"):
                start_at(side, Path(folder), BUDGET, Path("checkpoint"))
        trained = {}
        batches = conversations(side, 1, BUDGET, tokenizer)
        for language in ("frozen", "lora", "full"):
            model = Mipha(config_of(side))
            model.load_state_dict(state)
            cost = tune(
                model,
                {"language": language, "vision": "frozen"},
                batches,
                BUDGET,
                torch.tensor(before_image(tokenizer)),
            )
            trained[language] = cost["trained_parameters"]
        self.assertLess(trained["frozen"], trained["lora"])
        self.assertLess(trained["lora"], trained["full"])
        score = judge(model, tokenizer, held_out(side, BUDGET.judged, tokenizer))
        self.assertGreater(sum(asked for _, asked in score.values()), 4)

    def test_from_a_checkpoint_of_another_resolution(self):
        """What both stages may move has moved, the language model has not."""
        with tempfile.TemporaryDirectory() as folder:
            state, _ = start_at(
                128, Path(folder), replace(BUDGET, adapt=128), Path("checkpoint")
            )  # the first step warms up from zero
        before, after = load_checkpoint(Path("checkpoint"))[0].state_dict(), Mipha(config_of(128))
        after.load_state_dict(state)
        changed = {
            name
            for name, weight in after.state_dict().items()
            if weight.shape != before[name].shape or not torch.equal(weight, before[name])
        }
        self.assertTrue(any("mm_projector" in name for name in changed))
        self.assertTrue(any("vision_tower" in name and "mlp" in name for name in changed))
        self.assertFalse([name for name in changed if name.startswith("language.")])

    def test_pictures_of_any_resolution_are_asked_the_same(self):
        for kind in SHARES:
            for seed in range(3):
                drawn = {side: lesson(random.Random(seed), FONTS, 6, kind, side) for side in (128, 192, 256)}
                for side, (pixels, labels, turns) in drawn.items():
                    self.assertEqual((pixels.shape, labels.shape), ((side, side, 3), (8, (side // 16) ** 2)), kind)
                    self.assertEqual(turns, drawn[192][2], kind)

    def test_what_is_right(self):
        tokenizer = Tokenizer.load(Path("checkpoint"))
        turns = [
            Turn("color", "What color is the star?", "The star is red.", "red"),
            Turn("other", "And the other one?", "The ring is blue.", "blue"),
            Turn("size", "Which is bigger?", "Sizes 6 against 3: the star is bigger.", "star"),
            Turn("chart_value", "How high is K?", "Bar K: about 47.", "47"),
        ]
        other, size, value = (asked_of(turns, i, tokenizer) for i in (1, 2, 3))
        self.assertIn("The star is red.", tokenizer.decode(other.question))
        self.assertNotIn("The star is red.", tokenizer.decode(size.question))
        said = lambda asked, text: tokenizer.encode(f" {text}")
        self.assertTrue(is_right(other, other.answer, tokenizer))
        self.assertFalse(is_right(other, said(other, "The ring is pink."), tokenizer))
        self.assertTrue(is_right(size, said(size, "Sizes 7 against 2: the star is bigger."), tokenizer))
        self.assertFalse(is_right(size, said(size, "Sizes 2 against 3: the star is bigger."), tokenizer))
        self.assertFalse(is_right(size, said(size, "Sizes 8 against 3: the star is bigger."), tokenizer))
        self.assertTrue(is_right(value, said(value, "Bar K: about 42."), tokenizer))
        self.assertFalse(is_right(value, said(value, "Bar K: about 41."), tokenizer))

    def test_rows_and_columns_are_stretched_apart(self):
        state = Symbols(144, 8).state_dict()
        wider = at_grid(state, 16)
        Symbols(256, 8).load_state_dict(wider)
        torch.testing.assert_close(
            wider["row_embedding.weight"].mean(0), state["row_embedding.weight"].mean(0), atol=0.05, rtol=0.3
        )
        self.assertEqual(
            at_grid(state, 12)["column_embedding.weight"].tolist(), state["column_embedding.weight"].tolist()
        )

    def test_six_ways_at_the_base_and_full_tuning_elsewhere(self):
        runs = all_runs([1, 2], 192, [128, 192, 256])
        self.assertEqual(len(runs), 16)
        self.assertEqual({(r["language"], r["vision"]) for r in runs if r["side"] != 192}, {("full", "tuned")})


if __name__ == "__main__":
    unittest.main()
