"""What training in bfloat16 does otherwise than inference, so that a step on a CPU is cheaper; inference is untouched."""

import time
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor


def seconds_of_products(dtype: torch.dtype) -> float:
    """Seconds for four products of the size of a layer's, the best of three times."""
    left, right, times = torch.ones(2048, 256, dtype=dtype), torch.ones(256, 1024, dtype=dtype), []
    for _ in range(3):
        start = time.perf_counter()
        for _ in range(4):
            left @ right
        times.append(time.perf_counter() - start)
    return min(times)


@cache
def bfloat16_pays() -> bool:
    """Processors without instructions for it convert every number: a step then takes twenty times as long (measured on AVX2)."""
    return seconds_of_products(torch.bfloat16) < seconds_of_products(torch.float32)


def mixed() -> torch.autocast:
    """Products in bfloat16 where that is faster, else everything in float32."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16_pays())


def lowered(x: Tensor) -> Tensor:
    """In the precision of autocast, once, for an input that several layers read: each would convert it again."""
    return x.to(torch.get_autocast_dtype("cpu")) if torch.is_autocast_enabled("cpu") else x


def gelu(x: Tensor) -> Tensor:
    """GELU as the published models compute it (tanh). Under autocast the exact form, which is at most 5e-4 away (bfloat16 rounds more) and costs a third."""
    return F.gelu(x) if torch.is_autocast_enabled("cpu") else F.gelu(x, approximate="tanh")


def joint(x: Tensor, *layers: torch.nn.Linear) -> tuple[Tensor, ...]:
    """Several Linear layers on one input as one product."""
    weight, bias = torch.cat([layer.weight for layer in layers]), torch.cat([layer.bias for layer in layers])
    return F.linear(x, weight, bias).split([layer.out_features for layer in layers], dim=-1)
