#include "robots/jog_way.h"

#define STEADY_LEAST 2              // steps at the pace, at least: fewer are not worth it; a guess
#define FULL         0.80           // 1    of the longest walking step: from such steps a jog begins, a guess
#define NEAR         1e-6           // m, rad

static double size_of(double x) { return x < 0 ? -x : x; }

static struct v3 along(const struct way_piece *p, double s) {
  double sy, cy;
  m_sincos(p->heading, &sy, &cy);
  return v3(cy * s, sy * s, 0);
}

// Way of n jogging steps and the one onto the walking foot after them, m.
static double way_of(const struct humanoid *h, const struct gait_wish *wish, const struct jog_pace *pace, const double walk[2], int n) {
  double single = step_single(h, wish), sum = 0;
  for (int i = 0; i <= n; i++) sum += jog_step_way(pace, h, walk, single, i, n);
  return sum;
}

double jog_way_length(const struct humanoid *h, const struct gait_wish *wish, const struct jog_pace *pace, int n) {
  return way_of(h, wish, pace, (double[2]){wish->speed, wish->speed}, n) - step_length_at(h, wish, wish->speed);
}

static double step_speed(const struct humanoid *h, const struct gait_wish *wish, const struct step_target *a, const struct step_target *b) {
  double dx = b->place.x - a->place.x, dy = b->place.y - a->place.y, length = m_sqrt(dx * dx + dy * dy);
  return length / step_period_of(h, wish, length);
}

int jog_way_cut(struct jog_cut *cut, struct way_piece *piece, int pieces, const struct humanoid *h, const struct gait_wish *wish, const struct jog_pace *pace, double keep) {
  int least = 2 * jog_ramp(pace, wish->speed) + STEADY_LEAST, found = 0;
  least += least % 2;                                                  // the feet after it are those before
  double length = jog_way_length(h, wish, pace, least), pair = 2 * pace->step.length;
  for (int i = 0; i < pieces; i++) {
    cut[i] = (struct jog_cut){0, 0};
    double room = piece[i].length - keep - length;
    if (piece[i].turn != 0 || piece[i].rise != 0 || room < 0) continue;
    int more = (int)(room / pair);
    cut[i] = (struct jog_cut){least + 2 * more, length + more * pair};
    piece[i].length -= cut[i].length;
    for (int k = i + 1; k < pieces; k++) piece[k].start = v3_sub(piece[k].start, along(&piece[i], cut[i].length));
    found++;
  }
  return found;
}

void jog_way_restore(const struct jog_cut *cut, struct way_piece *piece, int pieces) {
  for (int i = pieces - 1; i >= 0; i--) {
    piece[i].length += cut[i].length;
    for (int k = i + 1; k < pieces; k++) piece[k].start = v3_add(piece[k].start, along(&piece[i], cut[i].length));
  }
}

// The target in the middle of a piece that full steps lead to and from, or -1.
static int middle_of(const struct walk_row *row, int from, const struct way_piece *p, double full) {
  double sy, cy, best = 1e9;
  int found = -1;
  m_sincos(p->heading, &sy, &cy);
  for (int i = from + 1; i + 2 < row->count; i++) {
    bool good = true;
    double s = 0;
    for (int k = i - 1; k <= i + 1 && good; k++) {
      const struct step_target *t = &row->target[k];
      struct v3 x = v3_sub(t->place, p->start);
      double at = cy * x.x + sy * x.y, aside = cy * x.y - sy * x.x, turned = (t->yaw - p->heading) / (2 * M_PI_D);
      turned -= m_floor(turned + 0.5);
      good = size_of(aside) < NEAR && size_of(turned) < NEAR && size_of(t->foot) < NEAR && at > -NEAR && at < p->length + NEAR && (k < i || at - s > full);
      if (k == i && size_of(at - p->length / 2) >= best) good = false;
      s = at;
    }
    if (!good) continue;
    struct v3 x = v3_sub(row->target[i].place, p->start);
    best = size_of(cy * x.x + sy * x.y - p->length / 2);
    found = i;
  }
  return found;
}

// n jogging steps after target i; what follows is moved on.
static enum status put(struct walk_row *row, int i, const struct jog_cut *cut, const struct way_piece *p, const struct humanoid *h, const struct gait_wish *wish,
                       const struct jog_pace *pace, struct error *e) {
  struct step_target begin = row->target[i];
  // the walk is a little slower than wished where its steps were made to fit
  const double walk[2] = {step_speed(h, wish, &row->target[i - 1], &begin), step_speed(h, wish, &row->target[i + 1], &row->target[i + 2])};
  int n = cut->steps, after = row->count - 1 - i;
  double step = v3_norm(v3_sub(row->target[i + 1].place, begin.place)), scale = (cut->length + step) / way_of(h, wish, pace, walk, n);
  for (int k = 0; k < n; k++) {
    enum status s = way_step(row, begin, h->model->name, e);
    if (s) return s;
  }
  for (int k = after; k > 0; k--) {
    row->target[i + n + k] = row->target[i + k];
    row->target[i + n + k].place = v3_add(row->target[i + n + k].place, along(p, cut->length));
  }
  double single = step_single(h, wish), at = 0;
  for (int k = 0; k < n; k++) {
    at += scale * jog_step_way(pace, h, walk, single, k, n);
    struct step_target *t = &row->target[i + 1 + k];
    *t = begin;
    t->place = v3_add(begin.place, along(p, at));
    t->run = jog_speed(pace, walk, k, n);
  }
  return STATUS_OK;
}

enum status jog_way_fill(struct walk_row *row, int from, const struct jog_cut *cut, struct way_piece *piece, int pieces, const struct humanoid *h, const struct gait_wish *wish,
                         const struct jog_pace *pace, bool *fits, struct error *e) {
  double full = FULL * step_length_at(h, wish, wish->speed);
  *fits = true;
  for (int i = 0; i < pieces && *fits; i++) *fits = !cut[i].steps || middle_of(row, from, &piece[i], full) >= 0;

  // from the last piece on, so that those before are where they were
  for (int i = pieces - 1; i >= 0 && *fits; i--) {
    if (!cut[i].steps) continue;
    enum status s = put(row, middle_of(row, from, &piece[i], full), &cut[i], &piece[i], h, wish, pace, e);
    if (s) return s;
  }
  jog_way_restore(cut, piece, pieces);
  return STATUS_OK;
}

int jog_way_take_out(struct step_target *target, int *count) {
  int n = 0, jogs = 0;
  struct v3 back = v3(0, 0, 0);
  for (int i = 0; i < *count; i++) {
    if (target[i].run > 0) continue;
    if (i >= 2 && target[i - 1].run > 0) {
      // one walking step from the foot before the jog, as long as the one that led to it
      struct v3 last = target[n - 1].place, step = n > 1 ? v3_sub(last, target[n - 2].place) : v3(0, 0, 0);
      back = v3_sub(target[i].place, v3_add(last, step));
      jogs++;
    }
    target[n] = target[i];
    target[n].place = v3_sub(target[n].place, back);
    n++;
  }
  *count = n;
  return jogs;
}
