"""Figure 5.3 as Python sees it: its three panels, what is told beside them, and a base that learned nothing."""

from tests.transfer.made_up import make_grid, make_run
from tests.transfer.pages import figure, find_key, open_page, send, tab


def test_the_three_panels_of_figure_5_3():
    page = open_page(tab="distance", thesis=True)
    unlike = {trace.get("name"): trace for trace in figure(page, "unlike", "distance")["data"]}
    assert set(unlike) == {"to the natural classes", "to the man-made classes"}
    texts = [note["text"] for note in figure(page, "random", "distance")["layout"]["annotations"]]
    assert texts == ["chance"]
    gaps = {trace.get("name"): trace["y"] for trace in figure(page, "gaps", "distance")["data"]}
    assert gaps["thesis, man-made / natural"] == [-0.25]
    key = find_key(page, treatment="random", n=7)
    send(page, "click", key, "random", "distance")
    assert page.view.run == key
    told = tab(page, "distance").told.value
    assert "between random halves <b>30.0 below</b> its base (4 networks; the thesis: 8.0 below)" in told
    assert "by chance, random halves 0 have all man-made classes on one side" in told


def test_a_base_that_only_guesses_is_told_beside_its_line():
    for score, told in ((0.201, True), (0.3, False)):
        base = make_run(score, split="random-0", nonlinearity="abs_tanh")
        random = make_run(0.3, split="random-0", nonlinearity="abs_tanh", treatment="random", n=7)
        page = open_page((*make_grid(), base, random), tab="distance")
        legend = figure(page, "random", "distance")["layout"]["legend"]
        assert (legend["x"], legend["y"]) == (1, 1)  # in the lower left corner its dots would lie under the names
        line = "with abs(tanh(x)) the base itself only guesses, 0.201"
        assert (line in tab(page, "distance").told.value) == told
    assert "abs(tanh(x))" not in tab(open_page(tab="distance"), "distance").told.value
