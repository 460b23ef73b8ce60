"""Stage 0b: teaches the language model to talk about pictures it is told of in symbols; no pixel is involved."""

import argparse
import random
import time
from pathlib import Path

import torch
from torch import Tensor

from .config import LanguageConfig, VisionConfig
from .conversation import IGNORE, before_image
from .dataset import ChatBatches, stream
from .language import LanguageModel
from .optimise import Optimiser
from .symbols import Symbols, blur_labels
from .tokenizer import Tokenizer, learn


def join(language: LanguageModel, prefix: Tensor, image_embeds: Tensor, ids: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """inputs_embeds [B, prefix + P + N, hidden] and labels of the same length."""
    b = ids.shape[0]
    embeds = torch.cat((language.embed(prefix).expand(b, -1, -1).to(image_embeds.dtype), image_embeds, language.embed(ids).to(image_embeds.dtype)), dim=1)
    padding = torch.full((b, embeds.shape[1] - labels.shape[1]), IGNORE)
    return embeds, torch.cat((padding, labels), dim=1)


def save(path: Path, language: LanguageModel, symbols: Symbols, optimiser: Optimiser, seconds: float, pictures: int) -> None:
    state = {"language": language.state_dict(), "symbols": symbols.state_dict(), "optimiser": optimiser.state_dict(), "seconds": seconds, "pictures": pictures}
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").rename(path)


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of this run, learned on first use."""
    if not (folder / "tokenizer.json").exists():
        learn().save(folder)
    return Tokenizer.load(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("runs/language.pt"))
    parser.add_argument("--pictures", type=int, default=48000)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    tokenizer = load_tokenizer(options.out.parent)
    language, symbols = LanguageModel(LanguageConfig()), Symbols(VisionConfig().num_patches, LanguageConfig().hidden_size)
    optimiser = Optimiser([language, symbols], muon_lr=options.lr, adam_lr=options.lr)
    seconds, pictures = 0.0, 0
    if options.out.exists():
        state = torch.load(options.out, weights_only=True)
        language.load_state_dict(state["language"])
        symbols.load_state_dict(state["symbols"])
        optimiser.load_state_dict(state["optimiser"])
        seconds, pictures = state["seconds"], state["pictures"]
        print(f"resumed after {seconds:.0f} s, {pictures} pictures", flush=True)
    prefix = torch.tensor(before_image(tokenizer))
    budget, saved, recent = options.pictures, seconds, []
    for step, (_, dense, ids, labels) in enumerate(stream(ChatBatches(options.batch, options.seed + pictures, tokenizer, options.turns))):
        start = time.monotonic()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            image_embeds = symbols(blur_labels(dense, 0.01))
            loss = language.loss(*join(language, prefix, image_embeds, ids, labels))
        loss.backward()
        optimiser.step(pictures / budget)
        seconds += time.monotonic() - start
        pictures += len(ids)
        recent.append(loss.item())
        if step % 100 == 0:
            print(f"{seconds:6.0f} s {pictures:7d} pictures loss {sum(recent) / len(recent):.4f}", flush=True)
            recent.clear()
        if seconds - saved > 120 or pictures >= budget:
            save(options.out, language, symbols, optimiser, seconds, pictures)
            saved = seconds
        if pictures >= budget:
            return


if __name__ == "__main__":
    random.seed(0)
    main()
