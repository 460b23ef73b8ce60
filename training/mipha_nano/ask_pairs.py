"""A scene in; true questions that compare two of its things out: where they are, and how large."""

import math
import random
from functools import cache

from .draw import polygon
from .scene import Item, Scene, column_number, size_digit
from .turn import Turn, names

RELATIONS = {
    "left": (lambda a, b: b.x - a.x, ("to the left of", "left of", "on the left of")),
    "right": (lambda a, b: a.x - b.x, ("to the right of", "right of", "on the right of")),
    "above": (lambda a, b: b.y - a.y, ("above", "over", "higher than")),
    "below": (lambda a, b: a.y - b.y, ("below", "under", "lower than")),
}

COMPARISONS = ("relation", "size")  # the skills asked about here

SIDEWAYS = tuple(RELATIONS[way][1][0] for way in ("left", "right"))


# Whether one thing is to another as `how` says ("above", "bigger than").
WHETHER = (
    "Is the {a} {how} the {b}?",
    "Is the {a} {how} the {b} in the picture?",
    "Would you say the {a} is {how} the {b}?",
    "Can you tell me if the {a} is {how} the {b}?",
    "The {a} is {how} the {b}, right?",
    "Is it true that the {a} is {how} the {b}?",
    "Does the picture show the {a} {how} the {b}?",
    "Look at the {a}: is it {how} the {b}?",
    "Tell me, is the {a} {how} the {b}?",
    "Is the {a} drawn {how} the {b}?",
)


def claim(yes: bool, an: str, how: str, bn: str) -> str:
    return f"Yes, the {an} is {how} the {bn}." if yes else f"No, the {an} is not {how} the {bn}."


def comparative(rng: random.Random, bigger: bool) -> str:
    return rng.choice(("bigger", "larger")) if bigger else "smaller"


def two_named(rng: random.Random, scene: Scene) -> tuple[Item, Item, str, str] | None:
    named = [(i, n) for i in scene.items if (n := names(scene, i))]
    if len(named) < 2:
        return None
    (a, an), (b, bn) = rng.sample(named, 2)
    return a, b, rng.choice(an), rng.choice(bn)


def related(
    rng: random.Random, scene: Scene, least: float
) -> tuple[tuple[Item, Item, str, str], bool, str, str] | None:
    """Two things, whether they stand in a relation drawn by lot, and that relation in its first wording and in any; None if closer than `least` pixels."""
    pair = two_named(rng, scene)
    if not pair:
        return None
    distance, wordings = RELATIONS[rng.choice(tuple(RELATIONS))]
    gap = distance(*pair[:2])
    return None if abs(gap) < least else (pair, gap > 0, wordings[0], rng.choice(wordings))


def ask_relation(rng: random.Random, scene: Scene) -> Turn | None:
    found = related(rng, scene, 14)
    if not found:
        return None
    (_, _, an, bn), yes, plain, how = found
    question = rng.choice(
        (
            f"Is the {an} {how} the {bn}?",
            f"Is the {an} {how} the {bn} in the picture?",
            f"Would you say the {an} is {how} the {bn}?",
        )
    )
    return Turn("relation", question, claim(yes, an, plain, bn), "yes" if yes else "no")


@cache
def seen(shape: str) -> tuple[float, float]:
    """Of a shape of radius 1: half its longer side, and the radius of a disc of the same area (a ring counts with its hole)."""
    if shape in ("circle", "ring"):
        return 1.0, 1.0
    corners = polygon(shape)
    sides = [max(corner[axis] for corner in corners) - min(corner[axis] for corner in corners) for axis in (0, 1)]
    area = abs(sum(x * v - u * y for (x, y), (u, v) in zip(corners, corners[1:] + corners[:1]))) / 2
    return max(sides) / 2, math.sqrt(area / math.pi)


def looks_larger(a: Item, b: Item) -> bool:
    """Whether the one of the larger radius is clearly larger in extent and in area too: of a star around a smaller disc nobody could say."""
    larger, smaller = (a, b) if a.radius > b.radius else (b, a)
    return all(
        mine * larger.radius > 1.15 * its * smaller.radius for mine, its in zip(seen(larger.shape), seen(smaller.shape))
    )


def looks_alike(a: Item, b: Item) -> bool:
    return all(1 / 1.1 < mine * a.radius / (its * b.radius) < 1.1 for mine, its in zip(seen(a.shape), seen(b.shape)))


