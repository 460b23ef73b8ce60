"""Finds TrueType fonts on this machine and splits them: the held-out ones are never seen in training."""

from pathlib import Path

# Debian packages: fonts-dejavu-core, fonts-liberation, fonts-freefont-ttf, fonts-open-sans, fonts-roboto-unhinted, fonts-lato.
ROOT = Path("/usr/share/fonts/truetype")
TRAIN = (
    "dejavu/DejaVuSans.ttf",
    "dejavu/DejaVuSans-Bold.ttf",
    "dejavu/DejaVuSerif.ttf",
    "dejavu/DejaVuSansMono-Bold.ttf",
    "liberation/LiberationSans-Regular.ttf",
    "liberation/LiberationSans-Bold.ttf",
    "liberation/LiberationSerif-Regular.ttf",
    "freefont/FreeSans.ttf",
    "freefont/FreeSerifBold.ttf",
    "freefont/FreeMono.ttf",
    "open-sans/OpenSans-Regular.ttf",
    "open-sans/OpenSans-Bold.ttf",
)
HELD_OUT = (
    "lato/Lato-Regular.ttf",
    "lato/Lato-Bold.ttf",
    "roboto/unhinted/RobotoTTF/Roboto-Regular.ttf",
    "liberation/LiberationMono-Bold.ttf",
)


def find_fonts(held_out: bool = False) -> list[str]:
    """Paths of one split. Raises FileNotFoundError naming what is missing."""
    paths = [ROOT / name for name in (HELD_OUT if held_out else TRAIN)]
    missing = [str(p) for p in paths if not p.exists()]
    if missing:
        raise FileNotFoundError(f"fonts missing: {', '.join(missing)} (see training/README.md)")
    return [str(p) for p in paths]
