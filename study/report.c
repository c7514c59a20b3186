#include "study/report.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tree.h"
#include "study/report_style.h"

#define DOTS_MAX 60                 // runs drawn as dots of one variant

// The page as it grows.
struct page { const struct report *r; FILE *out; int choice, before, after; };

static void text(struct page *p, const char *s) {
  for (; *s; s++) {
    if (*s == '<') fputs("&lt;", p->out);
    else if (*s == '>') fputs("&gt;", p->out);
    else if (*s == '&') fputs("&amp;", p->out);
    else if (*s == '"') fputs("&quot;", p->out);
    else fputc(*s, p->out);
  }
}

static void put(struct page *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct page *p, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vfprintf(p->out, format, args);
  va_end(args);
}

// ---- which variant --------------------------------------------------------------------------------------------

static double mean_of(const struct report *r, int k, const char *path) {
  int i = sample_find(&r->variant[k].sample, path);
  return r->variant[k].sample.runs && i >= 0 ? sample_estimate(&r->variant[k].sample, i).mean : NAN;
}

static bool run_meets(const struct report *r, const struct sample *s, int run) {
  for (int g = 0; g < r->layout->goal_count; g++) {
    int i = sample_find(s, r->layout->goals[g].path);
    if (i < 0 || !goal_holds(&r->layout->goals[g], s->value[(size_t)run * (size_t)s->paths + (size_t)i])) return false;
  }
  return true;
}

int report_goals_met(const struct report *r, int k) {
  const struct sample *s = &r->variant[k].sample;
  int n = 0;
  for (int run = 0; run < s->runs; run++) n += run_meets(r, s, run);
  return n;
}

static bool means_meet(const struct report *r, int k) {
  for (int g = 0; g < r->layout->goal_count; g++)
    if (!goal_holds(&r->layout->goals[g], mean_of(r, k, r->layout->goals[g].path))) return false;
  return r->layout->goal_count > 0;
}

int report_choice(const struct report *r) {
  int best = -1;
  for (int k = 0; k < r->variants; k++)
    if (r->variant[k].sample.runs && means_meet(r, k)) return k;
  for (int k = 0; k < r->variants; k++) {
    double v = mean_of(r, k, "throughput_per_h");
    if (!isnan(v) && (best < 0 || v > mean_of(r, best, "throughput_per_h"))) best = k;
  }
  return best;
}

static int row_of(const struct report *r, int variant) {
  for (int k = 0; k < r->variants; k++)
    if (r->variant[k].variant == variant && r->variant[k].sample.runs) return k;
  return -1;
}

// The variant that differs from k in path `which` alone, at that index of its values; -1: there is none.
static int sibling(const struct report *r, int k, int which, int index) {
  int at[VARY_MAX];
  const struct grid *g = r->grid;
  if (k < 0 || which >= g->varies || index < 0 || index >= g->vary[which].count) return -1;
  for (int i = 0; i < g->varies; i++) at[i] = grid_index(g, r->variant[k].variant, i);
  at[which] = index;
  return row_of(r, grid_variant(g, at));
}

// The last words of a path: sorters.count of robots.sorters.count.
static const char *short_path(const char *path) {
  const char *dot = strrchr(path, '.');
  while (dot && dot > path && dot[-1] != '.') dot--;
  return dot ? dot : path;
}

static void name_variant(struct page *p, int k) {
  const struct grid *g = p->r->grid;
  if (g->varies == 0) put(p, "as it is");
  for (int i = 0; i < g->varies; i++) {
    if (i) put(p, ", ");
    text(p, short_path(g->vary[i].path));
    put(p, " ");
    text(p, grid_value(g, p->r->variant[k].variant, i));
  }
}

static void number(struct page *p, double v, double half) {
  double a = fabs(isnan(half) || half <= 0 ? v / 100 : half);
  int decimals = 0;
  for (; a > 0 && a < 2 && decimals < 4; decimals++) a *= 10;
  if (isnan(v)) put(p, "-"); else put(p, "%s%.*f", v < 0 ? "&minus;" : "", decimals, fabs(v));
}

