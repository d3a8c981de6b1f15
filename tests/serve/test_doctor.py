"""The doctor: what it looks at, what it calls wrong, and how it says so."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from click.testing import CliRunner

from nbutils.cli import main
from nbutils.commands import as_typed
from nbutils.serve import doctor


def wrong(findings):
    return [(finding.name or finding.says, finding.mend) for finding in findings if not finding.well]


def test_it_looks_at_everything_in_one_go():
    names = {finding.name for finding in doctor.examine()}
    expected = {"Python", "Packages", "Processor", "Device", "Notebooks", "Cache", "Free disk", "Free memory"}
    assert expected | {"Port 8866", "Certificate", "Camera", "Chromium"} <= names


def test_all_is_well_where_these_tests_run():
    result = CliRunner().invoke(main, ["doctor"])
    assert "All is well." in result.output
    assert result.exit_code == 0


def test_what_was_not_fetched_is_wrong_and_has_its_command(monkeypatch, tmp_path):
    monkeypatch.setenv("NBUTILS_CACHE", str(tmp_path))
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 1
    assert as_typed("nbutils data fetch mobilenet_v2") in result.output
    assert "! " in result.output


def test_a_missing_package_is_wrong(monkeypatch):
    monkeypatch.setattr(doctor, "pins", lambda: {"voila": "0.5.13", "no-such-package": "1.0"})
    assert wrong(doctor.packages()) == [("Packages", as_typed("pip install -r requirements.lock"))]


def test_another_version_than_the_tested_one_is_wrong(monkeypatch):
    monkeypatch.setattr(doctor, "pins", lambda: {"voila": "0.0.1"})
    (finding,) = doctor.packages()
    assert not finding.well
    assert "(tested: 0.0.1)" in finding.says


def test_a_build_of_torch_for_one_device_is_the_tested_version(monkeypatch):
    monkeypatch.setattr(doctor, "pins", lambda: {"torch": "2.13.0"})
    monkeypatch.setattr(doctor, "version", lambda package: "2.13.0+cu130")
    assert wrong(doctor.packages()) == []


def test_every_pin_of_the_project_is_read():
    assert doctor.pins()["voila"]
    assert len(doctor.pins()) >= 15


@pytest.mark.parametrize(("disk", "memory", "expected"), [(10**6, 10**10, "Free disk"), (10**11, 10**6, "Free memory")])
def test_too_little_room_is_wrong(monkeypatch, disk, memory, expected):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=disk))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=memory))
    ((name, mend),) = wrong(doctor.room())
    assert name == expected
    assert mend


def test_no_notebooks_is_wrong(monkeypatch, tmp_path):
    def missing(named=None):
        raise doctor.MissingError(f"No notebooks were found in {tmp_path}.")

    monkeypatch.setattr(doctor, "notebooks_folder", missing)
    assert [name for name, _ in wrong(doctor.notebooks())] == ["Notebooks"]


def test_no_browser_is_not_wrong(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: None)
    (finding,) = doctor.browsers()
    assert finding.well
    assert "serving needs none" in finding.says


def test_the_report_counts_what_is_wrong():
    findings = [doctor.Finding("A", "fine"), doctor.Finding("B", "broken", well=False, mend="mend it")]
    text = doctor.report(findings)
    assert text.endswith("1 of these is wrong (!).")
    assert "mend it with: mend it" in text
    assert doctor.report(findings[:1]).endswith("All is well.")


def test_where_the_doctor_looks_exists():
    (finding,) = doctor.notebooks()
    assert Path(finding.says.partition(" in ")[2]).is_dir()
