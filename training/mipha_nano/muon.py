"""PyTorch's Muon, which orthogonalises in bfloat16, with float32 for processors on which that is dear."""

import math

import torch
from torch import Tensor

from .precision import bfloat16_pays


def orthogonal(matrix: Tensor, coefficients: tuple[float, float, float], steps: int, eps: float) -> Tensor:
    """The nearest orthogonal matrix, roughly, by Newton-Schulz iteration of the fifth order (Keller Jordan, kellerjordan.github.io/posts/muon), in the type of `matrix`."""
    a, b, c = coefficients
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / x.norm().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if tall else x


class Muon(torch.optim.Muon):
    """Takes the steps of `torch.optim.Muon` with `adjust_lr_fn="match_rms_adamw"` and Nesterov's momentum; its state on disk is the same."""

    def __init__(self, parameters: list[Tensor], lr: float, weight_decay: float):
        super().__init__(parameters, lr=lr, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        if bfloat16_pays():
            super().step(closure)
            return
        self.step_in_float32()

    @torch.no_grad()
    def step_in_float32(self) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                momentum = self.state[p].setdefault("momentum_buffer", torch.zeros_like(p.grad))
                momentum.lerp_(p.grad, 1 - group["momentum"])
                update = orthogonal(
                    p.grad.lerp(momentum, group["momentum"]), group["ns_coefficients"], group["ns_steps"], group["eps"]
                )
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(
                    update, alpha=-group["lr"] * 0.2 * math.sqrt(max(p.shape))
                )  # 0.2: the root mean square of AdamW's steps (arXiv 2502.16982)
