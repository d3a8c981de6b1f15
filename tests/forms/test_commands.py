"""The owner of a site looks after its gallery on the command line."""

import pytest
from click.testing import CliRunner

from nbutils.cli import main
from nbutils.forms.store import Query, browse, close, keep, know, list_shapes, open_store, rate, report, schema
from tests.forms.store.making import make_draft


@pytest.fixture
def gallery(tmp_path, monkeypatch):
    monkeypatch.setenv("NBUTILS_DATABASE", f"sqlite:///{tmp_path / 'forms.sqlite'}")
    # A published page writes nothing; its owner's commands do.
    monkeypatch.setenv("NBUTILS_PUBLISH", "1")
    opened = open_store(read_only=False, starter=None)
    yield opened
    close(opened)


@pytest.fixture
def shape(gallery):
    ada, bob = know(gallery, "ada-" * 8, "Ada"), know(gallery, "bob-" * 8)
    kept = keep(gallery, ada, make_draft("Vase\u202f🏺", tags=("glass", "tall")))
    rate(gallery, bob, kept.id, 4)
    report(gallery, bob, kept.id, "rude\nand worse")
    return kept


def run(*words, fails=False):
    done = CliRunner().invoke(main, ["forms", *map(str, words)])
    assert done.exit_code == int(fails), done.output
    return done.output


def test_a_shape_is_hidden_and_shown_again(gallery, shape):
    assert run("hide", shape.id) == f"{shape.id} is hidden.\n"
    assert browse(gallery).total == 0
    assert f"{shape.id}  hidden  4.0 of 1" in run("list")
    run("show", shape.id)
    assert browse(gallery).total == 1


@pytest.mark.parametrize("identity", ["nope", "0" * 16, "--", "'; DROP TABLE shapes"])
def test_what_is_no_shape_is_a_sentence(gallery, shape, identity):
    done = CliRunner().invoke(main, ["forms", "hide", "--", identity])
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert "Traceback" not in done.output


def test_shapes_and_reports_are_listed(gallery, shape):
    keep(gallery, know(gallery, "eve-" * 8), make_draft("Private", 1, public=False))
    listed = run("list").splitlines()
    assert [line.split()[:2] for line in listed][1] == [shape.id, "public"]
    assert "Private, by somebody" in listed[0]
    assert "by Ada #glass #tall" in listed[1]
    assert len(run("list", "--most", 1).splitlines()) == 1
    told = run("reports")
    assert shape.id in told
    assert "reported by 1, last on " in told
    assert "rude / and worse" in told


def test_a_gallery_is_copied_by_a_file(gallery, shape, tmp_path, monkeypatch):
    file = tmp_path / "gallery.json.gz"
    keep(gallery, know(gallery, "eve-" * 8), make_draft("Private", 1, public=False))
    run("export", file)
    monkeypatch.setenv("NBUTILS_DATABASE", f"sqlite:///{tmp_path / 'copy.sqlite'}")
    assert run("import", file).startswith("2 shapes are new, 0 were here already;")
    assert run("import", file).startswith("0 shapes are new, 2 were here already;")
    copy = open_store(read_only=False, starter=None)
    assert {one.name for one in list_shapes(copy)} == {shape.name, "Private"}
    assert browse(copy, Query(tag="tall")).total == 1
    close(copy)
    run("export", file, "--published")
    monkeypatch.setenv("NBUTILS_DATABASE", f"sqlite:///{tmp_path / 'third.sqlite'}")
    assert run("import", file).startswith("1 shapes are new")


def test_files_that_are_none_are_sentences(gallery, tmp_path):
    (tmp_path / "nonsense").write_bytes(b"nonsense")
    assert "no exported gallery" in run("import", tmp_path / "nonsense", fails=True)
    assert "could not be read" in run("import", tmp_path / "absent", fails=True)
    assert "could not be written" in run("export", tmp_path / "absent" / "file", fails=True)


def test_migrations_can_be_asked_for(gallery, monkeypatch):
    assert "up to date" in run("migrate")
    with gallery.engine.begin() as connection:
        connection.execute(schema.STAMP.update().values(version_num="9999"))
    assert "newer version of this program" in run("migrate", fails=True)


def test_no_database_is_a_sentence(monkeypatch):
    monkeypatch.setenv("NBUTILS_DATABASE", "nonsense")
    assert "no address of a database" in run("list", fails=True)
