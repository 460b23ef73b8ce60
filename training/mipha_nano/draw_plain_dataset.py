"""A second held-out set that shares no drawing code with training: plain shapes, CSS's named colours, several sizes."""

import argparse
import json
import math
import random
from pathlib import Path

from PIL import Image, ImageDraw

COLORS = (
    "red",
    "green",
    "blue",
    "yellow",
    "orange",
    "purple",
    "black",
    "pink",
    "brown",
    "gray",
)  # Pillow knows CSS's names
SHAPES = ("circle", "square", "triangle", "star", "diamond", "ring", "cross")
SIZES = ((256, 256), (640, 480), (400, 300), (300, 500), (1024, 768))
BACKGROUNDS = ("white", "white", "white", "lightblue", "beige")
AREAS = {
    "circle": 3.14,
    "ring": 3.14,
    "square": 4,
    "triangle": 2,
    "diamond": 1.6,
    "star": 1.18,
    "cross": 2.31,
}  # of radius 1; a ring with its hole
ROWS, COLUMNS = ("top", "middle", "bottom"), ("left", "center", "right")
NUMBERS = ("zero", "one", "two", "three", "four")


Thing = tuple[float, float, float, str, str]  # x, y, radius, shape, colour


def paint(pen: ImageDraw.ImageDraw, shape: str, x: float, y: float, r: float, color: str) -> None:
    if shape == "circle":
        pen.ellipse((x - r, y - r, x + r, y + r), fill=color)
    elif shape == "ring":
        pen.ellipse((x - r, y - r, x + r, y + r), outline=color, width=max(4, int(r * 0.35)))
    elif shape == "square":
        pen.rectangle((x - r, y - r, x + r, y + r), fill=color)
    elif shape == "triangle":
        pen.polygon([(x, y - r), (x + r, y + r), (x - r, y + r)], fill=color)
    elif shape == "diamond":
        pen.polygon([(x, y - r), (x + r * 0.8, y), (x, y + r), (x - r * 0.8, y)], fill=color)
    elif shape == "star":
        corner = lambda i: ((r if i % 2 == 0 else r * 0.4), -math.pi / 2 + i * math.pi / 5)
        pen.polygon([(x + d * math.cos(a), y + d * math.sin(a)) for d, a in map(corner, range(10))], fill=color)
    else:
        w = r * 0.35
        pen.rectangle((x - r, y - w, x + r, y + w), fill=color)
        pen.rectangle((x - w, y - r, x + w, y + r), fill=color)


def sample_things(rng: random.Random, width: int, height: int) -> list[Thing]:
    """Up to four that do not touch."""
    short, wanted, things = min(width, height), rng.randint(1, 4), []
    for _ in range(200):
        if len(things) == wanted:
            break
        r = rng.uniform(0.1, 0.17) * short
        x, y = rng.uniform(r + 2, width - r - 2), rng.uniform(r + 2, height - r - 2)
        if all(math.hypot(x - ox, y - oy) > (r + other) * 1.2 for ox, oy, other, _, _ in things):
            things.append((x, y, r, rng.choice(SHAPES), rng.choice(COLORS)))
    return things


def place(value: float, names: tuple[str, ...]) -> str | None:
    """Which third a share of the picture's side lies in; None near a border of two."""
    return None if min(abs(value - 1 / 3), abs(value - 2 / 3)) < 0.05 else names[int(value * 3)]


def ask_places(rng: random.Random, things: list[Thing], width: int, height: int) -> list[tuple[str, str, str]]:
    """Where a thing is, how two lie to each other, and which of them is larger in radius and in area."""
    asked = []
    name = {t: f"{t[4]} {t[3]}" for t in things if sum(t[3:] == o[3:] for o in things) == 1}
    for thing in rng.sample(list(name), min(1, len(name))):
        row, column = place(thing[1] / height, ROWS), place(thing[0] / width, COLUMNS)
        if row and column:
            asked.append(("position", f"Where is the {name[thing]}?", f"{row} {column}"))
    if len(name) > 1:
        one, other = rng.sample(list(name), 2)
        axis, ways = rng.choice(((0, ("to the left of", "to the right of")), (1, ("above", "below"))))
        if abs(one[axis] - other[axis]) > 0.1 * max(width, height):
            less = rng.random() < 0.5
            asked.append(
                (
                    "relation",
                    f"Is the {name[one]} {ways[0 if less else 1]} the {name[other]}?",
                    "yes" if (one[axis] < other[axis]) == less else "no",
                )
            )
        larger, smaller = sorted((one, other), key=lambda t: -t[2])
        if (
            larger[2] > 1.25 * smaller[2]
            and larger[2] ** 2 * AREAS[larger[3]] > 1.3 * smaller[2] ** 2 * AREAS[smaller[3]]
        ):
            bigger = rng.random() < 0.5
            asked.append(
                (
                    "size",
                    f"Which is {'bigger' if bigger else 'smaller'}, the {name[one]} or the {name[other]}?",
                    name[larger if bigger else smaller],
                )
            )
    return asked


def ask(rng: random.Random, things: list[Thing], width: int, height: int) -> list[tuple[str, str, str]]:
    """(skill, question, answer) about one picture."""
    shapes, colors = [t[3] for t in things], [t[4] for t in things]
    asked = [
        (
            "count",
            rng.choice(("How many shapes are there?", "How many objects are in the image?")),
            NUMBERS[len(things)],
        )
    ]
    if unique := [t for t in things if shapes.count(t[3]) == 1]:
        thing = rng.choice(unique)
        asked.append(("color", f"What color is the {thing[3]}?", thing[4]))
    if unique := [t for t in things if colors.count(t[4]) == 1]:
        thing = rng.choice(unique)
        asked.append(("shape", f"What shape is the {thing[4]} object?", thing[3]))
    asked += ask_places(rng, things, width, height)
    shape, color = rng.choice(SHAPES), rng.choice(colors)
    asked.append(("presence", f"Is there a {shape}?", "yes" if shape in shapes else "no"))
    return [*asked, ("count_color", f"How many {color} shapes are there?", NUMBERS[colors.count(color)])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pictures", type=int, default=250)
    parser.add_argument("--seed", type=int, default=77)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(options.seed)
    with open(options.out / "questions.jsonl", "w") as file:
        for index in range(options.pictures):
            width, height = rng.choice(SIZES)
            image = Image.new("RGB", (width, height), rng.choice(BACKGROUNDS))
            things = sample_things(rng, width, height)
            for x, y, r, shape, color in things:
                paint(ImageDraw.Draw(image), shape, x, y, r, color)
            image.save(options.out / f"{index}.png")
            for skill, question, answer in ask(rng, things, width, height):
                file.write(
                    json.dumps({"image": f"{index}.png", "question": question, "answer": answer, "skill": skill}) + "\n"
                )


if __name__ == "__main__":
    main()
