"""Any question that fits a scene, as one conversation; also what only means something after another question."""

import random
from collections.abc import Callable

from .ask_pairs import ask_relation, ask_size
from .ask_shapes import ask_background, ask_color, ask_count, ask_description, ask_position, ask_presence, ask_shape
from .ask_text import ask_reading, ask_text_color, ask_text_presence
from .scene import Scene
from .turn import Turn, article, color_word, names

TERSE = "\nAnswer the question using a single word or phrase."  # Mipha's own suffix for short answers

Asker = Callable[[random.Random, Scene], Turn | None]
Follower = Callable[[random.Random, Scene, Turn], Turn | None]

ASKERS: dict[Asker, float] = {
    ask_color: 2.5,
    ask_shape: 2.0,
    ask_count: 8.0,
    ask_presence: 4.0,
    ask_position: 2.5,
    ask_relation: 3.0,
    ask_size: 1.5,
    ask_reading: 4.0,
    ask_text_color: 0.8,
    ask_text_presence: 0.3,
    ask_background: 0.6,
    ask_description: 1.2,
}


def follow_up(rng: random.Random, scene: Scene, before: Turn) -> Turn | None:
    """A question that means something only after `before`."""
    for item in scene.items:
        if (
            before.skill == "presence"
            and before.key == "yes"
            and before.answer == f"Yes, there is {article(item.shape)}."
            and names(scene, item)[-1:] == [item.shape]
        ):
            c = color_word(rng)
            question = rng.choice(
                (
                    f"What {c} is it?",
                    f"And what {c} is it?",
                    f"Which {c} does it have?",
                    f"What is its {c}?",
                    f"In what {c} is it drawn?",
                    f"Which {c} is it?",
                    f"What {c} does it have?",
                    f"And its {c}?",
                    f"Tell me its {c}.",
                    f"Do you know its {c}?",
                    f"Can you tell me its {c}?",
                    f"And which {c} is it?",
                    f"It is what {c}?",
                    f"Say what {c} it is.",
                    f"Give me its {c}.",
                )
            )
            return Turn("follow_up", question, f"The {item.shape} is {item.color}.", item.color)
        if before.skill in ("color", "shape") and before.answer in (
            f"The {item.shape} is {item.color}.",
            f"It is {article(item.color)} {item.shape}.",
        ):
            place = scene.place(item, 0.12)
            if names(scene, item) and place:
                question = rng.choice(
                    (
                        "Where is it?",
                        "And where is it?",
                        "Where in the picture is it?",
                        "Where does it lie?",
                        "In which part of the picture is it?",
                        "Where can I find it?",
                        "Where do you see it?",
                        "What is its position?",
                        "What is its place?",
                        "And its place?",
                        "Where exactly is it?",
                        "Say where it is.",
                        "Can you tell me where it is?",
                        "Locate it.",
                        "In what place is it?",
                    )
                )
                return Turn("follow_up", question, f"The {item.shape} is in the {place}.", place)
    return None


def short_answer(turn: Turn) -> str:
    """The word or phrase alone; print keeps its own capitals."""
    return turn.key if turn.skill.startswith("reading") else turn.key[0].upper() + turn.key[1:]


def restyle(rng: random.Random, turn: Turn) -> Turn:
    """People also type without capitals or question marks, and Mipha's benchmarks ask for one word."""
    question, answer = turn.question, turn.answer
    if turn.key and rng.random() < (0.3 if ": " in answer else 0.1):
        # What is worked out in words before a colon stays whole: a single word leaves no room for that, so it is the harder habit.
        question, answer = question + TERSE, answer if ": " in answer else short_answer(turn)
    elif rng.random() < 0.12:
        question = question.lower()
    if rng.random() < 0.1:
        question = question.rstrip("?.")
    return Turn(turn.skill, question, answer, turn.key)


def converse(
    rng: random.Random,
    scene: Scene,
    turns: int,
    askers: dict[Asker, float] = ASKERS,
    followers: tuple[tuple[Follower, float], ...] = ((follow_up, 0.25),),
) -> list[Turn]:
    """Up to `turns` different questions about one scene, as one conversation: `askers` by weight; `followers`, tried in order with a probability each, ask about what was just said."""
    conversation: list[Turn] = []
    for _ in range(turns * 4):
        if len(conversation) >= turns:
            break
        turn = None
        for follower, share in followers:
            if turn is None and conversation and rng.random() < share:
                turn = follower(rng, scene, conversation[-1])
        if turn is None:
            turn = rng.choices(list(askers), list(askers.values()))[0](rng, scene)
        if (
            turn
            and turn.answer
            and (turn.skill == "other" or all(turn.answer != other.answer for other in conversation))
        ):
            conversation.append(restyle(rng, turn))
    return conversation
