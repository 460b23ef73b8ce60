"""The model's invariants: cached equals uncached, a saved checkpoint is the same model, text survives the tokenizer."""

import json
import sys
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

import torch

from mipha_nano import pretrain_vision, train
from mipha_nano.checkpoint import load_checkpoint, read_safetensors, save_checkpoint
from mipha_nano.config import LanguageConfig, MiphaConfig, VisionConfig
from mipha_nano.conversation import answer_ids
from mipha_nano.evaluate import right
from mipha_nano.model import Mipha
from mipha_nano.muon import Muon
from mipha_nano.tokenizer import ALPHABET, Tokenizer
from mipha_nano.turn import Turn

TINY = MiphaConfig(
    VisionConfig(hidden_size=24, intermediate_size=48, num_hidden_layers=3),
    LanguageConfig(vocab_size=272, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2),
)


def tiny() -> tuple[Mipha, Tokenizer]:
    torch.manual_seed(0)
    return Mipha(TINY).eval(), Tokenizer([("a", "b"), ("ab", "c")])


class Optimisers(unittest.TestCase):
    def test_muon_in_float32_steps_as_that_of_pytorch(self):
        """Which orthogonalises in bfloat16: steps agree to its three digits, and so does the state."""
        torch.manual_seed(0)
        shapes = ((12, 40), (40, 12), (16, 16))
        first = [torch.randn(shape) for shape in shapes]
        mine, its = ([p.clone().requires_grad_() for p in first] for _ in range(2))
        ours, theirs = (
            Muon(mine, lr=1e-2, weight_decay=0.02),
            torch.optim.Muon(its, lr=1e-2, weight_decay=0.02, adjust_lr_fn="match_rms_adamw"),
        )
        for _ in range(3):
            for p, q in zip(mine, its):
                p.grad = torch.randn_like(p)
                q.grad = p.grad.clone()
            ours.step_in_float32()
            theirs.step()
        for start, p, q in zip(first, mine, its):
            self.assertLess((p - q).norm() / (q - start).norm(), 0.03)
        for p, q in zip(mine, its):
            torch.testing.assert_close(ours.state[p]["momentum_buffer"], theirs.state[q]["momentum_buffer"])

    def test_tuning_goes_on_from_a_checkpoint_and_keeps_its_tower(self):
        """The connector and the language model learn, the tower's weights stay as published; stopped and resumed it ends as told."""
        with tempfile.TemporaryDirectory() as folder:
            options = [
                "train",
                "--runs",
                folder,
                "--start",
                "checkpoint",
                "--keep-tower",
                "--batch",
                "2",
                "--turns",
                "1",
                "--threads",
                "1",
            ]
            for pictures in ("2", "4"):
                with patch.object(sys, "argv", [*options, "--pictures", pictures]):
                    train.main()
            after, before = (
                read_safetensors(Path(where) / "model.safetensors") for where in (f"{folder}/checkpoint", "checkpoint")
            )
            changed = {name for name in before if not torch.equal(after[name], before[name])}
            self.assertTrue(any("mm_projector" in name for name in changed))
            self.assertTrue(any("self_attn" in name and "vision_tower" not in name for name in changed))
            self.assertFalse([name for name in changed if "vision_tower" in name])
            self.assertEqual(torch.load(Path(folder) / "tune.pt", weights_only=True)["pictures"], 4)

    def test_read_outs_of_a_checkpoint_are_learned_first(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            patch.object(
                sys,
                "argv",
                [
                    "train",
                    "--runs",
                    folder,
                    "--start",
                    "checkpoint",
                    "--batch",
                    "2",
                    "--turns",
                    "1",
                    "--threads",
                    "1",
                    "--pictures",
                    "2",
                    "--read-out-pictures",
                    "64",
                ],
            ),
            patch.object(train, "learn_read_outs", wraps=train.learn_read_outs) as learn,
        ):
            train.main()
            self.assertEqual(learn.call_count, 1)

    def test_the_tower_of_a_checkpoint_goes_on_with_read_outs_that_fit_it(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            patch.object(
                sys,
                "argv",
                [
                    "pretrain_vision",
                    "--out",
                    f"{folder}/vision.pt",
                    "--start",
                    "checkpoint",
                    "--batch",
                    "2",
                    "--pictures",
                    "2",
                    "--read-out-pictures",
                    "64",
                ],
            ),
            patch.object(pretrain_vision, "learn_read_outs", wraps=pretrain_vision.learn_read_outs) as learn,
        ):
            pretrain_vision.main()
            pretrain_vision.main()  # done already: nothing is learned again
            self.assertEqual(learn.call_count, 1)
            saved = torch.load(Path(folder) / "vision.pt", weights_only=True)
        published = read_safetensors(Path("checkpoint/model.safetensors"))
        name = "vision_model.embeddings.patch_embedding.weight"
        found = next(weight for key, weight in published.items() if key.endswith(name))
        torch.testing.assert_close(saved["tower"][name], found.float(), atol=0.01, rtol=0.1)


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
        for a, b in (
            (model.see(pixels), again.see(pixels)),
            (model.language.step(model.language.embed(ids))[0], again.language.step(again.language.embed(ids))[0]),
        ):
            torch.testing.assert_close(a, b, atol=0.02, rtol=0.02)  # stored as float16


class Tokens(unittest.TestCase):
    def test_text_survives(self):
        _, tokenizer = tiny()
        for text in ("abc abc", ' It says "HELLO42".', "ünïcödé 日本 🙂", "a\nb  c"):
            self.assertEqual(tokenizer.decode(tokenizer.encode(text)), text)

    def test_print_is_spelled_and_the_rest_is_not(self):
        _, tokenizer = tiny()
        said = [tokenizer.decode([i]) for i in answer_ids(tokenizer, Turn("reading", "", 'ab says "abc" ab', "abc"))]
        self.assertEqual(said, [" ", "ab", " ", "s", "a", "y", "s", " ", '"', "a", "b", "c", '"', " ", "ab", ""])
        self.assertEqual(
            answer_ids(tokenizer, Turn("reading", "", "abc", "abc")), [*tokenizer.spell(" abc"), tokenizer.end_id]
        )

    def test_a_reply_is_right_whatever_its_case(self):
        self.assertTrue(right(Turn("chart_most_least", "", "The tallest bar is A.", "A"), "The tallest bar is A."))
        self.assertFalse(right(Turn("chart_most_least", "", "The tallest bar is A.", "A"), "The tallest bar is B."))

    def test_digits_stand_alone_and_bytes_are_distinct(self):
        _, tokenizer = tiny()
        self.assertEqual(len(tokenizer.encode("2024")), 4)
        self.assertEqual(len(set(ALPHABET)), 256)


if __name__ == "__main__":
    unittest.main()
