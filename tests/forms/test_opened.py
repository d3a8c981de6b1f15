"""A shape seen large: its files, its ancestors, keeping it, and what others may do with it."""

import io
import shutil

import pytest
import trimesh

from nbutils.forms import store as stores
from nbutils.forms.dashboards.opened_specimen import Specimen, trace_back
from nbutils.forms.dashboards.session import Start
from nbutils.forms.files import FORMATS
from nbutils.forms.handmade import connect
from nbutils.forms.store import Draft, Query
from nbutils.neat import from_json
from tests.forms.galleries import press
from tests.forms.pages import KEY, evolve, genomes, new_store, open_page, tell_who


@pytest.fixture(scope="module")
def steady(tmp_path_factory):
    """Such a page, which its tests leave as it is."""
    return breed_and_open(tmp_path_factory.mktemp("steady"))


@pytest.fixture
def page(tmp_path):
    """A page on which three generations were bred, with shape 4 of the last opened large."""
    return breed_and_open(tmp_path)


def breed_and_open(folder):
    """Breed three generations and open shape 4 of the last one."""
    page = open_page(new_store(folder))
    for places in ((1,), (0, 2), (3,)):
        evolve(page, *places)
    show(page, 3)
    return page


def show(page, place):
    """Open a shape as a double click does."""
    stage = page.breed.stage.stage
    stage._handle_custom_msg({"event": "open", "edition": stage.edition, "index": place}, [])
    return page._opened


def write(form, name="A lamp", description="For reading.", tags=("lamp", "light")):
    """Fill in the form as a browser does."""
    form.name.set_state({"value": name})
    form.description.set_state({"value": description})
    form.tags.set_state({"values": list(tags)})


def public(page):
    """Return what everybody sees in the gallery."""
    return stores.browse(page.session.store, Query()).shapes


def test_it_is_drawn_coarse_first_and_finer_as_wanted(page):
    opened = page._opened
    fine = len(opened.stage.body.triangles)
    assert opened.stage.stage.edition == 1
    opened.stage.resolution.value = "finer"
    assert len(opened.stage.body.triangles) > fine
    opened.stage.mode.value = "thesis"
    assert page.error.sentence == ""
    assert f"{len(opened.stage.body.triangles):,}" in opened.numbers.value
    assert "mirrored along x" in opened.symmetry.value


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_a_closed_surface_of_the_height_that_was_set(steady, kind):
    files = steady._opened.files
    files.height.set_state({"value": 80})
    name, data = files._save(kind)
    assert name == f"Shape 4 of generation 3.{kind}"
    read = trimesh.load(io.BytesIO(data), file_type=kind, force="mesh")
    read.merge_vertices()
    assert read.is_watertight
    up, metre = (1, 1000) if kind == "glb" else (2, 1)
    assert metre * read.extents[up] == pytest.approx(80, rel=1e-3)


def test_its_network_is_a_file_that_can_be_bred_from(steady):
    name, data = steady._opened.files._save_network()
    assert name.endswith(".json")
    assert from_json(data.decode()) == steady._opened.specimen.genome


def test_what_a_printer_makes_of_it_is_told_in_sentences_and_forgotten_with_another_height(steady):
    files = steady._opened.files
    press(files.check)
    assert "surface is closed" in files.report.value
    files.height.set_state({"value": 60})
    assert "surface is closed" not in files.report.value


def test_the_ancestors_on_the_page_are_those_of_the_store_and_each_can_be_opened(page):
    steps = trace_back(page._opened.specimen, page.session)
    lineage = page.breed.course.lineage
    kept = stores.ancestry(page.session.store, lineage.now.id, place=3)
    assert [step.genome for step in steps] == list(dict.fromkeys(one.genome for one in kept))
    assert steps[-1].genome in [one.genome for one in lineage.path[0].organisms]
    cards = page._opened.ancestry.cards
    assert len(cards.rows) == len(steps) - 1 > 0
    cards._handle_custom_msg({"event": "open", "index": len(cards.rows) - 1}, [])
    assert page._opened.specimen.genome == steps[-1].genome
    assert page._opened.specimen.title == f"Shape {steps[-1].place + 1} of the first generation"