// ---- head -----------------------------------------------------------------------------------------------------

static void head(struct page *p) {
  const struct run *run = &p->r->layout->run;
  put(p, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Takt: ");
  text(p, p->r->layout->name[0] ? p->r->layout->name : p->r->path);
  put(p, "</title>\n%s</head><body><main>\n", report_style);
  put(p, "<header><div><svg width=\"20\" height=\"24\" viewBox=\"0 0 20 24\"><path d=\"M5 1H15L19 23H1ZM10 17L16 3M3 17H17\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" stroke-linejoin=\"round\"/></svg><b>Takt</b><span class=\"what\">what-if report</span></div><div class=\"right\">");
  text(p, p->r->path);
  put(p, "<br>%d runs of %.4g h each, %.4g min warm-up%s, %s fidelity</div></header>\n", p->r->replications, ns_to_seconds(run->length) / 3600, ns_to_seconds(run->warmup) / 60,
      run->warmup_auto ? " (found in a pilot)" : "", fidelity_name(run->fidelity));
}

static void goals_text(struct page *p) {
  static const char *const words[] = {"&lt;", "&le;", "&gt;", "&ge;", "="};
  for (int g = 0; g < p->r->layout->goal_count; g++) {
    if (g) put(p, ", ");
    text(p, p->r->layout->goals[g].path);
    put(p, " %s %.6g", words[p->r->layout->goals[g].op], p->r->layout->goals[g].value);
  }
}

static void answer(struct page *p) {
  const struct report *r = p->r;
  bool goals = r->layout->goal_count > 0;
  put(p, "<div class=\"ask\">");
  if (goals) { put(p, "Which variant holds "); goals_text(p); put(p, "?"); }
  else put(p, "Which variant makes the most good parts an hour?");
  put(p, "</div>\n");
  if (p->choice < 0) {
    put(p, "<h1>There are no runs yet.</h1>\n");
    return;
  }
  const struct sample *s = &r->variant[p->choice].sample;
  struct estimate e = sample_estimate(s, sample_find(s, "throughput_per_h"));
  double half = (e.high - e.low) / 2;
  int met = report_goals_met(r, p->choice);
  put(p, "<h1>");
  name_variant(p, p->choice);
  if (goals && means_meet(r, p->choice)) put(p, met == s->runs ? " holds it in every run: " : " holds it in %d of %d runs: ", met, s->runs);
  else put(p, goals ? " comes nearest, and no variant holds it: " : " makes the most: ");
  number(p, e.mean, half);
  if (!isnan(half)) { put(p, " &plusmn; "); number(p, half, half); }
  put(p, " good parts an hour.</h1>\n<div class=\"more\">");
  for (int side = 0; side < 2; side++) {
    int k = side ? p->after : p->before;
    if (k < 0) continue;
    double v = mean_of(r, k, "throughput_per_h");
    name_variant(p, k);
    put(p, ": ");
    number(p, v, half);
    put(p, " (%s%.1f %%)", v < e.mean ? "&minus;" : "+", 100 * fabs(v / e.mean - 1));
    if (goals) put(p, ", goals held in %d of %d runs", report_goals_met(r, k), r->variant[k].sample.runs);
    put(p, ". ");
  }
  put(p, "</div>\n");
}

// ---- key figures ----------------------------------------------------------------------------------------------

struct figure { const char *path, *name, *unit; double scale; };
static const struct figure figures[] = {
  {"throughput_per_h", "Throughput", "good/h", 1}, {"lead_time_s", "Lead time", "s", 1}, {"wip", "Parts in the line", "parts", 1}, {"oee", "OEE of the constraint", "%", 100},
  {"scrapped", "Scrapped", "parts", 1}, {"lost", "Turned away", "parts", 1}, {"missorted", "Sorted wrongly", "parts", 1}, {"spoiled", "Shipped, but wrong", "parts", 1},
  {"energy_kwh", "Energy of robots", "kWh", 1}, {"interventions", "Interventions", "", 1},
  {"late", "Late orders", "", 1}, {"cost_per_good", "Cost of a good part", "", 1}};

static void cell(struct page *p, int k, const char *path, double scale, bool pick) {
  int i = k < 0 ? -1 : sample_find(&p->r->variant[k].sample, path);
  const char *class = pick ? " pick" : "";
  if (i < 0) {
    put(p, "<td class=\"mean%s\"></td><td class=\"half%s\"></td>", class, class);
    return;
  }
  struct estimate e = sample_estimate(&p->r->variant[k].sample, i);
  double half = (e.high - e.low) / 2 * scale;
  put(p, "<td class=\"mean%s\">", class);
  number(p, e.mean * scale, half);
  put(p, "</td><td class=\"half%s\">", class);
  if (!isnan(half)) { put(p, "&plusmn; "); number(p, half, half); }
  put(p, "</td>");
}

// Paired change from the choice to its neighbour, drawn on a scale of its own.
static void change(struct page *p, int from, int to, const char *path, double scale) {
  const struct sample *a = from < 0 ? NULL : &p->r->variant[from].sample, *b = to < 0 ? NULL : &p->r->variant[to].sample;
  int n = 0, at = a && b ? sample_find(a, path) : -1;
  struct paired *all = at >= 0 ? calloc((size_t)a->paths, sizeof *all) : NULL;
  if (all) n = sample_compare(a, b, all);
  const struct paired *c = NULL;
  for (int i = 0; i < n; i++)
    if (!strcmp(all[i].path, a->path[at])) c = &all[i];
  if (c && !isnan(c->change.low)) {
    bool clear = paired_clear(c);
    double most = fmax(fabs(c->change.low), fabs(c->change.high)), half = (c->change.high - c->change.low) / 2 * scale;
    double x0 = 70, unit = most > 0 ? 60 / most : 0;
    put(p, "<td><svg width=\"140\" height=\"14\"><path d=\"M%g 0V14\" class=\"zero\"/><path d=\"M%.1f 7H%.1f\" class=\"%s\"/><circle cx=\"%.1f\" cy=\"7\" r=\"3.5\" class=\"%s\"/></svg></td>", x0, x0 + unit * c->change.low,
        x0 + unit * c->change.high, clear ? "thick" : "thin", x0 + unit * c->change.mean, clear ? "mean" : "dot");
    put(p, "<td%s>%s", clear ? "" : " class=\"quiet\"", c->change.mean >= 0 ? "+" : "");
    number(p, c->change.mean * scale, half);
    put(p, " &plusmn; ");
    number(p, half, half);
    put(p, "</td>");
  } else {
    put(p, "<td></td><td></td>");
  }
  free(all);
}

static bool says_something(const struct page *p, const struct figure *f) {
  for (int k = 0; k < p->r->variants; k++) {
    double v = mean_of(p->r, k, f->path);
    if (!isnan(v) && v != 0) return true;
  }
  return false;
}

static void key_figures(struct page *p) {
  if (p->choice < 0) return;
  int columns[3] = {p->before, p->choice, p->after}, to = p->after >= 0 ? p->after : p->before;
  put(p, "<h2>Key figures<span>mean &plusmn; half-width of the 95 %% interval; change is paired by run</span></h2>\n<table><thead><tr><th></th><th></th>");
  for (int c = 0; c < 3; c++) {
    if (columns[c] < 0) continue;
    put(p, "<th colspan=\"2\"%s>", c == 1 ? " class=\"pick\"" : "");
    name_variant(p, columns[c]);
    put(p, "</th>");
  }
  if (to >= 0) { put(p, "<th colspan=\"2\">change to "); name_variant(p, to); put(p, "</th>"); }
  put(p, "</tr></thead><tbody>\n");
  if (p->r->layout->goal_count) {
    put(p, "<tr><td>Runs that hold the goals</td><td class=\"unit\">of %d</td>", p->r->replications);
    for (int c = 0; c < 3; c++)
      if (columns[c] >= 0) put(p, "<td class=\"mean%s\">%d</td><td class=\"half%s\"></td>", c == 1 ? " pick" : "", report_goals_met(p->r, columns[c]), c == 1 ? " pick" : "");
    put(p, "%s</tr>\n", to >= 0 ? "<td></td><td></td>" : "");
  }
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
    const struct figure *f = &figures[i];
    if (!says_something(p, f)) continue;
    put(p, "<tr><td>%s</td><td class=\"unit\">%s</td>", f->name, f->unit);
    for (int c = 0; c < 3; c++)
      if (columns[c] >= 0) cell(p, columns[c], f->path, f->scale, c == 1);
    if (to >= 0) change(p, p->choice, to, f->path, f->scale);
    put(p, "</tr>\n");
  }
  put(p, "</tbody></table><div class=\"note\">open circle: the interval contains no change</div>\n");
}

