"""A scene in; true questions about single things, their number and the whole picture out, in many wordings."""

import random

from .scene import Item, Scene, reading_order
from .turn import Turn, article, color_word, names, plural
from .vocabulary import COLOR_NAMES, NUMBERS, SHAPES


def ask_color(rng: random.Random, scene: Scene) -> Turn | None:
    unique = [i for i in scene.items if sum(o.shape == i.shape for o in scene.items) == 1]
    if not unique:
        return None
    item = rng.choice(unique)
    c, s = color_word(rng), item.shape
    question = rng.choice(
        (
            f"What {c} is the {s}?",
            f"What is the {c} of the {s}?",
            f"Which {c} does the {s} have?",
            f"Tell me the {c} of the {s}.",
            f"The {s} is what {c}?",
            f"Can you tell me what {c} the {s} is?",
            f"In which {c} is the {s} drawn?",
            f"What {c} is that {s}?",
            f"What {c} does the {s} have?",
            f"Which {c} is the {s}?",
            f"Do you know the {c} of the {s}?",
            f"Say the {c} of the {s}.",
            f"What is the {s}'s {c}?",
            f"Give the {c} of the {s}.",
            f"The {c} of the {s}?",
        )
    )
    if len(scene.items) == 1 and rng.random() < 0.35:
        question = rng.choice(
            (
                f"What {c} is it?",
                f"What {c} is this?",
                f"What {c} is the shape?",
                f"What {c} is the object?",
                f"Which {c} is it?",
            )
        )
    return Turn("color", question, f"The {s} is {item.color}.", item.color)


# Asked of anything that is alone in its picture.
WHAT_IS_THIS = (
    "Do you know what this is?",
    "Tell me what this is.",
    "Can you tell me what it is?",
    "Say what this is.",
    "What am I looking at?",
    "What do we have here?",
    "Any idea what this is?",
    "Name what you see.",
    "What is this supposed to be?",
    "What would you call this?",
    "Identify this.",
    "What could it be?",
    "What is depicted here?",
    "What is this called?",
)


def ask_shape(rng: random.Random, scene: Scene) -> Turn | None:
    # Print of the same colour would be as good an answer to "What is red?".
    unique = [
        i
        for i in scene.items
        if sum(o.color == i.color for o in scene.items) + sum(t.color == i.color for t in scene.texts) == 1
    ]
    if not unique:
        return None
    item = rng.choice(unique)
    c, thing = item.color, rng.choice(("shape", "object", "thing", "figure"))
    question = rng.choice(
        (
            f"What shape is the {c} {thing}?",
            f"What is the {c} {thing}?",
            f"Which shape is {c}?",
            f"What {c} shape is there?",
            f"What kind of shape is the {c} one?",
            f"Name the {c} {thing}.",
            f"What is the shape of the {c} {thing}?",
            f"Which shape is the {c} {thing}?",
            f"What is {c}?",
            f"Tell me the shape of the {c} {thing}.",
            f"Say what shape is {c}.",
            f"What sort of {thing} is {c}?",
            f"Do you know what the {c} {thing} is?",
            f"In what shape is the {c} {thing}?",
            f"Which shape does the {c} {thing} have?",
            f"What shape does the {c} {thing} have?",
            f"What is the {c} one?",
            f"Can you name the {c} {thing}?",
            f"The {c} {thing} is what shape?",
        )
    )
    if len(scene.items) == 1 and rng.random() < 0.5:
        question = rng.choice(
            (
                "What is this?",
                "What shape is this?",
                "What is in the picture?",
                "What shape is it?",
                "What do you see?",
                "What is it?",
                "What shape is in the image?",
                "What is shown here?",
                "Which shape is this?",
                "What's this?",
                *WHAT_IS_THIS,
            )
        )
        return Turn("shape", question, f"It is {article(item.color)} {item.shape}.", item.shape)
    return Turn("shape", question, f"The {c} {thing} is {article(item.shape)}.", item.shape)


