"""What asks a model: prompts, local engine, endpoints, the bundled judge; the only home of torch and openai."""

from trustjudge_core.judge.loading import load_judge

__all__ = ["load_judge"]
