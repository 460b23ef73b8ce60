"""Stand-in for the eye: dense patch labels to vectors [B, P, hidden], so that the language model can learn alone."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .pretrain_vision import HEADS


class Symbols(nn.Module):
    """Sum of one learned vector per label, row and column; later the connector learns to write the same.

    Rows and columns are told apart from the beginning: what is learned about a column holds in every row of it.
    """

    def __init__(self, patches: int, hidden: int):
        super().__init__()
        self.symbols = nn.ModuleDict({name: nn.Embedding(classes, hidden) for name, classes in HEADS.items()})
        side = round(patches**0.5)
        self.row_embedding, self.column_embedding = nn.Embedding(side, hidden), nn.Embedding(side, hidden)
        for p in self.parameters():
            nn.init.normal_(p, std=0.5 * hidden**-0.5)

    def forward(self, labels: Tensor) -> Tensor:
        """labels int64 [B, 8, P] as drawn; IGNORE (no nameable background) reads as class 0."""
        total = (self.row_embedding.weight[:, None] + self.column_embedding.weight).flatten(0, 1)
        for i, table in enumerate(self.symbols.values()):
            total = total + table(labels[:, i].clamp(min=0))
        return total


def at_grid(state: dict[str, Tensor], grid: int) -> dict[str, Tensor]:
    """The weights of `Symbols` with their rows and columns stretched to a grid of `grid` x `grid` patches by linear interpolation."""
    stretch = lambda weight: F.interpolate(weight.T[None], size=grid, mode="linear", align_corners=False)[
        0
    ].T.contiguous()
    return {
        name: stretch(weight) if name in ("row_embedding.weight", "column_embedding.weight") else weight
        for name, weight in state.items()
    }


def blur_labels(labels: Tensor, share: float) -> Tensor:
    """Replaces a random `share` of labels by those of a random other patch, so that no single patch is trusted blindly."""
    shuffled = labels[:, :, torch.randperm(labels.shape[-1])]
    return torch.where(torch.rand(labels.shape) < share, shuffled, labels)
