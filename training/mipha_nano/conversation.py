"""Turns to token ids in Mipha's prompt format, with labels on the answers only."""

import re

from .tokenizer import Tokenizer
from .turn import Turn

SYSTEM = (
    "A chat between a curious user and an artificial intelligence assistant. "
    "The assistant gives helpful, detailed, and polite answers to the user's questions."
)
IGNORE = -100


def before_image(tokenizer: Tokenizer) -> list[int]:
    return tokenizer.encode(f"{SYSTEM} USER: ")


def answer_ids(tokenizer: Tokenizer, turn: Turn) -> list[int]:
    """Ids of the answer, its end token included. What is printed in the picture is spelled letter by letter: so the n-th letter is the n-th step, and none of them hangs on what merges were learned."""
    printed = '"' not in turn.answer and turn.skill.startswith("reading")
    parts = re.split(r'("[^"]*")', f" {turn.answer}")
    ids = [
        i
        for n, part in enumerate(parts)
        for i in (tokenizer.spell(part) if printed or n % 2 else tokenizer.encode(part))
    ]
    return [*ids, tokenizer.end_id]


def after_image(tokenizer: Tokenizer, turns: list[Turn]) -> tuple[list[int], list[int]]:
    """Ids that follow the image rows, and labels of equal length: IGNORE except on answers and their end token."""
    ids: list[int] = []
    labels: list[int] = []
    for i, turn in enumerate(turns):
        # The space between "ASSISTANT:" and the answer belongs to the answer's first token.
        question = tokenizer.encode(f"\n{turn.question} ASSISTANT:" if i == 0 else f"USER: {turn.question} ASSISTANT:")
        answer = answer_ids(tokenizer, turn)
        ids += question + answer
        labels += [IGNORE] * len(question) + answer
    return ids, labels


def question_ids(tokenizer: Tokenizer, turns: list[Turn], question: str) -> list[int]:
    """Ids after the image rows for asking `question` when `turns` were already answered."""
    ids, _ = after_image(tokenizer, turns)
    return ids + tokenizer.encode(f"\n{question} ASSISTANT:" if not turns else f"USER: {question} ASSISTANT:")
