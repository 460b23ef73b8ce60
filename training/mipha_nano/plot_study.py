"""Draws the study's results as SVG and prints its tables as Markdown: study/results.json in, nothing measured here."""

import argparse
import json
import math
import statistics
from pathlib import Path
from xml.sax.saxutils import escape

LANGUAGE = ("frozen", "lora", "full")
INK, FAINT = "#24292f", "#d0d7de"
FILL = {"frozen": "#8c959f", "tuned": "#0f766e"}
SKILLS = (
    "color",
    "shape",
    "size",
    "presence",
    "count",
    "position",
    "relation",
    "reading",
    "reading_lines",
    "chart_most_least",
    "chart_value",
    "chart_line",
    "chart_pie",
    "clock",
    "icon",
    "outside",
    "follow_up",
    "text_color",
    "background",
)


def share(score: dict, skill: str | None = None) -> float:
    """Percent right of one skill, or of all questions; not a number if there are none."""
    parts = [score[skill]] if skill else list(score.values())
    if not parts:
        return math.nan
    return 100 * sum(right for right, _ in parts) / sum(asked for _, asked in parts)


def base_of(results: dict) -> int:
    """The resolution at which every way was tried: most of the runs are of it."""
    return statistics.mode(run["side"] for run in results["runs"])


def sides_of(results: dict) -> list[int]:
    return sorted(int(side) for side in results["starts"])


def score_before(results: dict, side: int | None = None) -> dict:
    """Score of the start, at the base resolution unless another is given."""
    return results["starts"][str(side or base_of(results))]["score"]


def known(results: dict) -> list[str]:
    """Skills of which the start, at the base resolution, gets a tenth right; the others are new to it."""
    start = score_before(results)
    return [skill for skill in start if share(start, skill) >= 10]


def shares(results: dict, score: dict) -> list[float]:
    """Percent right of all questions, of the known skills and of the new ones."""
    old = known(results)
    return [
        share(score),
        *(share({skill: n for skill, n in score.items() if (skill in old) == wanted}) for wanted in (True, False)),
    ]


def spread(values: list[float]) -> tuple[float, float]:
    """Mean, and the standard deviation over seeds (0 for one)."""
    return statistics.mean(values), statistics.stdev(values) if len(values) > 1 else 0.0


def pick(results: dict, **wanted: object) -> list[dict]:
    return [run for run in results["runs"] if all(run[k] == v for k, v in wanted.items())]


def axis(groups: list, start: float | None) -> tuple[float, float]:
    """Ends of the axis, multiples of ten that hold every bar with its deviation and the number above it; it begins at zero where that leaves the bars apart."""
    means = [(mean, deviation) for _, items in groups for _, _, mean, deviation in items] + (
        [(start, 0.0)] if start is not None else []
    )
    low = 10 * math.floor((min(m - d for m, d in means) - 1) / 10)
    return 0 if low <= 30 else low, min(100, 10 * math.ceil((max(m + d for m, d in means) + 1) / 10))


def sheet(width: int, height: int, left: int, title: str) -> list[str]:
    """A drawing's first lines."""
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13" fill="{INK}">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{left}" y="22" font-weight="600">{escape(title)}</text>',
    ]


def bars(title: str, groups: list[tuple[str, list[tuple[str, str, float, float]]]], start: float | None) -> str:
    """Grouped bars with error bars; a group is (name, [(label, fill, mean, deviation)]); `start` is a dashed line."""
    width, height, left, top, bottom = 640, 320, 48, 40, 56
    low, high = axis(groups, start)
    title = f"{title} (the axis begins at {low})" if low else title
    y = lambda v: top + (high - v) / (high - low) * (height - top - bottom)
    out = sheet(width, height, left, title)
    step = (high - low) / 5
    for i in range(6):
        value = low + i * step
        out += [
            f'<line x1="{left}" x2="{width - 12}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="{FAINT}"/>',
            f'<text x="{left - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.0f}</text>',
        ]
    span = (width - left - 12) / len(groups)
    for g, (name, items) in enumerate(groups):
        x0, each = left + g * span, span * 0.7 / len(items)
        out.append(f'<text x="{x0 + span / 2:.1f}" y="{height - 14}" text-anchor="middle">{escape(name)}</text>')
        for i, (label, fill, mean, deviation) in enumerate(items):
            x = x0 + span * 0.15 + i * each
            middle = x + each * 0.45
            out += [
                f'<rect x="{x:.1f}" y="{y(mean):.1f}" width="{each * 0.9:.1f}" height="{y(low) - y(mean):.1f}" fill="{fill}"/>',
                f'<text x="{middle:.1f}" y="{height - 34}" text-anchor="middle" font-size="11">{escape(label)}</text>',
                f'<path d="M{middle:.1f} {y(mean - deviation):.1f}V{y(mean + deviation):.1f}" stroke="{INK}" stroke-width="2"/>',
                f'<text x="{middle:.1f}" y="{y(mean + deviation) - 5:.1f}" text-anchor="middle" font-size="11">{mean:.1f}</text>',
            ]
    if start is not None:
        out += [
            f'<line x1="{left}" x2="{width - 12}" y1="{y(start):.1f}" y2="{y(start):.1f}" stroke="{INK}" stroke-dasharray="5 4"/>',
            f'<text x="{left + 4}" y="{y(start) - 5:.1f}" font-size="11">before</text>',
        ]
    return "\n".join([*out, "</svg>", ""])


