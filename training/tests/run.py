"""Runs the tests and says which were skipped because this machine lacks their fonts or photographs: `python -m tests.run`."""

import argparse
import re
import sys
import unittest

# Those that teach and judge small models; the others read back thousands of drawn pictures, which takes ten minutes.
QUICK = ("tests.test_model", "tests.test_lora", "tests.test_plot_study")

# What mipha_nano raises where something named in training/README.md is not installed.
MISSING = re.compile(r"(?:fonts?|photographs) missing: [^\n]*")


class Result(unittest.TextTestResult):
    def addError(self, test, err):
        missing = MISSING.search(str(err[1]))
        if missing:
            self.addSkip(test, missing[0][:100])
        else:
            super().addError(test, err)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"only {', '.join(QUICK)}")
    loader = unittest.defaultTestLoader
    quick = parser.parse_args().quick
    suite = loader.loadTestsFromNames(QUICK) if quick else loader.discover("tests", top_level_dir=".")
    result = unittest.TextTestRunner(resultclass=Result, buffer=True).run(suite)
    for reason in sorted({reason for _, reason in result.skipped}):
        print(f"SKIPPED {sum(1 for _, other in result.skipped if other == reason)}: {reason}")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