def count_answer(n: int, noun: str, nouns: str) -> str:
    return f"There is one {noun}." if n == 1 else f"There are {NUMBERS[n]} {nouns}."


def ask_count(rng: random.Random, scene: Scene) -> Turn | None:
    kind = rng.random()
    if kind < 0.25:
        noun, nouns = rng.choice(
            (("shape", "shapes"), ("object", "objects"), ("thing", "things"), ("figure", "figures"))
        )
        n = len(scene.items)
    elif kind < 0.58:
        shape = rng.choice(scene.items).shape if scene.items and rng.random() < 0.85 else rng.choice(SHAPES)
        noun, nouns, n = shape, plural(shape), sum(i.shape == shape for i in scene.items)
    elif kind < 0.9:
        c = rng.choice(scene.items).color if scene.items and rng.random() < 0.85 else rng.choice(COLOR_NAMES)
        w = rng.choice(("shape", "object", "thing"))
        noun, nouns, n = f"{c} {w}", f"{c} {w}s", sum(i.color == c for i in scene.items)
    else:
        i = (
            rng.choice(scene.items)
            if scene.items
            else Item(rng.choice(SHAPES), rng.choice(COLOR_NAMES), (0, 0, 0), 0, 0, 0, 0, 1, False)
        )
        noun, nouns, n = (
            f"{i.color} {i.shape}",
            f"{i.color} {plural(i.shape)}",
            sum(o.shape == i.shape and o.color == i.color for o in scene.items),
        )
    question = rng.choice(
        (
            f"How many {nouns} are there?",
            f"How many {nouns} are in the picture?",
            f"How many {nouns} do you see?",
            f"Count the {nouns}.",
            f"How many {nouns} can you see in this image?",
            f"What is the number of {nouns}?",
            f"How many {nouns} does the picture show?",
            f"Can you count the {nouns}?",
            f"How many {nouns}?",
            f"How many {nouns} are shown?",
            f"How many {nouns} are visible?",
            f"Tell me the number of {nouns}.",
            f"What number of {nouns} is there?",
            f"How many {nouns} can be seen?",
            f"Please count the {nouns}.",
        )
    )
    return Turn("count", question, count_answer(n, noun, nouns), NUMBERS[n])


def ask_presence(rng: random.Random, scene: Scene) -> Turn | None:
    wanted = rng.random() < 0.57 and bool(scene.items)
    kind = rng.choice(("shape", "color", "both", "both"))
    if wanted:
        item = rng.choice(scene.items)
        shape, color = item.shape, item.color
    elif scene.items and kind == "both" and rng.random() < 0.6:
        # The hard "no": a shape and a colour that are both there, or nearly, but not together.
        a, b = rng.choice(scene.items), rng.choice(scene.items)
        shape, color = rng.choice(
            ((a.shape, b.color), (a.shape, rng.choice(COLOR_NAMES)), (rng.choice(SHAPES), b.color))
        )
    else:
        shape, color = rng.choice(SHAPES), rng.choice(COLOR_NAMES)
    phrase = {
        "shape": shape,
        "color": f"{color} {rng.choice(('shape', 'object', 'thing'))}",
        "both": f"{color} {shape}",
    }[kind]
    there = any(
        {"shape": i.shape == shape, "color": i.color == color, "both": i.shape == shape and i.color == color}[kind]
        for i in scene.items
    )
    a = article(phrase)
    question = rng.choice(
        (
            f"Is there {a}?",
            f"Is there {a} in the picture?",
            f"Do you see {a}?",
            f"Can you see {a} here?",
            f"Does the image show {a}?",
            f"Is there {a} in this image?",
            f"Does the picture contain {a}?",
            f"Is {a} visible?",
            f"Does the picture have {a}?",
            f"Is there {a} here?",
            f"Do you see {a} in the picture?",
            f"Are you able to see {a}?",
            f"Does the picture show {a}?",
            f"Can you find {a}?",
            f"Tell me if there is {a}.",
            f"Is {a} in the picture?",
            f"Can {a} be seen?",
            f"Is {a} here?",
            f"Are there any {plural(phrase)}?",
            f"Is {a} drawn in the picture?",
            f"Can you spot {a}?",
            f"Can {a} be spotted here?",
            f"Could you find {a} in the image?",
            f"Is {a} to be seen?",
            f"Does {a} appear in the picture?",
            f"Is {a} somewhere?",
            f"Can {a} be made out?",
            f"Will I find {a} in this picture?",
        )
    )
    return Turn(
        "presence", question, f"Yes, there is {a}." if there else f"No, there is no {phrase}.", "yes" if there else "no"
    )


