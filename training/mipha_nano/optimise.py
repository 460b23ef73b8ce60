"""Optimisers and schedule: Muon for the hidden matrices, AdamW for the rest, warm-up then cosine."""

import math

import torch
from torch import nn


class Optimiser:
    """Two optimisers stepped as one; learning rates follow `progress` in [0, 1], whether that is of steps or of time."""

    def __init__(self, modules: list[nn.Module], muon_lr: float, adam_lr: float, weight_decay: float = 0.02):
        hidden, rest = [], []
        for module in modules:
            for name, p in module.named_parameters():
                if not p.requires_grad:
                    continue
                tables = ("embedding", "embed_tokens", "lm_head", "heads", "symbols")
                (hidden if p.dim() == 2 and not any(t in name for t in tables) else rest).append(p)
        self.parameters = hidden + rest
        self.muon = torch.optim.Muon(hidden, lr=muon_lr, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")
        self.adam = torch.optim.AdamW(rest, lr=adam_lr, betas=(0.9, 0.98), weight_decay=0.0)
        self.peaks = (muon_lr, adam_lr)

    def step(self, progress: float, warmup: float = 0.02, floor: float = 0.03) -> None:
        scale = min(1.0, progress / warmup) if progress < warmup else floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for optimiser, peak in zip((self.muon, self.adam), self.peaks):
            for group in optimiser.param_groups:
                group["lr"] = peak * scale
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)

    def state_dict(self) -> dict:
        return {"muon": self.muon.state_dict(), "adam": self.adam.state_dict()}

    def load_state_dict(self, state: dict) -> None:
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])
