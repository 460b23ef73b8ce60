"""Asks a checkpoint about freshly drawn held-out pictures in PyTorch; the product's own evaluation is `npm run eval`."""

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from .conversation import before_image, question_ids
from .fonts import find_fonts
from .language import LanguageModel
from .lessons import lesson
from .model import Mipha
from .tokenizer import Tokenizer
from .turn import Turn
from .vision import normalise


def right(turn: Turn, reply: str) -> bool:
    """The key phrase stands in the reply; a description must be word for word, the value of a bar at most five away."""
    if not turn.key:
        return reply.strip() == turn.answer
    if turn.skill == "chart_value":
        return any(abs(int(number) - int(turn.key)) <= 5 for number in re.findall(r"\d+", reply)[:1])
    return re.search(rf"(?<!\w){re.escape(turn.key)}(?!\w)", reply, re.IGNORECASE) is not None


Seeing = Callable[
    [Tensor, Tensor], Tensor
]  # pixels uint8 [1, H, W, 3] and dense labels [1, 8, P] to image_embeds [1, P, hidden]


@torch.no_grad()
def judge(
    language: LanguageModel, see: Seeing, tokenizer: Tokenizer, pictures: int, seed: int = 424242, show: int = 0
) -> str:
    """`skill correct/total …` on held-out seeds and fonts; each question is asked alone, follow-ups after what came before them."""
    rng, fonts = random.Random(seed), find_fonts(held_out=True)
    total: Counter = Counter()
    correct: Counter = Counter()
    before = before_image(tokenizer)
    for _ in range(pictures):
        pixels, labels, turns = lesson(rng, fonts, 4)
        image_embeds = see(torch.from_numpy(pixels.copy())[None], torch.from_numpy(labels)[None])
        for i, turn in enumerate(turns):
            earlier = turns[:i] if turn.skill in ("follow_up", "other") else []
            reply = tokenizer.decode(
                language.answer(image_embeds, before, question_ids(tokenizer, earlier, turn.question), tokenizer.end_id)
            )
            skill = (
                turn.skill
                if turn.skill != "count"
                else "count_to_4"
                if turn.key in ("zero", "one", "two", "three", "four")
                else "count_over_4"
            )
            total[skill] += 1
            correct[skill] += right(turn, reply)
            if show > 0 and not right(turn, reply):
                print(f"  {turn.question!r} -> {reply!r} (expected {turn.answer!r})")
                show -= 1
    return "held out: " + "  ".join(f"{s} {correct[s] / total[s]:.3f} ({total[s]})" for s in sorted(total))


def judge_held_out(model: Mipha, tokenizer: Tokenizer, pictures: int, show: int = 0) -> str:
    return judge(model.language, lambda pixels, _: model.see(normalise(pixels)), tokenizer, pictures, show=show)


def main() -> None:
    from .checkpoint import load_checkpoint

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--pictures", type=int, default=500)
    parser.add_argument("--show", type=int, default=20, help="wrong replies to print")
    options = parser.parse_args()
    model, tokenizer = load_checkpoint(options.checkpoint)
    print(judge_held_out(model, tokenizer, options.pictures, show=options.show))


if __name__ == "__main__":
    main()
