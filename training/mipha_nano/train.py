"""Mipha's two stages: align the connector between pretrained eye and language model, then tune everything."""

import argparse
import time
from pathlib import Path

import torch
import torch.nn.functional as F

from .checkpoint import load_checkpoint, save_checkpoint
from .config import MiphaConfig
from .conversation import before_image
from .dataset import ChatBatches, DenseBatches, stream
from .evaluate import judge_held_out
from .language_loss import chat_loss
from .model import Mipha
from .optimise import Optimiser
from .precision import mixed
from .pretrain_vision import DenseHeads, dense_loss, dense_step, grow, learn_read_outs
from .resume import begin, resume, save
from .symbols import Symbols
from .tokenizer import Tokenizer
from .vision import normalise


def align_step(model: Mipha, symbols: Symbols, optimiser: Optimiser, batch: tuple, share: float) -> float:
    """One step of the connector towards the vectors of `symbols`; returns the share of their variance that is unexplained."""
    pixels, labels = batch
    with mixed():
        with torch.no_grad():
            features = model.vision_tower(normalise(pixels))
        image_embeds = model.mm_projector(features)
    target = symbols(labels)
    loss = F.mse_loss(image_embeds.float(), target) / target.var()
    loss.backward()
    optimiser.step(share)
    return loss.item()


def align(model: Mipha, symbols: Symbols, pictures: int, batch: int, seed: int) -> None:
    """Stage 1: only the connector learns; its targets are the vectors the language model already understands."""
    optimiser = Optimiser([model.mm_projector], muon_lr=3e-3, adam_lr=3e-3)
    symbols.requires_grad_(False)
    start, steps = time.monotonic(), pictures // batch
    for step, drawn in enumerate(stream(DenseBatches(batch, seed))):
        loss = align_step(model, symbols, optimiser, drawn, step / steps)
        if step % 100 == 0:
            print(f"align {time.monotonic() - start:5.0f} s unexplained variance {loss:.4f}", flush=True)
        if step >= steps:
            return


def take_up(start: Path, model: Mipha, heads: DenseHeads, options: argparse.Namespace) -> None:
    """Loads the weights of a finished checkpoint's folder or of another run's tune.pt."""
    if start.suffix == ".pt":
        began = torch.load(start, weights_only=True)
        model.load_state_dict(began["model"])
        return grow(heads, began["heads"])
    model.load_state_dict(load_checkpoint(start)[0].state_dict())
    if not options.keep_tower and not (options.runs / "tune.pt").exists():
        learn_read_outs(
            model.vision_tower, heads, stream(DenseBatches(32, options.seed)), options.read_out_pictures // 32
        )


def tune(model: Mipha, heads: DenseHeads, tokenizer: Tokenizer, options: argparse.Namespace) -> None:
    """Stage 2: vision tower, connector and language model learn together; dense labels keep helping the eye."""
    model.vision_tower.requires_grad_(not options.keep_tower)
    optimiser = Optimiser([model] if options.keep_tower else [model, heads], muon_lr=options.lr, adam_lr=options.lr)
    path, parts = options.runs / "tune.pt", {"model": model, "heads": heads, "optimiser": optimiser}
    seconds, pictures = resume(path, parts)
    if pictures >= options.pictures or seconds >= options.seconds:
        return
    prefix = torch.tensor(before_image(tokenizer))
    budget, saved, judged = options.pictures, seconds, seconds
    # The eye alone, at a sixth of the price per picture: what it does not tell apart, nothing behind it can. Not the pictures of `align`.
    more = iter(stream(DenseBatches(32, options.seed + pictures + 1)))
    batches = ChatBatches(options.batch, options.seed + pictures, tokenizer, options.turns)
    for step, (pixels, dense, ids, labels) in enumerate(stream(batches)):
        start = time.monotonic()
        with mixed():
            with torch.set_grad_enabled(not options.keep_tower):
                features = model.vision_tower(normalise(pixels))
            chat = chat_loss(model.language, prefix, model.mm_projector(features), ids, labels)
            seen = torch.zeros(()) if options.keep_tower else dense_loss(heads(features), dense)
        (chat + options.dense_weight * seen).backward()
        progress = max(pictures / budget, seconds / options.seconds)
        optimiser.step(progress)
        for _ in range(
            0 if options.keep_tower else options.dense_steps if progress < 0.7 else min(1, options.dense_steps)
        ):
            dense_step(model.vision_tower, heads, optimiser, next(more), progress)
        seconds += time.monotonic() - start
        pictures += len(ids)
        if step % 50 == 0:
            print(
                f"tune {seconds:6.0f} s {pictures:7d} pictures chat {chat.item():.4f} dense {seen.item():.4f}",
                flush=True,
            )
        over = pictures >= budget or seconds >= options.seconds
        if seconds - judged > 1200:
            print(judge_held_out(model, tokenizer, 150), flush=True)
            judged = seconds
        if seconds - saved > 180 or over:
            save(path, parts, seconds, pictures)
            save_checkpoint(options.runs / "checkpoint", model, tokenizer)
            saved = seconds
        if over:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--align-pictures", type=int, default=14000)
    parser.add_argument("--pictures", type=int, default=60000)
    parser.add_argument(
        "--seconds",
        type=float,
        default=float("inf"),
        help="stop the last stage after so much time, if the pictures have not run out",
    )
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--turns", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--lr", type=float, default=7e-4)
    parser.add_argument("--dense-weight", type=float, default=0.1)
    parser.add_argument(
        "--start",
        type=Path,
        help="a checkpoint, or another run's tune.pt, to go on from instead of the pretrained halves, with a learning rate that begins anew",
    )
    parser.add_argument(
        "--read-out-pictures",
        type=int,
        default=8000,
        help="what the dense read-outs learn from before all else when a checkpoint is gone on from, which has none",
    )
    parser.add_argument(
        "--dense-steps",
        type=int,
        default=1,
        help="steps of the tower alone after each step of all; one at most in the last three tenths",
    )
    parser.add_argument(
        "--keep-tower",
        action="store_true",
        help="tune the connector and the language model only: cheaper, for what is seen already and only said wrongly",
    )
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    begin(options.runs, options.threads, options.seed)
    tokenizer = Tokenizer.load(options.start if options.start and options.start.is_dir() else options.runs)
    config = MiphaConfig()
    model, heads = Mipha(config), DenseHeads(config.vision.hidden_size)
    if options.start:
        take_up(options.start, model, heads, options)
        return tune(model, heads, tokenizer, options)
    symbols = Symbols(config.vision.num_patches, config.language.hidden_size)
    eye = torch.load(options.runs / "vision.pt", weights_only=True)
    mouth = torch.load(options.runs / "language.pt", weights_only=True)
    model.vision_tower.load_state_dict(eye["tower"])
    heads.load_state_dict(eye["heads"])
    model.language.load_state_dict(mouth["language"])
    symbols.load_state_dict(mouth["symbols"])
    if not (options.runs / "tune.pt").exists():
        align(model, symbols, options.align_pictures, 32, options.seed)
        save_checkpoint(options.runs / "checkpoint", model, tokenizer)
        print(judge_held_out(model, tokenizer, 150), flush=True)
    tune(model, heads, tokenizer, options)
    print(judge_held_out(model, tokenizer, 400), flush=True)


if __name__ == "__main__":
    main()
