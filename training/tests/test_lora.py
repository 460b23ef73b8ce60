"""Adapters: nothing at first, the same after saving, and equal to merged weights; and what the study measures with."""

import random
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from mipha_nano.adapt import terse
from mipha_nano.config import LanguageConfig
from mipha_nano.draw import draw
from mipha_nano.fonts import find_fonts
from mipha_nano.language import LanguageModel
from mipha_nano.lora import load_adapter, put_on, save_adapter
from mipha_nano.questions import TERSE
from mipha_nano.scene import sample_scene
from mipha_nano.study_judge import key_positions
from mipha_nano.tokenizer import Tokenizer
from mipha_nano.turn import Turn
from mipha_nano.vision import resample_places
from mipha_nano.vocabulary import SHAPE_CLASSES

CONFIG = LanguageConfig(
    vocab_size=32,
    hidden_size=32,
    intermediate_size=64,
    num_hidden_layers=2,
    num_attention_heads=2,
    max_position_embeddings=64,
)


def tiny() -> LanguageModel:
    torch.manual_seed(0)
    return LanguageModel(CONFIG).eval()


class Lora(unittest.TestCase):
    def test_starts_as_nothing_and_only_its_matrices_learn(self):
        language, rows = tiny(), torch.randn(1, 6, 32)
        before = language(rows)[0]
        adapters = put_on(language, 2, 4.0)
        torch.testing.assert_close(language(rows)[0], before)
        learned = {name for name, p in language.named_parameters() if p.requires_grad}
        self.assertEqual(learned, {f"{path}.lora_{side}" for path in adapters for side in "AB"})

    def test_saved_loaded_and_merged_are_the_same(self):
        language, rows = tiny(), torch.randn(1, 6, 32)
        adapters = put_on(language, 2, 4.0)
        with torch.no_grad():
            for adapter in adapters.values():
                adapter.lora_A.copy_(adapter.lora_A.half())
                adapter.lora_B.copy_(torch.randn_like(adapter.lora_B).half())
        with tempfile.TemporaryDirectory() as folder:
            save_adapter(Path(folder), adapters, 2, 4.0)
            again = tiny()
            load_adapter(Path(folder), again)
        torch.testing.assert_close(again(rows)[0], language(rows)[0])
        merged = tiny()
        with torch.no_grad():
            for path, adapter in adapters.items():
                merged.get_submodule(path).weight += 2.0 * adapter.lora_B @ adapter.lora_A
        torch.testing.assert_close(merged(rows)[0], language(rows)[0], atol=1e-4, rtol=1e-4)

    def test_terse_turns_keep_the_key_alone(self):
        self.assertEqual(
            terse(Turn("count", f"How many?{TERSE}", "There are two stars.", "two")),
            Turn("count", "How many?", "Two", "two"),
        )
        columns = Turn(
            "relation",
            "Is it?",
            "Columns: red circle 3, blue square 9. Yes, the red circle is to the left of the blue square.",
            "yes",
        )
        self.assertEqual(terse(columns).answer, "Columns: red circle 3, blue square 9. Yes")
        self.assertEqual(
            terse(Turn("size", "Which?", "Sizes 6 against 3: the star is bigger.", "star")).answer,
            "Sizes 6 against 3: the star",
        )
        self.assertIsNone(terse(Turn("description", "Describe it.", "There is a star.", "")))


class Study(unittest.TestCase):
    def test_only_the_tokens_of_the_key_are_judged(self):
        tokenizer = Tokenizer([(" ", "r")])
        answer = tokenizer.encode(" The red circle is red.")
        positions = key_positions(Turn("color", "", "", "red"), answer, tokenizer)
        self.assertEqual(tokenizer.decode([answer[i] for i in positions]).strip(), "red")
        self.assertEqual(positions, list(range(positions[0], positions[0] + len(positions))))

    def test_a_scene_is_the_same_at_every_resolution(self):
        fonts = find_fonts()
        for seed in range(20):
            scene = sample_scene(random.Random(seed), len(fonts), 0)
            scene.degrade, scene.style = {}, "flat"
            small, labels = draw(scene, random.Random(seed), fonts, 128)
            large, fine = draw(scene, random.Random(seed), fonts, 160)
            self.assertEqual((large.shape, fine.shape), ((160, 160, 3), (8, 100)))
            for item in scene.items:
                at = lambda pixels, side: pixels[round(item.y * side / 128), round(item.x * side / 128)].astype(int)
                self.assertLess(np.abs(at(small, 128) - at(large, 160)).max(), 40 if item.shape == "ring" else 12)
                self.assertEqual(
                    SHAPE_CLASSES[fine[0, int(item.y * 1.25 // 16) * 10 + int(item.x * 1.25 // 16)]], item.shape
                )

    def test_places_are_stretched_in_both_directions(self):
        ramp = torch.stack((torch.arange(64.0) // 8, torch.arange(64.0) % 8), dim=1)
        wide = resample_places(ramp, 10)
        self.assertEqual(wide.shape, (100, 2))
        self.assertTrue((wide[:-10, 0] <= wide[10:, 0]).all() and (wide[0::10, 1] < wide[9::10, 1]).all())
        torch.testing.assert_close(resample_places(ramp, 8), ramp)


if __name__ == "__main__":
    unittest.main()
