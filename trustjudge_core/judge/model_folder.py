"""Which files a local judge is made of: a folder, or a model of the Hugging Face hub, and its exact revision.

Nothing here loads weights. A folder is refused in words when it is not a causal language model in
safetensors: weights in pickle can run code, so they are never opened.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from huggingface_hub import snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from trustjudge_core.errors import JudgeRefusal, JudgeUnavailable, UsageError

READ_FILES: Final = ("*.safetensors", "*.json", "*.jinja", "*.model", "*.txt")
"""What is fetched and hashed: weights, configuration, tokenizer. No code and no pickle."""
PICKLES: Final = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"})
OTHER_WEIGHTS: Final = frozenset({".gguf", ".ggml", ".h5", ".msgpack", ".onnx", ".npz"})
HUB_SECONDS: Final = 10.0
"""How long the hub may take to answer before it counts as out of reach."""

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A checked folder, what to call the model, and its revision: a commit of the hub, or a hash of the files."""

    path: Path
    name: str
    revision: str
    reason: str


def find_model(target: str) -> ModelFolder:
    """The folder of ``PATH``, ``ORG/NAME`` or ``ORG/NAME@REVISION``, fetched from the hub where it is not here yet.

    Raises UsageError when there is no such thing, JudgeRefusal when it cannot be used, and
    JudgeUnavailable when the hub does not answer.
    """
    path = Path(target).expanduser()
    if path.is_dir():
        check_folder(path)
        return ModelFolder(path, path.resolve().name, _revision(path), "weights: a folder on this machine")
    if path.exists():
        raise UsageError(f"{target} is a file; allowed: the folder of a model or an id of the hub; name the folder")
    identity, _, revision = target.partition("@")
    if not _HUB_ID.fullmatch(identity) or target.startswith((".", "~")):
        raise UsageError(f"there is no folder {target}; allowed: the folder of a model; check the path")
    folder, reason = _from_hub(identity, revision or None)
    check_folder(folder)
    return ModelFolder(folder, identity, _revision(folder), reason)


def check_folder(path: Path) -> None:
    """Raise JudgeRefusal unless the folder holds a causal language model in safetensors, with a tokenizer."""
    names = {entry.name for entry in path.iterdir() if entry.is_file()}
    endings = {Path(name).suffix for name in names}
    if "adapter_config.json" in names and "config.json" not in names:
        raise _refusal(path, "holds an adapter without its model", "merge it into its base model and save that")
    if "config.json" not in names:
        raise _refusal(path, "has no config.json", "name the folder that a model was saved into")
    if ".safetensors" not in endings:
        pickled = sorted(name for name in names if Path(name).suffix in PICKLES)
        if pickled:
            raise _refusal(
                path,
                f"holds its weights as pickle ({pickled[0]}), which can run code when opened",
                "save the model again with safe_serialization, or take a version in safetensors",
            )
        other = sorted(name for name in names if Path(name).suffix in OTHER_WEIGHTS)
        raise _refusal(path, f"holds {other[0] if other else 'no weights'}", "take a version in safetensors")
    _check_config(path)
    _check_shards(path)
    if not names & {"tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "tokenizer_config.json"}:
        raise _refusal(path, "has no tokenizer", "save the tokenizer into the same folder")


def _refusal(path: Path, found: str, fix: str) -> JudgeRefusal:
    return JudgeRefusal(f"{path} {found}; allowed: a causal language model in safetensors with its tokenizer; {fix}")


def _read_json(path: Path) -> dict[str, object]:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _refusal(
            path.parent, f"has a {path.name} that cannot be read ({error})", "save the model again"
        ) from error
    if not isinstance(held, dict):
        raise _refusal(path.parent, f"has a {path.name} that is no JSON object", "save the model again")
    return held


def _check_config(path: Path) -> None:
    config = _read_json(path / "config.json")
    names = config.get("architectures") or []
    kinds = [str(name) for name in names] if isinstance(names, list) else []
    causal = any(re.search(r"CausalLM|LMHeadModel|ForConditionalGeneration", kind) for kind in kinds)
    if kinds and not causal:
        raise _refusal(path, f"holds a {kinds[0]}, which writes no text", "choose a model made to write text")
    if config.get("is_encoder_decoder"):
        raise _refusal(path, "holds an encoder-decoder model", "choose a decoder-only model")
    if config.get("quantization_config"):
        raise _refusal(
            path, "holds quantized weights, which need libraries that are not here", "choose a plain version"
        )


def _check_shards(path: Path) -> None:
    index = path / "model.safetensors.index.json"
    if index.exists():
        shards = _read_json(index).get("weight_map")
        wanted = {str(shard) for shard in shards.values()} if isinstance(shards, dict) else set()
        missing = sorted(shard for shard in wanted if not (path / shard).is_file())
        if missing:
            raise _refusal(
                path, f"lacks {len(missing)} of {len(wanted)} weight files ({missing[0]})", "copy all of them"
            )


def _revision(path: Path) -> str:
    """The commit where the folder is a snapshot of the hub, else ``sha256:`` over names and contents of its files."""
    resolved = path.absolute()
    if resolved.parent.name == "snapshots" and _COMMIT.fullmatch(resolved.name):
        return resolved.name
    digest = hashlib.sha256()
    for file in sorted({found for pattern in READ_FILES for found in path.glob(pattern) if found.is_file()}):
        with file.open("rb") as held:
            inner = hashlib.file_digest(held, "sha256")
        digest.update(f"{file.name}\0{inner.hexdigest()}\n".encode())
    return f"sha256:{digest.hexdigest()}"


def _complete(folder: Path) -> bool:
    try:
        check_folder(folder)
    except JudgeRefusal:
        return False
    return True


def _from_hub(identity: str, revision: str | None) -> tuple[Path, str]:
    """The snapshot in the local cache where there is one, so that no network is waited for; else from the hub."""
    patterns = list(READ_FILES)
    try:
        cached = Path(snapshot_download(identity, revision=revision, local_files_only=True, allow_patterns=patterns))
        if _complete(cached):
            return cached, "weights: from the hub's cache on this machine"
    except (LocalEntryNotFoundError, HFValidationError):
        pass  # not here yet
    try:
        fetched = snapshot_download(
            identity, revision=revision, allow_patterns=patterns, etag_timeout=HUB_SECONDS, max_workers=4
        )
    except GatedRepoError as error:
        raise JudgeRefusal(
            f"model {identity} is gated; allowed: models you may read; accept its terms on the hub and set HF_TOKEN"
        ) from error
    except (RepositoryNotFoundError, RevisionNotFoundError, HFValidationError) as error:
        wanted = f"{identity}@{revision}" if revision else identity
        raise UsageError(
            f"the hub has no model {wanted}, and there is no folder of that name; "
            "allowed: a folder or an id of the hub; check the spelling"
        ) from error
    except (LocalEntryNotFoundError, OfflineModeIsEnabled, HfHubHTTPError, OSError) as error:
        raise JudgeUnavailable(
            f"there is no folder {identity}, its weights are not in the cache, and the hub cannot be reached; "
            "allowed: a folder, or a connection to the hub; copy the model here and name its folder"
        ) from error
    return Path(fetched), "weights: fetched from the hub"
