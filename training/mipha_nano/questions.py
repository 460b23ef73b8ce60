"""A scene in, true questions and answers about it out, in many wordings."""

import random
from dataclasses import dataclass

from .scene import Item, Scene
from .vocabulary import COLOR_NAMES, NUMBERS, SHAPES

TERSE = "\nAnswer the question using a single word or phrase."  # Mipha's own suffix for short answers


@dataclass(frozen=True)
class Turn:
    skill: str
    question: str
    answer: str  # the whole reply
    key: str  # the word or phrase that makes it right


def article(phrase: str) -> str:
    return ("an " if phrase[0] in "aeiou" else "a ") + phrase


def plural(shape: str) -> str:
    return shape + ("es" if shape == "cross" else "s")


def color_word(rng: random.Random) -> str:
    return rng.choice(("color", "colour"))


def names(scene: Scene, item: Item) -> list[str]:
    """Every phrase that means this item alone."""
    same_shape = sum(o.shape == item.shape for o in scene.items)
    same_both = sum(o.shape == item.shape and o.color == item.color for o in scene.items)
    result = [f"{item.color} {item.shape}"] if same_both == 1 else []
    return result + ([item.shape] if same_shape == 1 else [])


def ask_color(rng: random.Random, scene: Scene) -> Turn | None:
    unique = [i for i in scene.items if sum(o.shape == i.shape for o in scene.items) == 1]
    if not unique:
        return None
    item = rng.choice(unique)
    c, s = color_word(rng), item.shape
    question = rng.choice((f"What {c} is the {s}?", f"What is the {c} of the {s}?", f"Which {c} does the {s} have?", f"Tell me the {c} of the {s}.",
                           f"The {s} is what {c}?", f"Can you tell me what {c} the {s} is?", f"In which {c} is the {s} drawn?", f"What {c} is that {s}?"))
    if len(scene.items) == 1 and rng.random() < 0.35:
        question = rng.choice((f"What {c} is it?", f"What {c} is this?", f"What {c} is the shape?", f"What {c} is the object?", f"Which {c} is it?"))
    return Turn("color", question, f"The {s} is {item.color}.", item.color)


def ask_shape(rng: random.Random, scene: Scene) -> Turn | None:
    unique = [i for i in scene.items if sum(o.color == i.color for o in scene.items) == 1]
    if not unique:
        return None
    item = rng.choice(unique)
    c, thing = item.color, rng.choice(("shape", "object", "thing", "figure"))
    question = rng.choice((f"What shape is the {c} {thing}?", f"What is the {c} {thing}?", f"Which shape is {c}?", f"What {c} shape is there?",
                           f"What kind of shape is the {c} one?", f"Name the {c} {thing}.", f"What is the shape of the {c} {thing}?"))
    if len(scene.items) == 1 and rng.random() < 0.5:
        question = rng.choice(("What is this?", "What shape is this?", "What is in the picture?", "What shape is it?", "What do you see?", "What is it?",
                               "What shape is in the image?", "What is shown here?", "Which shape is this?", "What's this?"))
        return Turn("shape", question, f"It is {article(item.color)} {item.shape}.", item.shape)
    return Turn("shape", question, f"The {c} {thing if thing != 'shape' else 'shape'} is {article(item.shape)}.", item.shape)


def count_answer(n: int, noun: str, nouns: str) -> str:
    return f"There is one {noun}." if n == 1 else f"There are {NUMBERS[n]} {nouns}."


def ask_count(rng: random.Random, scene: Scene) -> Turn | None:
    kind = rng.random()
    if kind < 0.4:
        noun, nouns = rng.choice((("shape", "shapes"), ("object", "objects"), ("thing", "things"), ("figure", "figures")))
        n = len(scene.items)
    elif kind < 0.7:
        shape = rng.choice(scene.items).shape if scene.items and rng.random() < 0.85 else rng.choice(SHAPES)
        noun, nouns, n = shape, plural(shape), sum(i.shape == shape for i in scene.items)
    elif kind < 0.9:
        c = rng.choice(scene.items).color if scene.items and rng.random() < 0.85 else rng.choice(COLOR_NAMES)
        w = rng.choice(("shape", "object", "thing"))
        noun, nouns, n = f"{c} {w}", f"{c} {w}s", sum(i.color == c for i in scene.items)
    else:
        i = rng.choice(scene.items) if scene.items else Item(rng.choice(SHAPES), rng.choice(COLOR_NAMES), (0, 0, 0), 0, 0, 0, 0, 1, False)
        noun, nouns, n = f"{i.color} {i.shape}", f"{i.color} {plural(i.shape)}", sum(o.shape == i.shape and o.color == i.color for o in scene.items)
    question = rng.choice((f"How many {nouns} are there?", f"How many {nouns} are in the picture?", f"How many {nouns} do you see?", f"Count the {nouns}.",
                           f"How many {nouns} can you see in this image?", f"What is the number of {nouns}?", f"How many {nouns} does the picture show?",
                           f"Can you count the {nouns}?"))
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
        shape, color = rng.choice(((a.shape, b.color), (a.shape, rng.choice(COLOR_NAMES)), (rng.choice(SHAPES), b.color)))
    else:
        shape, color = rng.choice(SHAPES), rng.choice(COLOR_NAMES)
    phrase = {"shape": shape, "color": f"{color} {rng.choice(('shape', 'object', 'thing'))}", "both": f"{color} {shape}"}[kind]
    there = any({"shape": i.shape == shape, "color": i.color == color, "both": i.shape == shape and i.color == color}[kind] for i in scene.items)
    a = article(phrase)
    question = rng.choice((f"Is there {a}?", f"Is there {a} in the picture?", f"Do you see {a}?", f"Can you see {a} here?", f"Does the image show {a}?",
                           f"Is there {a} in this image?", f"Does the picture contain {a}?", f"Is {a} visible?"))
    return Turn("presence", question, f"Yes, there is {a}." if there else f"No, there is no {phrase}.", "yes" if there else "no")


