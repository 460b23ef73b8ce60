"""Pictures and true questions of charts, clocks, symbols, lines of text and photo-like noise, by code that training does not use."""

import math
import random
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from .icon_fonts import held_out_faces
from .photographs import cut
from .vocabulary import COLORS, THINGS, UNTAUGHT_WORDS, WORDS

SIDE = 256
INK = (30, 30, 30)
CANNOT_TELL = "can't tell"
PLAIN = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "gray")
Asked = tuple[str, str, str]  # skill, question, what a right answer contains


def paper(rng: random.Random) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    tone = rng.randint(240, 255)
    image = Image.new("RGB", (SIDE, SIDE), (tone, tone, tone - rng.randint(0, 8)))
    return image, ImageDraw.Draw(image)


def font(rng: random.Random, fonts: list[str], size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(rng.choice(fonts), size)


def rgb(color: str) -> tuple[int, int, int]:
    return COLORS[color][0][0]


def bar_chart(rng: random.Random, fonts: list[str]) -> tuple[Image.Image, list[Asked]]:
    """Three to five labelled bars on a scale from 0 to 100; no two values are closer than 8."""
    image, pen = paper(rng)
    count = rng.randint(3, 5)
    values = rng.sample(range(12, 100, 8), count)
    labels, colors = rng.sample("ABCDEFGHKLMNPRST", count), rng.sample(PLAIN, count)
    letters, floor, top = font(rng, fonts, 22), 214, 18
    for tick in (0, 50, 100):
        y = floor - tick / 100 * (floor - top)
        pen.line((34, y, 248, y), fill=(190, 190, 190))
        pen.text((30, y), str(tick), fill=INK, font=font(rng, fonts, 14), anchor="rm")
    step = 212 / count
    for i, (value, label, color) in enumerate(zip(values, labels, colors)):
        x = 38 + i * step
        pen.rectangle((x + step * 0.15, floor - value / 100 * (floor - top), x + step * 0.85, floor), fill=rgb(color))
        pen.text((x + step / 2, floor + 18), label, fill=INK, font=letters, anchor="mm")
    most, least, one = labels[values.index(max(values))], labels[values.index(min(values))], rng.randrange(count)
    return image, [
        (
            "chart_most_least",
            rng.choice(("Which bar is the tallest?", "Which letter has the highest bar?", "Which bar is the highest?")),
            most,
        ),
        (
            "chart_most_least",
            rng.choice(
                ("Which bar is the shortest?", "Which letter has the lowest bar?", "Which bar is the smallest?")
            ),
            least,
        ),
        (
            "chart_value",
            rng.choice(
                (
                    f"What is the value of {labels[one]}?",
                    f"How high is bar {labels[one]}?",
                    f"Which value does {labels[one]} have?",
                )
            ),
            str(values[one]),
        ),
    ]


def line_chart(rng: random.Random, fonts: list[str]) -> tuple[Image.Image, list[Asked]]:
    image, pen = paper(rng)
    up = rng.random() < 0.5
    points = [(30 + i * 28, 200 - i * 20 + rng.uniform(-9, 9)) for i in range(8)]
    if not up:
        points = [(x, 250 - y) for x, y in points]
    pen.line((26, 10, 26, 226, 250, 226), fill=INK, width=2)
    pen.line(points, fill=rgb(rng.choice(PLAIN)), width=rng.randint(3, 6), joint="curve")
    question = rng.choice(
        (
            "Does the line go up or down?",
            "Is the line rising or falling, up or down?",
            "Which way does the line go, up or down?",
        )
    )
    return image, [("chart_line", question, "up" if up else "down")]


def pie_chart(rng: random.Random, fonts: list[str]) -> tuple[Image.Image, list[Asked]]:
    image, pen = paper(rng)
    colors = rng.sample(PLAIN, rng.randint(2, 4))
    largest = rng.uniform(0.45, 0.6)
    rest = [rng.uniform(0.8, 1.2) for _ in colors[1:]]
    shares = [largest, *(r / sum(rest) * (1 - largest) for r in rest)]
    if len(shares) == 2:
        shares = [0.62, 0.38]
    order = list(zip(shares, colors))
    rng.shuffle(order)
    angle = rng.uniform(0, 360)
    for share, color in order:
        pen.pieslice((28, 28, 228, 228), angle, angle + share * 360, fill=rgb(color))
        angle += share * 360
    question = rng.choice(
        (
            "Which color has the largest slice?",
            "What color is the biggest part of the pie?",
            "Which slice is the largest?",
        )
    )
    return image, [("chart_pie", question, colors[0])]


def clock(rng: random.Random, fonts: list[str]) -> tuple[Image.Image, list[Asked]]:
    """A round face with twelve marks or numbers, a short and a long hand on a multiple of five minutes."""
    image, pen = paper(rng)
    hour, minute = rng.randint(1, 12), 5 * rng.randrange(12)
    middle, radius = SIDE / 2, rng.randint(95, 118)
    pen.ellipse((middle - radius, middle - radius, middle + radius, middle + radius), outline=INK, width=4)
    at = lambda turn, length: (
        middle + length * math.sin(turn * 2 * math.pi),
        middle - length * math.cos(turn * 2 * math.pi),
    )
    numbered, numbers = rng.random() < 0.6, font(rng, fonts, 20)
    for mark in range(1, 13):
        if numbered:
            pen.text(at(mark / 12, radius - 18), str(mark), fill=INK, font=numbers, anchor="mm")
        else:
            pen.line((*at(mark / 12, radius - 4), *at(mark / 12, radius - 14)), fill=INK, width=3)
    pen.line((middle, middle, *at((hour % 12 + minute / 60) / 12, radius * 0.5)), fill=INK, width=8)
    pen.line((middle, middle, *at(minute / 60, radius * 0.78)), fill=INK, width=4)
    question = rng.choice(
        ("What time is it?", "What time does the clock show?", "Read the clock.", "Which time is shown?")
    )
    return image, [("clock", question, f"{hour}:{minute:02d}")]


def symbol(rng: random.Random, fonts: list[str]) -> tuple[Image.Image, list[Asked]]:
    """One of two hundred things, as a font draws it that training does not draw things by."""
    image, pen = paper(rng)
    name = rng.choice(THINGS)
    path, text = rng.choice(held_out_faces()[name])
    where = (SIDE / 2 + rng.uniform(-24, 24), SIDE / 2 + rng.uniform(-24, 24))
    pen.text(
        where, text, fill=rgb(rng.choice(PLAIN)), font=ImageFont.truetype(path, rng.randint(110, 180)), anchor="mm"
    )
    return image, [
        (
            "icon",
            rng.choice(("What is this?", "What is shown here?", "What do you see?", "What is in the picture?")),
            name,
        )
    ]


def lines_of_text(rng: random.Random, fonts: list[str]) -> tuple[Image.Image, list[Asked]]:
    """A sign of two or three words below each other, or a receipt of things with prices."""
    image, pen = paper(rng)
    words, path, size = (
        rng.sample([w for w in (*WORDS, *UNTAUGHT_WORDS) if len(w) <= 6], rng.randint(2, 3)),
        rng.choice(fonts),
        rng.randint(34, 42),
    )
    receipt = rng.random() < 0.5
    lines = [f"{word} {rng.randint(0, 9)}.{rng.randint(0, 99):02d}" if receipt else word.upper() for word in words]
    face = ImageFont.truetype(path, size)
    widest = max(map(face.getlength, lines))
    if widest > SIDE - 8:
        face = ImageFont.truetype(path, int(size * (SIDE - 8) / widest))
    for i, line in enumerate(lines):
        pen.text((SIDE / 2, 60 + i * 66), line, fill=INK, font=face, anchor="mm")
    which = rng.randrange(len(lines))
    place = ("first", "second", "third")[which]
    question = rng.choice(
        (f"What does the {place} line say?", f"Read the {place} line.", f"What is written in the {place} line?")
    )
    return image, [("reading_lines", question, lines[which])]


def long_text(rng: random.Random, fonts: list[str]) -> tuple[Image.Image, list[Asked]]:
    """One word in any case that training prints or does not print, or a random string of letters of both cases and digits, up to ten characters."""
    image, pen = paper(rng)
    if rng.random() < 0.5:
        taught = rng.random() < 0.5
        word = rng.choice(WORDS if taught else UNTAUGHT_WORDS)
        skill, string = (
            "reading_word" if taught else "reading_untaught_word",
            rng.choice((word, word.upper(), word.capitalize())),
        )
    else:
        skill, string = (
            "reading_random",
            "".join(
                rng.choice("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
                for _ in range(rng.randint(4, 10))
            ),
        )
    face = font(rng, fonts, min(72, int(220 / (0.62 * len(string)))))
    pen.text(
        (SIDE / 2, SIDE / 2), string, fill=rgb(rng.choice(("black", "blue", "red", "green"))), font=face, anchor="mm"
    )
    return image, [
        (
            skill,
            rng.choice(("What does it say?", "Read the text.", "What is written here?", "What does the text say?")),
            string,
        )
    ]


def fractal(noise: np.random.Generator, roughest: int) -> np.ndarray:
    """float32 [SIDE, SIDE] in 0-1: noise of several scales added, as clouds and stones have it."""
    total = np.zeros((SIDE, SIDE), dtype=np.float32)
    for level in range(1, roughest):
        cells = Image.fromarray((noise.random((2**level + 1,) * 2) * 255).astype(np.uint8))
        total += np.asarray(cells.resize((SIDE, SIDE), Image.BICUBIC), dtype=np.float32) / 2**level
    return (total - total.min()) / max(1e-6, float(total.max() - total.min()))


def outside(rng: random.Random, fonts: list[str]) -> tuple[Image.Image, list[Asked]]:
    """Noise, or something with the texture of a photograph; asked as if there were something to see."""
    noise = np.random.default_rng(rng.getrandbits(64))
    if rng.random() < 0.3:
        pixels = noise.random((SIDE, SIDE, 3)) * 255
    else:
        tones = [noise.random(3) * 255 for _ in range(3)]
        first, second = fractal(noise, rng.randint(5, 8))[..., None], fractal(noise, rng.randint(3, 8))[..., None]
        pixels = tones[0] * first + tones[1] * (1 - first)
        pixels = pixels * (1 - 0.5 * second) + tones[2] * 0.5 * second
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).filter(
        ImageFilter.GaussianBlur(rng.choice((0, 0.8, 1.6)))
    )
    question = rng.choice(
        (
            "What shape is this?",
            "What is in the picture?",
            "How many people are there?",
            "What does it say?",
            "What is this?",
            "Where is the star?",
            "What color is the circle?",
        )
    )
    return image, [("outside", question, CANNOT_TELL)]


def photograph(rng: random.Random, fonts: list[str]) -> tuple[Image.Image, list[Asked]]:
    """A piece of a photograph that training does not see."""
    question = rng.choice(
        (
            "What is this?",
            "What do you see?",
            "Describe the picture.",
            "How many people are there?",
            "What does it say?",
            "Is there a circle?",
            "What color is it?",
        )
    )
    return Image.fromarray(cut(rng, held_out=True)), [("outside_photo", question, CANNOT_TELL)]


Painter = Callable[[random.Random, list[str]], tuple[Image.Image, list[Asked]]]
PAINTERS: dict[str, Painter] = {
    "bars": bar_chart,
    "line": line_chart,
    "pie": pie_chart,
    "clock": clock,
    "symbol": symbol,
    "lines": lines_of_text,
    "text": long_text,
    "outside": outside,
    "photo": photograph,
}
