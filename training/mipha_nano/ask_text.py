"""A scene in; true questions about its printed string out, in many wordings."""

import random

from .scene import Scene
from .turn import Turn, color_word


def ask_reading(rng: random.Random, scene: Scene) -> Turn | None:
    if not scene.texts:
        return None
    text = scene.texts[0]
    digits = text.string.isdigit()
    question = rng.choice(
        (
            "What does it say?",
            "What does the text say?",
            "What is written here?",
            "Read the text.",
            "Read the text in the picture.",
            "What text do you see?",
            "What is written in the picture?",
            "Can you read the text?",
            "What does the sign say?",
            "Which word or number is printed?",
            "What is printed here?",
            "Read it.",
            "What does this say?",
            "Which characters do you see?",
            "What characters are printed?",
            "Which letters or digits do you see?",
            "Tell me what it says.",
            "Tell me what is written.",
            "What is printed?",
            "What are the letters?",
            "Which letters are shown here?",
            "Say what is written here.",
            "Which text is printed here?",
        )
        + (
            ("What number is this?", "What number is shown?", "Which number do you see?", "Read the number.")
            if digits
            else ("What word is this?", "Which word do you see?", "Read the word.", "What word is written?")
        )
    )
    return Turn("reading", question, f'It says "{text.string}".', text.string)


def ask_text_color(rng: random.Random, scene: Scene) -> Turn | None:
    if not scene.texts:
        return None
    c = color_word(rng)
    question = rng.choice(
        (
            f"What {c} is the text?",
            f"Which {c} is the writing?",
            f"What is the {c} of the text?",
            f"In what {c} is the text printed?",
            f"What {c} is the writing?",
            f"What {c} does the text have?",
            f"Which {c} does the text have?",
            f"What {c} are the characters?",
            f"Which {c} is the text?",
            f"What is the text {c}?",
            f"The text is what {c}?",
            f"Tell me the {c} of the text.",
            f"What {c} is the print?",
            f"Say the {c} of the text.",
            f"Can you tell me what {c} the text is?",
        )
    )
    return Turn("text_color", question, f"The text is {scene.texts[0].color}.", scene.texts[0].color)


def ask_text_presence(rng: random.Random, scene: Scene) -> Turn | None:
    question = rng.choice(
        (
            "Is there any text?",
            "Is there text in the picture?",
            "Does the picture contain text?",
            "Can you see any writing?",
            "Is there any writing?",
            "Do you see any text?",
            "Does the picture have text?",
            "Is anything written here?",
            "Is something printed in the picture?",
            "Do you see text here?",
            "Can you see text?",
            "Is there some text in this image?",
            "Does the image show any text?",
            "Is any text visible?",
            "Are there any letters or digits?",
        )
    )
    return Turn(
        "presence",
        question,
        "Yes, there is text." if scene.texts else "No, there is no text.",
        "yes" if scene.texts else "no",
    )