def ask_size(rng: random.Random, scene: Scene) -> Turn | None:
    pair = two_named(rng, scene)
    if not pair:
        return None
    a, b, an, bn = pair
    if max(a.radius, b.radius) < 1.3 * min(a.radius, b.radius) or not looks_larger(a, b):
        return None
    bigger = rng.random() < 0.5
    if rng.random() < 0.3:
        how, yes = f"{comparative(rng, bigger)} than", (a.radius > b.radius) == bigger
        return Turn("size", f"Is the {an} {how} the {bn}?", claim(yes, an, how, bn), "yes" if yes else "no")
    winner = an if (a.radius > b.radius) == bigger else bn
    question = rng.choice((f"Which is {{}}, the {an} or the {bn}?", f"What is {{}}, the {an} or the {bn}?")).format(
        comparative(rng, bigger)
    )
    return Turn("size", question, f"The {winner} is {'bigger' if bigger else 'smaller'}.", winner)


def compare_places(rng: random.Random, scene: Scene) -> Turn | None:
    """Relations, with the two places said first, as columns or rows of twelve: comparing two numbers said is a step that four layers can take, comparing two things seen is not.

    Each number follows the name it belongs to: found where the name was just said, not fetched from the question.
    """
    found = related(rng, scene, 13.5)
    if not found:
        return None
    (a, b, an, bn), yes, plain, how = found
    question = rng.choice(
        (
            *WHETHER,
            "Does the {a} lie {how} the {b}?",
            "Do you see the {a} {how} the {b}?",
            "Is the {a} placed {how} the {b}?",
            "Is the {a} somewhere {how} the {b}?",
            "Is the position of the {a} {how} the {b}?",
        )
    ).format(a=an, b=bn, how=how)
    lines, of = (
        ("Columns", lambda i: column_number(i.x)) if plain in SIDEWAYS else ("Rows", lambda i: column_number(i.y))
    )
    return Turn(
        "relation",
        question,
        f"{lines}: {an} {of(a)}, {bn} {of(b)}. {claim(yes, an, plain, bn)}",
        "yes" if yes else "no",
    )


def ask_how_large(rng: random.Random, scene: Scene) -> Turn | None:
    """One or two sizes, each after its name; `compare_sizes` must not name the one that was not asked for, so the way from a name to a size is learned here."""
    pair = two_named(rng, scene)
    if not pair:
        return None
    a, b, an, bn = pair
    if rng.random() < 0.5:
        question = rng.choice(
            (
                f"How large is the {an}?",
                f"How big is the {an}?",
                f"What is the size of the {an}?",
                f"What size is the {an}?",
                f"What size does the {an} have?",
            )
        )
        return Turn("how_large", question, f"From 0 to 9: {an} {size_digit(a.radius)}.", str(size_digit(a.radius)))
    question = rng.choice(
        (
            f"How large are the {an} and the {bn}?",
            f"What are the sizes of the {an} and the {bn}?",
            f"Tell me the sizes of the {an} and the {bn}.",
            f"How big are the {an} and the {bn}?",
        )
    )
    said = f"{an} {size_digit(a.radius)}, {bn} {size_digit(b.radius)}"
    return Turn("how_large", question, f"From 0 to 9: {said}.", said)


SIZE_QUESTIONS = (
    "Which is {how}, the {a} or the {b}?",
    "What is {how}, the {a} or the {b}?",
    "Is the {a} or the {b} {how}?",
    "Which one is {how}: the {a} or the {b}?",
    "The {a} or the {b}: which is {how}?",
    "Compare the {a} and the {b}: which is {how}?",
    "Of the {a} and the {b}, which is {how}?",
    "Which of the two is {how}, the {a} or the {b}?",
    "Tell me which is {how}, the {a} or the {b}.",
    "Which thing is {how}, the {a} or the {b}?",
    "Do you know which is {how}, the {a} or the {b}?",
    "Between the {a} and the {b}, which is {how}?",
    "Which looks {how}, the {a} or the {b}?",
    "Which shape is {how}, the {a} or the {b}?",
    "Say which is {how}, the {a} or the {b}.",
    "Look at the {a} and the {b}: which one is {how}?",
    "When you look at the {a} and the {b}, which one is {how}?",
    "Put the {a} beside the {b}: which is {how}?",
    "Take the {a} and the {b}. Which one is {how}?",
    "Could you say which is {how}: the {a} or the {b}?",
    "There is the {a} and the {b}; which is the {how} one?",
    "I see the {a} and the {b}. Which is {how}?",
)
BEGINNINGS = (
    "Look at",
    "Take",
    "Put",
    "Hold",
    "Here is",
    "There is",
    "I see",
    "I have",
    "You see",
    "We have",
    "Given",
    "Between",
    "Seeing",
    "Now",
    "Please look at",
    "Think of",
    "With",
    "From",
    "About",
    "Next",
)
JOINTS = (
    "and",
    "or",
    "and then",
    "next to",
    "beside",
    "against",
    "with",
    "near",
    "then",
    "versus",
    "or else",
    "as well as",
)
MARKS = (": ", ", ", ". ", "; ", " - ")
ENDINGS = (
    "which is {how}?",
    "which one is {how}?",
    "which is the {how} one?",
    "what is {how}?",
    "which of them is {how}?",
    "which of the two is {how}?",
    "which one looks {how}?",
    "which one is the {how}?",
    "tell me which is {how}.",
    "say which one is {how}.",
    "and which is {how}?",
    "the {how} one is which?",
    "do you know which is {how}?",
)