def test_an_ancestor_of_which_nobody_kept_a_shape_is_opened_and_kept(visit):
    """A visitor forks a shape, keeps a child of a child, and from there goes back to a step that nobody kept."""
    origin = visit._opened.specimen.shape
    visit.breed.fork(Start(visit._opened.specimen.genome, origin.id), 5)
    for place in (4, 2):
        evolve(visit, place)
    write(show(visit, 5).form, name="Grandchild")
    press(visit._opened.form.save)
    visit.session.tell("open", stores.read(visit.session.store, visit.view.shape, visit.session.person))
    cards = visit._opened.ancestry.cards
    cards._handle_custom_msg({"event": "open", "index": 0}, [])
    opened = visit._opened
    assert opened.specimen.shape is None
    assert opened.specimen.title == "Shape 3 of generation 1"
    assert opened.ancestry.told.value.startswith(f"<p class='dv-quiet'>{len(cards.rows)} ancestor")
    write(opened.form, name="Child")
    press(opened.form.publish)
    assert opened.form.error.sentence == ""
    child = next(one for one in public(visit) if one.name == "Child")
    generation = visit.breed.course.lineage.path[-2]
    assert (child.generation, child.place, child.forked_from) == (generation.id, 2, origin.id)


def test_publishing_keeps_name_words_and_line_once_however_often_it_is_pressed(page):
    form, generation = page._opened.form, page.breed.course.lineage.now
    write(form)
    press(form.publish)
    press(form.publish)
    (shape,) = public(page)
    assert (shape.name, shape.description, shape.tags, shape.author) == (
        "A lamp",
        "For reading.",
        ("lamp", "light"),
        "Ada",
    )
    assert (shape.generation, shape.place) == (generation.id, 3)
    assert stores.read_generation(page.session.store, generation.id) == generation
    assert shape.thumbnail.startswith(b"\x89PNG")
    assert page.status.message.startswith("Published")
    assert page.view.shape == shape.id
    assert form.box.layout.display == "none"


def test_saving_is_private_until_it_is_published(page):
    write(page._opened.form)
    press(page._opened.form.save)
    assert public(page) == ()
    assert "only you see it" in page._opened.public.about.value
    press(page._opened.public.publish)
    assert [shape.name for shape in public(page)] == ["A lamp"]
    assert page._opened.public.publish.layout.display == "none"


@pytest.mark.parametrize("name", ["", "   ", "\u200b"])
def test_a_missing_name_is_told_and_what_was_typed_stays(steady, name):
    form = steady._opened.form
    write(form, name=name)
    press(form.publish)
    assert form.error.sentence.startswith("The name is missing")
    assert (form.description.value, form.tags.values) == ("For reading.", ["lamp", "light"])
    assert public(steady) == ()


def test_a_store_that_fails_takes_nothing_of_what_was_typed(page, monkeypatch):
    form = page._opened.form
    write(form)
    with monkeypatch.context() as failing:
        failing.setattr(
            "nbutils.forms.dashboards.keeping_form.keep",
            lambda *_arguments: (_ for _ in ()).throw(stores.StoreError("The disk is full.")),
        )
        press(form.publish)
    assert form.error.sentence == "The disk is full."
    assert (form.name.value, form.form.layout.display) == ("A lamp", None)
    press(form.publish)
    assert len(public(page)) == 1


