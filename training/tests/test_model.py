"""The model's invariants: cached equals uncached, a saved checkpoint is the same model, text survives the tokenizer."""

import json
import tempfile
import unittest
from pathlib import Path

import torch

from mipha_nano.checkpoint import load_checkpoint, save_checkpoint
from mipha_nano.config import LanguageConfig, MiphaConfig, VisionConfig
from mipha_nano.conversation import answer_ids
from mipha_nano.evaluate import right
from mipha_nano.model import Mipha
from mipha_nano.tokenizer import ALPHABET, Tokenizer
from mipha_nano.turn import Turn

TINY = MiphaConfig(VisionConfig(hidden_size=24, intermediate_size=48, num_hidden_layers=3),
                   LanguageConfig(vocab_size=272, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2))


def tiny() -> tuple[Mipha, Tokenizer]:
    torch.manual_seed(0)
    return Mipha(TINY).eval(), Tokenizer([("a", "b"), ("ab", "c")])


class Model(unittest.TestCase):
    def test_cached_equals_uncached(self):
        model, _ = tiny()
        embeds = torch.randn(1, 40, 32)
        whole, _ = model.language(embeds)
        first, cache = model.language(embeds[:, :33])
        parts = [first]
        for i in range(33, 40):
            hidden, cache = model.language(embeds[:, i : i + 1], cache)
            parts.append(hidden)
        torch.testing.assert_close(torch.cat(parts, dim=1), whole, atol=1e-5, rtol=1e-5)

    def test_a_saved_checkpoint_is_the_same_model(self):
        model, tokenizer = tiny()
        with tempfile.TemporaryDirectory() as folder:
            save_checkpoint(Path(folder), model, tokenizer)
            again, _ = load_checkpoint(Path(folder))
            config = json.loads((Path(folder) / "config.json").read_text())
        self.assertEqual(config["vision_config"]["vision_tower"]["hidden_size"], 24)
        pixels, ids = torch.randn(1, 3, 192, 192), torch.tensor([[1, 2, 3]])
        for a, b in ((model.see(pixels), again.see(pixels)), (model.language.step(model.language.embed(ids))[0], again.language.step(again.language.embed(ids))[0])):
            torch.testing.assert_close(a, b, atol=0.02, rtol=0.02)  # stored as float16


class Tokens(unittest.TestCase):
    def test_text_survives(self):
        _, tokenizer = tiny()
        for text in ("abc abc", " It says \"HELLO42\".", "ünïcödé 日本 🙂", "a\nb  c"):
            self.assertEqual(tokenizer.decode(tokenizer.encode(text)), text)

    def test_print_is_spelled_and_the_rest_is_not(self):
        _, tokenizer = tiny()
        said = [tokenizer.decode([i]) for i in answer_ids(tokenizer, Turn("reading", "", 'ab says "abc" ab', "abc"))]
        self.assertEqual(said, [" ", "ab", " ", "s", "a", "y", "s", " ", '"', "a", "b", "c", '"', " ", "ab", ""])
        self.assertEqual(answer_ids(tokenizer, Turn("reading", "", "abc", "abc")), [*tokenizer.spell(" abc"), tokenizer.end_id])

    def test_a_reply_is_right_whatever_its_case(self):
        self.assertTrue(right(Turn("chart_most_least", "", "The tallest bar is A.", "A"), "The tallest bar is A."))
        self.assertFalse(right(Turn("chart_most_least", "", "The tallest bar is A.", "A"), "The tallest bar is B."))

    def test_digits_stand_alone_and_bytes_are_distinct(self):
        _, tokenizer = tiny()
        self.assertEqual(len(tokenizer.encode("2024")), 4)
        self.assertEqual(len(set(ALPHABET)), 256)


if __name__ == "__main__":
    unittest.main()
