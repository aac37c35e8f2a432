"""The command `amtsweg`: finds the subcommand, loads only its file, holds no logic.

Start-up must stay under 0.2 s, so nothing but click is imported here; each command lives in `amtsweg.commands`.
"""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "new": "Begin a procedure: a folder that validates, tests and runs at once.",
    "validate": "Check procedures and show all findings.",
    "fix": "Mend what cannot change a meaning; ask about the rest.",
    "fmt": "Lay a procedure out: unfold braces, align tables, keep words and comments.",
    "explain": "Explain a finding by its code.",
    "show": "Show a case, or read a procedure as a German document (--de).",
    "diff": "What changes between two versions, and for which running cases.",
    "verify": "Prove workflow nets sound (PNML or LoLA files).",
    "test": "Run the cases of a procedure in virtual time.",
    "simulate": "Walk one case in virtual time and look at everything.",
    "draw": "Draw the flow as Mermaid or SVG.",
    "form": "Render a form as HTML, JSON or questions.",
    "letter": "Render a letter with a sample as HTML, text or PDF.",
    "schema": "Print the JSON Schema of the procedure files.",
    "feel": "Try an expression.",
    "dmn": "Test, evaluate and import DMN models.",
    "lsp": "Run the language server for editors.",
    "init": "Make or upgrade the tables of a database.",
    "deploy": "Put a proven procedure into a database.",
    "start": "Open a case.",
    "tasks": "Show a work-list.",
    "why": "Say why a case does not go on.",
    "complete": "Complete a task.",
    "run": "Run the worker: timers and jobs.",
    "audit": "Verify or show the journal.",
    "demo": "Run the dog registration from form to notice.",
}
"""The modules in `amtsweg.commands`, with the line that `amtsweg --help` shows for each."""


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"amtsweg.commands.{cmd_name}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="amtsweg", prog_name="amtsweg")
def main() -> None:
    """Amtsweg: write the procedures of a town hall as text, prove them, run them.

    Example: amtsweg validate procedures/hund-anmelden
    """


if __name__ == "__main__":
    main()