// ---- plots ----------------------------------------------------------------------------------------------------

// A round step of about span / 4.
static double round_step(double span) {
  double raw = span / 4, base = 1;
  if (!(raw > 0)) return 1;
  while (base * 10 <= raw) base *= 10;
  while (base > raw) base /= 10;
  return raw < 2 * base ? base : raw < 5 * base ? 2 * base : 5 * base;
}

struct scale { double low, high, step, bottom, height; };
static double y_of(const struct scale *s, double v) { return s->bottom - (v - s->low) / (s->high - s->low) * s->height; }

// What the plots are of: the number of the first goal, else throughput.
static const char *subject(const struct report *r) { return r->layout->goal_count ? r->layout->goals[0].path : "throughput_per_h"; }

static const char *subject_name(const struct report *r) {
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
    if (!strcmp(figures[i].path, subject(r))) return figures[i].name;
  return subject(r);
}

static bool range_of(struct page *p, int which, double *low, double *high) {
  *low = INFINITY;
  *high = -INFINITY;
  for (int i = 0; i < p->r->grid->vary[which].count; i++) {
    int k = sibling(p->r, p->choice, which, i), path = k < 0 ? -1 : sample_find(&p->r->variant[k].sample, subject(p->r));
    for (int run = 0; path >= 0 && run < p->r->variant[k].sample.runs; run++) {
      double v = p->r->variant[k].sample.value[(size_t)run * (size_t)p->r->variant[k].sample.paths + (size_t)path];
      if (isnan(v)) continue;
      *low = fmin(*low, v);
      *high = fmax(*high, v);
    }
  }
  return *low <= *high;
}

