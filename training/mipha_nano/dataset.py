"""Endless, seeded streams of freshly drawn batches; drawing happens in side processes."""

import random

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from .conversation import IGNORE, after_image
from .fonts import find_fonts
from .language_loss import pad
from .lessons import dense_lesson, lesson
from .tokenizer import Tokenizer

# Drawing costs as much as a step of the tower: every picture is learned from so many times, the repeats at random moments.
REPEATS, KEPT = 3, 3072


class DenseBatches(IterableDataset):
    """Yields (pixels uint8 [B, 192, 192, 3], labels int64 [B, 8, 144])."""

    def __init__(self, batch: int, seed: int, held_out: bool = False):
        self.batch, self.seed = batch, seed
        self.fonts = find_fonts(held_out)

    def __iter__(self):
        worker = get_worker_info()
        rng = random.Random(f"{self.seed}/{worker.id if worker else 0}")
        if worker:
            torch.set_num_threads(1)
        kept: list = []
        while True:
            fresh = [dense_lesson(rng, self.fonts) for _ in range(self.batch // REPEATS if kept else self.batch)]
            drawn = fresh + [rng.choice(kept) for _ in range(self.batch - len(fresh))]
            for one in fresh:
                if len(kept) == KEPT:
                    kept.pop(rng.randrange(KEPT))
                kept.append(one)
            yield (
                torch.from_numpy(np.stack([p for p, _, _ in drawn])),
                torch.from_numpy(np.stack([labels for _, labels, _ in drawn])),
            )


def stacked(told: list[tuple[np.ndarray, list[int], list[int]]], end_id: int) -> tuple[Tensor, Tensor, Tensor]:
    """(pixels uint8, ids, labels) of single conversations as a batch (pixels [B, H, W, 3], ids [B, N], labels [B, N]), right-padded with the end token."""
    pixels, ids, labels = zip(*told)
    return torch.from_numpy(np.stack(pixels)), pad(ids, end_id), pad(labels, IGNORE)


def stream(batches: IterableDataset, workers: int = 1) -> DataLoader:
    return DataLoader(batches, batch_size=None, num_workers=workers, prefetch_factor=6 if workers else None)


class ChatBatches(IterableDataset):
    """Yields (pixels, dense labels, ids [B, N], labels [B, N]): the text after the image rows, right-padded with the end token."""

    def __init__(self, batch: int, seed: int, tokenizer: Tokenizer, turns: int, held_out: bool = False):
        self.batch, self.seed, self.tokenizer, self.turns = batch, seed, tokenizer, turns
        self.fonts = find_fonts(held_out)

    def sample(self, rng: random.Random):
        pixels, labels, turns = lesson(rng, self.fonts, self.turns)
        return pixels, labels, *after_image(self.tokenizer, turns)

    def __iter__(self):
        worker = get_worker_info()
        rng = random.Random(f"chat/{self.seed}/{worker.id if worker else 0}")
        if worker:
            torch.set_num_threads(1)
        while True:
            samples = [self.sample(rng) for _ in range(self.batch)]
            pixels, ids, labels = stacked(
                [(picture, text, marks) for picture, _, text, marks in samples], self.tokenizer.end_id
            )
            yield pixels, torch.from_numpy(np.stack([dense for _, dense, _, _ in samples])), ids, labels
