/** The look of a report: light, for paper and for the screen; nothing is fetched. */
export const STYLE = `
:root { color-scheme: light; --ink: #181c20; --second: #3a3f45; --third: #52575d; --line: #d0d3d6; --strong: #afb3b8; --panel: #f3f5f6; --high: #b31b24; --medium: #824f00; }
* { box-sizing: border-box; }
html { background: #e3e5e7; }
body { margin: 0 auto; max-width: 1180px; padding: 28px 32px 40px; background: #fdfdfe; color: var(--ink); font: 13px/20px "IBM Plex Sans", "Segoe UI", system-ui, sans-serif; font-feature-settings: "tnum"; overflow-wrap: anywhere; }
h1 { margin: 0 0 2px; font-size: 24px; line-height: 30px; font-weight: 600; }
h2 { margin: 28px 0 8px; font-size: 16px; line-height: 24px; font-weight: 600; break-after: avoid; }
h3 { margin: 16px 0 6px; font-size: 13px; line-height: 20px; font-weight: 600; break-after: avoid; }
h3 .note { margin-left: 8px; font-weight: 400; }
p { margin: 0 0 8px; }
.facts, .note, .none { color: var(--third); font-size: 12px; line-height: 16px; }
.facts { margin-bottom: 4px; }
.label { display: inline-block; padding: 0 5px; border: 1px solid var(--third); border-radius: 3px; font-size: 11px; line-height: 16px; font-weight: 600; letter-spacing: 0.03em; color: var(--second); }
.brief { margin: 16px 0 0; padding: 12px 16px; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); font-size: 14px; line-height: 21px; }
.brief p:last-child { margin: 0; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 12px; line-height: 16px; }
caption { text-align: left; color: var(--third); padding-bottom: 4px; }
th, td { padding: 5px 8px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-bottom-color: var(--strong); color: var(--third); font-weight: 500; white-space: nowrap; }
thead tr:first-child th[colspan] { text-align: center; border-left: 1px solid var(--line); }
th[scope="row"] { font-weight: 500; }
tr { break-inside: avoid; }
.number { text-align: right; white-space: nowrap; overflow-wrap: normal; }
.id, .time { white-space: nowrap; overflow-wrap: normal; }
.id { font-family: "IBM Plex Mono", ui-monospace, monospace; font-size: 11.5px; }
.long { white-space: normal; overflow-wrap: anywhere; }
.starts { border-left: 1px solid var(--line); }
.muted { color: var(--third); }
.high { color: var(--high); font-weight: 600; }
.medium { color: var(--medium); font-weight: 600; }
.node { break-inside: avoid; margin-top: 14px; padding-top: 8px; border-top: 1px solid var(--line); }
.charts { display: grid; grid-template-columns: 1fr 1fr; gap: 6px 16px; }
.chart { margin: 0; }
.chart figcaption { color: var(--second); font-size: 12px; line-height: 16px; }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 10px; fill: #52575d; }
svg .grid { stroke: #d0d3d6; stroke-width: 1; }
svg .gap { fill: url(#hatch); }
svg .change { stroke: #3a3f45; stroke-width: 1; }
svg .flag { fill: #3a3f45; }
svg .line { fill: none; stroke: #217686; stroke-width: 1.2; stroke-linejoin: round; stroke-linecap: round; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0; font-size: 12px; line-height: 16px; }
dt { font-weight: 500; }
dd { margin: 0; color: var(--second); }
code { font-family: "IBM Plex Mono", ui-monospace, monospace; font-size: 11.5px; }
@page { size: A4 landscape; margin: 12mm 12mm 14mm; }
@media print { html { background: none; } body { max-width: none; padding: 0; background: none; } .wide { overflow: visible; } h1 { font-size: 20px; } table { font-size: 10.5px; line-height: 14px; } th, td { padding: 3px 5px; } .id { font-size: 10px; } }
`;
