#include "study/report_style.h"

const char report_style[] =
  "<style>\n"
  ":root{--bg:#E9EDF1;--panel:#FFFFFF;--sunk:#F3F5F8;--line:#D5DBE2;--line2:#AEB8C4;--ink:#14181D;--ink2:#465260;--ink3:#66717F;--accent:#5A36C9;--wash:#F1EDFB}\n"
  "@media(prefers-color-scheme:dark){:root{--bg:#0E1114;--panel:#171B20;--sunk:#1F242B;--line:#2D343D;--line2:#4A5562;--ink:#EDF1F5;--ink2:#B4BEC9;--ink3:#8E9AA7;--accent:#B9A5FF;--wash:#262138}}\n"
  "@media print{:root{--bg:#FFFFFF;--panel:#FFFFFF;--sunk:#F3F5F8;--line:#D5DBE2;--line2:#AEB8C4;--ink:#14181D;--ink2:#465260;--ink3:#66717F;--accent:#5A36C9;--wash:#F1EDFB}main{border:0}}\n"
  "*{box-sizing:border-box}\n"
  "body{margin:0;background:var(--bg);color:var(--ink);font:400 12px/1.45 Inter,\"DejaVu Sans\",system-ui,sans-serif;font-variant-numeric:tabular-nums}\n"
  "main{width:900px;max-width:100%;margin:0 auto;background:var(--panel);padding:28px 44px 24px}\n"
  "header{display:flex;justify-content:space-between;align-items:flex-end;border-bottom:1.5px solid var(--ink2);padding-bottom:10px;margin-bottom:14px}\n"
  "header b{font-size:16px}header .what{font-size:13px;color:var(--ink2);margin-left:7px}header .right{text-align:right;font-size:11px;color:var(--ink2)}header svg{vertical-align:-5px;margin-right:8px}\n"
  ".ask{font-size:13px;color:var(--ink2)}h1{font-size:22px;font-weight:600;line-height:1.25;margin:2px 0 4px}.more{font-size:13px;color:var(--ink2);margin-bottom:16px}\n"
  "h2{font-size:13px;font-weight:600;margin:0;display:flex;justify-content:space-between;align-items:baseline}h2 span{font-weight:400;font-size:11px;color:var(--ink3)}\n"
  "table{width:100%;border-collapse:collapse;margin:6px 0 2px}td,th{padding:3px 8px;text-align:right;white-space:nowrap}thead th{background:var(--sunk);font-weight:600;font-size:11px;color:var(--ink2)}\n"
  "tbody tr{border-bottom:1px solid var(--line)}td:first-child{text-align:left}td.unit{color:var(--ink3);font-size:11px}td.half{color:var(--ink3);font-size:11px;padding-left:2px;text-align:left}\n"
  ".pick{background:var(--wash)}thead .pick{color:var(--accent)}tbody .pick.mean{font-weight:600}.quiet{color:var(--ink3)}.note{font-size:11px;color:var(--ink3);text-align:right;margin-bottom:12px}\n"
  ".two{display:grid;grid-template-columns:1fr 1fr;gap:24px 36px;margin-top:16px}.wide{margin-top:20px}svg.plot{display:block;width:100%;height:auto;margin-top:6px}svg text{font-family:Inter,\"DejaVu Sans\",sans-serif}\n"
  ".axis{font-size:10.5px;fill:var(--ink2)}.name{font-size:11.5px;fill:var(--ink)}.grid{stroke:var(--line);stroke-width:1}.base{stroke:var(--ink2);stroke-width:1}.goal{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:6 4}\n"
  ".dot{fill:var(--panel);stroke:var(--ink2);stroke-width:.8}.bar{stroke:var(--ink);stroke-width:1.6}.mean{fill:var(--ink)}.meanp{fill:var(--accent)}.barp{stroke:var(--accent);stroke-width:1.6}.link{fill:none;stroke:var(--ink3);stroke-width:1}\n"
  ".edge{stroke:var(--ink);stroke-width:1}.wash{fill:var(--wash)}.zero{stroke:var(--line2);stroke-width:1.5}.thick{stroke:var(--ink);stroke-width:3}.thin{stroke:var(--ink3);stroke-width:3}\n"
  ".legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin-top:8px;font-size:11px;color:var(--ink2)}.legend svg{vertical-align:-2px;margin-right:6px}\n"
  ".foot{border-top:1px solid var(--line);margin-top:24px;padding-top:14px}ul{margin:6px 0;padding-left:16px;color:var(--ink2)}li{margin:3px 0}\n"
  "pre{background:var(--sunk);border:1px solid var(--line);border-radius:5px;padding:10px 12px;margin:6px 0;font:11px/1.6 \"DejaVu Sans Mono\",monospace;white-space:pre-wrap;word-break:break-word}\n"
  "footer{display:flex;justify-content:space-between;color:var(--ink3);font-size:11px;border-top:1px solid var(--line);margin-top:20px;padding-top:8px}\n"
  "</style>\n";

// Colours and pens of causes: one hue and one pattern each, so that they are told apart without colour.
const struct report_cause report_causes[] = {
  {"working", "#009E73", ""},
  {"walking", "#0072B2", "<path d=\"M0 3H6\" stroke=\"#fff\" stroke-opacity=\".55\" stroke-width=\"1.1\"/>"},
  {"waiting_part", "#E69F00", "<path d=\"M-1 7L7 -1M-1 1L1 -1M5 7L7 5\" stroke=\"#14181D\" stroke-opacity=\".62\"/>"},
  {"waiting_space", "#CC79A7", "<path d=\"M-1 7L7 -1M-1 -1L7 7\" stroke=\"#14181D\" stroke-opacity=\".5\" stroke-width=\".8\"/>"},
  {"waiting_charger", "#CC79A7", "<path d=\"M-1 7L7 -1M-1 -1L7 7\" stroke=\"#14181D\" stroke-opacity=\".5\" stroke-width=\".8\"/>"},
  {"waiting_partner", "#F0E442", "<path d=\"M1 0V6M5 0V6\" stroke=\"#14181D\" stroke-opacity=\".7\"/>"},
  {"traffic", "#F0E442", "<path d=\"M1 0V6M5 0V6\" stroke=\"#14181D\" stroke-opacity=\".7\"/>"},
  {"charging", "#56B4E9", "<circle cx=\"1.5\" cy=\"1.5\" r=\".95\"/><circle cx=\"4.5\" cy=\"4.5\" r=\".95\"/>"},
  {"fallen", "#D55E00", "<path d=\"M-1 -1L7 7M5 -1L7 1M-1 5L1 7\" stroke=\"#fff\" stroke-opacity=\".85\" stroke-width=\"1.5\"/>"},
  {"repair", "#D55E00", "<path d=\"M-1 -1L7 7M5 -1L7 1M-1 5L1 7\" stroke=\"#fff\" stroke-opacity=\".85\" stroke-width=\"1.5\"/>"},
  {"stopped", "#14181D", ""},
  {"off_shift", "none", ""},
  {"idle", "none", ""},
};
const int report_cause_count = sizeof report_causes / sizeof *report_causes;
