// What a pair costs and what a job is worth to lookahead, in seconds of walking (scheduler/lookahead.h).
#include "base/maths.h"
#include "scheduler/lookahead_state.h"

static double clip(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

double lookahead_urgency(const struct policy_jobs *jobs, int32_t j, double mean) {
  double slack = jobs->due[j] - jobs->work[j] - (1 + LATE_WAIT) * jobs->rest[j];
  if (slack > 1e300) return 0;
  double u = slack > 0 ? m_exp(-slack / (LATE_SPREAD * mean)) : 1;
  return u * clip(jobs->weight[j], 0.1, 4);
}

double lookahead_mean_work(const struct policy_jobs *jobs) {
  double sum = 0;
  for (int32_t j = 0; j < jobs->n; j++) sum += jobs->work[j] + jobs->rest[j];
  return sum > jobs->n ? sum / jobs->n : 1;
}

static bool teaches(const struct policy_view *v, int32_t j, double urgency) { return v->jobs.teach[j] && urgency < TEACH_UNTIL; }

double lookahead_worth(const struct policy_view *v, int32_t j, double urgency) {
  double w = v->jobs.n > LARGE ? WORTH_LARGE : WORTH;
  double p = clip(v->jobs.priority[j], -1000, 1000);
  // costs of such a job have the work in them
  if (v->jobs.skill[j] && !teaches(v, j, urgency)) w += v->jobs.work[j];
  return w + PRIORITY_WORTH * (p + 1000 * (p < 0)) + AGE_WORTH * clip(v->jobs.age[j], 0, 1e7) + LATE_WORTH * urgency;
}

static double idle(const struct policy_view *v, int32_t r) {
  return r >= v->robots.idle ? IDLE_WORTH + COMMIT_WORTH : IDLE_WORTH * (1 - clip(v->robots.idle_for[r] / IDLE_LONG, 0, 1));
}

static double heat(const struct policy_view *v, int32_t r) { return HEAT_WORTH * clip((v->robots.heat[r] - HEAT_FROM) / (HEAT_FULL - HEAT_FROM), 0, 1); }
static double wear(const struct policy_view *v, int32_t r) { return WEAR_WORTH * clip(v->robots.wear[r], 0, 1); }

double lookahead_base(const struct policy_view *v, int32_t r) { return heat(v, r) + wear(v, r) + idle(v, r); }

// What it takes longer than it must: to produce, the work of this robot; to teach, what practice has taken off it already.
static double work(const struct policy_view *v, int32_t j, int32_t r, double urgency) {
  if (!v->jobs.skill[j]) return 0;
  double s = v->service(v->context, r, j);
  if (!teaches(v, j, urgency)) return s > 0 ? s : 0;
  return s < v->jobs.work[j] ? v->jobs.work[j] - s : 0;
}

static double other_work(const struct policy_view *v, int32_t j, int32_t r) {
  int32_t did = v->robots.family[r];
  return v->jobs.family[j] >= 0 && did >= 0 && did != v->jobs.family[j] ? v->robots.switching[r] : 0;
}

static double setup(const struct policy_view *v, int32_t j) { return clip(v->jobs.setup[j], 0, SETUP_MOST); }

double lookahead_setup_wait(double setup) { return clip(setup, 0, SETUP_MOST) / AGE_WORTH; }

double lookahead_extra(const struct policy_view *v, int32_t j, int32_t r, double urgency) { return work(v, j, r, urgency) + other_work(v, j, r) + setup(v, j); }

int32_t lookahead_price(const struct lookahead *l, const struct policy_view *v, struct lookahead_row *w, int32_t j, int32_t number, double walk) {
  const struct lookahead_seen *s = &l->seen[number];
  double extra = lookahead_plain(v, j) ? 0 : lookahead_extra(v, j, l->here[number], w->urgency);
  double cost = lookahead_pair(s->free_in, s->slack, walk, extra, w->work, w->urgency);
  if (cost > w->most) w->most = cost;
  return assignment_whole(cost, 1 / l->unit);
}

int32_t lookahead_explain(const void *self, const struct policy_view *v, int32_t j, int32_t r, struct policy_term *term) {
  (void)self;
  double walk = v->walk(v->context, r, j), u = lookahead_urgency(&v->jobs, j, lookahead_mean_work(&v->jobs));
  if (walk < 0) return 0;
  double left = v->robots.free_in[r] + walk + lookahead_extra(v, j, r, u);
  int32_t n = 0;
  term[n++] = (struct policy_term){"walk", walk};
  term[n++] = (struct policy_term){"free in", v->robots.free_in[r]};
  term[n++] = (struct policy_term){teaches(v, j, u) ? "learnt" : "work", work(v, j, r, u)};
  term[n++] = (struct policy_term){"other work", other_work(v, j, r)};
  term[n++] = (struct policy_term){"set-up", setup(v, j)};
  term[n++] = (struct policy_term){"late", left * u};
  term[n++] = (struct policy_term){"battery", lookahead_battery(v->robots.slack[r], walk, v->jobs.work[j])};
  term[n++] = (struct policy_term){"heat", heat(v, r)};
  term[n++] = (struct policy_term){"wear", wear(v, r)};
  term[n++] = (struct policy_term){"idle", idle(v, r)};
  return n;
}
