import pytest

from nbutils.figures import ledger

HEAD = "| id | source | title | reports | ours | why |\n|---|---|---|---|---|---|\n"


def page(tmp_path, *rows, chapter="06_deepvis"):
    path = tmp_path / "ledger.md"
    path.write_text(f"# A page\n\n| not | a row |\n|---|---|\n\n## {chapter}\n\n{HEAD}" + "\n".join(rows) + "\n")
    return path


def test_a_row_is_read_cell_by_cell(tmp_path):
    text = "| F6.1 | paper, Fig. 1 | The toolbox | Webcam and wall | shown: the wall, 06_deepvis | other network |"
    (row,) = ledger.read(page(tmp_path, text))
    assert row == ledger.Row(
        "06_deepvis",
        "F6.1",
        "paper, Fig. 1",
        "The toolbox",
        "Webcam and wall",
        "shown: the wall, 06_deepvis",
        "other network",
    )
    assert row.state == "shown"


@pytest.mark.parametrize("id_", ["F2.10", "TA.1", "E2.3", "C2-01", "S5-10", "SGa-02", "FEr.S", "FKa.S9", "FGa.1.1"])
def test_ids_of_every_kind_are_taken(tmp_path, id_):
    assert ledger.read(page(tmp_path, f"| {id_} | paper | t | r | not yet | - |"))[0].id == id_


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("| F6.1 | paper | t | r | not yet |", "6 cells"),
        ("| F6.1 | paper | t | r | not yet | - | - |", "6 cells"),
        ("| F6.1 | paper |  | r | not yet | - |", '"title" is empty'),
        ("| X6.1 | paper | t | r | not yet | - |", "is no id"),
        ("| F6 | paper | t | r | not yet | - |", "is no id"),
        ("| F6.1 | paper | t | r | done | - |", "to begin with one of"),
        ("| F6.1 | paper | t | r | not yet: soon | - |", "the others stand alone"),
        ("| F6.1 | paper | t | r | shown: | - |", "say what and where"),
        ("| F6.1 | paper | t | r | measured | - |", "say what and where"),
        ("| F6.1 | paper | t | r | not here | - |", "the reason"),
    ],
)
def test_a_row_out_of_form_is_refused_with_its_line(tmp_path, row, message):
    with pytest.raises(ValueError, match=rf"line 10: .*{message}"):
        ledger.read(page(tmp_path, row))


def test_no_page_is_a_sentence(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no ledger at .*clone"):
        ledger.read(tmp_path / "absent.md")


def test_rows_are_chosen_by_chapter_and_state(tmp_path):
    rows = ledger.read(
        page(tmp_path, "| F6.1 | p | t | r | not yet | - |", "| F6.2 | p | t | r | not here | no such data |")
    )
    assert ledger.choose(rows) == rows
    assert ledger.choose(rows, state="not here") == rows[1:]
    assert ledger.choose(rows, "06_deepvis", "not yet") == rows[:1]
    assert ledger.choose(rows, "02_gaits") == ()
    with pytest.raises(ValueError, match='no state "done"'):
        ledger.choose(rows, state="done")


def test_the_table_counts_its_rows_and_names_its_columns():
    rows = ledger.read()
    html = ledger.table(rows)
    assert f"<caption>{len(rows)} rows</caption>" in html
    assert html.count('role="row"') == len(rows) + 1
    assert [f'scope="col" role="columnheader" data-column="{name}"' in html for name in ledger.COLUMNS] == [True] * 6
    assert "<caption>1 row</caption>" in ledger.table(rows[:1])


def test_the_table_escapes_what_it_shows():
    row = ledger.Row("06_deepvis", "F6.1", "<b>", "a & b", "<script>alert(1)</script>", "not yet", '"')
    html = ledger.table([row])
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "a &amp; b" in html
