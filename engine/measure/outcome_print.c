// The readable table of a run: at most 100 columns, what matters first.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "engine/layout/revisions.h"
#include "engine/measure/density.h"
#include "engine/measure/groups.h"

#define TRAFFIC_TOLD 0.02           // share of the robots' time from which on traffic is spoken of
#define ROWS_MAX 60                 // stations shown; the rest are in --json

struct pen { FILE *out; const char *bold, *plain; };

// ---- numbers as people read them ----------------------------------------------------------------

// three to four figures, no exponent below ten million
static void number_text(double v, char out[32]) {
  double a = fabs(v);
  if (isnan(v)) snprintf(out, 32, "-");
  else if (a >= 1e7) snprintf(out, 32, "%.3g", v);
  else snprintf(out, 32, "%.*f", v == 0 || a >= 1000 ? 0 : a >= 100 ? 1 : a >= 1 ? 2 : 3, v);
}

// decimals that show the half width of an interval by two figures
static int decimals_of(double half) {
  int d = 0;
  for (; half > 0 && half < 10 && d < 4; d++) half *= 10;
  return d;
}

// an end of an interval; what rounds to nothing has no sign
static void end_text(double v, int decimals, char out[32]) {
  snprintf(out, 32, "%.*f", decimals, v);
  if (out[0] == '-' && !out[strspn(out, "-0.")]) memmove(out, out + 1, strlen(out));
}

static void count_text(double v, char out[32]) {
  if (isnan(v)) snprintf(out, 32, "-");
  else if (v == floor(v) && fabs(v) < 1e15) snprintf(out, 32, "%.0f", v);
  else number_text(v, out);
}

// a unit that keeps the figure short; *scale is what one of it is in s
static const char *time_unit(double s, double *scale) {
  bool whole_hours = s != 0 && s / 3600 == floor(s / 3600);
  if (!(fabs(s) >= 120)) { *scale = 1; return "s"; }
  if (fabs(s) < 7200 && !whole_hours) { *scale = 60; return "min"; }
  *scale = 3600;
  return "h";
}

static void time_text(double s, char out[32]) {
  double scale;
  const char *unit = time_unit(s, &scale);
  char n[32];
  if (s / scale == floor(s / scale)) count_text(s / scale, n); else number_text(s / scale, n);
  snprintf(out, 32, "%.20s %s", n, unit);
}

// share in per cent, five wide
static void share_text(double v, char out[32]) {
  if (isnan(v)) snprintf(out, 32, "-");
  else if (v == 0) snprintf(out, 32, "0");
  else snprintf(out, 32, "%.1f", 100 * v);
}

// ---- KPIs -----------------------------------------------------------------------------------------

struct line { const char *path, *label, *unit; bool always, count, time, share; };

static const struct line lines[] = {
  {"throughput_per_h", "throughput", "/h", true, false, false, false},
  {"made", "good parts", "", true, true, false, false},
  {"scrapped", "scrapped", "", false, true, false, false},
  {"lost", "turned away", "", false, true, false, false},
  {"missorted", "sorted wrongly", "", false, true, false, false},
  {"spoiled", "shipped, but wrong", "", false, true, false, false},
  {"lead_time_s", "lead time", "", true, false, true, false},
  {"wip", "parts in the line", "", true, false, false, false},
  {"oee", "OEE of the constraint", "%", true, false, false, true},
  {"makespan_s", "last part out after", "", false, false, true, false},
  {"late", "late orders", "", false, true, false, false},
  {"tardiness_s", "their delay", "", false, false, true, false},
  {"energy_kwh", "energy of the robots", "kWh", false, false, false, false},
  {"interventions", "interventions", "", false, true, false, false},
  {"mtbi_s", "between interventions", "", false, false, true, false},
  {"cost_per_good", "cost of a good part", "", false, false, false, false},
};

