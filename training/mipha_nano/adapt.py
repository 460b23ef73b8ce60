"""Trains an adapter on a finished checkpoint: the same pictures and questions, answered in another style; writes it as PEFT does."""

import argparse
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from .ask_pairs import COMPARISONS
from .checkpoint import load_checkpoint
from .conversation import after_image, before_image
from .dataset import stacked
from .fonts import find_fonts
from .language_loss import chat_loss
from .lessons import lesson
from .lora import TARGETS, put_on, save_adapter
from .optimise import Optimiser
from .precision import mixed
from .questions import TERSE, short_answer
from .resume import begin
from .tokenizer import Tokenizer
from .turn import Turn
from .vision import normalise


def terse(turn: Turn) -> Turn | None:
    """The key word or phrase and nothing else; a description has none. A comparison keeps the numbers it is worked out with and ends at the key: without them four layers can only guess."""
    if not turn.key:
        return None
    answer = short_answer(turn)
    if turn.skill in COMPARISONS and (
        found := re.search(rf": .*?\b{re.escape(turn.key)}\b", turn.answer, re.IGNORECASE)
    ):
        answer = turn.answer[: found.end()]
    return replace(turn, question=turn.question.removesuffix(TERSE), answer=answer)


STYLES: dict[str, Callable[[Turn], Turn | None]] = {"terse": terse}


def batch_of(
    rng: random.Random,
    fonts: list[str],
    tokenizer: Tokenizer,
    style: Callable[[Turn], Turn | None],
    size: int,
    turns: int,
) -> tuple[Tensor, Tensor, Tensor]:
    """(pixels, ids, labels) of `size` conversations."""
    told = []
    while len(told) < size:
        picture, _, asked = lesson(rng, fonts, turns)
        conversation = [styled for turn in asked if (styled := style(turn))]
        if conversation:
            told.append((picture, *after_image(tokenizer, conversation)))
    return stacked(told, tokenizer.end_id)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("style", choices=STYLES)
    parser.add_argument("--checkpoint", type=Path, default=Path("checkpoint"))
    parser.add_argument("--out", type=Path, help="default: adapters/STYLE")
    parser.add_argument("--pictures", type=int, default=2880)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=28)
    options = parser.parse_args()
    out = options.out or Path("adapters") / options.style
    begin(out, options.threads, options.seed)
    model, tokenizer = load_checkpoint(options.checkpoint)
    model.requires_grad_(False)
    adapters = put_on(model.language, options.rank, 2 * options.rank)
    optimiser = Optimiser([model], muon_lr=0, adam_lr=0, lora_lr=options.lr)
    rng, fonts, prefix = (
        random.Random(f"adapt/{options.style}/{options.seed}"),
        find_fonts(),
        torch.tensor(before_image(tokenizer)),
    )
    steps = options.pictures // options.batch
    for step in range(steps):
        pixels, ids, labels = batch_of(rng, fonts, tokenizer, STYLES[options.style], options.batch, options.turns)
        with mixed():
            with torch.no_grad():
                image_embeds = model.see(normalise(pixels))
            loss = chat_loss(model.language, prefix, image_embeds, ids, labels)
        loss.backward()
        optimiser.step(step / steps, warmup=0.1)
        if step % 5 == 0 or step == steps - 1:
            print(f"{step}/{steps} loss {loss.item():.4f}", flush=True)
    save_adapter(out, adapters, options.rank, 2 * options.rank, TARGETS)


if __name__ == "__main__":
    main()
