"""Paints a clock face and says what time it shows, to five minutes."""

import math
import random

from .draw import SIDE
from .scene import CANVAS, contrast, shade
from .sheet import VISIBLE, Lesson, Sheet
from .turn import Turn
from .vocabulary import COLORS


def face(rng: random.Random, sheet: Sheet, fonts: list[str], x: float, y: float, radius: float) -> None:
    """Rim, and numbers, marks or dots around it."""
    paper, dark = sheet.scene.background_rgb[0], (rng.randint(0, 60),) * 3
    rim, rgb = rng.uniform(1, 4), shade(rng, rng.choice(VISIBLE)) if rng.random() < 0.4 else dark
    inner = (255, 255, 255) if rng.random() < 0.5 else paper
    square = rng.random() < 0.2
    for tone, r in ((rgb, radius), (inner, radius - rim)):
        draw = lambda pen, s: (pen.rectangle if square else pen.ellipse)(
            ((x - r) * s, (y - r) * s, (x + r) * s, (y + r) * s), fill=255
        )
        sheet.paint(tone, draw)
    kind, font, size = rng.random(), rng.choice(fonts), radius * rng.uniform(0.18, 0.26)
    length, width = radius * rng.uniform(0.06, 0.2), rng.uniform(0.8, 2.5)
    for mark in range(12):
        at = lambda r: (x + r * math.sin(mark * math.pi / 6), y - r * math.cos(mark * math.pi / 6))
        outer = radius - rim - 2
        if kind < 0.5:
            sheet.note(font, str(mark or 12), dark, *at(outer - size * 0.55), size, "mm")
        elif kind < 0.85 or mark % 3 == 0:
            heavy = 2 if mark % 3 == 0 else 1
            sheet.paint(
                dark,
                lambda pen, s: pen.line(
                    [tuple(c * s for c in at(outer)), tuple(c * s for c in at(outer - length))],
                    fill=255,
                    width=max(2, round(width * heavy * s)),
                ),
            )


def clock(rng: random.Random, fonts: list[str], side: int = SIDE) -> Lesson:
    sheet, hour, minute = Sheet(rng, side=side), rng.randrange(12), 5 * rng.randrange(12)
    radius = rng.uniform(38, 61)
    x, y = (rng.uniform(radius + 2, CANVAS - radius - 2) for _ in range(2))
    face(rng, sheet, fonts, x, y, radius)
    short, long = rng.uniform(0.38, 0.55), rng.uniform(0.68, 0.88)
    thick = rng.uniform(2.5, 5)
    ink = [c for c in VISIBLE if contrast(COLORS[c][0][0], (255, 255, 255)) > 180]
    hands = (
        ("h", hour, (hour + minute / 60) / 12, short, thick),
        ("m", minute // 5, minute / 60, long, thick * rng.uniform(0.4, 0.8)),
    )
    color = rng.choice(ink) if rng.random() < 0.4 else "black"
    rgb = shade(rng, color)
    tail = rng.choice((0, 0, rng.uniform(0.05, 0.2)))
    for hand, index, turn, reach, width in hands:
        at = lambda r: (x + r * radius * math.sin(turn * 2 * math.pi), y - r * radius * math.cos(turn * 2 * math.pi))
        between = lambda start, stop: (
            lambda pen, s: pen.line(
                [tuple(c * s for c in at(r)) for r in (start, stop)], fill=255, width=max(2, round(width * s))
            )
        )
        sheet.paint(rgb, between(-tail, reach))
        # Near the middle the hands lie over each other: only the outer half says which it is.
        sheet.labels.coverage[:] = 0
        outer = (sheet.mask(between(reach * 0.6, reach)) > 0.3) * 9.0
        sheet.label((slice(0, side), slice(0, side), outer), "clock", color, *at(reach * 0.9), hand=f"{hand}{index}")
    return *sheet.finish(), clock_turns(rng, hour or 12, minute)


def clock_turns(rng: random.Random, hour: int, minute: int) -> list[Turn]:
    time = f"{hour}:{minute:02d}"
    question = rng.choice(
        (
            "What time is it?",
            "What is the time?",
            "Which time does the clock show?",
            "What does the clock say?",
            "Tell me the time.",
            "Can you read the clock?",
            "What time do you see?",
            "What time is shown here?",
            "Which time is it?",
            "Can you tell me the time?",
            "What time is on the clock?",
            "Read the time.",
            "What is the time on this clock?",
            "Tell the time.",
            "How late is it?",
        )
    )
    turns = [Turn("clock", question, f"It is {time}.", time)]
    if rng.random() < 0.4:
        turns.append(
            Turn(
                "clock_kind",
                rng.choice(
                    (
                        "What is this?",
                        "What do you see?",
                        "What is in the picture?",
                        "What is shown here?",
                        "Describe the picture.",
                    )
                ),
                f"It is a clock. It shows {time}.",
                "clock",
            )
        )
    return rng.sample(turns, len(turns))