static void print_kpi(const struct line *k, const struct estimate *e, struct pen p) {
  double scale = 1;
  const char *unit = k->unit;
  if (k->time) unit = time_unit(e->mean, &scale);
  if (k->share) scale = 0.01;
  bool interval = !isnan(e->low) && e->high > e->low;
  int decimals = interval ? decimals_of((e->high - e->low) / 2 / scale) : 0;
  if (k->count && e->high - e->low > 2) decimals = 0;           // parts are whole where it does not matter
  char mean[32], low[32], high[32];
  // none of these can be below zero, whatever slices that drift make of the interval
  double least = e->low < 0 ? 0 : e->low;
  end_text(least / scale, decimals, low);
  end_text(e->high / scale, decimals, high);
  if (interval && (!k->count || e->mean != floor(e->mean))) snprintf(mean, sizeof mean, "%.*f", decimals, e->mean / scale);
  else if (k->count) count_text(e->mean, mean);
  else number_text(e->mean / scale, mean);
  if (isnan(e->mean)) unit = "";
  fprintf(p.out, "  %-22s %s%10s%s", k->label, p.bold, mean, p.plain);
  if (interval) fprintf(p.out, " %-4s  %s to %s", unit, low, high);
  else if (*unit) fprintf(p.out, " %s", unit);
  fputc('\n', p.out);
}

static void print_kpis(const struct outcome *o, struct pen p) {
  bool intervals = false;
  for (int i = 0; i < o->index->kpis; i++) intervals |= !isnan(o->estimate[i].low) && o->estimate[i].high > o->estimate[i].low;
  if (intervals) fprintf(p.out, "  %-22s %10s %-4s  95 %% interval%s\n", "", "", "", o->batch_means ? ", from batch means" : "");
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    const struct estimate *e = &o->estimate[result_find(o->index, lines[i].path)];
    if ((lines[i].always && !isnan(e->mean)) || e->mean > 0) print_kpi(&lines[i], e, p);
  }
}

// ---- tables ---------------------------------------------------------------------------------------

struct column { int number; const char *head; };

// shares that are zero everywhere are not shown; their names are short enough for 100 columns
static const struct column station_columns[STATION_CAUSES] = {
  {STATION_WORKING, "work"}, {STATION_STARVED, "starv"}, {STATION_BLOCKED, "block"}, {STATION_SETUP, "setup"}, {STATION_DOWN, "down"},
  {STATION_WAITING_ROBOT, "robot"}, {STATION_STOPPED, "stop"}, {STATION_OFF_SHIFT, "off"}};

static const struct column robot_columns[ROBOT_CAUSES] = {
  {ROBOT_WORKING, "work"}, {ROBOT_WALKING, "walk"}, {ROBOT_WAITING_PART, "part"}, {ROBOT_WAITING_SPACE, "room"}, {ROBOT_WAITING_PARTNER, "mate"},
  {ROBOT_WAITING_CHARGER, "queue"}, {ROBOT_TRAFFIC, "jam"}, {ROBOT_CHARGING, "charg"}, {ROBOT_FALLEN, "fell"}, {ROBOT_REPAIR, "mend"},
  {ROBOT_STOPPED, "stop"}, {ROBOT_OFF_SHIFT, "off"}, {ROBOT_IDLE, "idle"}};

static int name_width(const struct layout *l, bool fleets) {
  size_t w = 7;
  for (int i = 0; fleets && i < l->fleet_count; i++) if (strlen(l->fleets[i].name) > w) w = strlen(l->fleets[i].name);
  for (int i = 0; !fleets && i < l->group_count; i++) {
    size_t n = strlen(l->groups[i].name) + (l->groups[i].count > 1 ? 5 : 0);
    if (n > w) w = n;
  }
  return (int)(w > 20 ? 20 : w);
}