def ask_position(rng: random.Random, scene: Scene) -> Turn | None:
    options = [(n, p) for i in scene.items for n in names(scene, i) if (p := scene.place(i, 0.12))]
    if not options:
        return None
    name, place = rng.choice(options)
    question = rng.choice((f"Where is the {name}?", f"Where is the {name} in the picture?", f"In which part of the picture is the {name}?", f"Where can I find the {name}?",
                           f"What is the position of the {name}?", f"Locate the {name}.", f"Where do you see the {name}?"))
    return Turn("position", question, f"The {name} is in the {place}.", place)


RELATIONS = {
    "left": (lambda a, b: b.x - a.x, ("to the left of", "left of", "on the left of")),
    "right": (lambda a, b: a.x - b.x, ("to the right of", "right of", "on the right of")),
    "above": (lambda a, b: b.y - a.y, ("above", "over", "higher than")),
    "below": (lambda a, b: a.y - b.y, ("below", "under", "lower than")),
}


def two_named(rng: random.Random, scene: Scene) -> tuple[Item, Item, str, str] | None:
    named = [(i, n) for i in scene.items if (n := names(scene, i))]
    if len(named) < 2:
        return None
    (a, an), (b, bn) = rng.sample(named, 2)
    return a, b, rng.choice(an), rng.choice(bn)


def ask_relation(rng: random.Random, scene: Scene) -> Turn | None:
    pair = two_named(rng, scene)
    if not pair:
        return None
    a, b, an, bn = pair
    word = rng.choice(tuple(RELATIONS))
    distance, wordings = RELATIONS[word]
    gap = distance(a, b)
    if abs(gap) < 14:
        return None
    how = rng.choice(wordings)
    question = rng.choice((f"Is the {an} {how} the {bn}?", f"Is the {an} {how} the {bn} in the picture?", f"Would you say the {an} is {how} the {bn}?"))
    answer = f"Yes, the {an} is {wordings[0]} the {bn}." if gap > 0 else f"No, the {an} is not {wordings[0]} the {bn}."
    return Turn("relation", question, answer, "yes" if gap > 0 else "no")


def ask_size(rng: random.Random, scene: Scene) -> Turn | None:
    pair = two_named(rng, scene)
    if not pair:
        return None
    a, b, an, bn = pair
    if max(a.radius, b.radius) < 1.3 * min(a.radius, b.radius):
        return None
    bigger = rng.random() < 0.5
    winner = an if (a.radius > b.radius) == bigger else bn
    question = rng.choice((f"Which is {{}}, the {an} or the {bn}?", f"What is {{}}, the {an} or the {bn}?")).format(
        rng.choice(("bigger", "larger")) if bigger else "smaller")
    return Turn("size", question, f"The {winner} is {'bigger' if bigger else 'smaller'}.", winner)


def ask_reading(rng: random.Random, scene: Scene) -> Turn | None:
    if not scene.texts:
        return None
    text = scene.texts[0]
    digits = text.string.isdigit()
    question = rng.choice(("What does it say?", "What does the text say?", "What is written here?", "Read the text.", "Read the text in the picture.", "What text do you see?",
                           "What is written in the picture?", "Can you read the text?", "What does the sign say?", "Which word or number is printed?")
                          + (("What number is this?", "What number is shown?", "Which number do you see?", "Read the number.") if digits else
                             ("What word is this?", "Which word do you see?", "Read the word.", "What word is written?")))
    return Turn("reading", question, f'It says "{text.string}".', text.string)


