"""Run by `make wheel` in an environment that has only the built wheel: the package is whole without the tree."""

import subprocess
import sys
from pathlib import Path

import amtsweg

root = Path(amtsweg.__file__).parent
command = Path(sys.executable).parent / "amtsweg"


def run(*args: str) -> str:
    done = subprocess.run([str(command), *args], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"amtsweg {' '.join(args)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


assert "site-packages" in str(root), root
assert amtsweg.__version__ in run("--version")
shipped = root / "procedures" / "hund-anmelden"
run("validate", str(shipped))
run("test", str(shipped))
print("the wheel works outside the tree")
