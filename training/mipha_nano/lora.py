"""Low-rank adapters for the language model: put on, taken in, written and read in the layout of the PEFT library."""

import json
from pathlib import Path

import torch
from torch import Tensor, nn

from .language import LanguageModel

TARGETS = ("q_proj", "k_proj", "v_proj", "dense", "fc1", "fc2")


class LoraLinear(nn.Module):
    """y = W x + b + (alpha / r) B A x; W and b stay as they are. A starts random, B at zero, so nothing changes at first."""

    def __init__(self, base: nn.Linear, r: int, alpha: float):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.scale = alpha / r
        self.lora_A = nn.Parameter(torch.randn(r, base.in_features) * base.in_features**-0.5)
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, r))

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + (x @ self.lora_A.T @ self.lora_B.T) * self.scale


def put_on(language: LanguageModel, r: int, alpha: float, targets: tuple[str, ...] = TARGETS) -> dict[str, LoraLinear]:
    """Freezes the language model and gives each targeted Linear of its layers an adapter; returns them by module path."""
    language.requires_grad_(False)
    wrapped: dict[str, LoraLinear] = {}
    for path, module in list(language.named_modules()):
        for name, child in list(module.named_children()):
            if name in targets and isinstance(child, nn.Linear):
                wrapped[f"{path}.{name}"] = LoraLinear(child, r, alpha)
                setattr(module, name, wrapped[f"{path}.{name}"])
    return wrapped


def save_adapter(
    folder: Path, adapters: dict[str, LoraLinear], r: int, alpha: float, targets: tuple[str, ...] = TARGETS
) -> None:
    """`adapter_config.json` and `adapter_model.safetensors`, with the names that PEFT gives them."""
    from .checkpoint import write_safetensors

    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "r": r,
        "lora_alpha": alpha,
        "target_modules": list(targets),
        "lora_dropout": 0.0,
        "bias": "none",
        "use_rslora": False,
        "use_dora": False,
        "modules_to_save": None,
        "fan_in_fan_out": False,
        "inference_mode": True,
    }
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=1) + "\n")
    tensors = {}
    for path, adapter in adapters.items():
        tensors[f"base_model.model.{path}.lora_A.weight"] = adapter.lora_A
        tensors[f"base_model.model.{path}.lora_B.weight"] = adapter.lora_B
    write_safetensors(folder / "adapter_model.safetensors", tensors)


def load_adapter(folder: Path, language: LanguageModel) -> dict[str, LoraLinear]:
    """Puts a saved adapter on a language model."""
    from .checkpoint import read_safetensors

    config = json.loads((folder / "adapter_config.json").read_text())
    adapters = put_on(language, config["r"], config["lora_alpha"], tuple(config["target_modules"]))
    state = read_safetensors(folder / "adapter_model.safetensors")
    with torch.no_grad():
        for path, adapter in adapters.items():
            adapter.lora_A.copy_(state[f"base_model.model.{path}.lora_A.weight"])
            adapter.lora_B.copy_(state[f"base_model.model.{path}.lora_B.weight"])
    return adapters
