"""Optimisers and schedule: Muon for the hidden matrices, AdamW for the rest, warm-up then cosine."""

import math

import torch
from torch import nn

from .muon import Muon


class Optimiser:
    """Two optimisers stepped as one; learning rates follow `progress` in [0, 1], whether that is of steps or of time."""

    def __init__(
        self,
        modules: list[nn.Module],
        muon_lr: float,
        adam_lr: float,
        weight_decay: float = 0.02,
        lora_lr: float = 2e-3,
    ):
        hidden, rest, lora = [], [], []
        for module in modules:
            for name, p in module.named_parameters():
                if not p.requires_grad:
                    continue
                tables = ("embedding", "embed_tokens", "lm_head", "heads", "symbols")
                (
                    lora if "lora" in name else hidden if p.dim() == 2 and not any(t in name for t in tables) else rest
                ).append(p)
        self.parameters = hidden + rest + lora
        groups = [{"params": p, "lr": lr} for p, lr in ((rest, adam_lr), (lora, lora_lr)) if p]
        self.named = {"adam": torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.0)}
        if hidden:
            self.named["muon"] = Muon(hidden, lr=muon_lr, weight_decay=weight_decay)
        self.peaks = {optimiser: [group["lr"] for group in optimiser.param_groups] for optimiser in self.named.values()}

    def step(self, progress: float, warmup: float = 0.02, floor: float = 0.03) -> None:
        scale = (
            min(1.0, progress / warmup)
            if progress < warmup
            else floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
        )
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for optimiser in self.named.values():
            for group, peak in zip(optimiser.param_groups, self.peaks[optimiser]):
                group["lr"] = peak * scale
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)

    def state_dict(self) -> dict:
        return {name: optimiser.state_dict() for name, optimiser in self.named.items()}

    def load_state_dict(self, state: dict) -> None:
        for name, optimiser in self.named.items():
            optimiser.load_state_dict(state[name])
