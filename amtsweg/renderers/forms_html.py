"""A form as web pages: KERN UX markup, WCAG 2.2 AA, one page at a time, and nothing that needs JavaScript.

In: a `FormView` (what may be seen and filled in now) and where to send it. Out: whole HTML pages. The journey is not
stored anywhere: which pages there are follows from the answers, and what a button means is its value (`next`, `back`,
`save`, `add:hunde`, `change:hunde[2]`, `remove:hunde[2]`, `page:1`, `send:<outcome>`); `read_button` gives it back as
data. Whatever was typed is shown again, word for word, beside what is wrong with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from amtsweg.dsl.formview import FieldView, FormView, GroupView, PageView, Problem
from amtsweg.renderers.environment import render

TEXTS = {
    "de": {
        "error": "Fehler", "optional": "(freiwillig)", "choose": "Bitte wählen", "nothing": "keine Angabe",
        "kept": "Schon hochgeladen", "skip": "Zum Inhalt springen", "page": "Seite", "of": "von",
        "summary": "Bitte prüfen Sie diese Angaben", "next": "Weiter", "back": "Zurück",
        "save": "Zwischenspeichern", "add": "Hinzufügen", "change": "Ändern", "remove": "Entfernen",
        "keep": "Übernehmen", "most": "Mehr als {} sind hier nicht möglich.", "review": "Ihre Angaben prüfen",
        "before_sending": "Bitte lesen Sie alles noch einmal durch. Nach dem Absenden bearbeitet die Behörde Ihren "
        "Antrag. Sie erhalten eine Kopie.",
    },
    "en": {
        "error": "Error", "optional": "(optional)", "choose": "Please choose", "nothing": "not given",
        "kept": "Already uploaded", "skip": "Skip to content", "page": "Page", "of": "of",
        "summary": "Please check these answers", "next": "Continue", "back": "Back", "save": "Save for later",
        "add": "Add", "change": "Change", "remove": "Remove", "keep": "Keep",
        "most": "No more than {} are possible here.", "review": "Check your answers",
        "before_sending": "Please read everything once more. After you send it the office works on your application. "
        "You receive a copy.",
    },
}  # fmt: skip
TEXTS["leicht"] = {**TEXTS["de"], "before_sending": "Bitte lesen Sie alles noch einmal. Dann schicken Sie es ab."}

OWN_CSS = """
.aw-head{border-bottom:1px solid #c6cbd6;padding:1rem 0}.aw-main{max-width:46rem;padding-top:1.5rem;padding-bottom:4rem}
.aw-main form>*,.aw-group>*,.aw-element>*{margin-top:1.25rem}.aw-buttons{display:flex;flex-wrap:wrap;gap:.75rem}
.aw-card{border:1px solid #c6cbd6;border-radius:8px;padding:.75rem 1rem}.aw-note{border-left:4px solid #0b5cad;
padding:.25rem .75rem;background:#eef5fc;margin:.5rem 0}.aw-shown p{margin:0}.aw-element{border:1px solid #c6cbd6;
border-radius:8px;padding:1rem}.aw-skip{position:absolute;left:-999px}.aw-skip:focus{left:.5rem;top:.5rem;
background:#fff;padding:.5rem;z-index:9}fieldset{min-width:0}.kern-fieldset__body>*+*{margin-top:1rem}
.aw-card .aw-buttons{gap:2rem;padding:.5rem}h1+.kern-alert,.kern-alert+.kern-alert{margin-top:1rem}
.kern-summary{margin-top:1.5rem}
"""


@dataclass(frozen=True, slots=True)
class Button:
    """What a person pressed: next, back, save, add, change, keep, remove, page or send; `target` is its object."""

    what: str
    target: str = ""


def read_button(value: str) -> Button:
    """The button of a sent form; anything unknown counts as `save`, so that nothing typed is lost."""
    what, _, target = value.partition(":")
    known = ("next", "back", "save", "add", "change", "keep", "remove", "page", "send")
    return Button(what, target) if what in known else Button("save")


def page(
    view: FormView,
    number: int = 1,
    *,
    action: str = "",
    editing: str = "",
    css_href: str = "",
    hidden: tuple[tuple[str, str], ...] = (),
    review_follows: bool = True,
) -> str:
    """One page of a form.

    Parameters
    ----------
    number: which of the view's pages, from 1.
    action: where the form is sent.
    editing: path of the element that is open (`hunde[2]`); the others are shown as cards.
    css_href: address of the style sheet; without it the style sheet is in the page.
    hidden: further values to send along (case, page, a token against forgery).
    review_follows: the last page leads to the review; false puts the sending buttons on it.
    """
    shown = view.pages[number - 1]
    last = number == len(view.pages)
    body = _page(view, shown, number=number, last=last and not review_follows, editing=editing)
    return _frame(
        view,
        shown.title or view.title,
        body,
        page_problems(shown),
        (*view.notes, *shown.notes) if last else shown.notes,
        action=action,
        css_href=css_href,
        hidden=hidden,
        number=number,
        steps=len(view.pages),
    )


def review(view: FormView, *, action: str = "", css_href: str = "", hidden: tuple[tuple[str, str], ...] = ()) -> str:
    """Check your answers: the whole declaration before it is sent (OZG § 9a), with a way back to each page."""
    texts = _texts(view)
    body = Markup(render("review.html", {"view": view, "t": texts}))
    return _frame(
        view, texts["review"], body, all_problems(view), view.notes, action=action, css_href=css_href, hidden=hidden
    )


def whole(view: FormView, *, css_href: str = "") -> str:
    """All pages one below the other, for a designer's preview and for staff who enter a paper form."""
    body = Markup("").join(
        Markup("<section><h2 class='kern-heading-medium'>{}</h2>{}</section>").format(
            shown.title or view.title, _page(view, shown, number=1, last=number == len(view.pages), whole=True)
        )
        for number, shown in enumerate(view.pages, 1)
    )
    return _frame(view, view.title, body, all_problems(view), view.notes, css_href=css_href)


def _page(
    view: FormView, shown: PageView, *, number: int, last: bool, editing: str = "", whole: bool = False
) -> Markup:
    """The questions of a page and its buttons; `last` has those that send."""
    values = {"page": shown, "view": view, "t": _texts(view), "editing": editing, "whole": whole, "number": number}
    return Markup(render("page.html", {**values, "last": last, "heading": shown.title or view.title}))


def page_problems(shown: PageView) -> tuple[Problem, ...]:
    """Everything that is wrong on a page, in the order in which it is read."""
    return (*shown.problems, *(problem for item in shown.items for problem in _problems(item)))


def all_problems(view: FormView) -> tuple[Problem, ...]:
    """Everything that is wrong in a form."""
    return (*view.problems, *(problem for shown in view.pages for problem in page_problems(shown)))


def _problems(item: FieldView | GroupView) -> tuple[Problem, ...]:
    if isinstance(item, FieldView):
        return (*item.problems, *(problem for part in item.parts for problem in _problems(part)))
    inner = [problem for child in item.items for problem in _problems(child)]
    inner += [problem for element in item.elements for child in element for problem in _problems(child)]
    return (*item.problems, *inner)


def _texts(view: FormView) -> dict[str, str]:
    return TEXTS.get(view.language, TEXTS["de"])


def _frame(
    view: FormView,
    heading: str,
    body: Markup,
    problems: tuple[Problem, ...],
    notes: tuple[str, ...],
    *,
    action: str = "",
    css_href: str = "",
    hidden: tuple[tuple[str, str], ...] = (),
    number: int = 0,
    steps: int = 0,
) -> str:
    return render(
        "form.html",
        {
            "view": view,
            "heading": heading,
            "body": body,
            "problems": problems,
            "notes": notes,
            "action": action,
            "css_href": css_href,
            "css": Markup("") if css_href else Markup(style_sheet()),
            "own_css": Markup(OWN_CSS),
            "hidden": (("base", str(view.base)), *hidden),
            "number": number,
            "steps": steps,
            "uploads": 'type="file"' in body,
            "t": _texts(view),
        },
    )


@cache
def style_sheet() -> str:
    """KERN's style sheet, as shipped (unmodified, EUPL 1.2)."""
    return (files("amtsweg.renderers") / "assets" / "kern" / "kern.min.css").read_text("utf-8")
