"""Rows after the system text in, loss of the answers out; the system text, equal in all rows, is computed once."""

import torch
import torch.nn.functional as F
from torch import Tensor

from .conversation import IGNORE
from .language import LanguageModel

GROUPS = 3


def pad(rows: list[list[int]], fill: int) -> Tensor:
    return torch.tensor([row + [fill] * (max(map(len, rows)) - len(row)) for row in rows])


def chat_loss(language: LanguageModel, prefix: Tensor, image_embeds: Tensor, ids: Tensor, labels: Tensor) -> Tensor:
    """Mean cross entropy of the next token where `labels` [B, N] are not IGNORE; prefix [L], image_embeds [B, P, hidden], ids [B, N].

    Rows of like length go together, so that short conversations are not computed as far as the longest.
    """
    _, past = language(language.embed(prefix)[None].to(image_embeds.dtype))
    lengths = ((labels != IGNORE) * torch.arange(1, labels.shape[1] + 1)).amax(1)
    total, count = torch.zeros(()), 0
    for part in lengths.argsort().chunk(GROUPS):
        longest = int(lengths[part].max())
        rows = torch.cat((image_embeds[part], language.embed(ids[part, :longest]).to(image_embeds.dtype)), dim=1)
        hidden, _ = language(
            rows, [(k.expand(len(part), -1, -1, -1), v.expand(len(part), -1, -1, -1)) for k, v in past]
        )
        targets, text = labels[part, 1:longest], hidden[:, image_embeds.shape[1] : -1]
        wanted = targets != IGNORE
        total = total + F.cross_entropy(language.lm_head(text[wanted]).float(), targets[wanted], reduction="sum")
        count += int(wanted.sum())
    return total / count
