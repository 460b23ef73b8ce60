"""Draws the study's results as SVG and prints its tables as Markdown: study/results.json in, nothing measured here."""

import argparse
import json
import statistics
from pathlib import Path
from xml.sax.saxutils import escape

LANGUAGE = ("frozen", "lora", "full")
INK, FAINT = "#24292f", "#d0d7de"
FILL = {"frozen": "#8c959f", "tuned": "#0f766e"}
SKILLS = ("color", "shape", "size", "presence", "count", "position", "relation", "reading", "reading_lines", "chart_most_least", "chart_value", "chart_line", "chart_pie", "clock",
          "icon", "outside", "follow_up", "text_color", "background")


def share(score: dict, skill: str | None = None) -> float:
    """Percent right of one skill, or of all questions."""
    parts = [score[skill]] if skill else list(score.values())
    return 100 * sum(right for right, _ in parts) / sum(asked for _, asked in parts)


def spread(values: list[float]) -> tuple[float, float]:
    """Mean, and the standard deviation over seeds (0 for one)."""
    return statistics.mean(values), statistics.stdev(values) if len(values) > 1 else 0.0


def pick(results: dict, **wanted: object) -> list[dict]:
    return [run for run in results["runs"] if all(run[k] == v for k, v in wanted.items())]


def bars(title: str, groups: list[tuple[str, list[tuple[str, str, float, float]]]], low: float, high: float, start: float | None) -> str:
    """Grouped bars with error bars; a group is (name, [(label, fill, mean, deviation)]); `start` is a dashed line."""
    width, height, left, top, bottom = 640, 320, 48, 40, 56
    y = lambda v: top + (high - v) / (high - low) * (height - top - bottom)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13" fill="{INK}">',
           f'<rect width="{width}" height="{height}" fill="#ffffff"/>', f'<text x="{left}" y="22" font-weight="600">{escape(title)}</text>']
    step = (high - low) / 5
    for i in range(6):
        value = low + i * step
        out += [f'<line x1="{left}" x2="{width - 12}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="{FAINT}"/>',
                f'<text x="{left - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.0f}</text>']
    span = (width - left - 12) / len(groups)
    for g, (name, items) in enumerate(groups):
        x0, each = left + g * span, span * 0.7 / len(items)
        out.append(f'<text x="{x0 + span / 2:.1f}" y="{height - 14}" text-anchor="middle">{escape(name)}</text>')
        for i, (label, fill, mean, deviation) in enumerate(items):
            x = x0 + span * 0.15 + i * each
            middle = x + each * 0.45
            out += [f'<rect x="{x:.1f}" y="{y(mean):.1f}" width="{each * 0.9:.1f}" height="{y(low) - y(mean):.1f}" fill="{fill}"/>',
                    f'<text x="{middle:.1f}" y="{height - 34}" text-anchor="middle" font-size="11">{escape(label)}</text>',
                    f'<path d="M{middle:.1f} {y(mean - deviation):.1f}V{y(mean + deviation):.1f}" stroke="{INK}" stroke-width="2"/>',
                    f'<text x="{middle:.1f}" y="{y(mean + deviation) - 5:.1f}" text-anchor="middle" font-size="11">{mean:.1f}</text>']
    if start is not None:
        out += [f'<line x1="{left}" x2="{width - 12}" y1="{y(start):.1f}" y2="{y(start):.1f}" stroke="{INK}" stroke-dasharray="5 4"/>',
                f'<text x="{left + 4}" y="{y(start) - 5:.1f}" font-size="11">before</text>']
    return "\n".join([*out, "</svg>", ""])


def base_of(results: dict) -> int:
    """The resolution at which every way was tried: most of the runs are of it."""
    return statistics.mode(run["side"] for run in results["runs"])


def ways_plot(results: dict, title: str) -> str:
    groups = []
    for vision in ("frozen", "tuned"):
        items = []
        for language in LANGUAGE:
            runs = pick(results, vision=vision, language=language, side=base_of(results))
            items.append((language, FILL[vision], *spread([share(r["score"]) for r in runs])))
        groups.append((f"tower {vision}", items))
    return bars(title, groups, 75, 90, share(results["starts"][str(base_of(results))]["score"]))


def sides_plot(results: dict) -> str:
    groups = []
    for side in sorted(int(s) for s in results["starts"]):
        runs = pick(results, vision="tuned", language="full", side=side)
        groups.append((f"{side} x {side} pixels, {(side // 16) ** 2} tokens", [
            ("before", FILL["frozen"], share(results["starts"][str(side)]["score"]), 0.0),
            ("after", FILL["tuned"], *spread([share(r["score"]) for r in runs]))]))
    return bars("Questions answered right, percent, by resolution (the axis begins at 70)", groups, 70, 85, None)


def table(results: dict) -> str:
    cell = lambda values: "{:.1f}{}".format(*(lambda m, d: (m, f" ± {d:.1f}" if len(values) > 1 else ""))(*spread(values)))
    skills = [skill for skill in SKILLS if any(skill in run["score"] for run in results["runs"])]
    rows = ["| tower | language model | pixels | runs | all | " + " | ".join(s.replace("_", " ") for s in skills) + " | trained | CPU s |", "|" + " --- |" * (len(skills) + 7)]
    base, sides = base_of(results), sorted(int(side) for side in results["starts"])
    for side in sides:
        score = results["starts"][str(side)]["score"]
        rows.append(f"| before tuning | before tuning | {side} | 1 | {cell([share(score)])} | {' | '.join(cell([share(score, s)]) for s in skills)} | | |")
    for vision, language, side in [(v, l, base) for v in ("frozen", "tuned") for l in LANGUAGE] + [("tuned", "full", s) for s in sides if s != base]:
        runs = pick(results, vision=vision, language=language, side=side)
        if runs:
            parts = " | ".join(cell([share(r["score"], s) for r in runs]) for s in skills)
            rows.append(f"| {vision} | {language} | {side} | {len(runs)} | {cell([share(r['score']) for r in runs])} | {parts} | {runs[0]['trained_parameters'] / 1e6:.2f} M | {cell([r['train_seconds'] for r in runs])} |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--name", default="study")
    options = parser.parse_args()
    results = json.loads(options.results.read_text())
    options.out.mkdir(parents=True, exist_ok=True)
    pictures = results["budget"]["tune"]
    (options.out / f"{options.name}-parts.svg").write_text(ways_plot(results, f"Questions answered right, percent, after {pictures} conversations (the axis begins at 75)"))
    if len(results["starts"]) > 1:
        (options.out / f"{options.name}-resolution.svg").write_text(sides_plot(results))
    print(table(results))


if __name__ == "__main__":
    main()
