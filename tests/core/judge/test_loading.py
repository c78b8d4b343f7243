"""A judge is found by its name, explains its choices, and what cannot be used is refused in words."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.core.judge.tiny_models import brute_force, llama, splitting_tokenizer
from trustjudge_core.errors import JudgeRefusal, JudgeUnavailable, UsageError
from trustjudge_core.judge import load_judge, loading, model_folder
from trustjudge_core.judge.contract import Message
from trustjudge_core.judge.local import LocalJudge

CHAT: list[Message] = [{"role": "user", "content": "Is 4 right?"}]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    tokenizer = splitting_tokenizer()
    llama(len(tokenizer), max_position_embeddings=512).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def copy(saved: Path, tmp_path: Path) -> Path:
    """A folder that a test may damage."""
    target = tmp_path / "copy"
    target.mkdir()
    for file in saved.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    return target


def load(folder: Path | str, **options: str) -> LocalJudge:
    judge = load_judge(f"local:{folder}", **options)  # type: ignore[arg-type]
    assert isinstance(judge, LocalJudge)
    return judge


def test_a_saved_model_gives_the_probabilities_it_had_before(saved: Path) -> None:
    tokenizer = splitting_tokenizer()
    expected = brute_force(llama(len(tokenizer)), tokenizer, CHAT, ("1", "2", "10"), "[", "]")
    found = load(saved).label_logprobs([CHAT], ("1", "2", "10"), "[", "]")
    np.testing.assert_allclose(found.logprobs[0], expected, rtol=0, atol=1e-4)


def test_a_judge_says_what_it_is_and_why(saved: Path) -> None:
    description = load(saved).description
    assert description.name == "tiny"
    assert description.spec == f"local:{saved}"
    assert description.context == 512
    assert description.device in {"cpu", "cuda", "mps"}
    assert not description.demonstration
    said = " ".join(description.reasons)
    assert all(word in said for word in ("weights:", "CPU:", "float32:", "chat:", "computation:"))


def test_the_revision_is_a_hash_of_the_files_and_follows_them(copy: Path) -> None:
    before = model_folder.find_model(str(copy)).revision
    lines = "".join(
        f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n"
        for path in sorted(copy.iterdir())
        if path.suffix in {".json", ".safetensors", ".jinja"}
    )
    assert before == "sha256:" + hashlib.sha256(lines.encode()).hexdigest()
    (copy / "notes.md").write_text("not part of the model", encoding="utf-8")
    assert model_folder.find_model(str(copy)).revision == before
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps(config | {"rms_norm_eps": 1e-5}), encoding="utf-8")
    assert model_folder.find_model(str(copy)).revision != before


def test_a_snapshot_of_the_hub_is_known_by_its_commit(copy: Path, tmp_path: Path) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    snapshot = tmp_path / "snapshots" / commit
    snapshot.parent.mkdir()
    copy.rename(snapshot)
    assert model_folder.find_model(str(snapshot)).revision == commit


def test_half_precision_is_computed_in_float32_on_a_cpu_and_says_so(copy: Path) -> None:
    llama(len(splitting_tokenizer())).to(torch.bfloat16).save_pretrained(copy)
    judge = load(copy, device="cpu")
    assert judge.description.dtype == "float32"
    assert any("stored as bfloat16" in reason for reason in judge.description.reasons)
    # the numbers are those of the rounded weights in full precision
    rounded = llama(len(splitting_tokenizer()))
    for parameter in rounded.parameters():
        parameter.data = parameter.data.bfloat16().float()
    expected = brute_force(rounded, splitting_tokenizer(), CHAT, ("1", "2"), "[", "]")
    found = judge.label_logprobs([CHAT], ("1", "2"), "[", "]").logprobs[0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.ckpt"])
def test_weights_in_pickle_are_refused_and_never_opened(copy: Path, name: str) -> None:
    (copy / "model.safetensors").unlink()
    (copy / name).write_bytes(b"\x80\x04cos\nsystem\n")
    with pytest.raises(JudgeRefusal, match=rf"pickle \({name}\), which can run code.*allowed: .*safetensors"):
        load(copy)


def test_a_folder_without_weights_or_configuration_is_refused(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(JudgeRefusal, match=r"has no config\.json"):
        load(tmp_path)
    (copy / "model.safetensors").rename(copy / "model.gguf")
    with pytest.raises(JudgeRefusal, match=r"holds model\.gguf"):
        load(copy)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"architectures": ["BertForSequenceClassification"]}, "writes no text"),
        ({"is_encoder_decoder": True}, "encoder-decoder"),
        ({"quantization_config": {"bits": 4}}, "quantized"),
        ({"model_type": "unheard-of", "auto_map": {"AutoModelForCausalLM": "code.Model"}}, "without code of its own"),
        ({"intermediate_size": 64}, "cannot be loaded"),
        ({"num_hidden_layers": 3}, "lacks 9 of the model's weights"),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(copy: Path, change: dict[str, object], said: str) -> None:
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps(config | change), encoding="utf-8")
    with pytest.raises(JudgeRefusal, match=said):
        load(copy)


@pytest.mark.parametrize("content", ["{", "[" * 100_000])
def test_damaged_files_are_refused(copy: Path, content: str) -> None:
    (copy / "config.json").write_text(content, encoding="utf-8")
    with pytest.raises(JudgeRefusal, match=r"config\.json that cannot be read"):
        load(copy)


def test_damaged_weights_are_refused(copy: Path) -> None:
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(JudgeRefusal, match="no usable safetensors file"):
        load(copy)


def test_a_missing_shard_is_named(copy: Path) -> None:
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model.safetensors"}}
    (copy / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(JudgeRefusal, match=r"lacks 1 of 2 weight files \(model-00001-of-00002.safetensors\)"):
        load(copy)


def test_a_folder_without_tokenizer_is_refused(copy: Path) -> None:
    for file in copy.glob("tokenizer*"):
        file.unlink()
    with pytest.raises(JudgeRefusal, match="has no tokenizer"):
        load(copy)


def test_a_damaged_tokenizer_is_refused(copy: Path) -> None:
    (copy / "tokenizer.json").write_text('{"model": 1}', encoding="utf-8")
    with pytest.raises(JudgeRefusal, match=r"tokenizer in .* cannot be loaded"):
        load(copy)


@pytest.mark.parametrize("spec", ["", "local:", "endpoint:", "gpt-4", "file:/models/x", "bundled:x"])
def test_a_name_that_means_nothing_lists_what_there_is(spec: str) -> None:
    with pytest.raises(UsageError, match="local:PATH_OR_ID, endpoint:URL#MODEL, bundled"):
        load_judge(spec)


@pytest.mark.parametrize("target", ["/nowhere/at/all", "./missing", "~/missing-judge", "a/b/c"])
def test_a_missing_folder_is_said_without_asking_the_hub(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_folder, "snapshot_download", lambda *_, **__: pytest.fail("asked the hub"))
    with pytest.raises(UsageError, match=f"there is no folder {target}"):
        load_judge(f"local:{target}")


def test_a_file_is_not_a_folder(saved: Path) -> None:
    with pytest.raises(UsageError, match="is a file"):
        load_judge(f"local:{saved / 'config.json'}")


def test_a_hub_out_of_reach_is_said_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code = (
        "from trustjudge_core.judge import load_judge\nfrom trustjudge_core.errors import JudgeUnavailable\n"
        "try:\n    load_judge('local:nobody/nothing')\nexcept JudgeUnavailable as error:\n    print(error)\n"
    )
    # port 9 of this machine answers nobody, so neither does the hub
    environment = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path), "PATH": ""}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert "nobody/nothing" in ran.stdout
    assert "the hub cannot be reached" in ran.stdout


def test_a_model_in_the_cache_of_the_hub_needs_no_network(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def cached(_: str, *, local_files_only: bool = False, **__: object) -> str:
        asked.append(local_files_only)
        return str(copy)

    monkeypatch.setattr(model_folder, "snapshot_download", cached)
    assert load("some-org/some-model").description.name == "some-org/some-model"
    assert asked == [True]


def test_a_hub_that_fails_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object, local_files_only: bool = False, **__: object) -> str:
        if local_files_only:
            raise model_folder.LocalEntryNotFoundError("not here")
        raise ConnectionError("no route")

    monkeypatch.setattr(model_folder, "snapshot_download", down)
    with pytest.raises(JudgeUnavailable, match="cannot be reached"):
        load_judge("local:some-org/some-model")


def test_a_device_or_dtype_that_is_not_there_is_refused(saved: Path) -> None:
    if not torch.cuda.is_available():
        with pytest.raises(UsageError, match="device 'cuda' is not there; allowed on this machine: auto, cpu"):
            load(saved, device="cuda")
    with pytest.raises(UsageError, match="dtype bfloat16 on a CPU"):
        load(saved, device="cpu", dtype="bfloat16")
    with pytest.raises(UsageError, match="dtype 'int8' does not exist"):
        load(saved, dtype="int8")
    with pytest.raises(UsageError, match="batch_tokens 0"):
        load_judge(f"local:{saved}", batch_tokens=0)


def test_a_copy_without_the_bundled_judge_says_how_to_make_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(loading, "BUNDLED", tmp_path / "none")
    with pytest.raises(JudgeRefusal, match="make train-judge"):
        load_judge("bundled")


def test_the_bundled_judge_is_a_demonstration(monkeypatch: pytest.MonkeyPatch, saved: Path) -> None:
    monkeypatch.setattr(loading, "BUNDLED", saved)
    description = load_judge("bundled").description
    assert description.demonstration
    assert description.spec == "bundled"
