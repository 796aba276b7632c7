"""The five targets of the contract suite."""

from __future__ import annotations

import pytest

from tests.backend_contract.targets import SERVED, Target, make_target
from tests.coder_fixtures import CoderFactory


@pytest.fixture(params=sorted(SERVED))
def target(request: pytest.FixtureRequest, coder_sandbox: CoderFactory) -> Target:
    """Each of the five in turn."""
    name, served = SERVED[request.param]
    return make_target(coder_sandbox, name, **served)