// One variant: its runs as dots, its mean and interval.
static void plot_one(struct page *p, int k, double x, double width, const struct scale *y, bool pick) {
  const struct sample *s = &p->r->variant[k].sample;
  int path = sample_find(s, subject(p->r)), step = s->runs > DOTS_MAX ? s->runs / DOTS_MAX : 1;
  struct estimate e = sample_estimate(s, path);
  for (int run = 0; run < s->runs; run += step) {
    double v = s->value[(size_t)run * (size_t)s->paths + (size_t)path];
    if (!isnan(v)) put(p, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.2\" class=\"dot\"/>", x - width * (0.18 + 0.05 * (run % 4)), y_of(y, v));
  }
  const char *bar = pick ? "barp" : "bar";
  if (!isnan(e.low)) put(p, "<path d=\"M%.1f %.1fV%.1fM%.1f %.1fh8M%.1f %.1fh8\" class=\"%s\"/>", x, y_of(y, e.low), y_of(y, e.high), x - 4, y_of(y, e.low), x - 4, y_of(y, e.high), bar);
  put(p, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.2\" class=\"%s\"/>\n", x, y_of(y, e.mean), pick ? "meanp" : "mean");
}

static void plot_against(struct page *p, int which) {
  const struct vary *v = &p->r->grid->vary[which];
  double low, high;
  if (!range_of(p, which, &low, &high)) return;
  const struct goal *g = p->r->layout->goal_count ? &p->r->layout->goals[0] : NULL;
  if (g) low = fmin(low, g->value), high = fmax(high, g->value);
  struct scale y = {.bottom = 210, .height = 195};
  y.step = round_step(high > low ? high - low : fabs(high) > 0 ? fabs(high) / 5 : 1);
  y.low = floor(low / y.step) * y.step;
  y.high = ceil(high / y.step) * y.step;
  if (y.high <= y.low) y.high = y.low + y.step;
  put(p, "<div><h2>");
  text(p, subject_name(p->r));
  put(p, " against ");
  text(p, short_path(v->path));
  put(p, "<span>dots: runs; bars: 95 %%</span></h2>\n<svg class=\"plot\" viewBox=\"0 0 400 240\">");
  for (double t = y.low; t <= y.high + y.step / 2; t += y.step) put(p, "<path d=\"M48 %.1fH396\" class=\"grid\"/><text x=\"42\" y=\"%.1f\" class=\"axis\" text-anchor=\"end\">%.6g</text>", y_of(&y, t), y_of(&y, t) + 3.5, fabs(t) < y.step * 1e-9 ? 0 : t);
  double width = 348.0 / v->count;
  int pick = grid_index(p->r->grid, p->r->variant[p->choice].variant, which);
  put(p, "<rect x=\"%.1f\" y=\"12\" width=\"%.1f\" height=\"198\" class=\"wash\"/>", 48 + pick * width, width);
  if (g) put(p, "<path d=\"M48 %.1fH396\" class=\"goal\"/><text x=\"50\" y=\"%.1f\" class=\"name\" font-weight=\"600\">goal %.6g</text>", y_of(&y, g->value), y_of(&y, g->value) - 4, g->value);
  put(p, "<polyline class=\"link\" points=\"");
  for (int i = 0; i < v->count; i++) {
    int k = sibling(p->r, p->choice, which, i);
    double m = k < 0 ? NAN : mean_of(p->r, k, subject(p->r));
    if (!isnan(m)) put(p, "%.1f,%.1f ", 48 + (i + 0.5) * width, y_of(&y, m));
  }
  put(p, "\"/>\n");
  int every = 1 + v->count / 13;
  for (int i = 0; i < v->count; i++) {
    int k = sibling(p->r, p->choice, which, i);
    if (k >= 0 && !isnan(mean_of(p->r, k, subject(p->r)))) plot_one(p, k, 48 + (i + 0.5) * width, width, &y, i == pick);
    if (i % every) continue;
    put(p, "<text x=\"%.1f\" y=\"226\" class=\"axis\" text-anchor=\"middle\">", 48 + (i + 0.5) * width);
    text(p, v->value[i]);
    put(p, "</text>");
  }
  put(p, "<path d=\"M48 210H396\" class=\"base\"/></svg></div>\n");
}

