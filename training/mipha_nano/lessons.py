"""Draws lots for one lesson: a picture of any kind with dense labels and a conversation about it, in the shares of the last stage."""

import random
from collections.abc import Callable

from .ask_pairs import ask_how_large, compare_places, compare_sizes, compare_with
from .ask_shapes import ask_background, ask_color, ask_count, ask_description, ask_position, ask_presence, ask_shape
from .ask_text import ask_reading, ask_text_color, ask_text_presence
from .charts import bars, line, pie
from .clocks import clock
from .draw import SIDE, draw
from .icons import icon, icons
from .pages import cased, page_of_icons, page_of_text, printed_lines
from .questions import Asker, converse, follow_up, restyle
from .scene import (
    CANVAS,
    Scene,
    Text,
    add_items,
    any_word,
    long_letters,
    sample_background,
    sample_frame,
    sample_scene,
    visible_color,
)
from .sheet import Lesson
from .textures import CANNOT_TELL, elsewhere, texture
from .turn import Turn, color_word, names
from .vocabulary import SHAPES


def ask_missing(rng: random.Random, scene: Scene) -> Turn | None:
    """Questions that take something for granted that is not there."""
    absent = [s for s in SHAPES if all(i.shape != s for i in scene.items)]
    if rng.random() < 0.3:
        return Turn("outside", elsewhere(rng), CANNOT_TELL, "can't tell")
    if not scene.texts and rng.random() < 0.25:
        question = rng.choice(
            ("What does it say?", "What does the text say?", "Read the text.", "What is written here?")
        )
        return Turn("missing", question, "There is no text.", "no text")
    if not absent:
        return None
    shape = rng.choice(absent)
    question = rng.choice(
        (
            f"What {color_word(rng)} is the {shape}?",
            f"Where is the {shape}?",
            f"Where can I find the {shape}?",
            f"What is the {color_word(rng)} of the {shape}?",
        )
    )
    return Turn("missing", question, f"There is no {shape}.", f"no {shape}")


def the_other(rng: random.Random, scene: Scene, before: Turn) -> Turn | None:
    """With two things: the same about the one that was not named just now."""
    if len(scene.items) != 2 or before.skill not in ("color", "position", "other"):
        return None
    for one, other in (scene.items, scene.items[::-1]):
        mine, its = names(scene, one), names(scene, other)
        if not mine or not its or one.shape == other.shape:
            continue
        question = rng.choice(
            (
                "And the other?",
                "And the other thing?",
                "What about the other?",
                "And what about the other one?",
                "How about the other one?",
                "And the second one?",
                "What about the other shape?",
                "And the other shape?",
                "Now the other one.",
                "The other one?",
                "And that of the other one?",
                "Same for the other one?",
                "And for the other one?",
                "And the one besides it?",
                "What about the second one?",
            )
        )
        if before.answer == f"The {one.shape} is {one.color}.":
            return Turn("other", question, f"The {other.shape} is {other.color}.", other.color)
        place = scene.place(other, 0.12)
        if place and before.answer in [f"The {name} is in the {scene.place(one)}." for name in mine]:
            return Turn("other", question, f"The {other.shape} is in the {place}.", place)
    return None


# Shares of the old kinds stay near what they were; relations and sizes are asked in their new form.
TAUGHT: dict[Asker, float] = {
    ask_color: 2.5,
    ask_shape: 2.0,
    ask_count: 9.0,
    ask_presence: 3.5,
    ask_position: 2.5,
    ask_reading: 4.0,
    ask_text_color: 0.6,
    ask_text_presence: 0.3,
    ask_background: 0.5,
    ask_description: 5.0,
    compare_places: 8.0,
    compare_sizes: 6.0,
    compare_with: 3.0,
    ask_how_large: 3.0,
    ask_missing: 0.8,
}

# A crowd is for counting: half of what is asked of it; print is there to be read; a pair to be compared.
TAUGHT_OF = {
    "crowd": {**TAUGHT, ask_count: 50.0},
    "print": {**TAUGHT, ask_reading: 30.0},
    "pair": {**TAUGHT, compare_sizes: 22.0, compare_with: 9.0},
}


def teach(rng: random.Random, scene: Scene, turns: int, taught: dict[Asker, float] = TAUGHT) -> list[Turn]:
    """`converse` with the questions of the last stage."""
    return converse(rng, scene, turns, taught, ((the_other, 0.5), (follow_up, 0.25)))


def crowded_scene(rng: random.Random, fonts: list[str]) -> Scene:
    """Zero to nine shapes, many as often as few; else as `sample_scene`."""
    scene = sample_scene(rng, len(fonts), 0)
    scene.items = []
    add_items(rng, scene, rng.choices(range(10), (1, 1, 1, 1, 1, 2, 2, 3, 3, 3))[0])
    return scene