static void print_name(const char *name, int copies, int width, FILE *out) {
  char text[80], tail[24] = "";
  if (copies > 1) snprintf(tail, sizeof tail, " x%d", copies);
  int room = width - (int)strlen(tail);
  if ((int)strlen(name) > room) snprintf(text, sizeof text, "%.*s~%s", room - 1, name, tail);
  else snprintf(text, sizeof text, "%s%s", name, tail);
  fprintf(out, "  %-*s", width, text);
}

// parts pass through it: not a place of the robots' own
static bool in_line(const struct layout *l, int group) {
  enum station_kind k = l->stations[l->groups[group].first].kind;
  return group_whole(l, group) && k != STATION_CHARGER && k != STATION_REPAIR && k != STATION_DOCK;
}

static void print_stations(const struct outcome *o, struct pen p) {
  const struct layout *l = o->index->layout;
  char text[32];
  bool shown[STATION_CAUSES] = {[STATION_WORKING] = true, [STATION_STARVED] = true, [STATION_BLOCKED] = true};
  for (int g = 0; g < l->group_count; g++)
    for (int c = 0; c < STATION_CAUSES; c++) if (in_line(l, g) && group_mean(o, g, STATION_SHARES + c) >= 0.0005) shown[c] = true;

  int width = name_width(l, false), used = 2 + width + 8 + 22;
  fprintf(p.out, "\n%s  %-*s%8s", p.bold, width, "station", "made");
  for (int c = 0; c < STATION_CAUSES; c++) {
    if (!shown[c]) continue;
    used += 6;
    fprintf(p.out, "%6s", station_columns[c].head);
  }
  fprintf(p.out, "%8s%8s%6s%s%s\n", "queue", "wait s", "OEE", p.plain, used + 14 <= 100 ? "   shares in %" : "");
  int row = 0, more = 0;
  for (int g = 0; g < l->group_count; g++) {
    if (!in_line(l, g)) continue;
    if (row++ >= ROWS_MAX) { more++; continue; }
    print_name(l->groups[g].name, l->groups[g].count, width, p.out);
    count_text(group_sum(o, g, STATION_MADE), text);
    fprintf(p.out, "%8s", text);
    for (int c = 0; c < STATION_CAUSES; c++) {
      if (!shown[c]) continue;
      share_text(group_mean(o, g, STATION_SHARES + c), text);
      fprintf(p.out, "%6s", text);
    }
    number_text(group_sum(o, g, STATION_QUEUE), text);
    fprintf(p.out, "%8s", text);
    number_text(group_mean(o, g, STATION_WAIT), text);
    fprintf(p.out, "%8s", text);
    share_text(group_mean(o, g, STATION_OEE), text);
    fprintf(p.out, "%6s\n", text);
  }
  if (more) fprintf(p.out, "  ... and %d more (--json has all)\n", more);
}

static void print_robots(const struct outcome *o, struct pen p) {
  const struct layout *l = o->index->layout;
  if (l->fleet_count == 0) return;
  char text[32];
  bool shown[ROBOT_CAUSES] = {[ROBOT_WORKING] = true, [ROBOT_WALKING] = true, [ROBOT_IDLE] = true};
  for (int f = 0; f < l->fleet_count; f++)
    for (int c = 0; c < ROBOT_CAUSES; c++) if (o->estimate[result_fleet(o->index, f, c)].mean >= 0.0005) shown[c] = true;

  int width = name_width(l, true), used = 2 + width + 5 + 8 + 8;
  fprintf(p.out, "\n%s  %-*s%5s", p.bold, width, "robots", "count");
  for (int c = 0; c < ROBOT_CAUSES; c++) {
    if (shown[c] && used + 6 > 100) shown[c] = false;
    if (!shown[c]) continue;
    used += 6;
    fprintf(p.out, "%6s", robot_columns[c].head);
  }
  fprintf(p.out, "%8s%8s%s%s\n", "km", "kWh", p.plain, used + 14 <= 100 ? "   shares in %" : "");
  for (int f = 0; f < l->fleet_count; f++) {
    print_name(l->fleets[f].name, 1, width, p.out);
    fprintf(p.out, "%5d", l->fleets[f].count);
    for (int c = 0; c < ROBOT_CAUSES; c++) {
      if (!shown[c]) continue;
      share_text(o->estimate[result_fleet(o->index, f, c)].mean, text);
      fprintf(p.out, "%6s", text);
    }
    number_text(o->estimate[result_fleet(o->index, f, FLEET_DISTANCE)].mean / 1000, text);
    fprintf(p.out, "%8s", text);
    number_text(o->estimate[result_fleet(o->index, f, FLEET_ENERGY)].mean, text);
    fprintf(p.out, "%8s\n", text);
  }
}

