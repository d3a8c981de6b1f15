"""Finding and installing Chromium, with programs that only pretend: on PATH, and in place of Playwright's download."""

import sys
from types import SimpleNamespace

import pytest

from nbutils.bench import CannotMeasureError, chromium
from nbutils.commands import as_typed

CHROMIUM = "echo Chromium 150.0.1"
STUB = "echo Command chromium-browser requires the chromium snap to be installed. >&2; exit 1"


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Return a function that puts a shell script on an otherwise empty PATH."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CHROMIUM", raising=False)

    def write(name, script):
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return write


@pytest.fixture
def playwright(tmp_path):
    """Stand in for a Playwright that has downloaded nothing."""
    return SimpleNamespace(chromium=SimpleNamespace(executable_path=str(tmp_path / "absent")))


@pytest.fixture
def nothing_downloaded(monkeypatch, playwright):
    own = chromium.downloaded
    monkeypatch.setattr(chromium, "downloaded", lambda given=None: own(given or playwright))


def test_a_program_that_tells_its_version_is_found(programs, playwright):
    assert chromium.find(playwright) is None
    path = programs("chromium", CHROMIUM)
    assert chromium.find(playwright) == path


@pytest.mark.parametrize("script", [STUB, "exit 0", "echo hello", "kill -9 $$"])
def test_what_does_not_tell_its_version_is_passed_over(programs, playwright, script):
    programs("chromium", script)
    assert chromium.find(playwright) is None
    assert chromium.find(playwright) is None
    path = programs("chromium-browser", CHROMIUM)
    assert chromium.find(playwright) == path


def test_a_program_that_never_answers_is_passed_over(programs, playwright, monkeypatch):
    monkeypatch.setattr(chromium, "ANSWER_SECONDS", 0.1)
    programs("chromium", "while :; do :; done")
    assert chromium.find(playwright) is None


def test_a_file_that_is_no_program_is_passed_over(programs, playwright, monkeypatch, tmp_path):
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF")
    broken.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(broken))
    assert chromium.find(playwright) is None


def test_the_one_that_was_named_comes_first_and_playwrights_own_last(programs, playwright, monkeypatch):
    playwright.chromium.executable_path = programs("own", CHROMIUM)
    assert chromium.find(playwright) == playwright.chromium.executable_path
    systems = programs("chromium", CHROMIUM)
    assert chromium.find(playwright) == systems
    monkeypatch.setenv("CHROMIUM", programs("named", CHROMIUM))
    assert chromium.find(playwright).endswith("named")


@pytest.fixture
def install_with(programs, monkeypatch, nothing_downloaded, playwright, tmp_path):
    """Return a function that installs as root or not, and the commands for Playwright that this took."""
    log = tmp_path / "log"
    own = tmp_path / "programs" / "own"
    brings = f'printf "#!/bin/sh\\n{CHROMIUM}\\n" > {own}; /bin/chmod 755 {own}'

    def install(user, download="works"):
        works = brings if download == "works" else "exit 1"
        monkeypatch.setattr(sys, "executable", programs("python", f'echo "$@" >> {log}\n{works}'))
        monkeypatch.setattr(chromium.os, "geteuid", lambda: user)
        playwright.chromium.executable_path = str(own)
        found = chromium.install()
        return found, log.read_text().splitlines() if log.exists() else []

    return install


def test_as_root_debians_package_is_taken(programs, install_with, tmp_path):
    target = tmp_path / "programs" / "chromium"
    brings = f'printf "#!/bin/sh\\n{CHROMIUM}\\n" > {target}; /bin/chmod 755 {target}'
    programs("apt-get", f'if [ "$1" = install ]; then {brings}; fi')
    assert install_with(0) == (str(target), [])


@pytest.mark.parametrize("apt", ["exit 100", "exit 0"], ids=["no package", "a stub"])
def test_where_the_package_is_a_stub_playwright_brings_one_with_its_libraries(programs, install_with, apt):
    programs("apt-get", apt)
    programs("chromium-browser", STUB)
    found, commands = install_with(0)
    assert found.endswith("own")
    assert commands == ["-m playwright install chromium --with-deps"]


def test_without_root_playwright_brings_one(programs, install_with):
    programs("apt-get", "exit 1")
    found, commands = install_with(1000)
    assert found.endswith("own")
    assert commands == ["-m playwright install chromium"]


def test_when_nothing_works_a_sentence_says_what_to_try(install_with, monkeypatch):
    with pytest.raises(CannotMeasureError, match=r"set CHROMIUM to its path, or try: .*playwright install chromium"):
        install_with(1000, download="fails")
    monkeypatch.setattr(chromium, "install", lambda: (_ for _ in ()).throw(CannotMeasureError("A sentence.")))
    with pytest.raises(SystemExit, match=r"^A sentence\.$"):
        chromium.main()


def test_a_bench_without_chromium_names_the_command(programs, nothing_downloaded):
    with pytest.raises(CannotMeasureError, match=as_typed("nbutils.bench.chromium")), chromium.started():
        pass
