"""Held-out questions of the study, and how many of them a model gets right at any resolution."""

import random
import re
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .conversation import IGNORE, after_image, before_image
from .draw import draw
from .fonts import find_fonts
from .language_loss import pad
from .model import Mipha
from .questions import ASKERS, restyle
from .scene import sample_scene
from .tokenizer import Tokenizer
from .turn import Turn
from .vision import normalise


@dataclass(frozen=True)
class Asked:
    skill: str
    question: list[int]  # ids
    answer: list[int]
    judged: list[int]  # positions in `answer` of the word or phrase that makes it right


def key_positions(turn: Turn, answer: list[int], tokenizer: Tokenizer) -> list[int]:
    """Which tokens of the answer spell its key phrase; how the sentence around it is worded is not judged."""
    ends = [len(tokenizer.decode(answer[: i + 1])) for i in range(len(answer))]
    matches = list(re.finditer(rf"(?<!\w){re.escape(turn.key)}(?!\w)", tokenizer.decode(answer), re.IGNORECASE))
    start, stop = matches[-1 if turn.skill == "reading" else 0].span()
    return [i for i, end in enumerate(ends) if end > start and (ends[i - 1] if i else 0) < stop]


def held_out(side: int, pictures: int, tokenizer: Tokenizer) -> list[tuple[Tensor, list[Asked]]]:
    """Pictures with four questions each; every skill about as often as it fits."""
    rng, fonts = random.Random("study/held-out"), find_fonts(held_out=True)
    result = []
    for _ in range(pictures):
        scene = sample_scene(rng, len(fonts))
        picture, _ = draw(scene, rng, fonts, side)
        turns = [t for asker in rng.sample(list(ASKERS), len(ASKERS)) if (t := asker(rng, scene)) and t.key]
        asked = []
        for turn in (restyle(rng, t) for t in turns[:4]):
            ids, labels = after_image(tokenizer, [turn])
            question, answer = [i for i, l in zip(ids, labels) if l == IGNORE], [l for l in labels[:-1] if l != IGNORE]
            asked.append(Asked(turn.skill, question, answer, key_positions(turn, answer, tokenizer)))
        result.append((torch.from_numpy(np.array(picture)), asked))
    return result


@torch.no_grad()
def judge(model: Mipha, tokenizer: Tokenizer, pictures: list, batch: int = 50) -> dict[str, list[int]]:
    """{skill: [right, asked]}; right means that the key phrase is the likeliest, given the words before it in the answer."""
    score: dict[str, list[int]] = {}
    prefix = model.language.embed(torch.tensor(before_image(tokenizer)))
    for start in range(0, len(pictures), batch):
        part = pictures[start : start + batch]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            image_embeds = model.see(normalise(torch.stack([p for p, _ in part])))
            seen = torch.cat((prefix.expand(len(part), -1, -1), image_embeds.float()), dim=1)
            _, past = model.language(seen)
            for slot in range(4):
                rows = [(i, asked[slot]) for i, (_, asked) in enumerate(part) if len(asked) > slot]
                index = torch.tensor([i for i, _ in rows])
                ids = pad([a.question + a.answer for _, a in rows], tokenizer.end_id)
                hidden, _ = model.language(model.language.embed(ids), [(k[index], v[index]) for k, v in past])
                best = model.language.lm_head(hidden).argmax(-1)
                for row, (_, a) in enumerate(rows):
                    said = best[row, len(a.question) - 1 :].tolist()
                    entry = score.setdefault(a.skill, [0, 0])
                    entry[0] += all(said[i] == a.answer[i] for i in a.judged)
                    entry[1] += 1
    return score
