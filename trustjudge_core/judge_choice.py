"""Which judge a person chose, as it is stored with a run and opened by a worker. Never holds a key."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from trustjudge_core.errors import UsageError
from trustjudge_core.judge.endpoint_spec import check_key_variable, parse_endpoint_spec

Kind = Literal["local", "endpoint", "bundled"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
BUNDLED: Final = "bundled"

_ALLOWED: Final = "allowed: local:FOLDER_OR_HUB_ID, endpoint:URL#MODEL or bundled"


@dataclass(frozen=True, slots=True)
class JudgeChoice:
    """A judge's ``spec`` with how to open it: device and dtype of a local one; of a server the
    environment variable that holds its key, the requests under way at once and the seconds one may take.

    Raises UsageError for a spec of no known kind, a URL that is none or holds a secret, and for what
    cannot be the name of a variable.
    """

    spec: str
    device: str = "auto"
    dtype: str = "auto"
    key_variable: str | None = None
    concurrency: int = 8
    timeout: float = 120.0

    def __post_init__(self) -> None:
        kind, _, rest = self.spec.partition(":")
        if kind not in KINDS or (self.spec != BUNDLED if kind == BUNDLED else not rest.strip()):
            # Not repeated as a whole: what somebody pastes here may hold a password.
            raise UsageError(
                f"judge {kind[:40]!r} is of no known kind; {_ALLOWED}; for example local:models/my-judge"
                if kind not in KINDS
                else f"a judge of the kind {kind} was named wrongly; {_ALLOWED}; correct it"
            )
        if kind == "endpoint":
            object.__setattr__(self, "spec", str(parse_endpoint_spec(self.spec)))  # equal servers, equal specs
        if kind == "local" and (folder := Path(rest).expanduser()).is_dir():
            object.__setattr__(self, "spec", f"local:{folder.resolve()}")  # a worker may start elsewhere
        if self.key_variable is not None:
            check_key_variable(self.key_variable)

    @property
    def kind(self) -> Kind:
        """Local, endpoint or bundled."""
        kind = self.spec.partition(":")[0]
        return next(known for known in KINDS if known == kind)

    @property
    def name(self) -> str:
        """What to call the judge: its model, without the folders or the owner before it."""
        if self.kind == BUNDLED:
            return BUNDLED
        rest = self.spec.partition(":")[2]
        return rest.partition("#")[2] if self.kind == "endpoint" else rest.rstrip("/").rpartition("/")[2] or rest

    @property
    def template(self) -> str:
        """The template to ask with unless a person chooses: the bundled judge knows only its own."""
        return "bundled" if self.kind == BUNDLED else "general"

    @property
    def options(self) -> dict[str, Any]:
        """What opening a judge of this kind takes besides the spec."""
        if self.kind == "endpoint":
            return {"key_variable": self.key_variable, "concurrency": self.concurrency, "timeout": self.timeout}
        return {"device": self.device, "dtype": self.dtype}

    def to_json(self) -> dict[str, Any]:
        """The choice as a JSON object; equal choices give equal objects."""
        return {"kind": self.kind, **asdict(self)}

    @classmethod
    def from_json(cls, held: dict[str, Any]) -> JudgeChoice:
        """The choice that `to_json` wrote."""
        return cls(**{name: value for name, value in held.items() if name != "kind"})
