"""What a question and its true answer are made of: the turn, and words for things of a scene."""

import random
from dataclasses import dataclass

from .scene import Item, Scene


@dataclass(frozen=True)
class Turn:
    skill: str
    question: str
    answer: str  # the whole reply
    key: str  # the word or phrase that makes it right


def article(phrase: str) -> str:
    return ("an " if phrase[0] in "aeiou" or phrase.startswith("hour") else "a ") + phrase


def plural(shape: str) -> str:
    return shape + ("es" if shape.endswith("cross") else "s")


def color_word(rng: random.Random) -> str:
    return rng.choice(("color", "colour"))


def names(scene: Scene, item: Item) -> list[str]:
    """Every phrase that means this item alone."""
    same_shape = sum(o.shape == item.shape for o in scene.items)
    same_both = sum(o.shape == item.shape and o.color == item.color for o in scene.items)
    result = [f"{item.color} {item.shape}"] if same_both == 1 else []
    return result + ([item.shape] if same_shape == 1 else [])