def ask_text_color(rng: random.Random, scene: Scene) -> Turn | None:
    if not scene.texts:
        return None
    c = color_word(rng)
    question = rng.choice((f"What {c} is the text?", f"Which {c} is the writing?", f"What is the {c} of the text?", f"In what {c} is the text printed?"))
    return Turn("text_color", question, f"The text is {scene.texts[0].color}.", scene.texts[0].color)


def ask_text_presence(rng: random.Random, scene: Scene) -> Turn | None:
    question = rng.choice(("Is there any text?", "Is there text in the picture?", "Does the picture contain text?", "Can you see any writing?"))
    return Turn("presence", question, "Yes, there is text." if scene.texts else "No, there is no text.", "yes" if scene.texts else "no")


def ask_background(rng: random.Random, scene: Scene) -> Turn | None:
    if not scene.background:
        return None
    c = color_word(rng)
    question = rng.choice((f"What {c} is the background?", f"What is the {c} of the background?", f"Which {c} is behind the objects?", f"What {c} is behind everything?"))
    return Turn("background", question, f"The background is {scene.background}.", scene.background)


def listing(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def ask_description(rng: random.Random, scene: Scene) -> Turn | None:
    items = sorted(scene.items, key=lambda i: (round((i.y - scene.frame[1]) / 20), i.x))
    if len(items) > 4:
        # Many things: say how many and of which kinds, in reading order.
        kinds: dict[str, int] = {}
        for i in items:
            kinds[i.shape] = kinds.get(i.shape, 0) + 1
        parts = [f"{NUMBERS[n]} {s if n == 1 else plural(s)}" for s, n in kinds.items()]
        answer = f"There are {NUMBERS[len(items)]} shapes: {listing(parts)}."
    elif items:
        parts = [f"{article(i.color)} {i.shape} in the {scene.place(i)}" for i in items]
        answer = f"There is {listing(parts)}."
    else:
        answer = ""
    if scene.texts:
        says = f'The text says "{scene.texts[0].string}".'
        answer = f"{answer} {says}" if answer else says
    question = rng.choice(("Describe the picture.", "Describe this image.", "What do you see in the picture?", "What is in this picture?", "Describe what you see.",
                           "What does the picture show?", "Can you describe the image?", "What shapes are there?", "Tell me about this picture."))
    return Turn("description", question, answer, "")


ASKERS = {
    ask_color: 2.5, ask_shape: 2.0, ask_count: 8.0, ask_presence: 4.0, ask_position: 2.5, ask_relation: 3.0, ask_size: 1.5, ask_reading: 4.0,
    ask_text_color: 0.8, ask_text_presence: 0.3, ask_background: 0.6, ask_description: 1.2,
}


def follow_up(rng: random.Random, scene: Scene, before: Turn) -> Turn | None:
    """A question that means something only after `before`."""
    for item in scene.items:
        if before.skill == "presence" and before.key == "yes" and before.answer == f"Yes, there is {article(item.shape)}." and names(scene, item)[-1:] == [item.shape]:
            c = color_word(rng)
            question = rng.choice((f"What {c} is it?", f"And what {c} is it?", f"Which {c} does it have?"))
            return Turn("follow_up", question, f"The {item.shape} is {item.color}.", item.color)
        if before.skill in ("color", "shape") and before.answer in (f"The {item.shape} is {item.color}.", f"It is {article(item.color)} {item.shape}."):
            place = scene.place(item, 0.12)
            if names(scene, item) and place:
                question = rng.choice(("Where is it?", "And where is it?", "Where in the picture is it?"))
                return Turn("follow_up", question, f"The {item.shape} is in the {place}.", place)
    return None


def restyle(rng: random.Random, turn: Turn) -> Turn:
    """People also type without capitals or question marks, and Mipha's benchmarks ask for one word."""
    question, answer = turn.question, turn.answer
    if turn.key and rng.random() < 0.1:
        question, answer = question + TERSE, turn.key[0].upper() + turn.key[1:]
    elif rng.random() < 0.12:
        question = question.lower()
    if rng.random() < 0.1:
        question = question.rstrip("?.")
    return Turn(turn.skill, question, answer, turn.key)


def converse(rng: random.Random, scene: Scene, turns: int) -> list[Turn]:
    """Up to `turns` different questions about one scene, as one conversation."""
    conversation: list[Turn] = []
    askers, weights = list(ASKERS), list(ASKERS.values())
    for _ in range(turns * 4):
        if len(conversation) >= turns:
            break
        turn = None
        if conversation and rng.random() < 0.25:
            turn = follow_up(rng, scene, conversation[-1])
        if turn is None:
            turn = rng.choices(askers, weights)[0](rng, scene)
        if turn and turn.answer and all(turn.answer != other.answer for other in conversation):
            conversation.append(restyle(rng, turn))
    return conversation
