"""Hostile files dropped on the upload page: what is wrong stands there, nothing is stored, the page goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.core.formats.hostile_uploads import UPLOADS
from tests.pages.launched import said, tracebacks

SLOW = ("Parquet", "workbook")
"""Read by another process that takes a second to start, once for the check and once for the look at its columns."""


@pytest.fixture(scope="module")
def app(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], AppTest]:
    """One session of one person, who drops one thing after the other."""
    opened = AppTest.from_file(str(repository / "app.py"), default_timeout=60)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", f"sqlite:///{tmp_path_factory.mktemp('page') / 'd.sqlite3'}")
        opened.switch_page("pages/upload.py")
        opened.run()
        yield opened


@pytest.mark.parametrize("name", [name for name in UPLOADS if not any(word in name for word in SLOW)])
def test_what_is_hostile_is_offered_whole_or_refused(name: str, app: AppTest) -> None:
    make, refusal = UPLOADS[name]
    files = [(file, data, "application/octet-stream") for file, data in make().items()]
    app.file_uploader[0].set_value(files).run()
    assert tracebacks(app) == []
    if refusal is None:
        assert [button.label for button in app.button if button.label == "Store set"]
        assert "Stores 1 question" in said(app)
    else:
        assert "Nothing was stored" in (*app.error, *app.info)[0].value
        found = " ".join([said(app), *(str(table.value.to_dict()) for table in app.dataframe)])
        assert refusal in found
        assert not [button.label for button in app.button if button.label == "Store set"]