// Old and new side by side, where an update changes a fleet.
static void print_revisions(const struct outcome *o, struct pen p) {
  const struct result_index *x = o->index;
  if (x->revisions == 0) return;
  char text[32];
  int width = name_width(x->layout, true);
  fprintf(p.out, "\n%s  %-*s  %-13s%8s%8s%8s%8s%8s%8s%8s%s\n", p.bold, width, "revisions", "", "robot h", "picks", "picks/h", "work", "walk", "km", "kWh", p.plain);
  for (int i = 0; i < x->revisions; i++) {
    const struct estimate *e = &o->estimate[result_revision(x, i, 0)];
    const double number[] = {e[REVISION_HOURS].mean, e[FLEET_PICKS].mean, e[REVISION_PICKS_PER_H].mean};
    print_name(x->layout->fleets[x->revision[i].fleet].name, 1, width, p.out);
    fprintf(p.out, "  %-13.13s", revision_word(&x->revision[i]));
    for (int k = 0; k < 3; k++) number_text(number[k], text), fprintf(p.out, "%8s", text);
    share_text(e[ROBOT_WORKING].mean, text), fprintf(p.out, "%8s", text);
    share_text(e[ROBOT_WALKING].mean, text), fprintf(p.out, "%8s", text);
    number_text(e[FLEET_DISTANCE].mean / 1000, text), fprintf(p.out, "%8s", text);
    number_text(e[FLEET_ENERGY].mean, text), fprintf(p.out, "%8s\n", text);
  }
}

// Work in steps: each step of all copies of a station together.
static void print_steps(const struct outcome *o, struct pen p) {
  const struct layout *l = o->index->layout;
  if (l->step_count == 0) return;
  int width = name_width(l, false), row = 0;
  fprintf(p.out, "\n%s  %-*s  %-13s%8s%8s%8s%8s%s\n", p.bold, width, "steps", "", "done", "failed", "gave up", "mean s", p.plain);
  for (int g = 0; g < l->group_count; g++) {
    const struct station *s = &l->stations[l->groups[g].first];
    if (!group_whole(l, g)) continue;
    for (int k = 0; k < s->step_count && row++ < ROWS_MAX; k++) {
      double sum[STEP_NUMBERS] = {0}, time = 0, tries = 0;
      char text[32];
      for (int c = 0; c < l->groups[g].count; c++) {
        const struct estimate *e = &o->estimate[result_step(o->index, s[c].first_step + k, 0)];
        for (int n = 0; n < STEP_MEAN; n++) sum[n] += e[n].mean;
        double one = e[STEP_GOES_DONE].mean + e[STEP_FAILED].mean;
        if (one > 0) time += e[STEP_MEAN].mean * one, tries += one;
      }
      sum[STEP_MEAN] = tries > 0 ? time / tries : NAN;
      print_name(k == 0 ? l->groups[g].name : "", k == 0 ? l->groups[g].count : 1, width, p.out);
      snprintf(text, sizeof text, s->steps[k].count > 1 ? "%s x%d" : "%s", step_do_name(s->steps[k].what), s->steps[k].count);
      fprintf(p.out, "  %-13s", text);
      for (int n = 0; n < STEP_NUMBERS; n++) {
        if (n == STEP_MEAN) number_text(sum[n], text); else count_text(sum[n], text);
        fprintf(p.out, "%8s", text);
      }
      fputc('\n', p.out);
    }
  }
}

