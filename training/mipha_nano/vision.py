"""SigLIP-style vision tower: pixel_values [B, 3, H, W] to patch features [B, P, hidden] of the penultimate layer."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .config import VisionConfig
from .precision import gelu, joint, lowered


class VisionAttention(nn.Module):
    def __init__(self, config: VisionConfig):
        super().__init__()
        self.heads = config.num_attention_heads
        d = config.hidden_size
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(d, d) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        b, p, d = x.shape
        split = lambda t: t.view(b, p, self.heads, d // self.heads).transpose(1, 2)  # [B, heads, P, head_dim]
        # Plain products: for 64 tokens the fused kernel's backward pass costs three times as much on a CPU.
        q, k, v = (split(t) for t in joint(x, self.q_proj, self.k_proj, self.v_proj))
        q = q * (d // self.heads) ** -0.5
        y = torch.softmax(q @ k.transpose(-1, -2), dim=-1) @ v
        return self.out_proj(y.transpose(1, 2).reshape(b, p, d))


class VisionMLP(nn.Module):
    def __init__(self, config: VisionConfig):
        super().__init__()
        self.fc1 = nn.Linear(config.hidden_size, config.intermediate_size)
        self.fc2 = nn.Linear(config.intermediate_size, config.hidden_size)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(gelu(self.fc1(x)))


class VisionLayer(nn.Module):
    def __init__(self, config: VisionConfig):
        super().__init__()
        self.layer_norm1 = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.self_attn = VisionAttention(config)
        self.layer_norm2 = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.mlp = VisionMLP(config)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.self_attn(lowered(self.layer_norm1(x)))
        return x + self.mlp(lowered(self.layer_norm2(x)))


class Embeddings(nn.Module):
    def __init__(self, config: VisionConfig):
        super().__init__()
        p = config.patch_size
        self.patch_embedding = nn.Conv2d(3, config.hidden_size, p, stride=p)
        self.position_embedding = nn.Embedding(config.num_patches, config.hidden_size)

    def forward(self, pixel_values: Tensor) -> Tensor:
        # A strided convolution is one matrix product per patch; written so, it also runs fast in bfloat16 on a CPU.
        weight = self.patch_embedding.weight
        p = weight.shape[-1]
        b, c, h, w = pixel_values.shape
        patches = pixel_values.view(b, c, h // p, p, w // p, p).permute(0, 2, 4, 1, 3, 5).reshape(b, -1, c * p * p)
        return F.linear(patches, weight.flatten(1), self.patch_embedding.bias) + self.position_embedding.weight


class Encoder(nn.Module):
    def __init__(self, config: VisionConfig):
        super().__init__()
        self.layers = nn.ModuleList(VisionLayer(config) for _ in range(config.num_hidden_layers))


class VisionModel(nn.Module):
    def __init__(self, config: VisionConfig):
        super().__init__()
        self.embeddings = Embeddings(config)
        self.encoder = Encoder(config)


class VisionTower(nn.Module):
    """Parameter names equal those of the published checkpoints below `model.vision_tower.`."""

    def __init__(self, config: VisionConfig):
        super().__init__()
        self.vision_model = VisionModel(config)
        for name, parameter in self.named_parameters():
            if name.endswith("weight") and parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02 if "position" in name else parameter[0].numel() ** -0.5)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)
        # The last layer is part of the layout but never run.
        self.vision_model.encoder.layers[-1].requires_grad_(False)

    def forward(self, pixel_values: Tensor) -> Tensor:
        x = self.vision_model.embeddings(pixel_values)
        for layer in self.vision_model.encoder.layers[:-1]:
            x = layer(x)
        return x


def resample_places(weight: Tensor, grid: int) -> Tensor:
    """Rows for the places of a square grid [P, D], stretched to another grid [grid * grid, D] by bilinear interpolation."""
    side = round(weight.shape[0] ** 0.5)
    if side == grid:
        return weight
    image = weight.T.reshape(1, -1, side, side)
    return (
        F.interpolate(image, size=(grid, grid), mode="bilinear", align_corners=False)
        .reshape(-1, grid * grid)
        .T.contiguous()
    )


def normalise(pixels: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """uint8 [B, H, W, 3] to pixel_values [B, 3, H, W]: (v / 255 - 0.5) / 0.5, the published processor's numbers."""
    return (pixels.permute(0, 3, 1, 2).to(torch.float32) / 127.5 - 1).to(dtype)
