"""Paints a symbol of an everyday thing with a freely licensed font: pixels, dense labels and turns."""

import random
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .scene import CANVAS, contrast, shade, size_digit
from .sheet import UNIT, Lesson, Sheet
from .turn import Turn, article, color_word
from .vocabulary import COLOR_NAMES, ICONS

# Debian packages fonts-symbola, fonts-freefont-ttf, fonts-font-awesome. DejaVu draws the held-out symbols and is not used here.
SYMBOLA = Path("/usr/share/fonts/truetype/ancient-scripts/Symbola_hint.ttf")
FREE_SERIF = Path("/usr/share/fonts/truetype/freefont/FreeSerif.ttf")
AWESOME = Path("/usr/share/fonts/opentype/font-awesome/FontAwesome.otf")
AWESOME_CODES = {
    "umbrella": 0xF0E9, "telephone": 0xF095, "coffee": 0xF0F4, "anchor": 0xF13D, "scales": 0xF24E, "gear": 0xF013, "lightning": 0xF0E7, "flag": 0xF024,
    "airplane": 0xF072, "envelope": 0xF0E0, "pencil": 0xF040, "scissors": 0xF0C4, "snowflake": 0xF2DC, "recycling": 0xF1B8, "wheelchair": 0xF193,
    "moon": 0xF186, "smiley": 0xF118, "check": 0xF00C, "sun": 0xF185, "cloud": 0xF0C2, "arrow": 0xF061, "note": 0xF001, "house": 0xF015, "car": 0xF1B9,
    "key": 0xF084, "bell": 0xF0F3, "book": 0xF02D, "tree": 0xF1BB, "bicycle": 0xF206, "bus": 0xF207, "camera": 0xF030, "lock": 0xF023, "gift": 0xF06B,
    "trophy": 0xF091, "rocket": 0xF135,
}
MASS = ("coffee", "recycling", "lightning")  # said without an article


@lru_cache(maxsize=1)
def faces() -> dict[str, list[tuple[str, str]]]:
    """{name: [(font file, text)]}. Raises FileNotFoundError naming what is missing."""
    missing = [str(p) for p in (SYMBOLA, FREE_SERIF, AWESOME) if not p.exists()]
    if missing:
        raise FileNotFoundError(f"fonts missing: {', '.join(missing)} (see training/README.md)")
    result = {name: [(str(SYMBOLA), text)] for name, text in ICONS.items()}
    for name, text in ICONS.items():
        if ord(text) < 0x10000:
            result[name].append((str(FREE_SERIF), text))
        if name in AWESOME_CODES:
            result[name].append((str(AWESOME), chr(AWESOME_CODES[name])))
    return result


@lru_cache(maxsize=400)
def glyph(path: str, text: str) -> Image.Image:
    """Coverage of one symbol, cut to its edges, 160 pixels high at most."""
    image = Image.new("L", (480, 480))
    ImageDraw.Draw(image).text((240, 240), text, fill=255, font=ImageFont.truetype(path, 200), anchor="mm")
    cut = image.crop(image.getbbox())
    cut.thumbnail((160, 160), Image.LANCZOS)
    return cut


def icon_mask(rng: random.Random, path: str, text: str, side: float) -> np.ndarray:
    """float32 [h, w]: turned a little, stretched a little, about `side` canvas units along the longer side."""
    image = glyph(path, text)
    if rng.random() < 0.5:
        image = image.rotate(rng.uniform(-12, 12), Image.BICUBIC, expand=True)
    factor = side * UNIT / max(image.size)
    width, height = (max(8, round(length * factor * rng.uniform(0.92, 1.08))) for length in image.size)
    return np.asarray(image.resize((width, height), Image.LANCZOS), dtype=np.float32) / 255


def put_icon(rng: random.Random, sheet: Sheet, left: float, top: float, room: float, smallest: float) -> tuple[str, str]:
    """Some icon somewhere in a square of the sheet; returns its name and colour."""
    name, color = rng.choice(tuple(ICONS)), rng.choice(COLOR_NAMES)
    mask = icon_mask(rng, *rng.choice(faces()[name]), rng.uniform(smallest, room * 0.9))
    rgb = shade(rng, color)
    if contrast(rgb, sheet.scene.background_rgb[0]) < 90:
        color, rgb = ("black", (15, 15, 15)) if sum(sheet.scene.background_rgb[0]) > 384 else ("white", (250, 250, 250))
    slack = [max(0.0, room - side / UNIT) / 2 for side in mask.shape]
    x, y = left + room / 2 + rng.uniform(-slack[1], slack[1]), top + room / 2 + rng.uniform(-slack[0], slack[0])
    sheet.label(sheet.stamp(mask, rgb, x, y), "icon", color, x, y, size=size_digit(max(mask.shape) / UNIT / 2), icon=name)
    return name, color


def icon(rng: random.Random, fonts: list[str]) -> Lesson:
    sheet = Sheet(rng)
    name, color = put_icon(rng, sheet, 0, 0, CANVAS, 36)
    return *sheet.finish(), icon_turns(rng, name, color)


def icon_turns(rng: random.Random, name: str, color: str) -> list[Turn]:
    said, c = name if name in MASS else article(name), color_word(rng)
    what = rng.choice(("What is this?", "What is shown here?", "What is it?", "What's this?", "What does the symbol show?", "Which thing is drawn here?", "What thing is this?",
                       "What is drawn?", "Name the thing.", "Which symbol is this?", "What does this icon mean?", "What is the icon?", "Do you know what this is?",
                       "What can you see here?", "Tell me what this is."))
    turns = [Turn("icon", what, f"It is {said}.", name)]
    if rng.random() < 0.6:
        turns.append(Turn("icon_color", rng.choice((f"What {c} is it?", f"What {c} is the {name}?", f"Which {c} is the symbol?")), f"The {name} is {color}.", color))
    if rng.random() < 0.7:
        other = rng.choice([n for n in ICONS if n != name])
        shown, answer = (name, "yes") if rng.random() < 0.5 else (other, "no")
        thing = shown if shown in MASS else article(shown)
        question = rng.choice((f"Is this {thing}?", f"Is there {thing}?", f"Do you see {thing}?", f"Is it {thing}?"))
        turns.append(Turn("icon_presence", question, f"Yes, it is {said}." if answer == "yes" else f"No, it is {said}.", answer))
    if rng.random() < 0.3:
        turns.append(Turn("icon", rng.choice(("Describe the picture.", "Describe this image.", "What is in the picture?", "What do you see?")), f"It is {said if name in MASS else article(color + ' ' + name)}.", name))
    return rng.sample(turns, len(turns))
