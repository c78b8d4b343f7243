"""From the name of a judge to a judge: `local:PATH_OR_ID`, `endpoint:URL#MODEL`, `bundled`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from trustjudge_core.errors import JudgeRefusal, UsageError
from trustjudge_core.judge.contract import Device, Judge, JudgeDescription

if TYPE_CHECKING:
    import torch

    from trustjudge_core.judge.local import LocalJudge
    from trustjudge_core.judge.model_folder import ModelFolder

BUNDLED: Final = Path(__file__).parent / "bundled" / "weights"
KINDS: Final = "local:PATH_OR_ID, endpoint:URL#MODEL, bundled"


def load_judge(
    spec: str,
    *,
    device: Device | str = "auto",
    dtype: str = "auto",
    batch_tokens: int | None = None,
    key_variable: str | None = None,
    concurrency: int = 8,
    timeout: float = 180.0,
) -> Judge:
    """The judge of that name, ready to be asked.

    Of a local judge, ``batch_tokens`` is the token budget of one batch, None for one that fits the device.
    Of a judge behind a server, ``key_variable`` names the environment variable that holds its key,
    ``concurrency`` is how many requests may be on their way at once, ``timeout`` the seconds of one.
    Raises UsageError for a name that means nothing, JudgeRefusal for a model that cannot be used, and
    JudgeUnavailable for a server or hub that does not answer.
    """
    kind, _, target = spec.partition(":")
    if kind == "endpoint" and target:
        from trustjudge_core.judge.endpoint import open_endpoint
        from trustjudge_core.judge.endpoint_spec import parse_endpoint_spec

        server = parse_endpoint_spec(spec)
        return open_endpoint(
            server.url, server.model, key_variable=key_variable, concurrency=concurrency, timeout=timeout
        )
    if batch_tokens is not None and batch_tokens < 1:
        raise UsageError(f"batch_tokens {batch_tokens} cannot be used; allowed: a whole number from 1; leave it out")
    if spec == "bundled":
        if not BUNDLED.is_dir():
            raise JudgeRefusal("the bundled judge is not in this copy; allowed: local:PATH; run make train-judge")
        return _load_local(str(BUNDLED), spec, device, dtype, batch_tokens)
    if kind == "local" and target:
        return _load_local(target, spec, device, dtype, batch_tokens)
    raise UsageError(f"judge {spec!r} means nothing; allowed: {KINDS}; for example local:/models/my-judge")


def _load_local(target: str, spec: str, device: str, dtype: str, batch_tokens: int | None) -> LocalJudge:
    from trustjudge_core.judge.chat_format import read_chat_format
    from trustjudge_core.judge.devices import place
    from trustjudge_core.judge.forking import find_forking
    from trustjudge_core.judge.local import LocalJudge
    from trustjudge_core.judge.model_folder import find_model

    folder = find_model(target)
    stored, parameters = _stored(folder)
    placement = place(device, dtype, stored, parameters)
    chat_format = read_chat_format(_load_tokenizer(folder))
    model = _load_model(folder, placement.dtype).to(placement.device).eval()
    forking = find_forking(model)
    context = getattr(model.config.get_text_config(decoder=True), "max_position_embeddings", None)
    description = JudgeDescription(
        spec=spec,
        name=folder.name if spec != "bundled" else "TrustJudge's own demonstration judge",
        revision=folder.revision,
        device=str(placement.device),
        dtype=str(placement.dtype).removeprefix("torch."),
        context=context,
        demonstration=spec == "bundled",
        reasons=(folder.reason, *placement.reasons, *chat_format.reasons, f"computation: {forking.reason}"),
    )
    return LocalJudge(model, chat_format, forking, description, batch_tokens or placement.batch_tokens)


def _stored(folder: ModelFolder) -> tuple[torch.dtype, int]:
    """The dtype that most parameters are stored in, and how many parameters there are."""
    import torch
    from safetensors import SafetensorError, safe_open

    names = {"F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16, "F64": torch.float64}
    sizes: dict[torch.dtype, int] = {}
    for path in sorted(folder.path.glob("*.safetensors")):
        try:
            with safe_open(path, framework="pt") as held:
                for key in held.keys():  # noqa: SIM118 - not a dictionary
                    part = held.get_slice(key)
                    size = 1
                    for length in part.get_shape():
                        size *= length
                    kind = names.get(part.get_dtype(), torch.float32)
                    sizes[kind] = sizes.get(kind, 0) + size
        except (SafetensorError, OSError) as error:
            raise JudgeRefusal(
                f"{path} is no usable safetensors file ({error}); allowed: whole safetensors files; copy it again"
            ) from error
    return max(sizes, key=lambda kind: sizes[kind]) if sizes else torch.float32, sum(sizes.values())


def _load_tokenizer(folder: ModelFolder) -> Any:
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder.path, trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, TypeError, KeyError, ImportError, AttributeError) as error:
        raise JudgeRefusal(
            f"the tokenizer in {folder.path} cannot be loaded ({_first_line(error)}); "
            "allowed: a tokenizer that transformers knows, without code of its own; save it again with the model"
        ) from error


def _load_model(folder: ModelFolder, dtype: torch.dtype) -> Any:
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()  # the worker's own progress is what people look at
    try:
        model, loaded = AutoModelForCausalLM.from_pretrained(
            folder.path,
            dtype=dtype,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
        )
    except (OSError, ValueError, TypeError, KeyError, ImportError, AttributeError, RuntimeError) as error:
        raise JudgeRefusal(
            f"the model in {folder.path} cannot be loaded ({_first_line(error)}); "
            "allowed: a causal language model that transformers knows, without code of its own; choose another"
        ) from error
    missing = sorted(loaded["missing_keys"])
    if missing:
        raise JudgeRefusal(
            f"{folder.path} lacks {len(missing)} of the model's weights ({missing[0]}), which would be random; "
            "allowed: all weights of the model; copy it again"
        )
    return model


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
