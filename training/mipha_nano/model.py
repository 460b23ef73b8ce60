"""The whole model: vision tower, connector and language model, and their names in the published layout."""

from torch import Tensor, nn

from .config import MiphaConfig
from .connector import Connector
from .language import LanguageModel
from .vision import VisionTower


class Mipha(nn.Module):
    def __init__(self, config: MiphaConfig):
        super().__init__()
        self.config = config
        self.vision_tower = VisionTower(config.vision)
        self.mm_projector = Connector(config.vision.hidden_size, config.language.hidden_size)
        self.language = LanguageModel(config.language)

    def see(self, pixel_values: Tensor) -> Tensor:
        """pixel_values [B, 3, H, W] to image_embeds [B, P, hidden]."""
        return self.mm_projector(self.vision_tower(pixel_values))

    def published_state(self) -> dict[str, Tensor]:
        """Tensors under the names of the published checkpoints."""
        state = dict(self.language.state_dict())
        state |= {f"model.vision_tower.{k}": v for k, v in self.vision_tower.state_dict().items()}
        state |= {f"model.mm_projector.{k}": v for k, v in self.mm_projector.state_dict().items()}
        return state

    def load_published(self, state: dict[str, Tensor]) -> None:
        pick = lambda prefix: {k[len(prefix) :]: v.float() for k, v in state.items() if k.startswith(prefix)}
        self.vision_tower.load_state_dict(pick("model.vision_tower."))
        self.mm_projector.load_state_dict(pick("model.mm_projector."))
        own = ("model.vision_tower.", "model.mm_projector.")
        self.language.load_state_dict({k: v.float() for k, v in state.items() if not k.startswith(own)})
