"""Every number of the model in one place; names are those of the published Mipha config.json."""

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class VisionConfig:
    hidden_size: int = 192
    intermediate_size: int = 768
    num_hidden_layers: int = 6  # features leave after the penultimate one, as in Mipha: the last layer is never run
    num_attention_heads: int = 3
    image_size: int = 192
    patch_size: int = 16
    layer_norm_eps: float = 1e-6

    @property
    def num_patches(self) -> int:
        return (self.image_size // self.patch_size) ** 2


@dataclass(frozen=True)
class LanguageConfig:
    vocab_size: int = 768
    hidden_size: int = 256
    intermediate_size: int = 1024
    num_hidden_layers: int = 4
    num_attention_heads: int = 4
    partial_rotary_factor: float = 0.5
    rope_theta: float = 10000.0
    layer_norm_eps: float = 1e-5
    max_position_embeddings: int = 1024


@dataclass(frozen=True)
class MiphaConfig:
    vision: VisionConfig = field(default_factory=VisionConfig)
    language: LanguageConfig = field(default_factory=LanguageConfig)

    def published(self) -> dict:
        """The config.json of the published checkpoints (MiphaPhiForCausalLM)."""
        language = asdict(self.language)
        return {
            "architectures": ["MiphaPhiForCausalLM"],
            "model_type": "mipha_phi",
            **language,
            "num_key_value_heads": self.language.num_attention_heads,
            "hidden_act": "gelu_new",
            "qk_layernorm": False,
            "tie_word_embeddings": False,
            "image_aspect_ratio": "pad",
            "torch_dtype": "float16",
            "rope_dtype": "float32",  # the rotary frequencies were never rounded to the stored type
            "vision_config": {
                "vision_tower": {
                    **asdict(self.vision),
                    "num_channels": 3,
                    "hidden_act": "gelu_pytorch_tanh",
                    "mm_vision_select_layer": -2,
                    "mm_vision_select_feature": "patch",
                    "vision_model_name_or_path": "siglip-nano-patch16-192",
                    "model_type": "siglip_vision_model",
                },
                "mm_projector": {
                    "mm_projector_type": "mlp2x_gelu",
                    "mm_hidden_size": self.vision.hidden_size,
                    "hidden_size": self.language.hidden_size,
                },
            },
        }
