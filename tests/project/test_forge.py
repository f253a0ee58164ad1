"""What the forge reads is valid: workflows, forms, hooks; and what several of these files say, they say alike."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from string import Template

import pytest
import yaml

from tests.helpers.paths import ROOT

FORGE = ROOT / ".github"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
TEMPLATES = {
    path.name.removesuffix(".yml.tmpl"): Template(path.read_text())
    for path in (ROOT / "artgen/scaffold/templates/package/.github/workflows").iterdir()
}
"""The workflows of a new plugin."""
SCHEMAS = {
    "github-workflows": sorted(FORGE.glob("workflows/*.yml")),
    "github-issue-forms": sorted(set(FORGE.glob("ISSUE_TEMPLATE/*.yml")) - {FORGE / "ISSUE_TEMPLATE/config.yml"}),
    "github-issue-config": [FORGE / "ISSUE_TEMPLATE/config.yml"],
    "dependabot": [FORGE / "dependabot.yml"],
}


def said_by(*command):
    """Its exit code, and all that it wrote."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def tool(name):
    """The program of that name in this environment."""
    return shutil.which(name, path=Path(sys.executable).parent)


def workflow(name):
    return yaml.safe_load((FORGE / "workflows" / f"{name}.yml").read_text())


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_files_are_what_the_forge_expects(schema):
    assert SCHEMAS[schema]
    code, said = said_by(tool("check-jsonschema"), "--builtin-schema", f"vendor.{schema}", *SCHEMAS[schema])
    assert code == 0, said


def test_the_workflows_give_nothing_away():
    code, said = said_by(tool("zizmor"), "--offline", "--no-progress", FORGE)
    assert code == 0, said


@pytest.mark.parametrize(("name", "model"), [("test", "ci"), ("publish", "release")])
def test_the_workflows_of_a_new_plugin_are_as_careful(tmp_path, name, model):
    made = tmp_path / f"{name}.yml"
    made.write_text(TEMPLATES[name].substitute(dist="artgen-x"))
    schema = said_by(tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", made)
    careful = said_by(tool("zizmor"), "--offline", "--no-progress", "--config", FORGE / "zizmor.yml", made)
    assert schema[0] == 0 and careful[0] == 0, schema[1] + careful[1]
    theirs, ours = yaml.safe_load(made.read_text())["jobs"], workflow(model)["jobs"]
    for job, model_job in zip(theirs.values(), ours.values(), strict=False):
        assert uses(job) == uses(model_job)
        assert job["permissions"] == model_job["permissions"]


def uses(job):
    return [step["uses"] for step in job["steps"] if "uses" in step]


def test_a_new_plugin_is_tested_every_week():
    """With whatever artgen there is by then; `on` is YAML 1.1's word for true."""
    (weekly,) = yaml.safe_load(TEMPLATES["test"].substitute())[True]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* \d", weekly["cron"])


@pytest.mark.parametrize(
    ("tag", "changelog", "right"),
    [("v0.1.0", "## 0.1.0\n", True), ("v0.2.0", "## 0.1.0\n", False), ("v0.1.0", "## 0.10.0\n", False)],
)
def test_a_plugin_is_published_under_the_version_that_it_has(tmp_path, tag, changelog, right):
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0.1.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(changelog)
    steps = yaml.safe_load(TEMPLATES["publish"].substitute(dist="artgen-x"))["jobs"]["build"]["steps"]
    (check,) = (step["run"] for step in steps if "GITHUB_REF_NAME" in step.get("run", ""))
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    variables = {"GITHUB_REF_NAME": tag, "PATH": path}
    done = subprocess.run(["bash", "-e", "-c", check], cwd=tmp_path, env=variables, check=False)
    assert (done.returncode == 0) is right


def test_every_workflow_asks_for_the_least():
    for path in SCHEMAS["github-workflows"]:
        said = yaml.safe_load(path.read_text())
        assert said["permissions"] == {}, path.name
        assert "secrets." not in path.read_text(), path.name
        for name, job in said["jobs"].items():
            assert "timeout-minutes" in job, f"{path.name}: {name}"


def test_the_tests_run_on_every_python_and_system_that_is_promised():
    classifiers = PROJECT["project"]["classifiers"]
    named = [found[1] for line in classifiers if (found := re.fullmatch(r"Programming .* :: (3\.\d+)", line))]
    matrix = workflow("ci")["jobs"]["tests"]["strategy"]["matrix"]
    assert matrix["python"] == named
    assert PROJECT["project"]["requires-python"] == f">={named[0]}"
    assert len(matrix["system"]) == len([line for line in classifiers if line.startswith("Operating System")])


def test_the_commands_of_the_hooks_are_in_the_developers_environment():
    hooks = [
        hook
        for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
        for hook in repo["hooks"]
    ]
    assert {hook["language"] for hook in hooks} == {"system"}
    from_the_group = {"check-yaml", "check-added-large-files"}
    for program in {hook["entry"].split()[0] for hook in hooks} - from_the_group:
        assert tool(program), program


def test_the_developers_group_adds_to_the_extra_and_repeats_nothing():
    group = PROJECT["dependency-groups"]["dev"]
    extra = {re.split(r"[=<>]", line)[0] for line in PROJECT["project"]["optional-dependencies"]["dev"]}
    assert "artgen[dev]" in group
    assert not extra & {re.split(r"[=<>]", line)[0] for line in group}
