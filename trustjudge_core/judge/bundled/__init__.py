"""The judge in the box: tasks it was trained on, its training, its weights and what they can do.

`wordings`, `tasks`, `families` and `demonstration_set` import no model library.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

WEIGHTS: Final = Path(__file__).parent / "weights"
"""An ordinary Hugging Face folder: configuration, safetensors, tokenizer with its chat template."""