// Means at the lowest and the highest that each path reaches, all others as chosen.
static void tornado(struct page *p) {
  const struct grid *g = p->r->grid;
  double base = mean_of(p->r, p->choice, subject(p->r)), most = 0;
  struct { int low, high; } end[VARY_MAX];
  for (int i = 0; i < g->varies; i++) {
    end[i].low = end[i].high = p->choice;
    for (int x = 0; x < g->vary[i].count; x++) {
      int k = sibling(p->r, p->choice, i, x);
      double v = k < 0 ? NAN : mean_of(p->r, k, subject(p->r));
      if (v < mean_of(p->r, end[i].low, subject(p->r))) end[i].low = k;
      if (v > mean_of(p->r, end[i].high, subject(p->r))) end[i].high = k;
    }
    most = fmax(most, fmax(base - mean_of(p->r, end[i].low, subject(p->r)), mean_of(p->r, end[i].high, subject(p->r)) - base));
  }
  if (!(most > 0)) return;
  int height = 26 * g->varies + 34;
  put(p, "<div><h2>What moves it most<span>change of the mean, one at a time</span></h2>\n<svg class=\"plot\" viewBox=\"0 0 400 %d\">", height);
  for (int i = 0; i < g->varies; i++) {
    double low = mean_of(p->r, end[i].low, subject(p->r)) - base, high = mean_of(p->r, end[i].high, subject(p->r)) - base, x0 = 270, unit = 88 / most, y = 8 + 26 * i;
    put(p, "<text x=\"0\" y=\"%.1f\" class=\"name\">", y + 13);
    text(p, short_path(g->vary[i].path));
    put(p, "</text>");
    if (low < 0) {
      put(p, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"18\" fill=\"url(#waiting_part)\" class=\"edge\"/><text x=\"%.1f\" y=\"%.1f\" class=\"axis\" text-anchor=\"end\">", x0 + unit * low, y, -unit * low, x0 + unit * low - 4, y + 13);
      text(p, grid_value(g, p->r->variant[end[i].low].variant, i));
      put(p, "</text>");
    }
    if (high > 0) {
      put(p, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"18\" fill=\"#0072B2\" class=\"edge\"/><text x=\"%.1f\" y=\"%.1f\" class=\"axis\">", x0, y, unit * high, x0 + unit * high + 4, y + 13);
      text(p, grid_value(g, p->r->variant[end[i].high].variant, i));
      put(p, "</text>");
    }
  }
  put(p, "<path d=\"M270 2V%d\" class=\"base\"/><text x=\"270\" y=\"%d\" class=\"axis\" text-anchor=\"middle\">%.6g</text></svg></div>\n", height - 18, height - 4, base);
}

