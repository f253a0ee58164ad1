"""What draws the cells of a sweep elsewhere: Ray's workers, and the jobs of a queue."""

import os
import sys
import threading
from pathlib import Path

import pytest
import yaml

import artgen as package
from artgen.sweeps.engines.on_slurm import Slurm

pytestmark = pytest.mark.slow


def _files(folder):
    return {path.parent.name: path.read_bytes() for path in Path(folder).glob("cells/*/image.png")}


@pytest.fixture(scope="module")
def cluster():
    """Two nodes of Ray on this machine, with a core each."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        # The stranger's plugin is found by the workers, too.
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        made.second = made.add_node(num_cpus=1)
        yield made
        made.shutdown()


@pytest.fixture
def mine(flat, tmp_path, monkeypatch):
    """Writes the preset of a sweep, and draws it by this process alone."""

    def write(**more):
        Path("mine.yaml").write_text(yaml.safe_dump({**flat, **more}))
        over = {"seed": [1, 2, 3]}
        return list(package.sweep("mine.yaml", over, out="whole", threads=1, processes=1, note=lambda line: None))

    return write


def test_cells_find_their_files_on_rays_workers(mine, cluster, artgen, tmp_path):
    from PIL import Image

    Path("photos").mkdir()
    Image.new("RGB", (12, 10), "#c04040").save("photos/red.png")
    mine(generator={"type": "pixel"}, start="photos/red.png")
    words = ("--over", "seed=1..3", "--threads", "1", "--engine", "ray", "--address", cluster.address, "--out", "there")
    artgen("sweep", "mine.yaml", *words, process=True, code=0)
    assert _files("there") == _files("whole")


@pytest.fixture
def shared(flat):
    """The pictures of cells that share their first steps, each drawn by itself."""
    Path("mine.yaml").write_text(yaml.safe_dump({**flat, "sweep": {"over": {"finish": [[], [{"type": "doubled"}]]}}}))
    list(package.sweep("mine.yaml", out="apart", threads=1, processes=1, share=False, note=pytest.fail))
    return _files("apart")


def test_steps_are_shared_on_rays_workers(shared, cluster, artgen):
    words = ("--threads", "1", "--engine", "ray", "--address", cluster.address, "--out", "there")
    done = artgen("sweep", "mine.yaml", *words, process=True, code=0)
    assert "first step" not in done.stderr
    assert _files("there") == shared
    assert not Path("there/shared").exists()


def test_a_node_of_ray_is_killed_and_nothing_is_lost(mine, cluster, artgen, tmp_path):
    mine(steps=800)
    killed = threading.Event()

    def kill():
        cluster.remove_node(cluster.second, allow_graceful=False)
        killed.set()

    threading.Timer(9, kill).start()
    words = ("--over", "seed=1..3", "--threads", "1", "--engine", "ray", "--address", cluster.address, "--out", "there")
    artgen("sweep", "mine.yaml", *words, "--checkpoint", "100", process=True, code=0)
    assert killed.is_set()
    assert _files("there") == _files("whole")


def test_without_a_cluster_one_line_says_so(mine, artgen):
    mine()
    words = ("--over", "seed=1..3", "--engine", "ray", "--address", "127.0.0.1:1")
    told = artgen("sweep", "mine.yaml", *words, process=True, code=2).stderr
    assert "ray start --head" in told.splitlines()[-1]


def test_jobs_of_a_queue_draw_the_same(shared, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    engine = Slurm(Path("logs"), {"timeout_min": 5}, "local")
    rows = list(package.sweep("mine.yaml", out="queued", threads=1, engine=engine, note=pytest.fail))
    assert [row.reason for row in rows] == [None] * 2
    assert _files("queued") == shared


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--address", "host:1"), "--address: belongs to --engine ray"),
        (("--gpus-per-run", "0.5"), "--gpus-per-run: belongs to --engine ray"),
        (("--slurm", "timeout_min=5"), "--slurm: belongs to --engine slurm"),
        (("--engine", "slurm", "--slurm", "5"), "--slurm 5: expected a parameter"),
    ],
)
def test_flags_of_another_engine_are_refused(mine, artgen, words, said):
    Path("mine.yaml").write_text("extends: quickstart")
    assert said in artgen("sweep", "mine.yaml", "--over", "seed=1,2", *words, code=2).stderr


def test_rays_workers_draw_what_is_chosen_one_by_one(mine, cluster, artgen):
    mine()
    words = ("--over", "seed=1..9", "--search", "optuna", "--trials", "3", "--threads", "1", "--out", "there")
    artgen("sweep", "mine.yaml", *words, "--engine", "ray", "--address", cluster.address, process=True, code=0)
    assert len(_files("there")) == 3
