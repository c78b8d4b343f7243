"""Where a model runs and in which precision, each choice with its reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch

from trustjudge_core.errors import UsageError
from trustjudge_core.judge.contract import Device

DTYPES: Final = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

CPU_BATCH_TOKENS: Final = 4096
ACCELERATOR_BATCH_TOKENS: Final = 32768


@dataclass(frozen=True, slots=True)
class Placement:
    """A device and a dtype; ``reasons`` say why."""

    device: torch.device
    dtype: torch.dtype
    reasons: tuple[str, ...]

    @property
    def batch_tokens(self) -> int:
        """How many tokens a batch holds unless someone says otherwise."""
        return CPU_BATCH_TOKENS if self.device.type == "cpu" else ACCELERATOR_BATCH_TOKENS


def _room(device: str) -> int | None:
    """Bytes free on a device, None when nobody says."""
    if device == "cuda":
        return int(torch.cuda.mem_get_info()[0])
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            found = next((line for line in lines if line.startswith("MemAvailable:")), None)
    except OSError:
        return None
    return int(found.split()[1]) * 1024 if found else None


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"


def _choose_device(wanted: str, stored_bytes: int) -> tuple[str, str]:
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted != "auto":
        if not available.get(wanted, False):
            allowed = ", ".join(["auto", *(name for name, there in available.items() if there)])
            raise UsageError(f"device {wanted!r} is not there; allowed on this machine: {allowed}; choose one of them")
        return wanted, f"{wanted.upper()}: chosen by hand"
    if available["cuda"]:
        free = _room("cuda")
        if free is None or free > stored_bytes * 1.1:
            return "cuda", f"CUDA: {torch.cuda.get_device_name()} is there and the weights fit"
        return "cpu", f"CPU: the weights need {_gib(stored_bytes)} and the GPU has {_gib(free)} free"
    if available["mps"]:
        return "mps", "MPS: the graphics processor of this Mac is there"
    return "cpu", "CPU: no GPU was found"


def _choose_dtype(wanted: str, device: str, stored: torch.dtype) -> tuple[torch.dtype, str]:
    name = str(stored).removeprefix("torch.")
    if wanted not in ("auto", *DTYPES):
        raise UsageError(f"dtype {wanted!r} does not exist; allowed: auto, {', '.join(DTYPES)}; choose one of them")
    if device == "cpu":
        if wanted in ("bfloat16", "float16"):
            raise UsageError(
                f"dtype {wanted} on a CPU is many times slower than float32; allowed there: auto, float32; "
                "choose one of them, or a GPU"
            )
        if stored == torch.float32:
            return torch.float32, "float32: what the weights are stored in"
        return torch.float32, f"float32: stored as {name}, but half precision is many times slower on a CPU"
    if wanted != "auto":
        return DTYPES[wanted], f"{wanted}: chosen by hand"
    if stored == torch.bfloat16 and device == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.float32, "float32: stored as bfloat16, which this GPU cannot compute, and float16 could overflow"
    if stored in (torch.bfloat16, torch.float16, torch.float32):
        return stored, f"{name}: what the weights are stored in"
    return torch.float32, f"float32: stored as {name}, which is computed in float32 here"


def place(device: Device | str, dtype: str, stored: torch.dtype, parameters: int) -> Placement:
    """Device and dtype for a model of that many parameters stored in that dtype.

    Raises UsageError when what was asked for is not there, or the weights do not fit into memory.
    """
    on, device_reason = _choose_device(device, parameters * stored.itemsize)
    precision, dtype_reason = _choose_dtype(dtype, on, stored)
    needed, free = parameters * precision.itemsize, _room("cpu" if on == "mps" else on)
    if free is not None and needed > free:
        raise UsageError(
            f"the model needs {_gib(needed)} in {str(precision).removeprefix('torch.')} and {on.upper()} has "
            f"{_gib(free)} free; allowed: a model that fits; choose a smaller one or free memory"
        )
    return Placement(torch.device(on), precision, (device_reason, dtype_reason))


def out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that memory ran out, on whatever device."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    said = str(error).lower()
    return isinstance(error, RuntimeError) and ("not enough memory" in said or "out of memory" in said)


def release_memory(device: torch.device) -> None:
    """Give cached memory back to the device."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
