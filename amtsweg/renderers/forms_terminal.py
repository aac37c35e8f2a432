"""A form as questions in a terminal, one after the other; the answers come back as they were typed.

In: a function that gives the view for the answers so far (the engine's), one that asks and one that tells. Out: the
answers by path. After every answer the view is made anew, so that conditional questions come and go as on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from amtsweg.dsl.formview import FieldView, FormView, GroupView, PageView

View = Callable[[dict[str, str]], FormView]
Ask = Callable[[str], str]
Tell = Callable[[str], None]


def ask(view_of: View, ask_line: Ask, tell: Tell) -> dict[str, str]:
    """Ask everything that applies, page by page.

    An empty answer keeps what is shown in brackets, or leaves an optional question open. `+` adds another element to a
    repeated group when it is offered. Raises EOFError when the input ends.
    """
    answers: dict[str, str] = {}
    asked: set[str] = set()
    said: set[str] = set()
    while True:
        view = view_of(answers)
        field = next((f for page in view.pages for f in _open(page, asked, tell, said)), None)
        if field is None:
            group = next((g for page in view.pages for g in _growable(page) if g.path + "+" not in asked), None)
            if group is None:
                return answers
            reply = ask_line(f"{group.item_title or group.title} hinzufügen? [j/N] ").strip().lower()
            if reply in ("j", "ja", "y", "yes", "+"):
                answers[f"{group.path}[{len(group.elements) + 1}]"] = ""
            else:
                asked.add(group.path + "+")
            continue
        answers[field.path] = _one(field, ask_line, tell)
        asked.add(field.path)
        for problem in _problems_of(view_of(answers), field.path):
            tell(f"  ! {problem}")
            asked.discard(field.path)


def _open(page: PageView, asked: set[str], tell: Tell, said: set[str]) -> Iterator[FieldView]:
    for field in _fields(page.items):
        if field.path in asked or field.computed or field.readonly:
            continue
        if page.id not in said:
            said.add(page.id)
            tell(f"\n{page.title}\n{'-' * len(page.title)}" if page.title else "")
        yield field


def _fields(items: tuple[FieldView | GroupView, ...]) -> Iterator[FieldView]:
    for item in items:
        if isinstance(item, GroupView):
            yield from _fields(item.items)
            for element in item.elements:
                yield from _fields(element)
        elif item.parts:
            yield from _fields(item.parts)
        else:
            yield item


def _growable(page: PageView) -> Iterator[GroupView]:
    def inside(items: tuple[FieldView | GroupView, ...]) -> Iterator[GroupView]:
        for item in items:
            if isinstance(item, GroupView):
                if item.repeats and len(item.elements) < item.most:
                    yield item
                yield from inside(item.items)

    yield from inside(page.items)


def _one(field: FieldView, ask_line: Ask, tell: Tell) -> str:
    if field.hint:
        tell(f"  {field.hint}")
    for number, (_, title) in enumerate(field.options, 1):
        tell(f"  {number} {title}")
    mark = "" if field.required else " (freiwillig)"
    kept = f" [{field.raw}]" if field.raw else ""
    reply = ask_line(f"{field.title}{mark}{kept}: ").strip()
    if not reply:
        return field.raw
    if field.options and all(part.strip().isdecimal() for part in reply.split(",")):
        chosen = [int(part) for part in reply.split(",")]
        if all(1 <= number <= len(field.options) for number in chosen):
            return ",".join(field.options[number - 1][0] for number in chosen)
    return reply


def _problems_of(view: FormView, path: str) -> list[str]:
    return [
        problem.text
        for page in view.pages
        for field in _fields(page.items)
        if field.path == path
        for problem in field.problems
    ]
