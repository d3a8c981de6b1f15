"""What the tests of the tabs begin with."""

import pytest

from tests.forms.galleries import new_session


@pytest.fixture
def session(tmp_path):
    """A session of Ada with an empty gallery."""
    return new_session(tmp_path)
