"""Draws lots, paints bar, line and pie charts, and says what is true of them: pixels, dense labels and turns."""

import math
import random

from PIL import ImageDraw

from .draw import SIDE
from .scene import CANVAS, Text, shade
from .sheet import VISIBLE, Lesson, Sheet
from .turn import Turn, article, color_word

BAR_LETTERS = "ABCDEFGHIJKLMNPQRSTUVWXYZ"


def axes(rng: random.Random, sheet: Sheet, fonts: list[str], x: int, floor: int, top: int) -> bool:
    """Grid lines with numbers, or a plain frame, or nothing; returns whether one can tell where the scale ends."""
    grey, kind = rng.randint(120, 215), rng.random()
    if kind < 0.65:
        font, size = rng.choice(fonts), rng.randint(6, 9)
        for tick in rng.choice(((0, 50, 100), (0, 20, 40, 60, 80, 100), (0, 25, 50, 75, 100))):
            y = floor - tick / 100 * (floor - top)
            sheet.rule((grey,) * 3, x, y, CANVAS, y)
            sheet.note(font, str(tick), (40, 40, 40), x - 3, y, size)
    elif kind < 0.9:
        sheet.rule((60, 60, 60), x, floor, CANVAS, floor)
        sheet.rule((60, 60, 60), x, top, x, floor)
    return kind < 0.9


def bar_values(rng: random.Random, count: int) -> list[int]:
    """6-94, the highest and the lowest at least 6 away from the others."""
    while True:
        values = [rng.randint(6, 94) for _ in range(count)]
        order = sorted(values)
        if order[1] - order[0] >= 6 and order[-1] - order[-2] >= 6:
            return values


def bars(rng: random.Random, fonts: list[str], side: int = SIDE) -> Lesson:
    sheet, count = Sheet(rng, side=side), rng.randint(3, 6)
    values, letters = bar_values(rng, count), rng.sample(BAR_LETTERS, count)
    colors = rng.sample(VISIBLE, count) if rng.random() < 0.7 else [rng.choice(VISIBLE)] * count
    left, floor, top = rng.randint(8, 24), rng.randint(98, 110), rng.randint(4, 16)
    scaled = axes(rng, sheet, fonts, left, floor, top)
    step, wide, font, size = (
        (CANVAS - 3 - left) / count,
        rng.uniform(0.5, 0.9),
        rng.randrange(len(fonts)),
        rng.randint(10, 14),
    )
    foot, ink = min(118, floor + rng.randint(8, 11)), (rng.randint(0, 50),) * 3
    for value, letter, color, i in zip(values, letters, colors, range(count)):
        x, y = left + 2 + (i + 0.5) * step, floor - value / 100 * (floor - top)
        landed = sheet.paint(
            shade(rng, color),
            lambda pen, s: pen.rectangle(
                ((x - step * wide / 2) * s, y * s, (x + step * wide / 2) * s, floor * s), fill=255
            ),
        )
        # Bar and letter are told of each other, so that the language model only has to look one up.
        sheet.label(landed, "bar", color, x, min(y + 2, floor - 1))
        sheet.write(fonts, Text(letter, "black", ink, x, foot, size, font))
        for end in (min(y + 2, floor - 1), foot):
            sheet.measure(x, end, round(value / 2), letter)
    turns = bar_turns(rng, values, letters, colors)
    return *sheet.finish(), [t for t in turns if scaled or not t.skill.startswith("chart_value")]


