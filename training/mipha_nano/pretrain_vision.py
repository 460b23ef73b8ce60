"""Stage 0a: teaches the vision tower what every patch shows (shape, colour, character, centre of an object)."""

import argparse
import math
import time
from collections.abc import Iterable
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .checkpoint import load_checkpoint
from .config import VisionConfig
from .dataset import DenseBatches, stream
from .optimise import Optimiser
from .precision import mixed
from .resume import begin, resume, save
from .vision import VisionTower, normalise, resample_places
from .vocabulary import (
    CHARACTER_CLASSES,
    COLOR_CLASSES,
    HAND_CLASSES,
    ICON_CLASSES,
    IGNORE,
    SHAPE_CLASSES,
    SHAPES,
    SIZE_CLASSES,
)

HEADS = {
    "shape": len(SHAPE_CLASSES),
    "color": len(COLOR_CLASSES),
    "character": len(CHARACTER_CLASSES),
    "center": 2,
    "second": len(CHARACTER_CLASSES),
    "hand": len(HAND_CLASSES),
    "size": len(SIZE_CLASSES),
    "icon": len(ICON_CLASSES),
}

# Weight of "nothing" beside 1 for every class. A colour is never nothing; where something is, other heads say already.
USUAL = 0.25
EMPTY = {"color": 1.0, "second": 0.05, "hand": 0.05, "size": 0.05, "icon": 0.05}

# Weight of a head's loss where it is not 1: characters and hands are learned slowest.
HEAVY = {"character": 2.5, "hand": 2.0}
COUNTED = 1.0  # weight of `count_loss`: about as much as the centres themselves
SHAPES_AT = slice(1, 1 + len(SHAPES))  # in SHAPE_CLASSES


class DenseHeads(nn.Module):
    """One linear read-out per label, after a LayerNorm; thrown away once the tower is trained."""

    def __init__(self, hidden: int):
        super().__init__()
        self.norm = nn.LayerNorm(hidden)
        self.heads = nn.ModuleDict({name: nn.Linear(hidden, classes) for name, classes in HEADS.items()})

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        x = self.norm(features)
        return {name: head(x).float() for name, head in self.heads.items()}


def dense_loss(outputs: dict[str, Tensor], labels: Tensor) -> Tensor:
    """Sum over heads of the mean cross entropy; empty patches weigh less, for they are most of a picture."""
    total = torch.zeros(())
    for i, (name, logits) in enumerate(outputs.items()):
        target = labels[:, i].flatten()
        weight = torch.ones(logits.shape[-1])
        weight[0] = EMPTY.get(name, USUAL)
        total = total + HEAVY.get(name, 1.0) * F.cross_entropy(
            logits.flatten(0, 1), target, weight=weight, ignore_index=IGNORE
        )
    return total + COUNTED * count_loss(outputs, labels)


def count_loss(outputs: dict[str, Tensor], labels: Tensor) -> Tensor:
    """How far the expected numbers of things of each shape and colour are from the true ones.

    Two patches that share a centre by halves each guess right half of the time; only their sum says that it is one thing,
    and a sum is what attention can take out of a picture.
    """
    edge = math.log(EMPTY.get("center", USUAL))  # the weight of "nothing" has lifted this read-out by so much
    center = torch.sigmoid(outputs["center"][..., 1] - outputs["center"][..., 0] + edge)
    shape, color = outputs["shape"].softmax(-1)[..., SHAPES_AT], outputs["color"].softmax(-1)
    expected = torch.cat(
        [torch.einsum("bp,bps->bs", center, shape), torch.einsum("bp,bpc->bc", center * shape.sum(-1), color)], -1
    )
    is_shape = F.one_hot(labels[:, 0], len(SHAPE_CLASSES))[..., SHAPES_AT].float() * labels[:, 3, :, None]
    is_color = F.one_hot(labels[:, 1].clamp(min=0), len(COLOR_CLASSES)).float() * is_shape.sum(-1, keepdim=True)
    return (
        F.smooth_l1_loss(expected, torch.cat([is_shape.sum(1), is_color.sum(1)], -1), beta=0.5, reduction="none")
        .sum(-1)
        .mean()
    )


def grow(part: nn.Module, state: dict) -> None:
    """Loads read-outs or symbols of a time with fewer labels: new classes keep their random rows, new labels their random heads."""
    own = part.state_dict()
    for name, rows in state.items():
        own[name][: len(rows)] = rows
    part.load_state_dict(own)


