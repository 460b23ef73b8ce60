"""Training state on disk: written whole or not at all, so that a run continues where it was stopped."""

from pathlib import Path

import torch


def begin(folder: Path, threads: int, seed: int) -> None:
    """What every stage does first: its folder, its threads, its seed."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(threads)
    torch.manual_seed(seed)


def save(path: Path, parts: dict, seconds: float, pictures: int) -> None:
    """`parts` maps names to modules or optimisers; `pictures` is how many were learned from."""
    state = {name: part.state_dict() for name, part in parts.items()}
    part_file = path.with_suffix(".part")
    torch.save({**state, "seconds": seconds, "pictures": pictures}, part_file)
    part_file.rename(path)


def resume(path: Path, parts: dict) -> tuple[float, int]:
    """Loads `parts` from `path` when it exists; returns seconds and pictures so far."""
    if not path.exists():
        return 0.0, 0
    state = torch.load(path, weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    print(f"resumed after {state['seconds']:.0f} s, {state['pictures']} pictures", flush=True)
    return state["seconds"], state["pictures"]