def bar_turns(rng: random.Random, values: list[int], letters: list[str], colors: list[str]) -> list[Turn]:
    most, least = letters[values.index(max(values))], letters[values.index(min(values))]
    high, low = rng.choice((("tallest", "shortest"), ("highest", "lowest"), ("largest", "smallest")))
    wordings = (
        "Which is the {} bar?",
        "Name the {} bar.",
        "What is the letter of the {} bar?",
        "Which of the bars is {}?",
        "The {} bar is which one?",
        "Which bar in this chart is {}?",
        "Can you tell me the {} bar?",
        "What is the {} bar called?",
        "Find the {} bar.",
        "Which one is the {} bar?",
        "Look at the chart: which bar is the {} one?",
        "In this chart, which letter stands under the {} bar?",
        "Tell me which bar is the {}.",
        "Which letter has the {} value?",
        "What has the {} value?",
    )
    result = [
        Turn("chart_most_least", rng.choice(wordings).format(word), f"The {word} bar is {letter}.", letter)
        for word, letter in ((high, most), (low, least))
    ]
    for letter, value in rng.sample(list(zip(letters, values)), 3):
        question = rng.choice(
            (
                f"What value does {letter} have?",
                f"How high is {letter}?",
                f"What is the height of bar {letter}?",
                f"How tall is the bar {letter}?",
                f"Tell me the value of {letter}.",
                f"Which number does bar {letter} reach?",
                f"Read the value of {letter}.",
                f"How much is {letter}?",
                f"What does bar {letter} show?",
                f"Give the value of bar {letter}.",
                f"Up to where does bar {letter} go?",
                f"What number belongs to {letter}?",
                f"How large is {letter}?",
                f"What is {letter} worth?",
                f"Estimate the value of {letter}.",
            )
        )
        result.append(Turn("chart_value", question, f"Bar {letter}: about {value}.", str(value)))
    word, letter = rng.choice(((high, most), (low, least)))
    question = rng.choice(
        (
            f"How high is the {word} bar?",
            f"What is the value of the {word} bar?",
            f"What is the {word} value?",
            f"Which value does the {word} bar have?",
            f"How much is the {word} bar?",
        )
    )
    value = values[letters.index(letter)]
    result.append(Turn("chart_value_of_most", question, f"The {word} bar is {letter}: about {value}.", str(value)))
    i = rng.randrange(len(values))
    if len(set(colors)) == len(colors):
        result.append(
            Turn(
                "chart_color",
                f"What {color_word(rng)} is bar {letters[i]}?",
                f"Bar {letters[i]} is {colors[i]}.",
                colors[i],
            )
        )
    return rng.sample(result, len(result)) + what_kind(rng, "bar chart")


def what_kind(rng: random.Random, kind: str) -> list[Turn]:
    if rng.random() > 0.4:
        return []
    question = rng.choice(
        (
            "What is this?",
            "What do you see?",
            "What is in the picture?",
            "What kind of picture is this?",
            "Describe the picture.",
            "What does the picture show?",
        )
    )
    return [Turn("chart_kind", question, f"It is {article(kind)}.", kind)]


def line(rng: random.Random, fonts: list[str], side: int = SIDE) -> Lesson:
    sheet = Sheet(rng, side=side)
    left, floor, top, up = rng.randint(6, 24), rng.randint(96, 120), rng.randint(4, 18), rng.random() < 0.5
    axes(rng, sheet, fonts, left, floor, top)
    points, climb = rng.randint(2, 12), rng.uniform(0.35, 0.95)
    room = (1 - climb) * (floor - top)
    begin = floor - rng.uniform(0, room)
    wobble = climb * (floor - top) * rng.uniform(0, 0.12)
    heights = [
        begin - climb * (floor - top) * i / (points - 1) + (rng.uniform(-wobble, wobble) if 0 < i < points - 1 else 0)
        for i in range(points)
    ]
    corners = [
        (left + 2 + (CANVAS - left - 6) * i / (points - 1), y if up else floor + top - y) for i, y in enumerate(heights)
    ]
    color, width = rng.choice(VISIBLE), rng.uniform(1, 4)
    landed = sheet.paint(
        shade(rng, color),
        lambda pen, s: pen.line([(x * s, y * s) for x, y in corners], fill=255, width=round(width * s), joint="curve"),
    )
    for x, y in (corners[0], corners[-1]):
        sheet.label(landed, "rising" if up else "falling", color, x, y)
        sheet.labels.coverage[sheet.labels.coverage < 9] = 0
    word = "up" if up else "down"
    question = rng.choice(
        (
            "Is the line going up or down?",
            "Does this line rise or fall, up or down?",
            "Up or down: where does the line go?",
            "Which way is the line going?",
            "What does the line do?",
            "In which direction does the line go?",
            "Is the trend up or down?",
            "Does the chart go up or down?",
            "Do the values go up or down?",
            "Does the curve go up or down?",
            "Where does the line go?",
            "Does the line move up or down?",
            "Tell me whether the line goes up or down.",
            "Is it going up or down?",
            "What is the direction of the line?",
        )
    )
    turns = [Turn("chart_line", question, f"The line goes {word}.", word), *what_kind(rng, "line chart")]
    if rng.random() < 0.5:
        turns.append(Turn("chart_color", f"What {color_word(rng)} is the line?", f"The line is {color}.", color))
    return *sheet.finish(), turns


