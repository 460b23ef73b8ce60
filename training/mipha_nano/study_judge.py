"""Held-out questions of the study, and how many of them a model gets right at any resolution."""

import random
import re
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .ask_pairs import COMPARISONS
from .conversation import IGNORE, after_image, before_image
from .fonts import find_fonts
from .language_loss import pad
from .lessons import SHARES, lesson
from .model import Mipha
from .precision import mixed
from .tokenizer import Tokenizer
from .turn import Turn
from .vision import normalise

# Skill of a turn to the skill that the study counts it as. Descriptions have no key phrase to judge by.
SKILLS = {
    skill: skill
    for skill in (
        "color",
        "shape",
        "size",
        "presence",
        "count",
        "position",
        "relation",
        "reading",
        "reading_lines",
        "chart_most_least",
        "chart_value",
        "chart_line",
        "chart_pie",
        "clock",
        "icon",
        "outside",
        "follow_up",
    )
} | {"other": "follow_up"}
MOST = 4  # questions a picture


@dataclass(frozen=True)
class Asked:
    skill: str
    question: list[int]  # ids
    answer: list[int]
    judged: list[int]  # positions in `answer` of the word or phrase that makes it right
    numbers: list[list[int]]  # positions of the numbers that a comparison is worked out with


def positions(answer: list[int], tokenizer: Tokenizer, start: int, stop: int) -> list[int]:
    """Which tokens spell the characters from `start` to `stop` of the decoded answer."""
    ends = [len(tokenizer.decode(answer[: i + 1])) for i in range(len(answer))]
    return [i for i, end in enumerate(ends) if end > start and (ends[i - 1] if i else 0) < stop]


def key_positions(turn: Turn, answer: list[int], tokenizer: Tokenizer) -> list[int]:
    """Which tokens of the answer spell its key phrase; how the sentence around it is worded is not judged."""
    matches = list(re.finditer(rf"(?<!\w){re.escape(turn.key)}(?!\w)", tokenizer.decode(answer), re.IGNORECASE))
    return positions(answer, tokenizer, *matches[-1 if turn.skill.startswith("reading") else 0].span())


def asked_of(turns: list[Turn], index: int, tokenizer: Tokenizer) -> Asked:
    """A turn alone; one that means something only after another, after that one."""
    turn = turns[index]
    skill = SKILLS[turn.skill]
    before = turns[index - 1 : index] if skill == "follow_up" else []
    ids, labels = after_image(tokenizer, [*before, turn])
    asked = len(ids) - next(i for i, label in enumerate(reversed(labels)) if label == IGNORE)
    answer = [label for label in labels[asked:-1]]
    text = tokenizer.decode(answer)
    numbers = (
        [positions(answer, tokenizer, *found.span()) for found in re.finditer(r"\d+", text)]
        if skill in COMPARISONS
        else []
    )
    return Asked(skill, ids[:asked], answer, key_positions(turn, answer, tokenizer), numbers)


def held_out(side: int, pictures: int, tokenizer: Tokenizer) -> list[tuple[Tensor, list[Asked]]]:
    """Pictures with up to four questions each, as many of each kind: other seeds and fonts than training's, the same at every resolution."""
    rng, fonts, kinds = random.Random("study/held-out"), find_fonts(held_out=True), list(SHARES)
    result = []
    for index in range(pictures):
        picture, _, turns = lesson(rng, fonts, 8, kinds[index % len(kinds)], side)
        fit = [
            i
            for i, turn in enumerate(turns)
            if turn.key and turn.skill in SKILLS and (i > 0 or SKILLS[turn.skill] != "follow_up")
        ]
        result.append((torch.from_numpy(np.array(picture)), [asked_of(turns, i, tokenizer) for i in fit[:MOST]]))
    return result


def is_right(asked: Asked, said: list[int], tokenizer: Tokenizer) -> bool:
    """Whether `said`, the likeliest token at each position of the answer given the true ones before it, makes it right: its key phrase; within five for the value of a bar; in a comparison also the two numbers, in the right order and neither more than one off."""
    spell = lambda ids, where: tokenizer.decode([ids[i] for i in where]).strip()
    if asked.skill == "chart_value":
        number = re.fullmatch(r"\d+", spell(said, asked.judged))
        return number is not None and abs(int(number.group()) - int(spell(asked.answer, asked.judged))) <= 5
    if len(asked.numbers) == 2:
        found = [re.fullmatch(r"\d+", spell(said, where)) for where in asked.numbers]
        if not all(found):
            return False
        mine, its = (
            np.array(numbers)
            for numbers in (
                [int(f.group()) for f in found],
                [int(spell(asked.answer, where)) for where in asked.numbers],
            )
        )
        if np.sign(mine[0] - mine[1]) != np.sign(its[0] - its[1]) or abs(mine - its).max() > 1:
            return False
    return all(said[i] == asked.answer[i] for i in asked.judged)


@torch.no_grad()
def judge(model: Mipha, tokenizer: Tokenizer, pictures: list, batch: int = 50) -> dict[str, list[int]]:
    """{skill: [right, asked]}."""
    score: dict[str, list[int]] = {}
    prefix = model.language.embed(torch.tensor(before_image(tokenizer)))
    for start in range(0, len(pictures), batch):
        part = pictures[start : start + batch]
        with mixed():
            image_embeds = model.see(normalise(torch.stack([p for p, _ in part])))
            seen = torch.cat((prefix.expand(len(part), -1, -1), image_embeds.float()), dim=1)
            _, past = model.language(seen)
            for slot in range(MOST):
                rows = [(i, asked[slot]) for i, (_, asked) in enumerate(part) if len(asked) > slot]
                if not rows:
                    continue
                index = torch.tensor([i for i, _ in rows])
                ids = pad([a.question + a.answer for _, a in rows], tokenizer.end_id)
                hidden, _ = model.language(model.language.embed(ids), [(k[index], v[index]) for k, v in past])
                best = model.language.lm_head(hidden).argmax(-1)
                for row, (_, a) in enumerate(rows):
                    said = best[row, len(a.question) - 1 : len(a.question) - 1 + len(a.answer)].tolist()
                    entry = score.setdefault(a.skill, [0, 0])
                    entry[0] += is_right(a, said, tokenizer)
                    entry[1] += 1
    return score