// ---- where the time goes ----------------------------------------------------------------------------------------

static double cause_share(const struct report *r, int k, int fleet, const char *cause) {
  char path[200];
  snprintf(path, sizeof path, "robots.%.100s.%s", r->layout->fleets[fleet].name, cause);
  double v = mean_of(r, k, path);
  return isnan(v) ? 0 : v;
}

static void bar_of_causes(struct page *p, int k, int fleet, double y) {
  double x = 110;
  put(p, "<rect x=\"110\" y=\"%.1f\" width=\"700\" height=\"15\" fill=\"none\" class=\"edge\"/>", y);
  for (int c = 0; c < report_cause_count; c++) {
    double w = 700 * cause_share(p->r, k, fleet, report_causes[c].name);
    if (w > 0.3) put(p, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"15\" fill=\"url(#%s)\" class=\"edge\"/>", x, y, w, report_causes[c].name);
    x += w;
  }
}

static void causes(struct page *p) {
  const struct report *r = p->r;
  if (r->layout->fleet_count == 0) return;
  int rows = r->grid->varies ? r->grid->vary[0].count : 1, shown = rows > 12 ? 12 : rows, fleets = r->layout->fleet_count > 4 ? 4 : r->layout->fleet_count;
  put(p, "<div class=\"wide\"><h2>Where everybody's time goes<span>share of the time that they were there; every second has one cause</span></h2>\n");
  for (int f = 0; f < fleets; f++) {
    put(p, "<svg class=\"plot\" viewBox=\"0 0 812 %d\"><text x=\"0\" y=\"11\" class=\"name\" font-weight=\"600\">", 20 * shown + 18);
    text(p, r->layout->fleets[f].name);
    put(p, "</text>");
    for (int i = 0, line = 0; i < rows && line < shown; i += 1 + (rows - 1) / 12) {
      int k = r->grid->varies ? sibling(r, p->choice, 0, i) : p->choice;
      double y = 16 + 20 * line++;
      put(p, "<text x=\"104\" y=\"%.1f\" class=\"axis\" text-anchor=\"end\">", y + 11.5);
      if (r->grid->varies) text(p, r->grid->vary[0].value[i]);
      put(p, "</text>");
      if (k >= 0) bar_of_causes(p, k, f, y);
    }
    put(p, "</svg>\n");
  }
  put(p, "<div class=\"legend\">");
  for (int c = 0; c < report_cause_count; c++) {
    bool any = false;
    for (int k = 0; k < r->variants && !any; k++)
      for (int f = 0; f < fleets; f++) any = any || cause_share(r, k, f, report_causes[c].name) >= 0.0005;
    if (any) put(p, "<span><svg width=\"18\" height=\"10\"><rect x=\".5\" y=\".5\" width=\"17\" height=\"9\" fill=\"url(#%s)\" class=\"edge\"/></svg>%s</span>", report_causes[c].name, report_causes[c].name);
  }
  put(p, "</div></div>\n");
}

