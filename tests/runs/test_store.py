import errno
import os
import pickle
import zipfile
from functools import partial

import numpy as np
import pytest

from nbutils.runs import Result, Store, Unwritable, version_of
from nbutils.runs.store import canonical
from tests.runs import work

SETTINGS = {"blur": 0.5, "seed": 3, "name": "flügel"}
ARRAYS = {"picture": np.arange(6, dtype=np.uint8).reshape(2, 3), "curve": np.array([0.5, np.nan])}
FACTS = {"objective": 7.25, "words": ["a", "b"], "judged": None}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "kept", "made 1")


def test_what_is_kept_is_found_again(store):
    assert store.get(SETTINGS) is None
    store.put(SETTINGS, ARRAYS, FACTS)
    found = store.get(SETTINGS)
    assert isinstance(found, Result)
    assert dict(found.facts) == FACTS
    assert list(found.arrays) == sorted(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found.arrays[name], array)
        assert found.arrays[name].dtype == array.dtype
    assert list(store.get(SETTINGS, ("curve", "unknown")).arrays) == ["curve"]
    assert sorted(path.suffix for path in store.folder.iterdir()) == [".json", ".npz"]


def test_the_order_of_settings_does_not_matter_and_their_values_do(store):
    store.put(SETTINGS, ARRAYS, FACTS)
    assert store.get(dict(reversed(SETTINGS.items()))) is not None
    for other in ({"blur": 0.25}, {"seed": "3"}, {"seed": True}, {"name": "flugel"}, {"more": 0}):
        assert store.get({**SETTINGS, **other}) is None


def test_the_key_is_the_hash_of_version_and_canonical_json(store):
    import hashlib

    text = 'made 1\n{"blur":0.5,"name":"flügel","seed":3}'
    assert canonical(SETTINGS) == text.partition("\n")[2]
    assert store.key(SETTINGS) == hashlib.sha256(text.encode()).hexdigest()


def test_another_version_finds_nothing(store):
    store.put(SETTINGS, ARRAYS, FACTS)
    assert Store(store.folder, "made 2").get(SETTINGS) is None


def test_the_version_of_a_function_is_its_modules(monkeypatch):
    assert version_of(work.square) == "tests.runs.work.square 1"
    monkeypatch.setattr(work, "VERSION", 2)
    assert version_of(work.square) == "tests.runs.work.square 2"
    monkeypatch.delattr(work, "VERSION")
    with pytest.raises(ValueError, match="square needs a VERSION"):
        version_of(work.square)


def test_what_is_bound_to_a_function_is_no_part_of_its_version():
    bound = partial(partial(work.add_to, folder="here"), folder="there")
    assert version_of(bound) == "tests.runs.work.add_to 1"
    with pytest.raises(ValueError, match="join needs a VERSION"):
        version_of(partial(os.path.join, "here"))


@pytest.mark.parametrize("suffix", [".npz", ".json"])
@pytest.mark.parametrize("damage", ["cut", "emptied", "gone", "changed"])
def test_damaged_work_is_as_good_as_absent_and_can_be_kept_anew(store, suffix, damage):
    store.put(SETTINGS, {"picture": np.arange(4096, dtype=np.uint8)}, FACTS)
    path = store.folder / f"{store.key(SETTINGS)}{suffix}"
    content = path.read_bytes()
    damaged = {
        "cut": content[: len(content) // 2],
        "emptied": b"",
        "changed": bytes(255 - byte for byte in content),
    }
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(damaged[damage])
    assert store.get(SETTINGS) is None
    store.put(SETTINGS, ARRAYS, FACTS)
    assert store.get(SETTINGS) is not None


class Trap:
    def __reduce__(self):
        return os.mkdir, ("sprung",)


def test_nothing_is_unpickled(store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store.put(SETTINGS, {"picture": np.zeros(2)}, FACTS)
    objects = np.array([Trap()], object)
    with zipfile.ZipFile(store.folder / f"{store.key(SETTINGS)}.npz", "w") as file, file.open("picture.npy", "w") as to:
        np.lib.format.write_array(to, objects, allow_pickle=True)
    assert store.get(SETTINGS) is None
    (store.folder / f"{store.key(SETTINGS)}.npz").write_bytes(pickle.dumps(Trap()))
    assert store.get(SETTINGS) is None
    assert not (tmp_path / "sprung").exists()
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        store.put(SETTINGS, {"picture": objects}, FACTS)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"rate": float("nan")}, "finite numbers"),
        ({"rate": np.float32(1)}, "finite numbers"),
        ({"rates": np.zeros(2)}, "finite numbers"),
        ({1: "one"}, "named with texts, got the name 1"),
        ({"deep": [{"deeper": {2: 0}}]}, "named with texts, got the name 2"),
    ],
)
def test_settings_and_facts_that_json_does_not_hold_are_refused(store, wrong, told):
    with pytest.raises(ValueError, match=told):
        store.get(wrong)
    with pytest.raises(ValueError, match=told):
        store.put(SETTINGS, ARRAYS, wrong)
    assert not store.folder.exists()


@pytest.mark.parametrize("suffix", [".npz", ".json"])
def test_a_full_disk_is_a_sentence_and_leaves_nothing_that_looks_finished(store, suffix):
    store.folder.mkdir()
    part = store.folder / f"{store.key(SETTINGS)}{suffix}.{os.getpid()}.part"
    part.symlink_to("/dev/full")  # what is written to it meets ENOSPC
    with pytest.raises(Unwritable, match=r"The disk is full: .* Make room and start again") as caught:
        store.put(SETTINGS, ARRAYS, FACTS)
    assert caught.value.__cause__.errno == errno.ENOSPC
    assert store.get(SETTINGS) is None
    assert not list(store.folder.glob("*.part"))


def test_a_folder_that_is_a_file_is_a_sentence(tmp_path):
    (tmp_path / "kept").write_text("a file")
    with pytest.raises(Unwritable, match=r"could not be written .* Choose a folder"):
        Store(tmp_path / "kept", "made 1").put(SETTINGS, ARRAYS, FACTS)


def test_only_one_has_a_claim_and_it_ends_with_its_block(store):
    with store.claimed(SETTINGS) as first:
        with store.claimed(SETTINGS) as second, store.claimed({}) as other:
            assert (first, second, other) == (True, False, True)
        assert list(store.folder.iterdir()) == [store.path(SETTINGS, ".lock")]
    with store.claimed(SETTINGS) as again:
        assert again
    assert list(store.folder.iterdir()) == []


def test_whoever_claims_removes_what_a_killed_process_had_half_written(store):
    store.folder.mkdir()
    half = [store.folder / f"{store.key(SETTINGS)}{suffix}.4711.part" for suffix in (".npz", ".json")]
    others = store.folder / f"{store.key({})}.npz.4711.part"
    for path in (*half, others):
        path.write_bytes(b"half")
    with store.claimed(SETTINGS):
        pass
    assert list(store.folder.iterdir()) == [others]
