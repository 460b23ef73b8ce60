"""Paints a symbol of an everyday thing with a freely licensed font: pixels, dense labels and turns."""

import random
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from .ask_shapes import WHAT_IS_THIS, listing
from .draw import SIDE
from .icon_fonts import faces
from .scene import CANVAS, contrast, shade, size_digit
from .sheet import Lesson, Sheet
from .turn import Turn, article, color_word
from .vocabulary import COLOR_NAMES, COLUMNS, ROWS, THINGS

# Said without an article.
MASS = (
    "coffee",
    "recycling",
    "lightning",
    "wine",
    "beer",
    "cheese",
    "bread",
    "fire",
    "dna",
    "scales",
    "scissors",
    "binoculars",
    "sunglasses",
    "eyeglasses",
    "headphones",
    "dice",
    "mountains",
    "stairs",
    "cherries",
)


@lru_cache(maxsize=5000)
def glyph(path: str, text: str) -> Image.Image:
    """Coverage of one symbol, cut to its edges, 160 pixels high at most."""
    image = Image.new("L", (480, 480))
    ImageDraw.Draw(image).text((240, 240), text, fill=255, font=ImageFont.truetype(path, 200), anchor="mm")
    cut = image.crop(image.getbbox())
    cut.thumbnail((160, 160), Image.LANCZOS)
    return cut


def icon_mask(rng: random.Random, path: str, text: str, longest: float) -> np.ndarray:
    """float32 [h, w]: bolder or thinner, mirrored, turned a little, stretched a little, about `longest` pixels along the longer side."""
    image = glyph(path, text)
    if rng.random() < 0.4:
        bold = rng.choice((ImageFilter.MaxFilter(5), ImageFilter.MaxFilter(7), ImageFilter.MinFilter(3)))
        image = ImageOps.expand(image, 4).filter(bold)
    if rng.random() < 0.25:
        image = ImageOps.mirror(image)
    if rng.random() < 0.5:
        image = image.rotate(rng.uniform(-12, 12), Image.BICUBIC, expand=True)
    factor = longest / max(image.size)
    width, height = (max(8, round(length * factor * rng.uniform(0.86, 1.14))) for length in image.size)
    return np.asarray(image.resize((width, height), Image.LANCZOS), dtype=np.float32) / 255


def put_icon(
    rng: random.Random, sheet: Sheet, left: float, top: float, room: float, smallest: float
) -> tuple[str, str]:
    """Some icon somewhere in a square of the sheet; returns its name and colour."""
    name, color = rng.choice(THINGS), rng.choice(COLOR_NAMES)
    mask = icon_mask(rng, *rng.choice(faces()[name]), rng.uniform(smallest, room * 0.9) * sheet.unit)
    rgb = shade(rng, color)
    if contrast(rgb, sheet.scene.background_rgb[0]) < 90:
        color, rgb = ("black", (15, 15, 15)) if sum(sheet.scene.background_rgb[0]) > 384 else ("white", (250, 250, 250))
    slack = [max(0.0, room - length / sheet.unit) / 2 for length in mask.shape]
    x, y = left + room / 2 + rng.uniform(-slack[1], slack[1]), top + room / 2 + rng.uniform(-slack[0], slack[0])
    sheet.label(
        sheet.stamp(mask, rgb, x, y), "icon", color, x, y, size=size_digit(max(mask.shape) / sheet.unit / 2), icon=name
    )
    return name, color


def put_icons(rng: random.Random, sheet: Sheet, rows: int, smallest: float) -> list[str]:
    """`rows` rows of as many icons, none smaller than a share of its room or 20 units; returns their names in reading order."""
    room = CANVAS / rows
    return [
        put_icon(rng, sheet, column * room, row * room, room, max(20, smallest * room))[0]
        for row in range(rows)
        for column in range(rows)
    ]


def icon(rng: random.Random, fonts: list[str], side: int = SIDE) -> Lesson:
    sheet = Sheet(rng, side=side)
    name, color = put_icon(rng, sheet, 0, 0, CANVAS, 36)
    return *sheet.finish(), icon_turns(rng, name, color)


def said(name: str) -> str:
    return name if name in MASS else article(name)


