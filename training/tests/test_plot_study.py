"""What is printed and drawn of the study is what its results say."""

import unittest
import xml.etree.ElementTree as ElementTree

from mipha_nano.plot_study import axis, costs, differences, sides_plot, skills_plot, skills_table, table, ways_plot


def run(seed: int, vision: str, language: str, side: int, right: int) -> dict:
    return {
        "seed": seed,
        "vision": vision,
        "language": language,
        "side": side,
        "trained_parameters": 1_000_000,
        "tokens": 50_000,
        "train_seconds": 10.0 + seed,
        "loss": 1.5,
        "score": {"color": [right, 50], "clock": [10, 50]},
    }


# Right of 100: frozen 20, 22; LoRA 30, 34; full 40, 40; a tuned tower adds 5; a finer picture 3 more.
RIGHT = {"frozen": (20, 22), "lora": (30, 34), "full": (40, 40)}
RUNS = [
    run(seed, vision, language, 192, RIGHT[language][seed - 1] - 10 + (5 if vision == "tuned" else 0))
    for seed in (1, 2)
    for vision in ("frozen", "tuned")
    for language in RIGHT
]
RUNS += [run(seed, "tuned", "full", 256, 38) for seed in (1, 2)]
RESULTS = {
    "budget": {"tune": 640},
    "runs": RUNS,
    "starts": {side: {"seconds": 7.0, "score": {"color": [5, 50], "clock": [2, 50]}} for side in ("192", "256")},
}


class PlotStudy(unittest.TestCase):
    def test_means_and_deviations(self):
        rows = table(RESULTS).splitlines()
        self.assertIn(
            "| frozen | lora | 192 | 2 | 32.0 ± 2.8 | 44.0 ± 5.7 | 20.0 ± 0.0 | 1.50 ± 0.00 | 1.00 M | 11.5 ± 0.7 |",
            rows,
        )
        self.assertIn("| before tuning | before tuning | 192 | 1 | 7.0 | 10.0 | 4.0 | | | |", rows)
        rows = skills_table(RESULTS).splitlines()
        self.assertTrue(
            rows[0].startswith("| skill | asked | before | frozen, frozen | frozen, lora |")
            and rows[0].endswith("| tuned, full | 256 pixels |")
        )
        self.assertTrue(rows[2].startswith("| color | 50 | 10.0 | 22.0 ± 2.8 | 44.0 ± 5.7 |"))
        self.assertEqual({row.count("|") for row in rows}, {11})

    def test_differences_are_of_one_seed(self):
        rows = differences(RESULTS).splitlines()
        self.assertIn("| LoRA over frozen, tower frozen | +10.0 | +12.0 | +11.0 ± 1.4 |", rows)
        self.assertIn("| full over LoRA, tower tuned | +10.0 | +6.0 | +8.0 ± 2.8 |", rows)
        self.assertIn("| tower tuned over frozen, language model full | +5.0 | +5.0 | +5.0 ± 0.0 |", rows)
        self.assertIn("| 256 over 192 pixels, all tuned | +3.0 | +3.0 | +3.0 ± 0.0 |", rows)
        self.assertEqual({row.count("|") for row in rows}, {5})

    def test_a_run_that_is_not_done_yet_leaves_its_column_empty(self):
        runs = [
            run for run in RUNS if not (run["seed"] == 1 and run["language"] == "lora" and run["vision"] == "frozen")
        ]
        self.assertIn(
            "| LoRA over frozen, tower frozen | – | +12.0 | +12.0 ± 0.0 |",
            differences({**RESULTS, "runs": runs}).splitlines(),
        )

    def test_costs(self):
        self.assertIn(
            "192 pixels: 50 thousand language tokens a run; adapting and aligning once 7 CPU seconds.", costs(RESULTS)
        )

    def test_plots_are_drawings_that_hold_every_bar(self):
        for drawing in (ways_plot(RESULTS, "A < B"), sides_plot(RESULTS), skills_plot(RESULTS)):
            self.assertTrue(ElementTree.fromstring(drawing).tag.endswith("svg"))
        self.assertEqual(axis([("", [("", "", 42.0, 3.0), ("", "", 80.0, 6.0)])], None), (0, 90))
        self.assertEqual(axis([("", [("", "", 82.0, 3.0)])], 52.0), (50, 90))


if __name__ == "__main__":
    unittest.main()