def shares_of(rng: random.Random, count: int) -> list[float]:
    """Sum 1; the largest leads by a fifth, the smallest is no sliver."""
    while True:
        weights = [rng.uniform(0.4, 3) for _ in range(count)]
        order = sorted(w / sum(weights) for w in weights)
        if order[-1] > 1.2 * order[-2] and order[0] > 0.07:
            return [w / sum(weights) for w in weights]


def pie(rng: random.Random, fonts: list[str], side: int = SIDE) -> Lesson:
    sheet, count = Sheet(rng, side=side), rng.randint(2, 5)
    shares, colors = shares_of(rng, count), rng.sample(VISIBLE, count)
    radius = rng.uniform(36, 60)
    cx, cy = (rng.uniform(radius + 2, CANVAS - radius - 2) for _ in range(2))
    angle, hole = rng.uniform(0, 360), rng.choice((0, 0, 0, rng.uniform(0.3, 0.5)))
    for share, color in zip(shares, colors):
        stop = angle + share * 360

        def paint(pen: ImageDraw.ImageDraw, s: float) -> None:
            pen.pieslice(
                ((cx - radius) * s, (cy - radius) * s, (cx + radius) * s, (cy + radius) * s), angle, stop, fill=255
            )
            pen.ellipse(
                (
                    (cx - radius * hole) * s,
                    (cy - radius * hole) * s,
                    (cx + radius * hole) * s,
                    (cy + radius * hole) * s,
                ),
                fill=0 if hole else None,
            )

        middle = math.radians((angle + stop) / 2)
        landed = sheet.paint(shade(rng, color), paint)
        sheet.label(
            landed,
            "slice",
            color,
            cx + 0.65 * radius * math.cos(middle),
            cy + 0.65 * radius * math.sin(middle),
            size=min(9, int(share * 10)),
        )
        angle = stop
    most, least = colors[shares.index(max(shares))], colors[shares.index(min(shares))]
    c, ordered = color_word(rng), sorted(shares)
    ask = lambda word: rng.choice(
        (
            f"Which slice is {word}?",
            f"What {c} is the {word} slice?",
            f"Which {c} is the {word} slice?",
            f"What is the {c} of the {word} slice?",
            f"Which part of the pie is the {word}?",
            f"Which {c} takes the {word} share?",
            f"What is the {word} slice?",
            f"Name the {word} slice.",
            f"Which {c} has the {word} part?",
            f"Tell me the {c} of the {word} part.",
            f"The {word} slice is what {c}?",
            f"Which share is the {word}?",
            f"Find the {word} slice of the pie.",
            f"What {c} has the {word} share in the chart?",
            f"Which piece is the {word} one?",
        )
    )
    high = rng.choice(("largest", "biggest"))
    turns = [Turn("chart_pie", ask(high), f"The {high} slice is {most}.", most)]
    if count > 2 and ordered[1] > 1.2 * ordered[0]:
        turns.append(Turn("chart_pie", ask("smallest"), f"The smallest slice is {least}.", least))
    if rng.random() < 0.4:
        number = ("zero", "one", "two", "three", "four", "five")[count]
        turns.append(Turn("chart_slices", "How many slices are there?", f"There are {number} slices.", number))
    return *sheet.finish(), turns + what_kind(rng, "pie chart")
