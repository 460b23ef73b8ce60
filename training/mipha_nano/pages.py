"""Paints printed lines (signs, labels, receipts) with questions, and pages full of characters or symbols that teach the tower alone."""

import random

from .draw import SIDE
from .icons import put_icons
from .scene import (
    CANVAS,
    Scene,
    Text,
    any_word,
    contrast,
    long_letters,
    random_letters,
    sample_background,
    visible_color,
)
from .sheet import Lesson, Sheet
from .turn import Turn

ORDINALS = ("first", "second", "third", "fourth")
NUMERALS = ("one", "two", "three", "four")


def cased(rng: random.Random, word: str) -> str:
    return rng.choice((word, word.upper(), word.upper(), word.capitalize()))


def line_of(rng: random.Random, kind: str) -> str:
    if kind == "receipt":
        return f"{any_word(rng)} {rng.randint(0, 19 if rng.random() < 0.3 else 9)}.{rng.randint(0, 99):02d}"
    if kind == "sign":
        word = any_word(rng)
        return word.upper() if rng.random() < 0.6 else cased(rng, word)
    return long_letters(rng, 2)


def ask_line(rng: random.Random, lines: list[str], index: int) -> Turn:
    place, number, line = ORDINALS[index], NUMERALS[index], lines[index]
    question = rng.choice(
        (
            f"What is on the {place} line?",
            f"What does line {number} say?",
            f"Can you read the {place} line?",
            f"What is printed in the {place} line?",
            f"Tell me what the {place} line says.",
            f"Read line {number}.",
            f"What stands in the {place} line?",
            f"Which words are in the {place} line?",
            f"What is written on the {place} line?",
            f"What text is in the {place} line?",
            f"Read the text in the {place} line.",
            f"The {place} line says what?",
            f"What do you read in the {place} line?",
            f"What is in line {number}?",
            f"Give me the {place} line.",
        )
    )
    if rng.random() < 0.1 and index in (0, len(lines) - 1):
        which = "top" if index == 0 else rng.choice(("bottom", "last"))
        question = rng.choice((f"What does the {which} line say?", f"Read the {which} line."))
    return Turn("reading_lines", question, f'The {place} line says "{line}".', line)


def printed_lines(rng: random.Random, fonts: list[str], side: int = SIDE) -> Lesson:
    """Two to four lines below each other, in one font and colour."""
    sheet = Sheet(rng, side=side)
    kind, count = rng.choice(("receipt", "sign", "letters", "letters")), rng.choice((2, 2, 3, 3, 4))
    lines = [line_of(rng, kind) for _ in range(count)]
    longest, step = max(map(len, lines)), CANVAS / count
    size = min(120 / (0.6 * longest), step * 0.72, 34) * rng.uniform(0.72, 1.0)
    color, rgb = sheet.ink(rng) if rng.random() < 0.4 else ("black", (rng.randint(0, 45),) * 3)
    font, gap = rng.randrange(len(fonts)), rng.uniform(max(size * 1.15, step * 0.6), step)
    top = rng.uniform(size * 0.7, max(size * 0.7, CANVAS - gap * (count - 1) - size * 0.7))
    slack = max(0.0, 62 - longest * size * 0.31)
    shift, left = rng.uniform(-slack, slack), rng.random() < 0.35
    for i, line in enumerate(lines):
        x = 64 + shift - (longest - len(line)) * size * 0.27 * left
        sheet.write(fonts, Text(line, color, rgb, x, top + i * gap, round(size), font))
    turns = [ask_line(rng, lines, i) for i in rng.sample(range(count), min(count, 3))]
    said = ", ".join(f'"{line}"' for line in lines)
    whole = rng.choice(
        (
            "What does it say?",
            "What does the text say?",
            "What is this?",
            "Read the text.",
            "What do you see?",
            "Describe the picture.",
            "What is written here?",
            "Read all the lines.",
        )
    )
    turns.append(Turn("reading_all", whole, f"It says {said}.", ""))
    if rng.random() < 0.4:
        turns.append(
            Turn(
                "line_count",
                rng.choice(("How many lines are there?", "How many lines of text do you see?", "Count the lines.")),
                f"There are {NUMERALS[count - 1]} lines.",
                NUMERALS[count - 1],
            )
        )
    return *sheet.finish(), rng.sample(turns, len(turns))


def page_of_text(rng: random.Random, fonts: list[str]) -> Lesson:
    """As many strings as fit, each row with a size, font and colour of its own: dozens of characters for the price of one picture."""
    background, rgbs, style = sample_background(rng)
    sheet = Sheet(
        rng,
        Scene(
            (0, 0, CANVAS, CANVAS),
            background,
            rgbs,
            style,
            degrade={
                "noise": rng.choice((0, 0, rng.uniform(2, 8))),
                "blur": rng.choice((0, 0, 0, rng.uniform(0.3, 0.9))),
            },
        ),
    )
    y, largest = 0.0, rng.choice((14, 20, 26, 38, 60))
    while True:
        size = max(10 if largest == 14 else 13, rng.uniform(0.5, 1) * largest)
        y += size * 0.55
        if y + size * 0.5 > CANVAS:
            break
        room = max(1, int(122 / (size * 0.62)))
        string = cased(rng, any_word(rng)) if rng.random() < 0.4 else random_letters(rng, room)
        color, rgb = visible_color(rng, sheet.scene)
        if rng.random() < 0.7 and min(contrast(rgb, b) for b in sheet.scene.background_rgb) < 150:
            color, rgb = visible_color(rng, sheet.scene)  # a second try: most of what people print is easy to see
        half = min(64, len(string[:room]) * size * 0.31)
        sheet.write(
            fonts,
            Text(
                string[:room],
                color,
                rgb,
                rng.uniform(min(half, 64), max(64, CANVAS - half)),
                y,
                round(size),
                rng.randrange(len(fonts)),
            ),
        )
        y += size * rng.uniform(0.5, 0.8)
    return *sheet.finish(), []


def page_of_icons(rng: random.Random, fonts: list[str]) -> Lesson:
    """One to nine symbols in rows."""
    sheet = Sheet(rng)
    put_icons(rng, sheet, rng.choice((1, 2, 2, 2, 3, 3)), 0.4)
    return *sheet.finish(), []