// Contact checks of every step, at body fidelity: how often each began not to hold.
static void print_checks(const struct outcome *o, struct pen p) {
  static const struct { int number; const char *words; } checks[] = {
    {FLEET_STUMBLES, "stumbled (a foot pulls)"}, {FLEET_SLIPS, "slipped (friction)"}, {FLEET_TWISTS, "twisted (yaw moment)"}, {FLEET_TIPS, "tipped (pressure off the sole)"},
    {FLEET_OVERLOADS, "overloaded a drive"}, {FLEET_CAPTURES, "stepped to keep its balance"}, {FLEET_FALLS, "fell"}, {FLEET_DROPS, "dropped what it carried"},
    {FLEET_THROUGH, "went through others"}};
  if (strcmp(o->fidelity, "body") != 0 || o->index->layout->fleet_count == 0) return;
  fprintf(p.out, "\n%s  times a robot%s", p.bold, p.plain);
  for (size_t c = 0; c < sizeof checks / sizeof *checks; c++) {
    double times = 0;
    char text[32];
    for (int f = 0; f < o->index->layout->fleet_count; f++) times += o->estimate[result_fleet(o->index, f, checks[c].number)].mean;
    number_text(times, text);
    fprintf(p.out, "\n  %-32s%8s", checks[c].words, text);
  }
  fprintf(p.out, "\n");
}

// Who broke, fell or gave up, and how much of its shift each fleet was there for.
static void print_frailty(const struct outcome *o, struct pen p) {
  const struct layout *l = o->index->layout;
  bool head = false;
  for (int f = 0; f < l->fleet_count; f++) {
    const struct estimate *e = &o->estimate[result_fleet(o->index, f, 0)];
    static const int numbers[] = {FLEET_BREAKDOWNS, FLEET_FALLS, FLEET_GAVE_UP};
    char text[32];
    bool any = false;
    for (int k = 0; k < 3; k++) any = any || e[numbers[k]].mean > 0;
    if (!any) continue;
    int width = name_width(l, true);
    if (!head) fprintf(p.out, "\n%s  %-*s%10s%10s%10s%14s%12s%s\n", p.bold, width, "robots", "broke", "fell", "gave up", "available %", "help after", p.plain);
    head = true;
    print_name(l->fleets[f].name, 1, width, p.out);
    for (int k = 0; k < 3; k++) {
      count_text(e[numbers[k]].mean, text);
      fprintf(p.out, "%10s", text);
    }
    share_text(e[FLEET_AVAILABILITY].mean, text);
    fprintf(p.out, "%14s", text);
    if (isnan(e[FLEET_HELP_WAIT].mean)) snprintf(text, sizeof text, "-"); else time_text(e[FLEET_HELP_WAIT].mean, text);
    fprintf(p.out, "%12s\n", text);
  }
}

// ---- sentences ------------------------------------------------------------------------------------

#define COLUMNS 100

// text word by word from column `at`, next lines indented; returns the column it ends in
static int print_words(const char *text, int at, int indent, FILE *out) {
  while (*text) {
    int n = (int)strcspn(text, " ");
    if (at + 1 + n > COLUMNS && at > indent) {
      fprintf(out, "\n%*s", indent, "");
      at = indent;
    } else if (at > indent) {
      fputc(' ', out);
      at++;
    }
    fprintf(out, "%.*s", n, text);
    at += n;
    text += n;
    text += strspn(text, " ");
  }
  return at;
}

// ---- the whole --------------------------------------------------------------------------------------

