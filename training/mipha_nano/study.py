"""The study at this scale: which parts must learn, and at which resolution; every run from the same start, equal steps."""

import argparse
import json
import random
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .checkpoint import load_checkpoint
from .config import MiphaConfig, VisionConfig
from .conversation import after_image, before_image
from .dataset import stacked
from .draw import PATCH, SIDE
from .fonts import find_fonts
from .language_loss import chat_loss
from .lessons import lesson
from .lora import put_on
from .model import Mipha
from .optimise import Optimiser
from .precision import mixed
from .pretrain_vision import DenseHeads, at_resolution, dense_step, grow, learn_read_outs
from .resume import begin
from .study_judge import held_out, judge
from .symbols import Symbols, at_grid
from .tokenizer import Tokenizer
from .train import align_step
from .vision import VisionTower, normalise

LANGUAGE = ("frozen", "lora", "full")
VISION = ("frozen", "tuned")
SEEDS = (1, 2, 3)
SIDES = (128, SIDE, 256)
CONNECTOR_LR = 3e-3  # where the connector learns alone


@dataclass(frozen=True)
class Budget:
    """Equal for all runs; pictures, so that a budget means the same on any machine."""

    adapt: int = 3200  # dense labels, once per resolution
    align: int = 6400  # connector, once per resolution; pictures of symbols, or questions of conversations
    tune: int = 1600  # conversations of each run
    turns: int = 5
    batch: int = 16
    judged: int = 720  # held-out pictures, up to four questions each
    rank: int = 16
    lr: float = 3e-3  # of Muon for connector and language model; AdamW has half of it
    tower_lr: float = 1e-3  # the same for the tower
    lora_lr: float = 4e-3  # of AdamW


def all_runs(seeds: list[int], base: int, sides: list[int]) -> list[dict]:
    """Six ways to tune at the base resolution, and full tuning at the others; by seed, so that means come early."""
    ways = [{"language": language, "vision": vision, "side": base} for vision in VISION for language in LANGUAGE]
    ways += [{"language": "full", "vision": "tuned", "side": side} for side in sides if side != base]
    return [{**way, "seed": seed} for seed in seeds for way in ways]


def config_of(side: int) -> MiphaConfig:
    return MiphaConfig(replace(VisionConfig(), image_size=side))


