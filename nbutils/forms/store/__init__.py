"""The gallery: shapes, who made them, what others think of them and what they came from, in a database."""

from nbutils.forms.store.browsing import ORDERS, Page, Query, browse, tags
from nbutils.forms.store.champions import PIECES, champions
from nbutils.forms.store.engine import Store
from nbutils.forms.store.errors import StoreError
from nbutils.forms.store.exchange import Merged, import_gallery
from nbutils.forms.store.exporting import export_gallery
from nbutils.forms.store.family import Family, family, measure_runs, read_breeder
from nbutils.forms.store.generations import (
    Ancestor,
    ancestry,
    keep_breeding,
    keep_generation,
    read_breeding,
    read_generation,
)
from nbutils.forms.store.innovations import read_innovations
from nbutils.forms.store.opening import close, open_store
from nbutils.forms.store.people import Person, know, know_user
from nbutils.forms.store.ratings import rate
from nbutils.forms.store.reports import Report, hide, list_shapes, report, reports
from nbutils.forms.store.shapes import Draft, change, delete, keep, publish
from nbutils.forms.store.statistics import Day, Statistics, statistics
from nbutils.forms.store.viewing import Shape, read

__all__ = [
    "ORDERS",
    "PIECES",
    "Ancestor",
    "Day",
    "Draft",
    "Family",
    "Merged",
    "Page",
    "Person",
    "Query",
    "Report",
    "Shape",
    "Statistics",
    "Store",
    "StoreError",
    "ancestry",
    "browse",
    "champions",
    "change",
    "close",
    "delete",
    "export_gallery",
    "family",
    "hide",
    "import_gallery",
    "keep",
    "keep_breeding",
    "keep_generation",
    "know",
    "know_user",
    "list_shapes",
    "measure_runs",
    "open_store",
    "publish",
    "rate",
    "read",
    "read_breeder",
    "read_breeding",
    "read_generation",
    "read_innovations",
    "report",
    "reports",
    "statistics",
    "tags",
]
