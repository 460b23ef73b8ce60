"""Writes and reads checkpoints in the published Mipha layout: config.json, model.safetensors, tokenizer files."""

import json
import struct
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .config import LanguageConfig, MiphaConfig, VisionConfig
from .model import Mipha
from .tokenizer import Tokenizer

DTYPES = {"F32": (torch.float32, np.float32), "F16": (torch.float16, np.float16), "I64": (torch.int64, np.int64)}
NAMES = {torch_type: name for name, (torch_type, _) in DTYPES.items()}


def write_safetensors(path: Path, tensors: dict[str, Tensor], dtype: str | None = "F16") -> None:
    """The safetensors format: 8-byte little-endian header length, JSON header, raw tensors; `dtype` None keeps each one's own."""
    header: dict = {"__metadata__": {"format": "pt"}}
    blobs, offset = [], 0
    for name, tensor in tensors.items():
        stored = dtype or NAMES[tensor.dtype]
        blob = tensor.detach().to(DTYPES[stored][0]).contiguous().numpy().tobytes()
        header[name] = {"dtype": stored, "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    part = path.with_suffix(".part")
    with open(part, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for blob in blobs:
            file.write(blob)
    part.rename(path)


def read_safetensors(path: Path) -> dict[str, Tensor]:
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    result = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, stop = (8 + length + o for o in entry["data_offsets"])
        array = np.frombuffer(data[start:stop], dtype=DTYPES[entry["dtype"]][1]).reshape(entry["shape"])
        result[name] = torch.from_numpy(array.copy())
    return result


def save_checkpoint(folder: Path, model: Mipha, tokenizer: Tokenizer) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(model.config.published(), indent=1))
    tokenizer.save(folder)
    write_safetensors(folder / "model.safetensors", model.published_state())


def load_checkpoint(folder: Path) -> tuple[Mipha, Tokenizer]:
    published = json.loads((folder / "config.json").read_text())
    tower = published["vision_config"]["vision_tower"]
    config = MiphaConfig(
        VisionConfig(**{k: tower[k] for k in VisionConfig.__dataclass_fields__}),
        LanguageConfig(**{k: published[k] for k in LanguageConfig.__dataclass_fields__}),
    )
    model = Mipha(config)
    model.load_published(read_safetensors(folder / "model.safetensors"))
    return model.eval(), Tokenizer.load(folder)
