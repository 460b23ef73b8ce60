"""All stages one after the other; each resumes from its own file in `--runs`."""

import argparse
import subprocess
import sys
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    threads = ["--threads", str(options.threads)]
    for stage in (
        ["mipha_nano.pretrain_language", "--out", str(options.runs / "language.pt"), *threads],
        ["mipha_nano.pretrain_vision", "--out", str(options.runs / "vision.pt"), *threads],
        ["mipha_nano.train", "--runs", str(options.runs), *threads],
    ):
        subprocess.run([sys.executable, "-m", *stage], check=True)


if __name__ == "__main__":
    main()
