"""Mipha's connector: patch features [B, P, vision hidden] to image_embeds [B, P, language hidden] by Linear, GELU, Linear."""

from torch import nn


class Connector(nn.Sequential):
    """Parameter names equal those of the published checkpoints below `model.mm_projector.` (0 and 2)."""

    def __init__(self, vision_hidden: int, language_hidden: int):
        super().__init__(
            nn.Linear(vision_hidden, language_hidden), nn.GELU(), nn.Linear(language_hidden, language_hidden)
        )
        # The output starts as small as token embeddings are, so that alignment need not shrink it first.
        for layer, gain in ((self[0], 1.0), (self[2], 0.1)):
            nn.init.normal_(layer.weight, std=gain * layer.in_features**-0.5)
            nn.init.zeros_(layer.bias)