def ways_plot(results: dict, title: str) -> str:
    groups = []
    for vision in ("frozen", "tuned"):
        items = []
        for language in LANGUAGE:
            runs = pick(results, vision=vision, language=language, side=base_of(results))
            items.append(
                ("LoRA" if language == "lora" else language, FILL[vision], *spread([share(r["score"]) for r in runs]))
            )
        groups.append((f"tower {vision}", items))
    return bars(title, groups, share(score_before(results)))


def sides_plot(results: dict) -> str:
    groups = []
    for side in sides_of(results):
        runs = pick(results, vision="tuned", language="full", side=side)
        groups.append(
            (
                f"{side} x {side} pixels, {(side // 16) ** 2} tokens",
                [
                    ("before", FILL["frozen"], share(score_before(results, side)), 0.0),
                    ("after", FILL["tuned"], *spread([share(r["score"]) for r in runs])),
                ],
            )
        )
    return bars("Questions answered right, percent, by resolution", groups, None)


def skills_plot(results: dict) -> str:
    """A row per skill: where it was before, and where four ways of tuning have brought it, with the deviation over seeds."""
    base, start = base_of(results), score_before(results)
    ways = (
        ("connector alone", "frozen", "frozen", FILL["frozen"], -6),
        ("tower too", "tuned", "frozen", "#bf8700", -2),
        ("tower, LoRA", "tuned", "lora", "#0969da", 2),
        ("everything", "tuned", "full", FILL["tuned"], 6),
    )
    skills = [skill for skill in SKILLS if skill in start]
    left, right, top, row = 132, 620, 66, 26
    height, x = top + row * len(skills) + 28, lambda v: left + v / 100 * (right - left)
    out = sheet(640, height, 12, "Right answers by skill, percent: before (line) and after tuning")
    for i, (name, _, _, fill, _) in enumerate(ways):
        out.append(
            f'<circle cx="{left + 6 + 124 * i}" cy="42" r="4" fill="{fill}"/><text x="{left + 16 + 124 * i}" y="46" font-size="12">{name}</text>'
        )
    for value in range(0, 101, 20):
        out += [
            f'<line x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{top - 8}" y2="{height - 24}" stroke="{FAINT}"/>',
            f'<text x="{x(value):.1f}" y="{height - 8}" text-anchor="middle" font-size="11">{value}</text>',
        ]
    for i, skill in enumerate(skills):
        y, before = top + row * i + 8, x(share(start, skill))
        out += [
            f'<text x="{left - 10}" y="{y + 4}" text-anchor="end">{skill.replace("_", " ")}</text>',
            f'<line x1="{before:.1f}" x2="{before:.1f}" y1="{y - 9}" y2="{y + 9}" stroke="{INK}" stroke-width="2"/>',
        ]
        for _, vision, language, fill, shift in ways:
            mean, deviation = spread(
                [share(r["score"], skill) for r in pick(results, vision=vision, language=language, side=base)]
            )
            out += [
                f'<line x1="{x(max(0, mean - deviation)):.1f}" x2="{x(min(100, mean + deviation)):.1f}" y1="{y + shift}" y2="{y + shift}" stroke="{fill}" stroke-width="2"/>',
                f'<circle cx="{x(mean):.1f}" cy="{y + shift}" r="3" fill="{fill}"/>',
            ]
    return "\n".join([*out, "</svg>", ""])


