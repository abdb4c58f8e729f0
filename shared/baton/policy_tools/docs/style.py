"""How the page of documents looks: on a screen, in the dark, on a phone and on paper."""

from __future__ import annotations

STYLE = """
:root { --paper: #ffffff; --ink: #1c2430; --soft: #566173; --rule: #d9dee6; --shade: #f4f6f9;
  --accent: #1f5aa6; --mark: #eef2f8;
  --hint: #b9c2d0; color-scheme: light dark; }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #14181f; --ink: #e3e8ef; --soft: #9eaabb; --rule: #303846; --shade: #1b212b;
    --accent: #8ab4f0; --mark: #222a36; --hint: #465063; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 96rem; padding: 2rem 1.5rem 4rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto,
  "Helvetica Neue", Arial, sans-serif; }
header, nav, main { max-width: 78rem; margin-inline: auto; }
h1, h2, h3, h4, h5 { line-height: 1.25; text-wrap: balance; margin: 2rem 0 .6rem; }
h1 { font-size: 2rem; margin-top: 0; }
h2 { font-size: 1.6rem; margin-top: 0; }
h3 { font-size: 1.2rem; }
h4 { font-size: 1.05rem; }
p, ul, ol, figure { margin: .6rem 0; }
main p, main li { max-width: 46rem; text-wrap: pretty; }
li + li { margin-top: .25rem; }
a { color: var(--accent); text-underline-offset: .15em; }
header p { color: var(--soft); }
code { font: .88em ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
  background: var(--mark); border-radius: .25em; padding: .08em .3em; overflow-wrap: anywhere; }
h3 code { font: inherit; background: none; padding: 0; }
td code { overflow-wrap: break-word; }
nav { border-block: 1px solid var(--rule); padding: .6rem 0 1rem; font-size: .95rem; }
nav > ol { columns: 3 16rem; column-gap: 2.5rem; padding-left: 2rem; }
nav > ol > li { break-inside: avoid; margin: 0 0 .7rem; font-weight: 600; }
nav ul { list-style: none; padding: 0; margin: .1rem 0 0; font-weight: 400; font-size: .9em; }
nav li li { display: inline; margin: 0; }
nav li li:not(:last-child)::after { content: " · "; color: var(--soft); }
nav li li a { color: var(--soft); text-decoration: none; }
nav li li a:hover { text-decoration: underline; }
article { padding-top: 2.5rem; margin-top: 2.5rem; border-top: 3px solid var(--rule); }
nav + main > article:first-child { border-top: 0; margin-top: 0; }
.scroll { overflow-x: auto; margin: .8rem 0 1.2rem; }
@media screen { .scroll { background:
  linear-gradient(to left, var(--paper) 40%, transparent) right / 3rem 100% no-repeat local,
  linear-gradient(to left, var(--hint), transparent) right / .8rem 100% no-repeat scroll; } }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .9rem; line-height: 1.45; min-width: 46rem;
  font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0;
  border-bottom: 1px solid var(--rule); }
th { font-weight: 600; color: var(--soft); border-bottom-width: 2px; white-space: nowrap; }
td:first-child { padding-left: .1rem; }
tbody tr:hover { background: var(--shade); }
.process-map .scroll svg { display: block; min-width: 62rem; max-width: 100%; height: auto; }
.stages td:first-child, .transitions td:first-child, .automation td:first-child { min-width: 9rem; }
@media (max-width: 40rem) {
  body { padding: 1.2rem 1rem 3rem; }
  h1 { font-size: 1.6rem; }
  h2 { font-size: 1.35rem; }
  nav > ol { columns: 1; }
  nav ul { display: none; }
  table { min-width: 34rem; }
  table:not(:has(th:nth-child(4))) { min-width: 0; }
  :is(.stages, .transitions, .automation) td:first-child { min-width: 6.5rem; }
}
@page { size: A4; margin: 14mm 13mm; }
@page wide { size: A4 landscape; margin: 12mm; }
@media print {
  :root { color-scheme: light; }
  body { padding: 0; max-width: none; font-size: 9.6pt; line-height: 1.42; }
  header, nav, main { max-width: none; }
  nav ul { display: none; }
  nav > ol { columns: 1; }
  a { color: inherit; text-decoration: none; }
  article { break-before: page; border: 0; padding: 0; margin: 0; }
  .process-map { page: wide; }
  h1, h2, h3, h4, h5, h4 + p, p:has(+ .scroll) { break-after: avoid; }
  h3 { margin-top: 1.1rem; }
  h4 { margin-top: .8rem; }
  main p, main li { max-width: none; orphans: 3; widows: 3; }
  .scroll { overflow: visible; margin: .35rem 0 .7rem; }
  table { font-size: 8.4pt; line-height: 1.35; min-width: 0; width: 100%; }
  th, td { padding: .22rem .5rem .22rem 0; overflow-wrap: break-word; }
  th { white-space: normal; overflow-wrap: normal; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  code { background: none; padding: 0; }
  .process-map .scroll svg { min-width: 0; width: 100%; max-height: 88mm; }
  :is(.stages, .scoring, .transitions, .maintenance) table { font-size: 8pt;
    line-height: 1.26; }
  :is(.scoring, .maintenance) { font-size: 9.2pt; line-height: 1.36; }
  :is(.stages, .scoring, .transitions, .maintenance) :is(th, td) { padding-block: .15rem; }
  .guide-reps { font-size: 8.4pt; line-height: 1.3; }
  .guide-reps table { font-size: 7.6pt; line-height: 1.25; }
  .guide-reps h3 { margin: .5rem 0 .2rem; font-size: 1.05rem; }
  .guide-reps p, .guide-reps ul { margin: .2rem 0; }
  .guide-reps li + li { margin-top: .1rem; }
  .guide-reps .scroll { margin: .2rem 0 .4rem; }
  .sign-off td:nth-child(5) { white-space: nowrap; }
  .sign-off .scroll:last-child { break-inside: avoid; }
  .sign-off .scroll:last-child td { padding-block: .7rem; }
  .sign-off table { font-size: 7.8pt; line-height: 1.25; }
}
"""
