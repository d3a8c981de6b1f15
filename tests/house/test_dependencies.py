"""Three files name the packages; they say the same."""

import re
import tomllib
from importlib.metadata import requires, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import nbutils

ROOT = Path(__file__).parents[2]
CONDA_NAMES = {"matplotlib-base": "matplotlib"}
# The lock is made for Linux; elsewhere pip adds what is missing, and torch brings the GPU libraries of its build.
LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "python_version": "3.11"}
GPU_LIBRARIES = ("nvidia-", "cuda-", "triton")


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def environment():
    return yaml.safe_load((ROOT / "environment.yml").read_text())


@pytest.fixture(scope="module")
def lock():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    return dict(line.split("==") for line in lines)


def named(requirements):
    """Return {canonical name: specifier} of requirements as pip reads them."""
    parsed = [Requirement(text) for text in requirements]
    return {canonicalize_name(item.name): item.specifier for item in parsed}


def test_conda_and_pip_ask_for_the_same_packages(project, environment):
    conda = [item for item in environment["dependencies"] if isinstance(item, str) and "==" in item]
    (by_pip,) = (item["pip"] for item in environment["dependencies"] if isinstance(item, dict))
    assert len(conda) == len(environment["dependencies"]) - 3  # python, pip and what pip brings
    assert by_pip[-1] == "-e ."
    found = {CONDA_NAMES.get(name, name): pin for name, pin in named(conda).items()} | named(by_pip[:-1])
    assert found == named(project["dependencies"])


def test_conda_brings_a_python_that_the_project_takes(project, environment):
    (python,) = (item for item in environment["dependencies"] if str(item).startswith("python="))
    assert SpecifierSet(project["requires-python"]).contains(python.partition("=")[2])


def test_every_pin_is_exact(project):
    pins = named(project["dependencies"] + project["optional-dependencies"]["test"])
    assert [name for name, pin in pins.items() if not re.fullmatch(r"==[\w.]+", str(pin))] == []


def test_the_lock_holds_names_and_exact_versions_only():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==\d[a-z0-9.]*", line)] == []
    names = [line.partition("==")[0] for line in lines]
    assert names == sorted(set(names))


def test_the_lock_holds_every_pin(project, lock):
    pins = named(project["dependencies"] + project["optional-dependencies"]["test"])
    assert {name: f"=={lock.get(name)}" for name in pins} == {name: str(pin) for name, pin in pins.items()}


def test_the_lock_is_whole_and_holds_nothing_else(project, lock):
    """Follow what each package says it needs, from the pins on: the same names as in the lock, the same versions."""
    found: dict[str, str] = {}
    pins = map(Requirement, project["dependencies"] + project["optional-dependencies"]["test"])
    waiting = [(pin, extra) for pin in pins for extra in ("", *pin.extras)]
    seen = set()
    while waiting:
        item, extra = waiting.pop()
        if (item.name, extra) in seen:
            continue
        seen.add((item.name, extra))
        found[canonicalize_name(item.name)] = version(item.name).partition("+")[0]
        for need in map(Requirement, requires(item.name) or []):
            wanted_here = need.marker is None or need.marker.evaluate({**LINUX, "extra": extra})
            if wanted_here and not need.name.startswith(GPU_LIBRARIES):
                waiting.extend((need, wanted) for wanted in ("", *need.extras))
    assert found == lock


def test_the_version_is_the_same_everywhere(project):
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert project["version"] == nbutils.__version__ == citation["version"]
    assert citation["cff-version"] == "1.2.0"
    assert citation["license"] == project["license"]
    assert all(citation[field] for field in ("message", "title", "authors"))
