"""Stage 0b: teaches the language model to talk about pictures it is told of in symbols; no pixel is involved."""

import argparse
import time
from pathlib import Path

import torch

from .checkpoint import load_checkpoint
from .config import LanguageConfig, VisionConfig
from .conversation import before_image
from .dataset import ChatBatches, stream
from .evaluate import judge
from .language import LanguageModel
from .language_loss import chat_loss
from .optimise import Optimiser
from .precision import mixed
from .resume import begin, resume, save
from .symbols import Symbols, blur_labels
from .tokenizer import Tokenizer, learn


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of this run, learned on first use."""
    if not (folder / "tokenizer.json").exists():
        learn().save(folder)
    return Tokenizer.load(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("runs/language.pt"))
    parser.add_argument("--pictures", type=int, default=48000)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--turns", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--lr", type=float, default=1.2e-3)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--start", type=Path, help="a checkpoint whose language model and tokenizer to begin with")
    options = parser.parse_args()
    begin(options.out.parent, options.threads, options.seed)
    if options.start:
        began, tokenizer = load_checkpoint(options.start)
        tokenizer.save(options.out.parent)
    tokenizer = load_tokenizer(options.out.parent)
    language, symbols = (
        LanguageModel(LanguageConfig()),
        Symbols(VisionConfig().num_patches, LanguageConfig().hidden_size),
    )
    if options.start:
        language.load_state_dict(began.language.state_dict())
    optimiser = Optimiser([language, symbols], muon_lr=options.lr, adam_lr=options.lr)
    parts = {"language": language, "symbols": symbols, "optimiser": optimiser}
    seconds, pictures = resume(options.out, parts)
    if pictures >= options.pictures:
        return
    prefix = torch.tensor(before_image(tokenizer))
    told = lambda _, dense: symbols(dense)
    budget, saved, judged, recent = options.pictures, seconds, seconds, []
    for step, (_, dense, ids, labels) in enumerate(
        stream(ChatBatches(options.batch, options.seed + pictures, tokenizer, options.turns))
    ):
        start = time.monotonic()
        with mixed():
            image_embeds = symbols(blur_labels(dense, 0.01))
            loss = chat_loss(language, prefix, image_embeds, ids, labels)
        loss.backward()
        optimiser.step(pictures / budget)
        seconds += time.monotonic() - start
        pictures += len(ids)
        recent.append(loss.item())
        if step % 100 == 0:
            print(f"{seconds:6.0f} s {pictures:7d} pictures loss {sum(recent) / len(recent):.4f}", flush=True)
            recent.clear()
        if seconds - saved > 120 or pictures >= budget:
            save(options.out, parts, seconds, pictures)
            saved = seconds
        if seconds - judged > 900 or pictures >= budget:
            print(judge(language, told, tokenizer, 150), flush=True)
            judged = seconds
        if pictures >= budget:
            return


if __name__ == "__main__":
    main()
