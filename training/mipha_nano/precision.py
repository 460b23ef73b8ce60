"""What training in bfloat16 does otherwise than inference, so that a step on a CPU is cheaper; inference is untouched."""

import torch
import torch.nn.functional as F
from torch import Tensor


def lowered(x: Tensor) -> Tensor:
    """In the precision of autocast, once, for an input that several layers read: each would convert it again."""
    return x.to(torch.get_autocast_dtype("cpu")) if torch.is_autocast_enabled("cpu") else x


def gelu(x: Tensor) -> Tensor:
    """GELU as the published models compute it (tanh). Under autocast the exact form, which is at most 5e-4 away (bfloat16 rounds more) and costs a third."""
    return F.gelu(x) if torch.is_autocast_enabled("cpu") else F.gelu(x, approximate="tanh")


def joint(x: Tensor, *layers: torch.nn.Linear) -> tuple[Tensor, ...]:
    """Several Linear layers on one input as one product."""
    weight, bias = torch.cat([l.weight for l in layers]), torch.cat([l.bias for l in layers])
    return F.linear(x, weight, bias).split([l.out_features for l in layers], dim=-1)
