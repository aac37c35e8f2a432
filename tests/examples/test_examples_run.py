"""Every example does what it says."""

import asyncio
import importlib.util
from pathlib import Path
from types import ModuleType

import httpx

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
    made = example("starlette_app").app(f"sqlite:///{tmp_path / 'amt.sqlite3'}")

    async def visit() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url="http://app") as client:
            good = await client.post("/bookings", params={"account": "ada"}, json={"menge": 2})
            assert good.status_code == 201
            bad = await client.post("/bookings", params={"account": "ada"}, json={"menge": 99})
            assert bad.status_code == 422
            assert list(bad.json()["problems"]) == ["menge"]
            assert (await client.get("/count")).json() == {"bookings": 1, "cases": 1}

    asyncio.run(visit())
    made.state.engine.close()