def ask_position(rng: random.Random, scene: Scene) -> Turn | None:
    options = [(n, p) for i in scene.items for n in names(scene, i) if (p := scene.place(i, 0.12))]
    if not options:
        return None
    name, place = rng.choice(options)
    question = rng.choice(
        (
            f"Where is the {name}?",
            f"Where is the {name} in the picture?",
            f"In which part of the picture is the {name}?",
            f"Where can I find the {name}?",
            f"What is the position of the {name}?",
            f"Locate the {name}.",
            f"Where do you see the {name}?",
            f"Where does the {name} lie?",
            f"In what place is the {name}?",
            f"Where exactly is the {name}?",
            f"Find the {name}.",
            f"Show me where the {name} is.",
            f"What is the place of the {name}?",
            f"Which part of the picture holds the {name}?",
            f"Where's the {name}?",
        )
    )
    return Turn("position", question, f"The {name} is in the {place}.", place)


def ask_background(rng: random.Random, scene: Scene) -> Turn | None:
    if not scene.background:
        return None
    c = color_word(rng)
    question = rng.choice(
        (
            f"What {c} is the background?",
            f"What is the {c} of the background?",
            f"Which {c} is behind the objects?",
            f"What {c} is behind everything?",
            f"Which {c} does the background have?",
            f"What is the background {c}?",
            f"The background is what {c}?",
            f"Tell me the {c} of the background.",
            f"Which {c} is the background?",
            f"What {c} does the background have?",
            f"Can you tell me what {c} the background is?",
            f"The background has what {c}?",
            f"Say the {c} of the background.",
            f"Do you know the {c} of the background?",
            f"In what {c} is the background?",
        )
    )
    return Turn("background", question, f"The background is {scene.background}.", scene.background)


def listing(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def ask_description(rng: random.Random, scene: Scene) -> Turn | None:
    items = reading_order(scene)
    if len(items) > 4:
        answer = f"There is {listing([article(f'{i.color} {i.shape}') for i in items])}."
    elif items:
        parts = [f"{article(i.color)} {i.shape} in the {scene.place(i)}" for i in items]
        answer = f"There is {listing(parts)}."
    else:
        answer = "" if scene.texts else "The picture is empty."
    if scene.texts:
        says = f'The text says "{scene.texts[0].string}".'
        answer = f"{answer} {says}" if answer else says
    question = rng.choice(
        (
            "Describe the picture.",
            "Describe this image.",
            "What do you see in the picture?",
            "What is in this picture?",
            "Describe what you see.",
            "What does the picture show?",
            "Can you describe the image?",
            "What shapes are there?",
            "Tell me about this picture.",
            "Please describe the picture.",
            "What is on the picture?",
            "Which things are in the picture?",
            "Describe it.",
            "What is in the image?",
            "Say what you see.",
        )
    )
    if len(items) != 1 and rng.random() < 0.5:
        question = rng.choice(
            (
                "What is this?",
                "What's this?",
                "What do you see?",
                "What is in the picture?",
                "What is shown here?",
                "What is it?",
                "What can you see here?",
            )
        )
    return Turn("description", question, answer, "")
