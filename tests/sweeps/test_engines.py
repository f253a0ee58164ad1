"""What draws the cells of a sweep elsewhere: Ray's workers, and the jobs of a queue."""

import os
import sys
import threading
from pathlib import Path

import pytest

import artgen
from artgen import InputError
from artgen.sweeps.engines.on_ray import Ray
from artgen.sweeps.engines.on_slurm import Slurm

OVER = {"seed": "1..4"}
# Ray and submitit leave files and sockets to the end of the process, and call what Python will once do otherwise.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"),
]


def _files(folder):
    return {path.parent.name: path.read_bytes() for path in Path(folder).glob("cells/*/image.png")}


def _sweep(preset, out, **more):
    settings = {"threads": 1, "processes": 1, "note": lambda line: None, **more}
    return list(artgen.sweep(preset, OVER, out=out, **settings))


@pytest.fixture(autouse=True)
def _everywhere(monkeypatch):
    """The stranger's plugin is found by every process."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


@pytest.fixture
def cluster(monkeypatch):
    """Two nodes of Ray on this machine, with a core each."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    import ray
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    made.second = made.add_node(num_cpus=1)
    yield made
    ray.shutdown()
    made.shutdown()


def test_a_node_of_ray_is_killed_and_nothing_is_lost(flat, cluster):
    slow = {**flat, "steps": 1000}
    _sweep(slow, "whole")
    killed = threading.Event()

    def kill():
        cluster.remove_node(cluster.second, allow_graceful=False)
        killed.set()

    threading.Timer(5, kill).start()
    rows = _sweep(slow, "there", engine=Ray(cluster.address), checkpoint="100")
    assert killed.is_set()
    assert [row.reason for row in rows] == [None] * 4
    assert _files("there") == _files("whole")


def test_cells_find_their_files_on_the_workers(flat, cluster, tmp_path):
    from PIL import Image

    Path("photos").mkdir()
    Image.new("RGB", (12, 10), "#c04040").save("photos/red.png")
    start = {**flat, "generator": {"type": "pixel"}, "start": "photos/red.png"}
    _sweep(start, "whole")
    assert {row.state for row in _sweep(start, "there", engine=Ray(cluster.address))} == {"finished"}
    assert _files("there") == _files("whole")


def test_without_a_cluster_one_line_says_so(flat):
    with pytest.raises(InputError, match="ray start --head"):
        _sweep(flat, "there", engine=Ray("127.0.0.1:1"))


def test_jobs_of_a_queue_draw_the_same(flat):
    _sweep(flat, "whole")
    rows = _sweep(flat, "queued", engine=Slurm(Path("logs"), {"timeout_min": 5}, "local"))
    assert [row.reason for row in rows] == [None] * 4
    assert _files("queued") == _files("whole")