def printed_scene(rng: random.Random, fonts: list[str]) -> Scene:
    """One printed string: words in either case, longer ones than in `sample_scene`, some at random."""
    background, rgbs, style = sample_background(rng)
    scene = Scene(sample_frame(rng) if rng.random() < 0.5 else (0, 0, CANVAS, CANVAS), background, rgbs, style)
    kind, word = rng.random(), any_word(rng)
    string = cased(rng, word) if kind < 0.4 else long_letters(rng, 1)
    left, top, right, bottom = scene.frame
    size = int(min((right - left) * 0.94 / (len(string) * 0.62), (bottom - top) * 0.6, 60) * rng.uniform(0.8, 1.0))
    half = len(string) * size * 0.32
    middle, slack = (left + right) / 2, max(0.0, (right - left) / 2 - half)
    name, rgb = visible_color(rng, scene)
    scene.texts.append(
        Text(
            string,
            name,
            rgb,
            middle + rng.uniform(-slack, slack),
            rng.uniform(top + size * 0.6, bottom - size * 0.6),
            max(9, size),
            rng.randrange(len(fonts)),
        )
    )
    scene.degrade = {
        "noise": rng.choice((0, 0, rng.uniform(2, 8))),
        "blur": rng.choice((0, 0, 0, rng.uniform(0.3, 0.7))),
    }
    return scene


def sample_shrunk(rng: random.Random, scene: Scene) -> float:
    """0, or the share of the pixels along a side that a picture is drawn with before it is enlarged; print stays 7 units (10 of 192 pixels) high at least."""
    least = max([0.33, *(7 / text.size for text in scene.texts)])
    return rng.uniform(least, 0.75) if rng.random() < 0.15 and least < 0.7 else 0


def pair_scene(rng: random.Random, fonts: list[str]) -> Scene:
    """Two things, for what can only be asked of two: of different shapes, or of one shape in two colours, which have to be told apart by the colour alone."""
    alike = rng.random() < 0.35
    while True:
        scene = sample_scene(rng, len(fonts), 0)
        scene.items = []
        add_items(rng, scene, 2)
        if len(scene.items) < 2:
            continue
        one, other = scene.items
        if (one.shape == other.shape) == alike and not (alike and one.color == other.color):
            return scene


SCENES: dict[str, Callable[[random.Random, list[str]], Scene]] = {
    "scene": lambda rng, fonts: sample_scene(rng, len(fonts), 0.2),
    "crowd": crowded_scene,
    "print": printed_scene,
    "pair": pair_scene,
}
SHEETS: dict[str, Callable[[random.Random, list[str], int], Lesson]] = {
    "bars": bars,
    "line": line,
    "pie": pie,
    "icon": icon,
    "icons": icons,
    "clock": clock,
    "lines": printed_lines,
    "texture": texture,
}
# How often each kind of picture is drawn.
SHARES = {
    "scene": 0.08,
    "pair": 0.22,
    "crowd": 0.13,
    "print": 0.12,
    "lines": 0.08,
    "bars": 0.05,
    "line": 0.01,
    "pie": 0.01,
    "icon": 0.12,
    "icons": 0.13,
    "clock": 0.02,
    "texture": 0.03,
}


def lesson(rng: random.Random, fonts: list[str], turns: int, kind: str | None = None, side: int = SIDE) -> Lesson:
    """One picture of `side` pixels square and up to `turns` questions; `kind` is drawn by lot unless given. What is drawn and asked does not depend on `side`."""
    while True:
        name = kind or rng.choices(list(SHARES), list(SHARES.values()))[0]
        if name in SHEETS:
            pixels, labels, asked = SHEETS[name](rng, fonts, side)
            return pixels, labels, [restyle(rng, t) for t in asked[:turns]]
        scene = SCENES[name](rng, fonts)
        scene.degrade["shrunk"] = sample_shrunk(rng, scene)
        asked = teach(rng, scene, turns, TAUGHT_OF.get(name, TAUGHT))
        if asked:
            return *draw(scene, rng, fonts, side), asked


def dense_lesson(rng: random.Random, fonts: list[str]) -> Lesson:
    """What the tower learns from alone: lessons, and pages that are full of characters or symbols."""
    kind = rng.random()
    if kind < 0.3:
        return page_of_text(rng, fonts)
    if kind < 0.6:
        return page_of_icons(rng, fonts)
    return lesson(
        rng, fonts, 1, "clock" if kind < 0.62 else "bars" if kind < 0.67 else "crowd" if kind < 0.77 else None
    )
