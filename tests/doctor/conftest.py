import pytest


@pytest.fixture
def stub(tmp_path, monkeypatch):
    """Puts a module first on the path of subprocesses: ``stub("torch", "raise RuntimeError('x')")``."""

    def put(name, code):
        (tmp_path / "stubs").mkdir(exist_ok=True)
        (tmp_path / "stubs" / f"{name}.py").write_text(code)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "stubs"))
        return str(tmp_path / "stubs")

    return put
