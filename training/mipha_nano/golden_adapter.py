"""Writes what PyTorch computes for a tiny published-layout checkpoint with a seeded adapter: the builder's tests compare with it."""

import argparse
import json
from pathlib import Path

import torch

from .checkpoint import read_safetensors, write_safetensors
from .config import LanguageConfig
from .language import LanguageModel
from .lora import load_adapter, put_on, save_adapter


def language_of(folder: Path) -> LanguageModel:
    published = json.loads((folder / "config.json").read_text())
    language = LanguageModel(LanguageConfig(**{k: published[k] for k in LanguageConfig.__dataclass_fields__}))
    state = {k: v.float() for k, v in read_safetensors(folder / "model.safetensors").items()}
    language.load_state_dict({k: state[k] for k in language.state_dict()})
    # Published checkpoints were cast in memory, rotary frequencies included (docs/model-format.md, rope_dtype).
    rotary = language.cos.shape[1]
    inverse = (
        (published["rope_theta"] ** (-torch.arange(0, rotary, 2).float() / rotary))
        .to(getattr(torch, published.get("rope_dtype", published["torch_dtype"])))
        .float()
    )
    angles = torch.outer(torch.arange(language.cos.shape[0]).float(), torch.cat((inverse, inverse)))
    language.cos, language.sin = angles.cos(), angles.sin()
    return language.eval()


@torch.no_grad()
def answers(language: LanguageModel, golden: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The golden tensors that depend on the language model, computed anew; no cache is used, so none can be wrong."""
    embed = lambda ids: language.embed(ids.reshape(1, -1))
    prompt = torch.cat(
        (embed(golden["input_ids_before_image"]), golden["image_embeds"], embed(golden["input_ids_after_image"])), dim=1
    )
    logits_of = lambda rows: language.lm_head(language(rows)[0])
    rows, generated, steps = prompt, [], []
    logits = logits_of(prompt)
    last = logits[:, -1]
    for _ in range(golden["generated_ids"].shape[1]):
        generated.append(last.argmax(-1))
        rows = torch.cat((rows, embed(generated[-1])), dim=1)
        last = logits_of(rows)[:, -1]
        steps.append(last)
    ids = torch.stack(generated, dim=1)
    follow_up = torch.cat((prompt, embed(ids[:, :8]), embed(golden["follow_up_ids"])), dim=1)
    return {
        **golden,
        "logits": logits,
        "generated_ids": ids,
        "step_logits": torch.stack(steps, dim=1),
        "follow_up_logits": logits_of(follow_up)[:, -1],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="a fixture with golden.safetensors")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    golden = read_safetensors(options.checkpoint / "golden.safetensors")
    language = language_of(options.checkpoint)
    # The reference itself is checked first: without an adapter it must give the numbers that another implementation gave.
    plain = answers(language, golden)
    for name in ("logits", "step_logits", "follow_up_logits"):
        torch.testing.assert_close(plain[name], golden[name], atol=1e-4, rtol=0)
    torch.manual_seed(28)
    targets = (
        "q_proj",
        "v_proj",
        "dense",
        "fc1",
        "fc2",
    )  # k_proj is left out: a part of a fused product without a change
    adapters = put_on(language, 4, 6.0, targets)
    with torch.no_grad():
        for adapter in adapters.values():
            adapter.lora_B.normal_(std=0.2)
    save_adapter(options.out, adapters, 4, 6.0, targets)
    # Stored as float16, so what is stored is what is computed with.
    language = language_of(options.checkpoint)
    load_adapter(options.out, language)
    changed = answers(language, golden)
    assert (changed["logits"] - golden["logits"]).abs().max() > 0.5, "the adapter changes next to nothing"
    # Beside the folder: the builder refuses an adapter with other weights in it.
    write_safetensors(options.out.with_name(f"{options.out.name}-golden.safetensors"), changed, None)


if __name__ == "__main__":
    main()
