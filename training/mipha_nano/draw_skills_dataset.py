"""Writes held-out pictures for every skill that people expect, taught or not: questions.jsonl with history and scenes where needed."""

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from PIL import Image

from .ask_shapes import ask_color, ask_description, ask_presence, ask_shape
from .draw import draw
from .fonts import find_fonts
from .held_out import chequer, reworded
from .other_skills import PAINTERS
from .questions import follow_up
from .scene import Scene, add_items, sample_scene, scaled
from .sheet import UNIT
from .turn import Turn, names, plural
from .vocabulary import COLOR_NAMES, NUMBERS, SHAPES


def record(rng: random.Random, turn: Turn, plain: str) -> dict:
    """A line of the file; three tenths are asked in a held-out wording of `plain`, which means the same."""
    if rng.random() < 0.3:
        turn = reworded(rng, replace(turn, question=plain)) or turn
    return {"skill": turn.skill, "question": turn.question, "answer": turn.key}


def counting(rng: random.Random, scene: Scene) -> list[dict]:
    """Zero to nine things: all, of a shape, of a colour."""
    shape, color = rng.choice(SHAPES), rng.choice(COLOR_NAMES)
    if scene.items and rng.random() < 0.8:
        shape, color = rng.choice(scene.items).shape, rng.choice(scene.items).color
    totals = {
        "shapes": len(scene.items),
        plural(shape): sum(i.shape == shape for i in scene.items),
        f"{color} shapes": sum(i.color == color for i in scene.items),
    }
    ask = lambda what: rng.choice((f"How many {what} are there?", f"How many {what} do you see?", f"Count the {what}."))
    return [
        record(rng, Turn("count_to_9", ask(what), "", NUMBERS[n]), f"How many {what} are there?")
        for what, n in totals.items()
    ]


def following(rng: random.Random, scene: Scene) -> list[dict]:
    """The second question means nothing without the first; also `and the other one?` with two things."""
    asked = []
    for asker in (ask_color, ask_shape, ask_presence):
        first = asker(rng, scene)
        second = first and follow_up(rng, scene, first)
        if second:
            plain = "What color is it?" if second.key in COLOR_NAMES else "Where is it?"
            asked.append(
                {**record(rng, second, plain), "before": [{"question": first.question, "answer": first.answer}]}
            )
    if (
        len(scene.items) == 2
        and all(names(scene, i) for i in scene.items)
        and scene.items[0].shape != scene.items[1].shape
    ):
        one, other = rng.sample(scene.items, 2)
        before = {"question": f"What color is the {one.shape}?", "answer": f"The {one.shape} is {one.color}."}
        asked.append(
            {
                "skill": "follow_up_other",
                "question": rng.choice(("And the other one?", "What about the other one?")),
                "answer": other.color,
                "before": [before],
            }
        )
    return asked


def describing(rng: random.Random, scene: Scene) -> list[dict]:
    if not scene.items:
        return []
    things = [{"shape": i.shape, "color": i.color, "place": scene.place(i)} for i in scene.items]
    turn = ask_description(rng, scene)
    return [
        {
            **record(rng, turn, "Describe the picture."),
            "answer": turn.answer,
            "scene": {"things": things, "texts": [t.string for t in scene.texts]},
        }
    ]


def scenes(rng: random.Random, fonts: list[str], kind: str) -> Scene:
    if kind != "count":
        return sample_scene(rng, len(fonts), 0.1 if kind == "describe" else 0.0)
    scene = sample_scene(rng, len(fonts), 0.0)
    scene.items = []
    add_items(rng, scene, rng.randrange(10))
    return scene


# What is asked of these has taught wordings; that of charts and most of clocks and lines is in wordings of its own.
PLAIN = {
    "icon": "What is this?",
    "reading_word": "What does it say?",
    "reading_random": "What does it say?",
    "reading_untaught_word": "What does it say?",
}
SCENE_SKILLS = {"count": counting, "follow": following, "describe": describing}


def records(rng: random.Random, fonts: list[str], kind: str) -> Iterator[tuple[Image.Image, list[dict]]]:
    while True:
        if kind in SCENE_SKILLS:
            scene = scenes(rng, fonts, kind)
            if rng.random() < 0.2:
                chequer(rng, scene)
            pixels, _ = draw(scene, rng, fonts)
            asked = SCENE_SKILLS[kind](rng, scene)
            if asked:
                yield Image.fromarray(pixels).crop(scaled(scene, UNIT).frame), asked
        else:
            image, turns = PAINTERS[kind](rng, fonts)
            yield (
                image,
                [
                    record(rng, Turn(skill, question, "", answer), PLAIN.get(skill, question))
                    for skill, question, answer in turns
                ],
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pictures", type=int, default=1000, help="of each kind")
    parser.add_argument("--seed", type=int, default=990_003)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    fonts = find_fonts(held_out=True)
    with open(options.out / "questions.jsonl", "w") as file:
        for kind in (*SCENE_SKILLS, *PAINTERS):
            stream = records(random.Random(f"{options.seed}/{kind}"), fonts, kind)
            for index in range(options.pictures):
                image, asked = next(stream)
                name = f"{kind}-{index:05d}.png"
                image.save(options.out / name)
                for record in asked:
                    file.write(json.dumps({"image": name, **record}) + "\n")


if __name__ == "__main__":
    main()