static void patterns(struct page *p) {
  put(p, "<svg width=\"0\" height=\"0\" style=\"position:absolute\"><defs>");
  for (int c = 0; c < report_cause_count; c++)
    put(p, "<pattern id=\"%s\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" fill=\"%s\"/>%s</pattern>", report_causes[c].name, report_causes[c].colour, report_causes[c].pattern);
  put(p, "</defs></svg>\n");
}

// ---- foot -----------------------------------------------------------------------------------------------------

static bool has_model(const struct layout *l) {
  for (int f = 0; f < l->fleet_count; f++)
    if (l->fleets[f].model) return true;
  return false;
}

static void limits(struct page *p) {
  const struct layout *l = p->r->layout;
  int short_of = 0;
  for (int k = 0; k < p->r->variants; k++) short_of += p->r->variant[k].sample.runs < p->r->replications;
  put(p, "<div class=\"two foot\"><div><h2>Limits of this answer</h2><ul>");
  if (l->run.fidelity == FIDELITY_EVENT) put(p, "<li>Event fidelity: nobody is in anybody's way, and nothing goes wrong in a hand unless the layout says so.</li>");
  if (has_model(l)) put(p, "<li>Much of the robot is a guess, marked in its robot.yaml; paces and walking speeds move the numbers most.</li>");
  put(p, "<li>%d runs a variant: the intervals are of the mean, not of a single shift.</li>", p->r->replications);
  put(p, "<li>Runs of the same number draw the same arrivals and failures in every variant, so changes are surer than the means.</li>");
  if (short_of) put(p, "<li>%d of %d variants have fewer runs than asked for: the sweep was interrupted.</li>", short_of, p->r->variants);
  put(p, "</ul></div>\n<div><h2>Repeat it</h2><pre>takt");
  for (int i = 0; i < p->r->argc; i++) {
    bool plain = p->r->argv[i][0] && !p->r->argv[i][strcspn(p->r->argv[i], " '\"()[]{}*?$&;|<>\\\n")];
    put(p, i > 1 && p->r->argv[i][0] == '-' ? " \\\n  %s" : " %s", plain ? "" : "'");
    text(p, p->r->argv[i]);
    put(p, "%s", plain ? "" : "'");
  }
  put(p, "</pre></div></div>\n<footer><span>same layout, seed and commands give the same digest on every amd64 machine</span><span>%d variants, %d runs each</span></footer>\n</main></body></html>\n", p->r->variants, p->r->replications);
}

enum status report_write(const struct report *r, const char *path, struct error *e) {
  char *bytes = NULL;
  size_t size = 0;
  struct page p = {.r = r, .out = open_memstream(&bytes, &size), .choice = report_choice(r), .before = -1, .after = -1};
  if (!p.out) return error_at(e, STATUS_MEMORY, path, 0, 0, "no memory for the report");
  if (p.choice >= 0 && r->grid->varies > 0) {
    int at = grid_index(r->grid, r->variant[p.choice].variant, 0);
    p.before = sibling(r, p.choice, 0, at - 1);
    p.after = sibling(r, p.choice, 0, at + 1);
  }
  head(&p);
  patterns(&p);
  answer(&p);
  key_figures(&p);
  if (p.choice >= 0 && r->grid->varies > 0) {
    put(&p, "<div class=\"two\">");
    for (int i = 0; i < r->grid->varies && i < 3; i++) plot_against(&p, i);
    tornado(&p);
    put(&p, "</div>\n");
  }
  if (p.choice >= 0) causes(&p);
  limits(&p);
  bool whole = fclose(p.out) == 0;
  enum status s = whole ? file_write(path, bytes, size, e) : error_at(e, STATUS_MEMORY, path, 0, 0, "no memory for the report");
  free(bytes);
  return s;
}
