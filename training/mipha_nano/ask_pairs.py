"""A scene in; true questions that compare two of its things out: where they are, and how large."""

import random

from .scene import Item, Scene, column_number, size_digit
from .turn import Turn, names

RELATIONS = {
    "left": (lambda a, b: b.x - a.x, ("to the left of", "left of", "on the left of")),
    "right": (lambda a, b: a.x - b.x, ("to the right of", "right of", "on the right of")),
    "above": (lambda a, b: b.y - a.y, ("above", "over", "higher than")),
    "below": (lambda a, b: a.y - b.y, ("below", "under", "lower than")),
}

SIDEWAYS = tuple(RELATIONS[way][1][0] for way in ("left", "right"))


def two_named(rng: random.Random, scene: Scene) -> tuple[Item, Item, str, str] | None:
    named = [(i, n) for i in scene.items if (n := names(scene, i))]
    if len(named) < 2:
        return None
    (a, an), (b, bn) = rng.sample(named, 2)
    return a, b, rng.choice(an), rng.choice(bn)


def related(rng: random.Random, scene: Scene, least: float) -> tuple[tuple[Item, Item, str, str], bool, str, str] | None:
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
    question = rng.choice((f"Is the {an} {how} the {bn}?", f"Is the {an} {how} the {bn} in the picture?", f"Would you say the {an} is {how} the {bn}?"))
    answer = f"Yes, the {an} is {plain} the {bn}." if yes else f"No, the {an} is not {plain} the {bn}."
    return Turn("relation", question, answer, "yes" if yes else "no")


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


def compare_places(rng: random.Random, scene: Scene) -> Turn | None:
    """Relations, with the two places said first, as columns or rows of twelve: comparing two numbers said is a step that four layers can take, comparing two things seen is not.

    Each number follows the name it belongs to: found where the name was just said, not fetched from the question.
    """
    found = related(rng, scene, 13.5)
    if not found:
        return None
    (a, b, an, bn), yes, plain, how = found
    question = rng.choice((
        f"Is the {an} {how} the {bn}?", f"Is the {an} {how} the {bn} in the picture?", f"Would you say the {an} is {how} the {bn}?", f"Does the {an} lie {how} the {bn}?",
        f"Can you tell me if the {an} is {how} the {bn}?", f"The {an} is {how} the {bn}, right?", f"Do you see the {an} {how} the {bn}?", f"Is the {an} placed {how} the {bn}?",
        f"Is it true that the {an} is {how} the {bn}?", f"Is the {an} somewhere {how} the {bn}?", f"Does the picture show the {an} {how} the {bn}?",
        f"Is the position of the {an} {how} the {bn}?", f"Look at the {an}: is it {how} the {bn}?", f"Tell me, is the {an} {how} the {bn}?",
        f"Is the {an} drawn {how} the {bn}?"))
    claim = f"{'Yes' if yes else 'No'}, the {an} is {'' if yes else 'not '}{plain} the {bn}."
    lines, of = ("Columns", lambda i: column_number(i.x)) if plain in SIDEWAYS else ("Rows", lambda i: column_number(i.y))
    return Turn("relation", question, f"{lines}: {an} {of(a)}, {bn} {of(b)}. {claim}", "yes" if yes else "no")


def ask_how_large(rng: random.Random, scene: Scene) -> Turn | None:
    """One or two sizes, each after its name; `compare_sizes` must not name the smaller of two, so the way from a name to a size is learned here."""
    pair = two_named(rng, scene)
    if not pair:
        return None
    a, b, an, bn = pair
    if rng.random() < 0.5:
        question = rng.choice((f"How large is the {an}?", f"How big is the {an}?", f"What is the size of the {an}?", f"What size is the {an}?", f"What size does the {an} have?"))
        return Turn("how_large", question, f"From 0 to 9: {an} {size_digit(a.radius)}.", str(size_digit(a.radius)))
    question = rng.choice((f"How large are the {an} and the {bn}?", f"What are the sizes of the {an} and the {bn}?", f"Tell me the sizes of the {an} and the {bn}.", f"How big are the {an} and the {bn}?"))
    said = f"{an} {size_digit(a.radius)}, {bn} {size_digit(b.radius)}"
    return Turn("how_large", question, f"From 0 to 9: {said}.", said)


def compare_sizes(rng: random.Random, scene: Scene) -> Turn | None:
    pair = two_named(rng, scene)
    if not pair:
        return None
    a, b, an, bn = pair
    if max(a.radius, b.radius) < 1.25 * min(a.radius, b.radius) or size_digit(a.radius) == size_digit(b.radius):
        return None
    bigger = rng.random() < 0.5
    winner = an if (a.radius > b.radius) == bigger else bn
    how = rng.choice(("bigger", "larger")) if bigger else "smaller"
    question = rng.choice((
        f"Which is {how}, the {an} or the {bn}?", f"What is {how}, the {an} or the {bn}?", f"Is the {an} or the {bn} {how}?", f"Which one is {how}: the {an} or the {bn}?",
        f"The {an} or the {bn}: which is {how}?", f"Compare the {an} and the {bn}: which is {how}?", f"Of the {an} and the {bn}, which is {how}?",
        f"Which of the two is {how}, the {an} or the {bn}?", f"Tell me which is {how}, the {an} or the {bn}.", f"Which thing is {how}, the {an} or the {bn}?",
        f"Do you know which is {how}, the {an} or the {bn}?", f"Between the {an} and the {bn}, which is {how}?", f"Which looks {how}, the {an} or the {bn}?",
        f"Which shape is {how}, the {an} or the {bn}?", f"Say which is {how}, the {an} or the {bn}.", f"Look at the {an} and the {bn}: which one is {how}?",
        f"When you look at the {an} and the {bn}, which one is {how}?", f"Put the {an} beside the {bn}: which is {how}?", f"Take the {an} and the {bn}. Which one is {how}?",
        f"Could you say which is {how}: the {an} or the {bn}?", f"There is the {an} and the {bn}; which is the {how} one?", f"I see the {an} and the {bn}. Which is {how}?"))
    which = "first" if winner == an else "second"  # said before the name, so that comparing and naming are a step each
    return Turn("size", question, f"Sizes {size_digit(a.radius)} and {size_digit(b.radius)}: the {which}, the {winner}, is {'bigger' if bigger else 'smaller'}.", winner)