static void print_head(const struct outcome *o, struct pen p) {
  const struct layout *l = o->index->layout;
  char measured[32], warmup[32];
  int rows = o->rows > 0 ? o->rows : 1;
  time_text(o->simulated_s / rows, measured);
  time_text(o->warmup_s / rows, warmup);
  fprintf(p.out, "%s%s%s  (%s)\n", p.bold, l->name && l->name[0] ? l->name : o->layout_path, p.plain, o->layout_path);
  fprintf(p.out, "%s measured after %s of warm-up, %s fidelity, seed %llu", measured, warmup, o->fidelity, (unsigned long long)o->seed);
  if (o->replications > 1) fprintf(p.out, ", %d of %d replications", o->rows, o->replications);
  fprintf(p.out, "\n\n");
}

static void print_ended(const struct outcome *o, FILE *out) {
  int at = fprintf(out, "Ended:");
  if (!strcmp(o->ended, "time")) print_words("the time was over.", at, 2, out);
  else if (!strcmp(o->ended, "parts")) print_words(o->ended_why && *o->ended_why ? o->ended_why : "nothing is left to do", at, 2, out);
  else if (!strcmp(o->ended, "deadlock")) print_words(o->ended_why && *o->ended_why ? o->ended_why : "parts that can never move again", print_words("DEADLOCK:", at, 2, out), 2, out);
  else print_words("interrupted; the numbers are of what was done so far.", at, 2, out);
  char digest[17], wall[32], text[160];
  digest_text(o->digest, digest);
  number_text(o->wall_s, wall);
  int n = snprintf(text, sizeof text, "%llu events in %s s", (unsigned long long)o->events, wall);
  if (o->wall_s > 0.001) {
    char rate[32];
    number_text((double)o->events / o->wall_s / 1e6, rate);
    snprintf(text + n, sizeof text - (size_t)n, ", %s million a second", rate);
  }
  fprintf(out, "\n%s. Digest %s.\n", text, digest);
}

static void print_end(const struct outcome *o, struct pen p) {
  static const char *const words[] = {"<", "<=", ">", ">=", "="};
  const struct layout *l = o->index->layout;
  struct bottleneck b[3];
  int n = bottleneck_find(o, b);
  fputc('\n', p.out);
  double traffic = strcmp(o->fidelity, "event") ? 0 : density_traffic(o);
  if (traffic > TRAFFIC_TOLD) {
    char share[32];
    number_text(traffic < 1 ? 100 * traffic : 100, share);
    fprintf(p.out, "Not in these numbers: robots in each other's way on foot; a jam here is one that waits for a place at a station.\nBy their density alone that takes %s %% of their time or more; --fidelity motion measures it.\n\n", share);
  }
  fprintf(p.out, "What holds the line back:%s\n", n == 0 ? " nothing stands out." : "");
  for (int i = 0; i < n; i++) {
    fprintf(p.out, "  %s%s%s:", p.bold, b[i].name, p.plain);
    print_words(b[i].why, 3 + (int)strlen(b[i].name), 3, p.out);
    fputc('\n', p.out);
  }
  for (int i = 0; i < l->goal_count; i++) {
    double value;
    char wanted[32], got[32];
    bool met = goal_met(&l->goals[i], o, &value);
    count_text(l->goals[i].value, wanted);
    number_text(value, got);
    fprintf(p.out, "Goal %s: %s %s %s, is %s.\n", met ? "met" : "NOT met", l->goals[i].path, words[l->goals[i].op], wanted, isnan(value) ? "not a number of this run" : got);
  }
  print_ended(o, p.out);
}

void outcome_print(const struct outcome *o, bool bold, FILE *out) {
  struct pen p = {out, bold ? "\033[1m" : "", bold ? "\033[0m" : ""};
  print_head(o, p);
  if (!o->estimate) return;
  print_kpis(o, p);
  print_stations(o, p);
  print_steps(o, p);
  print_robots(o, p);
  print_revisions(o, p);
  print_frailty(o, p);
  print_checks(o, p);
  print_end(o, p);
}
