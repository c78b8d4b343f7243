"""Device and dtype explain themselves."""

from __future__ import annotations

import pytest
import torch

from trustjudge_core.errors import UsageError
from trustjudge_core.judge import devices


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a GPU of 10 GiB, as far as anybody can ask."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Test Card")
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (10 * 2**30, 12 * 2**30))
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: True)


@pytest.mark.usefixtures("card")
def test_a_gpu_takes_what_fits_in_the_dtype_it_is_stored_in() -> None:
    found = devices.place("auto", "auto", torch.bfloat16, 10**9)
    assert (found.device.type, found.dtype) == ("cuda", torch.bfloat16)
    assert "Test Card" in found.reasons[0]
    assert found.batch_tokens == devices.ACCELERATOR_BATCH_TOKENS


@pytest.mark.usefixtures("card")
def test_what_does_not_fit_goes_to_the_cpu_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (2**20, 2**30))
    found = devices.place("auto", "auto", torch.float16, 10**6)
    assert (found.device.type, found.dtype) == ("cpu", torch.float32)
    assert "the weights need" in found.reasons[0]


@pytest.mark.usefixtures("card")
def test_an_old_gpu_computes_bfloat16_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: False)
    found = devices.place("auto", "auto", torch.bfloat16, 10**6)
    assert found.dtype == torch.float32
    assert "cannot compute" in found.reasons[1]


@pytest.mark.usefixtures("card")
def test_a_choice_by_hand_is_kept() -> None:
    found = devices.place("cuda", "float16", torch.float32, 10**6)
    assert found.dtype == torch.float16
    assert all("chosen by hand" in reason for reason in found.reasons)


def test_a_model_larger_than_the_memory_is_refused_with_both_sizes() -> None:
    with pytest.raises(UsageError, match=r"needs 3725\.3 GiB in float32 and CPU has"):
        devices.place("cpu", "auto", torch.float32, 10**12)


@pytest.mark.parametrize(
    ("error", "memory"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), True),
        (MemoryError(), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate"), True),
        (RuntimeError("MPS backend out of memory"), True),
        (RuntimeError("shape mismatch"), False),
        (ValueError("not enough memory"), False),
    ],
)
def test_running_out_of_memory_is_told_from_other_errors(error: BaseException, memory: bool) -> None:
    assert devices.out_of_memory(error) is memory
