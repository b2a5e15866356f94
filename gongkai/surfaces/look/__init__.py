"""The look: base templates, style sheets, icons and tags for portal and workbench. It lies below the other surfaces.

``{% load look %}``, then extend one of:

=====================  =========================================================================================
``look/base.html``     public page. Blocks: title, meta, head, crumbs, content, scripts. Context it reads: ``section``
                       (menu key), ``crumbs`` (list of {label, url}), ``organ`` (adds the scope to the search box)
``look/desk_base.html``  workbench page: blocks title, desk_search, desk_nav, who, crumbs, content, scripts (call
                       ``{{ block.super }}``: htmx and desk.js). The standing notice is always there
``look/login_base.html``  login and password pages (blocks title, content), with the standing notice
=====================  =========================================================================================

Partials (``{% include "look/X.html" with … %}``):

- ``crumbs`` crumbs · ``banner`` tone(warn|seal|ok|"") lead text link_url link_text · ``empty`` lead text link_url
  link_text icon_name · ``pager`` page.previous_url, page.next_url
- ``filters`` facets, chosen_facets (each: label, chosen, chosen_label, clear_url, options of label, count, url,
  is_chosen) · ``toasts`` is in every base (Django messages)
- ``field`` field (a bound form field), width("", narrow, middle), basis · ``error_summary`` form ·
  ``refusal`` refusal (an ``Explanation``) · ``standing_notice`` at every upload
- ``{% set_text blocks title as body %}``, then ``body`` (official text) and ``contents`` (if body.has_contents)

Tags: ``{% icon "name" %}`` (names: look/icons.py; a second argument names it for screen readers) ·
``{% badge "送审" "main" %}`` (tones ok, warn, seal, main, off) · ``{% validity_badge value label %}`` ·
``{% day d %}`` · ``{% moment dt %}`` · ``{% days_left working_days due_on %}`` · ``{{ bytes|file_size }}`` ·
``{% keep_query theme=3 %}``.

Classes:

- frame: wrap, split (left navigation + content), split-right (content + rail), stack, stack-wide, row,
  page-head, section-head, hidden-text, muted, small, mono, nowrap
- parts: button (plain, grave, slight), buttons, link-button, badge, banner, rows > li > .title .facts .when,
  plain-list, card (``<dl class="card"><div><dt/><dd/></div></dl>``; .whole spans, .single one column), side-nav,
  filters, chips, timeline > li(.done, .grave) > .when .what .who, steps, table-scroll (tabindex=0, role=region,
  aria-label) > table(.grid, .fold + data-label), toast, code-box, fold-more (a details)
- forms: form, field (narrow, middle, wrong), hint, basis, choice, pair, textarea.official, bar-bottom
- desk: desk-head, desk-rows > li (three cells: a div with .title and .facts, ``days_left``, .next), dossier or
  editor > (div, aside.side), actions > li (button; .why-not when it is off), panel > li.tick(.done, .open) >
  icon, div(.name, .basis), finding(.block, .warn, .settled) > .quote > mark, diff (ins, del), saved
- keyboard (desk.js): / search, g d desk, j k rows. ``window.toast(words, tone)``; or the HX-Trigger header
  ``{"toast": {"value": "已保存", "tone": "ok"}}``

No inline style or script anywhere (CSP). One ``h1`` a page. A colour never stands without its word; seal red is
kept for what is overdue, withdrawn or taken down.
"""
