/** The style sheet of the report, inside the page: it opens from disk without other files. Figures stand on white cards in dark pages too. */
export const style = `
:root { color-scheme: light dark; --ink: #1c1f23; --faint: #5c6570; --paper: #fbfbfa; --card: #ffffff; --edge: #d9dde1; --link: #00599b;
  --good: #00603f; --good-paper: #dff3ea; --bad: #9c2f00; --bad-paper: #fde7dc; --open: #4a4f57; --open-paper: #e9ebee; --code: #f0f2f4 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --faint: #a0a8b1; --paper: #16181b; --card: #1e2125; --edge: #3a4048;
  --link: #7cc0f4; --good: #7fdcb5; --good-paper: #12382a; --bad: #ffb08a; --bad-paper: #4a1f0c; --open: #c6ccd3; --open-paper: #33383f; --code: #292d32 } }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, 'Segoe UI', 'DejaVu Sans', Verdana, sans-serif; overflow-wrap: break-word }
main { max-width: 1120px; margin: 0 auto; padding: 28px 28px 64px }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4em }
h2 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 .5em }
h3 { font-size: 1rem; margin: 1.6em 0 .4em }
p { margin: .5em 0 }
a { color: var(--link) }
code { font: .9em ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; background: var(--code); padding: .1em .35em; border-radius: 4px }
pre { margin: .4em 0; padding: 10px 12px; background: var(--code); border-radius: 6px; overflow-x: auto }
pre code { background: none; padding: 0 }
section { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 24px 28px; margin: 28px 0 }
.id { color: var(--faint); font-size: .95rem; margin: 0 0 .3em; display: flex; flex-wrap: wrap; gap: .3em .8em; align-items: center }
.scroll { overflow-x: auto; max-width: 100% }
table { border-collapse: collapse; width: 100%; font-size: .95rem }
th, td { text-align: left; vertical-align: top; padding: 7px 12px 7px 0; border-bottom: 1px solid var(--edge) }
th { font-weight: 600; color: var(--faint); white-space: nowrap }
td.number { font-variant-numeric: tabular-nums; white-space: nowrap }
td.reason { min-width: 15em; color: var(--faint) }
td.name { min-width: 10em }
.verdict { display: inline-block; padding: .05em .6em; border-radius: 1em; font-size: .9em; font-weight: 600; white-space: nowrap }
.good { color: var(--good); background: var(--good-paper) }
.bad { color: var(--bad); background: var(--bad-paper) }
.open { color: var(--open); background: var(--open-paper) }
.statement { overflow-x: auto; overflow-y: hidden; padding: 10px 0; font-size: 1.12rem }
.printed { border-left: 4px solid var(--bad); padding: 2px 0 2px 16px; margin: 1.2em 0 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: .5em 0 }
dt { color: var(--faint) }
dd { margin: 0; min-width: 0 }
figure { margin: 1.2em 0; background: #ffffff; border: 1px solid var(--edge); border-radius: 8px; padding: 8px }
figure svg { display: block; width: 100%; max-width: 960px; height: auto; margin: 0 auto }
figure .narrow { display: none }
figcaption { color: #555555; font-size: .85rem; text-align: right }
figcaption a { color: #00599b }
math { font-family: 'STIX Two Math', 'Cambria Math', 'Latin Modern Math', 'DejaVu Math TeX Gyre', math; line-height: normal }
math.tml-display { display: block; width: 100% }
mfrac > :nth-child(2), msqrt, mover > :first-child { math-shift: compact }
footer { color: var(--faint); font-size: .9rem }
@media (max-width: 640px) { main { padding: 18px 12px 40px } section { padding: 16px 14px; margin: 18px 0 } h1 { font-size: 1.5rem } h2 { font-size: 1.2rem }
  dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .5em } figure { padding: 2px } figure .wide { display: none } figure .narrow { display: block } }
@media print { :root { color-scheme: light; --ink: #000000; --faint: #444444; --paper: #ffffff; --card: #ffffff; --edge: #bbbbbb; --link: #000000; --good: #00603f;
  --good-paper: #ffffff; --bad: #9c2f00; --bad-paper: #ffffff; --open: #333333; --open-paper: #ffffff; --code: #f3f3f3 } body { font-size: 11pt }
  main { max-width: none; padding: 0 } section { border: 0; padding: 0; break-before: page } figure, table, .printed { break-inside: avoid } .scroll { overflow: visible }
  figure .wide { display: block } figure .narrow { display: none } }
`