def dense_pictures(side: int, seed: int, count: int, batch: int):
    """Yields (pixels, labels) of all kinds of pictures, `count` in all."""
    rng, fonts = random.Random(f"study/dense/{seed}"), find_fonts()
    for _ in range(count // batch):
        drawn = [lesson(rng, fonts, 1, side=side) for _ in range(batch)]
        yield (
            torch.from_numpy(np.stack([p for p, _, _ in drawn])),
            torch.from_numpy(np.stack([labels for _, labels, _ in drawn])),
        )


def conversations(side: int, seed: int, budget: Budget, tokenizer: Tokenizer) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Batches (pixels, ids, labels): the same pictures and questions at every resolution."""
    rng, fonts = random.Random(f"study/chat/{seed}"), find_fonts()
    batches = []
    for _ in range(budget.tune // budget.batch):
        drawn = [lesson(rng, fonts, budget.turns, side=side) for _ in range(budget.batch)]
        batches.append(
            stacked([(picture, *after_image(tokenizer, turns)) for picture, _, turns in drawn], tokenizer.end_id)
        )
    return batches


def start_at(side: int, runs: Path, budget: Budget, checkpoint: Path | None = None) -> tuple[dict, float]:
    """State of an aligned model at one resolution (made once, kept in `runs`), and the CPU seconds it cost; it begins with a checkpoint, or with the two pretrained halves in `runs`."""
    path = runs / f"study-{side}.pt"
    made_from = {"start": str(checkpoint), "adapt": budget.adapt, "align": budget.align}
    if not path.exists():
        torch.manual_seed(side)
        began = time.process_time()
        model = from_checkpoint(checkpoint, side, budget) if checkpoint else from_halves(runs, side, budget)
        part = path.with_suffix(".part")
        torch.save({"model": model.state_dict(), "seconds": time.process_time() - began, "made_from": made_from}, part)
        part.rename(path)
    saved = torch.load(path, weights_only=True)
    if saved["made_from"] != made_from:
        raise SystemExit(f"{path} was made from {saved['made_from']}, not from {made_from}; give another --runs")
    return saved["model"], saved["seconds"]


def from_halves(runs: Path, side: int, budget: Budget) -> Mipha:
    """vision.pt and language.pt of the pretraining stages; the connector learns to write the symbols' vectors."""
    config = config_of(side)
    eye, mouth = (torch.load(runs / name, weights_only=True) for name in ("vision.pt", "language.pt"))
    model, heads, symbols = (
        Mipha(config),
        DenseHeads(config.vision.hidden_size),
        Symbols(config.vision.num_patches, config.language.hidden_size),
    )
    model.vision_tower.load_state_dict(at_resolution(eye["tower"], config.vision))
    grow(heads, eye["heads"])
    model.language.load_state_dict(mouth["language"])
    grow(symbols, at_grid(mouth["symbols"], side // PATCH))
    adapt(model.vision_tower, heads, side, budget)
    align(model, symbols.requires_grad_(False), side, budget)
    return model


def from_checkpoint(folder: Path, side: int, budget: Budget) -> Mipha:
    """A finished model of earlier lessons, at any resolution; it has no symbols, so the connector learns from conversations, which is Mipha's own first stage."""
    config = config_of(side)
    model = Mipha(config)
    finished = load_checkpoint(folder)[0]
    model.vision_tower.load_state_dict(at_resolution(finished.vision_tower.state_dict(), config.vision))
    model.mm_projector.load_state_dict(finished.mm_projector.state_dict())
    model.language.load_state_dict(finished.language.state_dict())
    heads, tokenizer = DenseHeads(config.vision.hidden_size), Tokenizer.load(folder)
    learn_read_outs(model.vision_tower, heads, dense_pictures(side, 1, budget.adapt, 64), budget.adapt // 64)
    adapt(model.vision_tower, heads, side, budget)
    first_stage = replace(budget, tune=budget.align // budget.turns, lr=CONNECTOR_LR)
    tune(
        model,
        {"language": "frozen", "vision": "frozen"},
        conversations(side, 0, first_stage, tokenizer),
        first_stage,
        torch.tensor(before_image(tokenizer)),
    )
    return model


def adapt(tower: VisionTower, heads: DenseHeads, side: int, budget: Budget) -> None:
    """Dense labels at this resolution; the base resolution gets the same number of pictures, or it would be ahead."""
    optimiser, steps = Optimiser([tower, heads], muon_lr=7e-4, adam_lr=3.5e-4), budget.adapt // 64
    for step, drawn in enumerate(dense_pictures(side, 1, budget.adapt, 64)):
        loss = dense_step(tower, heads, optimiser, drawn, step / steps)
        if step % 20 == 0:
            print(f"adapt {side} step {step}/{steps} loss {loss:.3f}", flush=True)


def align(model: Mipha, symbols: Symbols, side: int, budget: Budget) -> None:
    """Only the connector learns, to write the vectors that the language model knows."""
    optimiser, steps = Optimiser([model.mm_projector], muon_lr=CONNECTOR_LR, adam_lr=CONNECTOR_LR), budget.align // 64
    for step, drawn in enumerate(dense_pictures(side, 2, budget.align, 64)):
        loss = align_step(model, symbols, optimiser, drawn, step / steps)
        if step % 30 == 0:
            print(f"align {side} step {step}/{steps} unexplained variance {loss:.3f}", flush=True)


def tune(model: Mipha, run: dict, batches: list, budget: Budget, prefix: Tensor) -> dict:
    """One run; returns what it cost."""
    model.vision_tower.requires_grad_(run["vision"] == "tuned")
    model.vision_tower.vision_model.encoder.layers[-1].requires_grad_(False)
    if run["language"] == "frozen":
        model.language.requires_grad_(False)
    if run["language"] == "lora":
        put_on(model.language, budget.rank, 2 * budget.rank)
    optimisers = [
        Optimiser(
            [model.mm_projector, model.language], muon_lr=budget.lr, adam_lr=budget.lr / 2, lora_lr=budget.lora_lr
        )
    ]
    if run["vision"] == "tuned":
        optimisers.append(Optimiser([model.vision_tower], muon_lr=budget.tower_lr, adam_lr=budget.tower_lr / 2))
    trained = sum(p.numel() for optimiser in optimisers for p in optimiser.parameters)
    began, tokens, recent = time.process_time(), 0, []
    for step, (pixels, ids, labels) in enumerate(batches):
        with mixed():
            with torch.set_grad_enabled(run["vision"] == "tuned"):
                features = model.vision_tower(normalise(pixels))
            loss = chat_loss(model.language, prefix, model.mm_projector(features), ids, labels)
        loss.backward()
        for optimiser in optimisers:
            optimiser.step(step / len(batches), warmup=0.05)
        tokens += ids.shape[0] * (features.shape[1] + ids.shape[1])
        recent.append(loss.item())
    return {
        "trained_parameters": trained,
        "tokens": tokens,
        "train_seconds": time.process_time() - began,
        "loss": sum(recent[-10:]) / len(recent[-10:]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--runs",
        type=Path,
        default=Path("runs"),
        help="where vision.pt, language.pt and the tokenizer lie, and the starts are kept",
    )
    parser.add_argument("--results", type=Path, default=Path("study/results.json"))
    parser.add_argument(
        "--start",
        type=Path,
        help="a checkpoint to begin with, whatever its resolution, instead of the pretrained halves",
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument(
        "--base", type=int, default=SIDE, help="pixels; the six ways are compared at this resolution only"
    )
    parser.add_argument("--sides", type=int, nargs="+", default=SIDES, help="pixels, multiples of 32")
    for name, default in asdict(Budget()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    options = parser.parse_args()
    begin(options.results.parent, options.threads, 0)
    budget = Budget(**{name: getattr(options, name) for name in asdict(Budget())})
    tokenizer = Tokenizer.load(options.start or options.runs)
    prefix = torch.tensor(before_image(tokenizer))
    results = (
        json.loads(options.results.read_text())
        if options.results.exists()
        else {"budget": asdict(budget), "start": str(options.start), "starts": {}, "runs": []}
    )
    if (results["budget"], results["start"]) != (asdict(budget), str(options.start)):
        raise SystemExit(f"{options.results} was made with another budget or start; give it another name")
    questions: dict[int, list] = {}
    drawn: tuple = ()
    for run in all_runs(options.seeds, options.base, options.sides):
        if any(all(done[k] == v for k, v in run.items()) for done in results["runs"]):
            continue
        side, seed = run["side"], run["seed"]
        state, seconds = start_at(side, options.runs, budget, options.start)
        questions.setdefault(side, held_out(side, budget.judged, tokenizer))
        if drawn[:2] != (side, seed):
            drawn = (side, seed, conversations(side, seed, budget, tokenizer))
        torch.manual_seed(seed)
        model = Mipha(config_of(side))
        model.load_state_dict(state)
        if str(side) not in results["starts"]:
            results["starts"][str(side)] = {"seconds": seconds, "score": judge(model, tokenizer, questions[side])}
        cost = tune(model, run, drawn[2], budget, prefix)
        began = time.process_time()
        score = judge(model, tokenizer, questions[side])
        results["runs"].append({**run, **cost, "judge_seconds": time.process_time() - began, "score": score})
        part = options.results.with_suffix(".part")
        part.write_text(json.dumps(results, indent=1) + "\n")
        part.rename(options.results)
        right, asked = (sum(n[i] for n in score.values()) for i in (0, 1))
        print(f"{run} {cost['train_seconds']:.0f} s loss {cost['loss']:.4f} right {right / asked:.3f}", flush=True)


if __name__ == "__main__":
    main()