def icons(rng: random.Random, fonts: list[str], side: int = SIDE) -> Lesson:
    """Four or nine symbols, one to a place: a name is learned from each of them, not one from a picture."""
    sheet, count = Sheet(rng, side=side), rng.choice((2, 2, 3))
    rows, columns = (ROWS, COLUMNS) if count == 3 else (ROWS[::2], COLUMNS[::2])
    names = put_icons(rng, sheet, count, 0.6)
    return *sheet.finish(), page_turns(rng, list(zip(names, (f"{row} {column}" for row in rows for column in columns))))


def page_turns(rng: random.Random, shown: list[tuple[str, str]]) -> list[Turn]:
    """Turns about `shown`, (name, place) of each symbol in reading order."""
    names = [name for name, _ in shown]
    turns = []
    for name, place in rng.sample(shown, 3):
        question = rng.choice(
            (
                f"What is in the {place}?",
                f"What thing is in the {place}?",
                f"Which thing is in the {place}?",
                f"What do you see in the {place}?",
                f"Which symbol is in the {place}?",
                f"Name the thing in the {place}.",
            )
        )
        turns.append(Turn("icon", question, f"It is {said(name)}.", name))
    for name, place in rng.sample(shown, 2):
        if names.count(name) == 1:
            question = rng.choice(
                (
                    f"Where is the {name}?",
                    f"Where can I find the {name}?",
                    f"In which part of the picture is the {name}?",
                    f"Locate the {name}.",
                )
            )
            turns.append(Turn("icon_place", question, f"The {name} is in the {place}.", place))
    name = rng.choice(names if rng.random() < 0.5 else THINGS)
    question = rng.choice(
        (
            f"Is there {said(name)}?",
            f"Do you see {said(name)}?",
            f"Can you see {said(name)} here?",
            f"Is there {said(name)} in the picture?",
        )
    )
    turns.append(
        Turn(
            "icon_presence",
            question,
            f"Yes, there is {said(name)}." if name in names else f"No, there is no {name}.",
            "yes" if name in names else "no",
        )
    )
    if len(shown) == 4:
        question = rng.choice(
            (
                "Describe the picture.",
                "What is in the picture?",
                "What do you see?",
                "Which things are in the picture?",
                "What is shown here?",
            )
        )
        turns.append(
            Turn(
                "icon_list",
                question,
                f"There is {listing([f'{said(name)} in the {place}' for name, place in shown])}.",
                "",
            )
        )
    # All of them in reading order: the most names for the fewest words.
    question = rng.choice(
        (
            "Name all the things.",
            "Name everything, row by row.",
            "List all symbols.",
            "What are all these things?",
            "Say what there is, one after the other.",
            "Name every symbol.",
        )
    )
    turns.append(Turn("icon_names", question, f"There is {listing([said(name) for name in names])}.", ""))
    return rng.sample(turns, len(turns))


def icon_turns(rng: random.Random, name: str, color: str) -> list[Turn]:
    c = color_word(rng)
    what = rng.choice(
        (
            "What is this?",
            "What is shown here?",
            "What is it?",
            "What's this?",
            "What does the symbol show?",
            "Which thing is drawn here?",
            "What thing is this?",
            "What is drawn?",
            "Name the thing.",
            "Which symbol is this?",
            "What does this icon mean?",
            "What is the icon?",
            "What can you see here?",
            *WHAT_IS_THIS,
        )
    )
    turns = [Turn("icon", what, f"It is {said(name)}.", name)]
    if rng.random() < 0.6:
        turns.append(
            Turn(
                "icon_color",
                rng.choice((f"What {c} is it?", f"What {c} is the {name}?", f"Which {c} is the symbol?")),
                f"The {name} is {color}.",
                color,
            )
        )
    if rng.random() < 0.7:
        other = rng.choice([n for n in THINGS if n != name])
        shown, answer = (name, "yes") if rng.random() < 0.5 else (other, "no")
        question = rng.choice(
            (
                f"Is this {said(shown)}?",
                f"Is there {said(shown)}?",
                f"Do you see {said(shown)}?",
                f"Is it {said(shown)}?",
            )
        )
        turns.append(
            Turn(
                "icon_presence",
                question,
                f"Yes, it is {said(name)}." if answer == "yes" else f"No, it is {said(name)}.",
                answer,
            )
        )
    if rng.random() < 0.3:
        turns.append(
            Turn(
                "icon",
                rng.choice(
                    ("Describe the picture.", "Describe this image.", "What is in the picture?", "What do you see?")
                ),
                f"It is {name if name in MASS else article(color + ' ' + name)}.",
                name,
            )
        )
    return rng.sample(turns, len(turns))
