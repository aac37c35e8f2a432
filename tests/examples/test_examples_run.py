"""Every example does what it says."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_script_opens_a_case_and_brings_it_to_the_release(tmp_path: Path) -> None:
    number, titles = example("embed_in_a_script").main(f"sqlite:///{tmp_path / 'amt.sqlite3'}")
    assert number.startswith("HA-")
    assert titles == ["Hundesteuerbescheid freigeben"]


def test_the_host_answers_a_service_step_and_its_errors_lead_on() -> None:
    connector = example("own_connector")
    assert connector.main(2) == ("ended", [])
    assert connector.main(5) == ("open", ["Einen Tag von Hand suchen"])
    assert len(connector.BOOKED) == 1


def test_the_hosts_own_directory_says_who_may_do_a_task() -> None:
    found, refused, left = example("own_users").main()
    assert found == ["Einen Tag von Hand suchen"]
    assert refused
    assert left == []


def test_an_app_and_the_engine_write_both_or_neither(tmp_path: Path) -> None:
    testclient = pytest.importorskip("starlette.testclient")
    made = example("starlette_app").app(f"sqlite:///{tmp_path / 'amt.sqlite3'}")
    with testclient.TestClient(made) as client:
        good = client.post("/bookings", params={"account": "ada"}, json={"menge": 2})
        assert good.status_code == 201
        bad = client.post("/bookings", params={"account": "ada"}, json={"menge": 99})
        assert bad.status_code == 422
        assert list(bad.json()["problems"]) == ["menge"]
        assert client.get("/count").json() == {"bookings": 1, "cases": 1}
    made.state.engine.close()