def at_resolution(state: dict[str, Tensor], config: VisionConfig) -> dict[str, Tensor]:
    """A tower's weights with its places stretched to the grid of `config`."""
    places = "vision_model.embeddings.position_embedding.weight"
    return {**state, places: resample_places(state[places], config.image_size // config.patch_size)}


@torch.no_grad()
def accuracy(outputs: dict[str, Tensor], labels: Tensor) -> dict[str, float]:
    """Accuracy on patches that show something (for `center`: at the true centres)."""
    result = {}
    for i, (name, logits) in enumerate(outputs.items()):
        target = labels[:, i]
        shown = (target > 0) & (labels[:, 3] == 1) if name in ("shape", "color", "center") else target > 0
        result[name] = (logits.argmax(-1)[shown] == target[shown]).float().mean().item()
    return result


def dense_step(
    tower: VisionTower, heads: DenseHeads, optimiser: Optimiser, batch: tuple[Tensor, Tensor], progress: float
) -> float:
    """The tower and its read-outs alone, or whichever of them is not frozen; returns the loss."""
    pixels, labels = batch
    with mixed():
        outputs = heads(tower(normalise(pixels)))
    loss = dense_loss(outputs, labels)
    loss.backward()
    optimiser.step(progress)
    return loss.item()


def learn_read_outs(
    tower: VisionTower, heads: DenseHeads, batches: Iterable[tuple[Tensor, Tensor]], steps: int
) -> None:
    """A published checkpoint has none; they learn alone first, for random ones would pull the tower away from what it knows."""
    learned = [
        p for p in tower.parameters() if p.requires_grad
    ]  # the last layer, which the features do not come from, never does
    tower.requires_grad_(False)
    optimiser = Optimiser([heads], muon_lr=0, adam_lr=3e-3)
    for step, batch in enumerate(batches):
        loss = dense_step(tower, heads, optimiser, batch, step / steps)
        if step % 50 == 0:
            print(f"read-outs step {step}/{steps} dense {loss:.4f}", flush=True)
        if step >= steps:
            break
    for p in learned:
        p.requires_grad_(True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("runs/vision.pt"))
    parser.add_argument("--pictures", type=int, default=250000)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--start",
        type=Path,
        help="a checkpoint whose tower to begin with, whatever its resolution, or a tune.pt, which has read-outs too",
    )
    parser.add_argument(
        "--read-out-pictures",
        type=int,
        default=8000,
        help="what the dense read-outs learn from before all else when a checkpoint is begun with, which has none",
    )
    options = parser.parse_args()
    begin(options.out.parent, options.threads, options.seed)
    config = VisionConfig()
    tower, heads = VisionTower(config), DenseHeads(config.hidden_size)
    if options.start and options.start.suffix == ".pt":
        began = torch.load(options.start, weights_only=True)
        tower.load_state_dict(
            {
                name[len("vision_tower.") :]: weight
                for name, weight in began["model"].items()
                if name.startswith("vision_tower.")
            }
        )
        grow(heads, began["heads"])
    elif options.start:
        tower.load_state_dict(at_resolution(load_checkpoint(options.start)[0].vision_tower.state_dict(), config))
        if not options.out.exists():
            learn_read_outs(tower, heads, stream(DenseBatches(32, options.seed)), options.read_out_pictures // 32)
    optimiser = Optimiser([tower, heads], muon_lr=options.lr, adam_lr=options.lr / 2)
    parts = {"tower": tower, "heads": heads, "optimiser": optimiser}
    seconds, pictures = resume(options.out, parts)
    if pictures >= options.pictures:
        return
    held_out = next(iter(DenseBatches(256, 10_000_019, held_out=True)))
    budget, saved = options.pictures, seconds
    for step, batch in enumerate(stream(DenseBatches(options.batch, options.seed + pictures))):
        start = time.monotonic()
        loss = dense_step(tower, heads, optimiser, batch, pictures / budget)
        seconds += time.monotonic() - start
        pictures += len(batch[0])
        if step % 400 == 0:
            with torch.no_grad(), mixed():
                scores = accuracy(heads(tower(normalise(held_out[0]))), held_out[1])
            print(
                f"{seconds:6.0f} s {pictures:7d} pictures loss {loss:.3f} "
                + " ".join(f"{k} {v:.3f}" for k, v in scores.items()),
                flush=True,
            )
        if seconds - saved > 120 or pictures >= budget:
            save(options.out, parts, seconds, pictures)
            saved = seconds
        if pictures >= budget:
            return


if __name__ == "__main__":
    main()