def differences(results: dict) -> str:
    """What one choice changes, the other things equal: differences of runs of one seed (same start, pictures and questions), so that what the seeds share cancels."""
    base = base_of(results)
    way = lambda vision, language, side=base: {
        run["seed"]: share(run["score"]) for run in pick(results, vision=vision, language=language, side=side)
    }
    pairs = [
        (f"{name}, tower {vision}", way(vision, one), way(vision, other))
        for name, one, other in (
            ("LoRA over frozen", "lora", "frozen"),
            ("full over frozen", "full", "frozen"),
            ("full over LoRA", "full", "lora"),
        )
        for vision in ("frozen", "tuned")
    ]
    pairs += [
        (f"tower tuned over frozen, language model {language}", way("tuned", language), way("frozen", language))
        for language in LANGUAGE
    ]
    sides = sides_of(results)
    pairs += [
        (f"{high} over {low} pixels, all tuned", way("tuned", "full", high), way("tuned", "full", low))
        for low, high in zip(sides, sides[1:])
    ]
    seeds = sorted({run["seed"] for run in results["runs"]})
    rows = [
        "| difference, points | " + " | ".join(f"seed {seed}" for seed in seeds) + " | mean |",
        "|" + " --- |" * (len(seeds) + 2),
    ]
    for name, mine, its in pairs:
        found = {seed: mine[seed] - its[seed] for seed in mine if seed in its}
        if found:
            mean, deviation = spread(list(found.values()))
            rows.append(
                f"| {name} | {' | '.join(f'{found[seed]:+.1f}' if seed in found else '–' for seed in seeds)} | {mean:+.1f} ± {deviation:.1f} |"
            )
    return "\n".join(rows)


def costs(results: dict) -> str:
    """What tuning took at each resolution, and making it ready for that."""
    rows = []
    for side in sides_of(results):
        runs = pick(results, vision="tuned", language="full", side=side)
        rows.append(
            f"{side} pixels: {spread([r['tokens'] for r in runs])[0] / 1e3:.0f} thousand language tokens a run; adapting and aligning once {results['starts'][str(side)]['seconds']:.0f} CPU seconds."
        )
    return "\n".join(rows)


def cell(values: list[float], digits: int = 1) -> str:
    if math.isnan(values[0]):
        return "–"
    mean, deviation = spread(values)
    return f"{mean:.{digits}f} ± {deviation:.{digits}f}" if len(values) > 1 else f"{mean:.{digits}f}"


def tried(results: dict) -> list[tuple[str, str, int, list[dict]]]:
    """(tower, language model, pixels, runs): the six ways at the base resolution, then the other resolutions."""
    base, sides = base_of(results), sides_of(results)
    ways = [(vision, language, base) for vision in ("frozen", "tuned") for language in LANGUAGE] + [
        ("tuned", "full", s) for s in sides if s != base
    ]
    found = [(*way, pick(results, vision=way[0], language=way[1], side=way[2])) for way in ways]
    return [way for way in found if way[3]]


def table(results: dict) -> str:
    """Right answers in percent, of all questions, of known and of new skills, and what a run costs."""
    rows = [
        "| tower | language model | pixels | runs | all | known | new | loss | trained | CPU s |",
        "|" + " --- |" * 10,
    ]
    for side in sides_of(results):
        rows.append(
            f"| before tuning | before tuning | {side} | 1 | {' | '.join(cell([part]) for part in shares(results, score_before(results, side)))} | | | |"
        )
    for vision, language, side, runs in tried(results):
        overall = " | ".join(cell(list(part)) for part in zip(*(shares(results, r["score"]) for r in runs)))
        rows.append(
            f"| {vision} | {language} | {side} | {len(runs)} | {overall} | {cell([r['loss'] for r in runs], 2)} | {runs[0]['trained_parameters'] / 1e6:.2f} M | {cell([r['train_seconds'] for r in runs])} |"
        )
    return "\n".join(rows)


def skills_table(results: dict) -> str:
    """Right answers in percent by skill; a column per way."""
    start, ways = score_before(results), tried(results)
    name = lambda vision, language, side: f"{vision}, {language}" if side == base_of(results) else f"{side} pixels"
    rows = [
        "| skill | asked | before | " + " | ".join(name(*way[:3]) for way in ways) + " |",
        "|" + " --- |" * (len(ways) + 3),
    ]
    for skill in (skill for skill in SKILLS if skill in start):
        rows.append(
            f"| {skill.replace('_', ' ')} | {start[skill][1]} | {cell([share(start, skill)])} | {' | '.join(cell([share(r['score'], skill) for r in way[3]]) for way in ways)} |"
        )
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
    (options.out / f"{options.name}-parts.svg").write_text(
        ways_plot(results, f"Questions answered right, percent, after {pictures} conversations")
    )
    if len(results["starts"]) > 1:
        (options.out / f"{options.name}-resolution.svg").write_text(sides_plot(results))
    (options.out / f"{options.name}-skills.svg").write_text(skills_plot(results))
    print(table(results), skills_table(results), differences(results), costs(results), sep="\n\n")


if __name__ == "__main__":
    main()
