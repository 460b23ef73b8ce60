"""Byte-level BPE, learned from the questions and answers; writes and follows Hugging Face's tokenizer.json."""

import json
import random
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

END = "<|endoftext|>"
# GPT-2's pre-tokenizer on ASCII, after single digits were split off; `\p{L}` and `\p{N}` cover the rest in tokenizer.json.
PIECES = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+")


def byte_alphabet() -> list[str]:
    """GPT-2's printable stand-in for every byte 0-255."""
    keep = [*range(33, 127), *range(161, 173), *range(174, 256)]
    spare = iter(range(256, 512))
    return [chr(b) if b in keep else chr(next(spare)) for b in range(256)]


ALPHABET = byte_alphabet()


def pieces(text: str) -> list[str]:
    """Text to pre-tokens, each in the byte alphabet. Digits stand alone."""
    found: list[str] = []
    for part in re.split(r"(\d)", text):
        found += [part] if part.isdigit() else PIECES.findall(part)
    return ["".join(ALPHABET[b] for b in piece.encode()) for piece in found]


def learn_merges(corpus: list[str], count: int) -> list[tuple[str, str]]:
    words = Counter(piece for text in corpus for piece in pieces(text))
    split = {word: tuple(word) for word in words}
    merges: list[tuple[str, str]] = []
    while len(merges) < count:
        pairs: Counter = Counter()
        for word, symbols in split.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += words[word]
        if not pairs:
            break
        best = max(pairs, key=lambda p: (pairs[p], p))
        if pairs[best] < 20:
            break
        merges.append(best)
        split = {word: merge(symbols, best) for word, symbols in split.items()}
    return merges


def merge(symbols: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    result, i = [], 0
    while i < len(symbols):
        if symbols[i : i + 2] == pair:
            result.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            result.append(symbols[i])
            i += 1
    return tuple(result)


class Tokenizer:
    def __init__(self, merges: list[tuple[str, str]]):
        self.merges = merges
        self.rank = {pair: i for i, pair in enumerate(merges)}
        tokens = [*ALPHABET, *("".join(pair) for pair in merges)]
        tokens = list(dict.fromkeys(tokens))
        self.vocab = {token: i for i, token in enumerate(tokens)}
        self.end_id = len(tokens)
        self.token = [*tokens, END]
        self.encode_piece = lru_cache(maxsize=None)(self._encode_piece)

    def _encode_piece(self, piece: str) -> tuple[int, ...]:
        symbols = tuple(piece)
        while len(symbols) > 1:
            best = min(zip(symbols, symbols[1:]), key=lambda p: self.rank.get(p, 1 << 30))
            if best not in self.rank:
                break
            symbols = merge(symbols, best)
        return tuple(self.vocab[s] for s in symbols)

    def encode(self, text: str) -> list[int]:
        return [i for piece in pieces(text) for i in self.encode_piece(piece)]

    def spell(self, text: str) -> list[int]:
        """One token per byte: no merges."""
        return [self.vocab[ALPHABET[b]] for b in text.encode()]

    def decode(self, ids: list[int]) -> str:
        back = {c: b for b, c in enumerate(ALPHABET)}
        return bytes(back[c] for i in ids if i < self.end_id for c in self.token[i]).decode(errors="replace")

    def save(self, folder: Path) -> None:
        """tokenizer.json and tokenizer_config.json as Hugging Face's libraries read them."""
        byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
        special = {
            "id": self.end_id,
            "content": END,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        model = {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {**self.vocab, END: self.end_id},
            "merges": [f"{a} {b}" for a, b in self.merges],
        }
        whole = {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [special],
            "normalizer": None,
            "pre_tokenizer": {
                "type": "Sequence",
                "pretokenizers": [{"type": "Digits", "individual_digits": True}, byte_level],
            },
            "post_processor": byte_level,
            "decoder": byte_level,
            "model": model,
        }
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tokenizer.json").write_text(json.dumps(whole, ensure_ascii=False, indent=1))
        config = {
            "tokenizer_class": "GPT2Tokenizer",
            "add_bos_token": False,
            "add_prefix_space": False,
            "bos_token": END,
            "eos_token": END,
            "unk_token": END,
            "pad_token": END,
            "clean_up_tokenization_spaces": False,
            "model_max_length": 1024,
        }
        (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1))

    @staticmethod
    def load(folder: Path) -> "Tokenizer":
        model = json.loads((folder / "tokenizer.json").read_text())["model"]
        return Tokenizer([tuple(m.split(" ")) for m in model["merges"]])


def learn(seed: int = 7, samples: int = 6000, size: int = 767) -> Tokenizer:
    """Learns from generated conversations; printed strings are left out, so that reading stays letter by letter."""
    from .conversation import SYSTEM
    from .questions import converse
    from .scene import sample_scene

    rng = random.Random(seed)
    corpus = [SYSTEM + " USER: ASSISTANT:"] * 400
    for _ in range(samples):
        for turn in converse(rng, sample_scene(rng, 1, 0.2), 5):
            printed = turn.key if turn.skill == "reading" else None
            corpus += [
                f"\n{turn.question}",
                " " + (turn.answer.replace(printed, "") if printed else re.sub(r'"[^"]*"', '""', turn.answer)),
            ]
    return Tokenizer(learn_merges(corpus, size - 256))
