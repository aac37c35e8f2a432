"""Plain data in; HTML, JSON, text, letters, PDF and diagrams out.

Renderers see compiled procedures and views, never the running engine; the engine never renders. `environment` is the
one door to Jinja; `diagram` draws a flow; `letters` writes letters; `forms_*` show a form three ways.
"""