def test_a_read_only_page_says_why_nothing_can_be_kept_and_lets_download(tmp_path):
    new_store(tmp_path)
    store = stores.open_store(f"sqlite:///{tmp_path}/forms.sqlite", read_only=True)
    page = open_page(store, read_only=True)
    opened = show(page, 2)
    assert opened.form.form.layout.display == "none"
    assert "read-only" in opened.form.refusal.value
    assert opened.form.refusal.layout.display is None
    assert opened.files._save("stl")[1]
    press(opened.form.publish)
    assert public(page) == ()


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The folder of a gallery in which a bred shape was published."""
    folder = tmp_path_factory.mktemp("published")
    page = breed_and_open(folder)
    write(page._opened.form, name="<img src=x onerror=alert(1)>", description="<script>1</script>\nقطة", tags=("<i>",))
    press(page._opened.form.publish)
    stores.close(page.session.store)
    return folder


@pytest.fixture
def visit(published, tmp_path):
    """A page of another person who opened what was published."""
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    visitor = open_page(new_store(tmp_path), key="v" * 32, name="Bob")
    visitor.session.tell("open", stores.browse(visitor.session.store, Query(), visitor.session.person).shapes[0])
    return visitor


def test_names_of_others_are_text_and_never_markup(visit):
    told = visit._opened.public.about.value + visit._opened.title.value
    assert "<script" not in told
    assert "<img" not in told
    assert "<i>" not in told
    assert "&lt;script&gt;1&lt;/script&gt;<br>قطة" in told


def test_others_give_stars_once_and_can_change_them(visit):
    opened = visit._opened
    assert opened.form.box.layout.display == "none"
    opened.public.stars.set_state({"value": 5})
    opened.public.stars.set_state({"value": 2})
    (shape,) = stores.browse(visit.session.store, Query(), visit.session.person).shapes
    assert (shape.stars, shape.ratings, shape.my_stars) == (2, 1, 2)
    assert "2 stars given" in visit.status.message


def test_ones_own_shape_can_be_rated_by_others_only(visit, tmp_path):
    maker = open_page(new_store(tmp_path), key=KEY)
    maker.session.tell("open", stores.browse(maker.session.store, Query(mine=True), maker.session.person).shapes[0])
    assert maker._opened.public.stars.fixed
    maker._opened.public.stars.set_state({"value": 5})
    assert public(maker)[0].ratings == 0


def test_a_report_reaches_the_owner_of_the_site(visit):
    pane = visit._opened.public
    pane.report.heading.is_open = True
    pane.reason.set_state({"value": "Not a lamp."})
    press(pane.report.children[1].children[1])
    (report,) = stores.reports(visit.session.store)
    assert report.reasons == ("Not a lamp.",)
    assert not pane.report.heading.is_open
    assert "Thank you" in visit.status.message


def test_breeding_from_it_remembers_whose_shape_it_was(visit):
    shape = visit._opened.specimen.shape
    press(visit._opened.breed)
    assert genomes(visit)[0] == from_json(shape.genome_json)
    assert visit.view.start == shape.id
    changed = next(place for place, genome in enumerate(genomes(visit)) if genome != genomes(visit)[0])
    opened = show(visit, changed)
    assert trace_back(opened.specimen, visit.session)[1].shape == shape.id
    write(opened.form, name="Lamp II")
    press(opened.form.publish)
    mine = next(one for one in public(visit) if one.name == "Lamp II")
    assert mine.forked_from == shape.id
    assert "forked from" in opened.public.about.value


def test_a_link_opens_a_shape_and_an_unknown_one_is_told(visit, tmp_path):
    shape = visit._opened.specimen.shape
    other = open_page(new_store(tmp_path), key="w" * 32)
    other.link.set_state({"arrived": {"count": 1, "settings": {"shape": shape.id}}})
    assert other._opened.specimen.shape.id == shape.id
    other.link.set_state({"arrived": {"count": 2, "settings": {"shape": "0" * 16}}})
    assert "not in the gallery" in other.error.sentence
    press(other._opened.back)
    assert (other.view.shape, other.error.sentence) == ("", "")


def test_a_link_to_ones_own_private_shape_waits_for_who_it_is(page, tmp_path):
    write(page._opened.form)
    press(page._opened.form.save)
    again = open_page(new_store(tmp_path), key=None)
    again.link.set_state({"arrived": {"count": 1, "settings": {"tab": "mine", "shape": page.view.shape}}})
    assert "may be private" in again.error.sentence
    assert (again.view.shape, again._panes["breed"].layout.display) == ("", None)
    tell_who(again)
    assert again.error.sentence == ""
    assert (again._opened.specimen.shape.id, again.view.tab) == (page.view.shape, "mine")
    assert again.breed.course.lineage == page.breed.course.lineage
    stranger = open_page(new_store(tmp_path), key=None)
    stranger.link.set_state({"arrived": {"count": 1, "settings": {"shape": page.view.shape}}})
    tell_who(stranger, key="s" * 32)
    assert "may be private" in stranger.error.sentence
    assert stranger._opened is None


def test_what_is_typed_about_one_shape_is_not_reported_of_another(visit):
    store, somebody = visit.session.store, stores.know(visit.session.store, "s" * 32)
    other = stores.keep(store, somebody, Draft("Hut", "", (), genomes(visit)[1], public=True))
    visit._opened.public.reason.set_state({"value": "Not a lamp."})
    visit.session.tell("open", stores.read(store, other.id))
    assert visit._opened.public.reason.value == ""


def test_voxels_can_be_changed_where_the_first_ones_showed_nothing(page):
    opened = page._opened
    opened.stage.resolution.value = "thesis"  # without a corner in the middle, where the needle is
    page.open(Specimen(connect({"r_xy": 1.0, "bias": -0.05}), "Needle"))
    assert (opened.stage.body, opened.symmetry.value) == (None, "")
    opened.stage.resolution.value = "coarse"
    assert opened.stage.body is not None
    assert opened.stage.stage.labels == [""]


def test_ancestors_that_cannot_be_looked_up_hide_nothing_else(page, monkeypatch):
    def refuse(*_arguments, **_named):
        raise stores.StoreError("The database of the gallery cannot be reached.")

    monkeypatch.setattr(stores, "ancestry", refuse)
    specimen = page._opened.specimen
    kept = stores.keep(page.session.store, page.session.person, Draft("Hut", "", (), specimen.genome))
    page.open(Specimen(specimen.genome, "Hut", kept))
    assert "cannot be reached" in page._opened.ancestry.told.value
    assert page._opened.stage.body is not None
    assert page.error.sentence == ""
