"""Phi-style language model: inputs_embeds [B, L, hidden] to hidden states and logits, with an optional KV cache."""

import torch
from torch import Tensor, nn

from .config import LanguageConfig
from .precision import gelu, lowered

KVCache = list[tuple[Tensor, Tensor]]  # per layer: keys, values [B, heads, L, head_dim], keys already rotated


def rotary_tables(config: LanguageConfig) -> tuple[Tensor, Tensor]:
    """cos, sin [max_position_embeddings, rotary_dim]; half-split layout (cat(freqs, freqs))."""
    rotary = int(config.partial_rotary_factor * config.hidden_size // config.num_attention_heads)
    inverse = config.rope_theta ** (-torch.arange(0, rotary, 2).float() / rotary)
    angles = torch.outer(torch.arange(config.max_position_embeddings).float(), inverse)
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary embedding on the first `rotary_dim` of head_dim; x [B, heads, L, head_dim], cos/sin [L, rotary_dim]."""
    turned, kept = x[..., : cos.shape[-1]], x[..., cos.shape[-1] :]
    first, second = turned.chunk(2, dim=-1)
    turned = turned * cos + torch.cat((-second, first), dim=-1) * sin
    return torch.cat((turned.to(kept.dtype), kept), dim=-1)


class Attention(nn.Module):
    def __init__(self, config: LanguageConfig):
        super().__init__()
        d = config.hidden_size
        self.heads = config.num_attention_heads
        self.q_proj, self.k_proj, self.v_proj, self.dense = (nn.Linear(d, d) for _ in range(4))

    def forward(
        self, x: Tensor, cos: Tensor, sin: Tensor, past: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        b, n, d = x.shape
        split = lambda t: t.view(b, n, self.heads, d // self.heads).transpose(1, 2)
        q, k, v = (
            rotate(split(self.q_proj(x)), cos, sin),
            rotate(split(self.k_proj(x)), cos, sin),
            split(self.v_proj(x)),
        )
        if past is not None:
            k, v = torch.cat((past[0], k), dim=2), torch.cat((past[1], v), dim=2)
        total = k.shape[2]
        mask = torch.full((n, total), float("-inf"), dtype=q.dtype).triu(total - n + 1)
        # Plain products instead of the fused kernel, whose backward pass is slow on a CPU at these lengths.
        y = torch.softmax(q * (d // self.heads) ** -0.5 @ k.transpose(-1, -2) + mask, dim=-1).to(v.dtype) @ v
        return self.dense(y.transpose(1, 2).reshape(b, n, d)), (k, v)


class MLP(nn.Module):
    def __init__(self, config: LanguageConfig):
        super().__init__()
        self.fc1 = nn.Linear(config.hidden_size, config.intermediate_size)
        self.fc2 = nn.Linear(config.intermediate_size, config.hidden_size)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(gelu(self.fc1(x)))


class Layer(nn.Module):
    """Attention and MLP in parallel from one LayerNorm: y = x + attn(LN(x)) + mlp(LN(x))."""

    def __init__(self, config: LanguageConfig):
        super().__init__()
        self.input_layernorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.self_attn = Attention(config)
        self.mlp = MLP(config)

    def forward(
        self, x: Tensor, cos: Tensor, sin: Tensor, past: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        normed = lowered(self.input_layernorm(x))
        attended, present = self.self_attn(normed, cos, sin, past)
        return x + attended + self.mlp(normed), present


class Body(nn.Module):
    """What the published layout keeps below `model.`; the vision tower and connector are added by model.py."""

    def __init__(self, config: LanguageConfig):
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        self.final_layernorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)


class LanguageModel(nn.Module):
    """Parameter names equal those of the published checkpoints (`model.layers…`, `lm_head`)."""

    def __init__(self, config: LanguageConfig):
        super().__init__()
        self.model = Body(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size)
        cos, sin = rotary_tables(config)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        depth = (2 * config.num_hidden_layers) ** -0.5
        for name, p in self.named_parameters():
            if p.dim() == 2:
                scale = depth if "dense" in name or "fc2" in name else 1.0
                nn.init.normal_(
                    p, std=0.02 if "embed_tokens" in name or "lm_head" in name else scale * p.shape[1] ** -0.5
                )
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def embed(self, ids: Tensor) -> Tensor:
        return self.model.embed_tokens(ids)

    def forward(self, inputs_embeds: Tensor, past: KVCache | None = None) -> tuple[Tensor, KVCache]:
        """Hidden states [B, L, hidden] after the final LayerNorm, and the grown cache."""
        start = past[0][0].shape[2] if past else 0
        stop = start + inputs_embeds.shape[1]
        cos, sin = (t[start:stop].to(inputs_embeds.dtype) for t in (self.cos, self.sin))
        x, cache = inputs_embeds, []
        for i, layer in enumerate(self.model.layers):
            x, present = layer(x, cos, sin, past[i] if past else None)
            cache.append(present)
        return self.model.final_layernorm(x), cache

    def step(self, inputs_embeds: Tensor, past: KVCache | None = None) -> tuple[Tensor, KVCache]:
        """Logits of the last position [B, vocab] and the grown cache."""
        hidden, cache = self(inputs_embeds, past)
        return self.lm_head(hidden[:, -1]), cache

    @torch.no_grad()
    def answer(
        self, image_embeds: Tensor, before: list[int], after: list[int], end_id: int, limit: int = 64
    ) -> list[int]:
        """Greedy reply for one picture's image_embeds [1, P, hidden]; the end token is left out."""
        embed = lambda ids: self.embed(torch.tensor([ids]))
        logits, cache = self.step(torch.cat((embed(before), image_embeds, embed(after)), dim=1))
        reply: list[int] = []
        while len(reply) < limit:
            token = int(logits.argmax(-1))
            if token == end_id:
                break
            reply.append(token)
            logits, cache = self.step(embed([token]), cache)
        return reply