FILLERS = tuple(
    """a all also an any are as at be both but by can could do does each else for from give go has have here how i if in is it its just know like look me more must my name need
    no not now of on one ones only or our out over own please really same say see seen shown so some such that them then there these they thing things think this those to too
    two up use very want was we what when where which while who why will with would you your""".split()
)


def scrambled(rng: random.Random) -> str:
    """The two names and the comparison among words that mean nothing: only what the answer hangs on is left to go by."""
    words = lambda least, most: rng.sample(FILLERS, rng.randint(least, most))
    parts = [words(0, 6), ["the {a}"], words(1, 4), ["the {b}"], words(0, 6)]
    where = parts[rng.choice((0, 2, 4, 4))]
    where.insert(rng.randint(0, len(where)), "{how}")
    text = " ".join(word for part in parts for word in part)
    return text[0].upper() + text[1:] + rng.choice(("?", "?", ".", ""))


def size_question(rng: random.Random) -> str:
    """A wording with places for {a}, {b} and {how}: one of a list, composed or, rarely, scrambled, so that what stands around the two names hardly matters."""
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(SIZE_QUESTIONS)
    if kind < 0.6:
        return scrambled(rng)
    mark, ending = rng.choice(MARKS), rng.choice(ENDINGS)
    return f"{rng.choice(BEGINNINGS)} the {{a}} {rng.choice(JOINTS)} the {{b}}{mark}{ending[0].upper() + ending[1:] if mark == '. ' else ending}"


def compare_sizes(rng: random.Random, scene: Scene) -> Turn | None:
    """Which of two is larger, with both sizes said first, that of the one asked for before the other; of things that are as large as each other, that they are.

    "Sizes 4 against 1: the red cross is bigger." The loser is not named, and no order of names has to be known: which name came first in the question is told only by the
    words around it, which four layers do not generalise to other words. What is left to do after the numbers is to find the name whose size was just said.
    """
    pair = two_named(rng, scene)
    if not pair:
        return None
    a, b, an, bn = pair
    bigger = rng.random() < 0.5
    question = size_question(rng).format(a=an, b=bn, how=comparative(rng, bigger))
    sizes = sorted((size_digit(a.radius), size_digit(b.radius)), reverse=bigger)
    said = f"Sizes {sizes[0]} against {sizes[1]}"
    if sizes[0] == sizes[1]:
        # Many scenes hold things of one size only: rare, or the answer would be the likeliest by far.
        return (
            Turn("size", question, f"{said}: about the same.", "the same")
            if looks_alike(a, b) and rng.random() < 0.03
            else None
        )
    if max(a.radius, b.radius) < 1.25 * min(a.radius, b.radius) or not looks_larger(a, b):
        return None
    winner = an if (a.radius > b.radius) == bigger else bn
    return Turn("size", question, f"{said}: the {winner} is {'bigger' if bigger else 'smaller'}.", winner)


def compare_with(rng: random.Random, scene: Scene) -> Turn | None:
    """Whether one thing is larger than another; both sizes are said first, each after its name, as `compare_places` does it."""
    pair = two_named(rng, scene)
    if not pair:
        return None
    a, b, an, bn = pair
    same = size_digit(a.radius) == size_digit(b.radius)
    if not (looks_alike(a, b) and rng.random() < 0.1 if same else looks_larger(a, b)):
        return None
    bigger = rng.random() < 0.5
    larger, yes = comparative(rng, bigger), not same and (a.radius > b.radius) == bigger
    question = rng.choice(
        (
            *WHETHER,
            "Do you think the {a} is {how} the {b}?",
            "Do you see that the {a} is {how} the {b}?",
            "Is the size of the {a} {how} that of the {b}?",
            "Compared with the {b}, is the {a} {larger}?",
            "I think the {a} is {how} the {b}. Is it?",
        )
    ).format(a=an, b=bn, how=f"{larger} than", larger=larger)
    said = "No, they are about the same." if same else claim(yes, an, f"{larger} than", bn)
    return Turn(
        "size",
        question,
        f"Sizes: {an} {size_digit(a.radius)}, {bn} {size_digit(b.radius)}. {said}",
        "yes" if yes else "no",
    )
