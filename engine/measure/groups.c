#include "engine/measure/groups.h"

#include <math.h>

bool group_whole(const struct layout *l, int group) { return l->stations[l->groups[group].first].group == group; }

double group_sum(const struct outcome *o, int group, int number) {
  const struct station_group *g = &o->index->layout->groups[group];
  double sum = 0;
  int n = 0;
  for (int i = g->first; i < g->first + g->count; i++) {
    double v = o->estimate[result_station(o->index, i, number)].mean;
    if (isnan(v)) continue;
    sum += v;
    n++;
  }
  return n ? sum : NAN;
}

double group_mean(const struct outcome *o, int group, int number) {
  const struct station_group *g = &o->index->layout->groups[group];
  int n = 0;
  for (int i = g->first; i < g->first + g->count; i++) n += !isnan(o->estimate[result_station(o->index, i, number)].mean);
  return group_sum(o, group, number) / n;
}

double group_busy(const struct outcome *o, int group) {
  double on = 1 - group_mean(o, group, STATION_SHARES + STATION_OFF_SHIFT);
  double busy = group_mean(o, group, STATION_SHARES + STATION_WORKING) + group_mean(o, group, STATION_SHARES + STATION_SETUP) +
                group_mean(o, group, STATION_SHARES + STATION_DOWN);
  return on > 0 ? busy / on : NAN;
}

double fleet_busy(const struct outcome *o, int fleet) {
  static const enum robot_cause free_causes[] = {ROBOT_IDLE, ROBOT_WAITING_PART, ROBOT_WAITING_SPACE, ROBOT_STOPPED};
  double off = o->estimate[result_fleet(o->index, fleet, ROBOT_OFF_SHIFT)].mean, busy = 1 - off;
  for (size_t i = 0; i < sizeof free_causes / sizeof *free_causes; i++)
    busy -= o->estimate[result_fleet(o->index, fleet, (int)free_causes[i])].mean;
  return off < 1 ? busy / (1 - off) : NAN;
}
