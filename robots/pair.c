#include "robots/pair.h"

#include <math.h>

#include "base/maths.h"
#include "robots/body_rods.h"

#define TURNS  4                    // of the part where it changes hands, at one place
#define STEP   0.01                 // m    of lengths that are tried
#define APART  3e-3                 // m    between the fingers of both, at best, and between palms; a guess

// Seconds of a plan until the end of the last step of a phase, its own feeling for the place left out.
static double until(const struct handling *h, enum handling_phase phase) {
  double time = 0, end = 0;
  for (int i = 0; i < h->steps; i++) {
    time += h->step[i].time;
    if (h->step[i].phase == phase) end = time;
  }
  return phase == HAND_POSITION ? end - h->fit.time : end;
}

static void hand_over(const struct reacher *const r[2], struct pair_plan *out) {
  struct primitive_plan *gives = &out->plan[0], *takes = &out->plan[1];
  // the second is over the meeting point when the first comes there, and closes then
  double there = until(&gives->hands, HAND_POSITION), over = until(&takes->hands, HAND_REACH), shut = until(&takes->hands, HAND_GRASP);
  out->late[1] = there > over ? there - over : 0;
  double held = out->late[1] + shut - there, load[2] = {0, 0};
  load[gives->hands.side] = gives->part.mass;
  if (gives->hands.both) load[LEFT] = load[RIGHT] = gives->part.mass / 2;
  const struct handling *h = &gives->hands;
  const struct reach_pose *pose = &h->pose[h->poses - 1];
  for (int i = 0; i < h->steps; i++)
    if (h->step[i].phase == HAND_POSITION) pose = &h->pose[h->step[i].pose];
  struct move m = move_hold(r[0], pose, gives->wish.foot, load, held, gives->hands.heat);
  gives->hold = (struct act_hold){held, 0};
  gives->time += held, gives->extra += held, gives->energy += m.energy;
  out->possible = m.possible;
  if (!m.possible) out->who = 0, gives->why = HANDLING_TORQUE;
}

// The last step of a phase, or before it where there is none; phases follow each other.
static int last_of(const struct handling *h, int phase) {
  int last = 0;
  for (int i = 0; i < h->steps; i++)
    if ((int)h->step[i].phase <= phase) last = i;
  return last;
}

static double time_of(const struct handling *h, int phase) {
  double time = 0;
  for (int i = 0; i < h->steps; i++)
    if ((int)h->step[i].phase == phase) time += h->step[i].time;
  return time;
}

// Phase by phase as long as the slower one, whatever steps it takes: waiting draws what the whole draws on average.
static void together(struct pair_plan *out) {
  double power[2], warm[2], waits[2] = {0, 0};
  for (int k = 0; k < 2; k++) {
    const struct handling *h = &out->plan[k].hands;
    power[k] = h->time > 0 ? h->energy / h->time : 0;
    warm[k] = h->time > 0 ? 1 / h->time : 0;
  }
  for (int phase = 0; phase < HAND_PHASES; phase++) {
    const double time[2] = {time_of(&out->plan[0].hands, phase), time_of(&out->plan[1].hands, phase)};
    int k = time[0] < time[1] ? 0 : 1;
    double more = time[!k] - time[k];
    if (!(more > 0)) continue;
    struct primitive_plan *p = &out->plan[k];
    struct handling_step *s = &p->hands.step[last_of(&p->hands, phase)];
    s->time += more, s->energy += more * power[k];
    p->hands.time += more, p->hands.energy += more * power[k];
    p->time += more, p->energy += more * power[k];
    waits[k] += more;
  }
  for (int k = 0; k < 2; k++)
    for (int j = 0; j < ROBOT_JOINTS_MAX; j++)
      for (int i = 0; i < 2; i++) out->plan[k].hands.heat[j][i] *= 1 + waits[k] * warm[k];
}

enum first { GIVES, TAKES, BESIDE, ALONE };

// Fingers of a hand that holds the part, turned with it, with the room that they open into.
static int fingers_on(const struct handling *h, const struct hand *hand, double turn, struct outline out[2]) {
  double s, c, deep = h->gap + hand->grip.thickness;
  if (h->both) return 0;
  m_sincos(turn, &s, &c);
  for (int i = 0; i < 2; i++) {
    double way = i == 0 ? -1 : 1, ux = way * h->grip.along[0], uy = way * h->grip.along[1], x = h->grip.contact[i][0] + ux * deep / 2, y = h->grip.contact[i][1] + uy * deep / 2;
    out[i] = outline_block(c * x - s * y, s * x + c * y, c * ux - s * uy, s * ux + c * uy, deep, hand->grip.width);
  }
  return 2;
}

// Whose grip is chosen as if the other one were not there, while the other one makes way for it; or both keep to their side of the centre of mass.
static bool both(const struct reacher *const r[2], const struct primitive_wish *w, enum first first, struct pair_plan *out) {
  struct primitive_wish own = *w;
  struct outline fingers[2];
  *out = (struct pair_plan){0};
  for (int i = 0; i < 2; i++) {
    int k = first == TAKES ? !i : i;
    own.second = k == 1;
    own.room = (struct grip_room){0};
    if (first == BESIDE) own.room.aside = (k ? -0.5 : 0.5) * (r[k]->hand[RIGHT].grip.width + APART);
    if (i == 1 && first != ALONE) {
      const struct handling *h = &out->plan[!k].hands;
      own.room.neighbour = fingers;
      own.room.neighbours = fingers_on(h, &r[!k]->hand[h->side], k == 1 ? w->turn : -w->turn, fingers);
    }
    bool good = primitive_find(r[k], &own, &out->plan[k]);
    out->plan[k].wish.pick.room = (struct grip_room){0};      // of this call
    if (good) continue;
    out->who = k;
    return false;
  }
  return true;
}

// Forearms and palms of the hands at work, in the frame of a robot that stands `beside` to the left.
static int arm_rods(const struct reacher *r, const struct handling *h, const struct reach_pose *pose, double beside, struct rod out[2 * BODY_RODS_MAX]) {
  struct reach_pose there = *pose;
  int n = 0;
  there.root.y += beside;
  for (int s = 0; s < 2; s++)
    if (h->both || s == (int)h->side) n += body_rods_arm(r, s, &there, out + n);
  return n;
}

// The pose in which the last step of a phase ends.
static const struct reach_pose *pose_of(const struct handling *h, enum handling_phase phase) {
  const struct reach_pose *p = &h->pose[h->poses - 1];
  for (int i = 0; i < h->steps; i++)
    if (h->step[i].phase == phase) p = &h->pose[h->step[i].pose];
  return p;
}

// Between palms and forearms of both, m, below 0 inside each other.
static double arms_apart(const struct reacher *const r[2], const struct primitive_wish *w, const struct pair_plan *p) {
  static const enum handling_phase when[][2] = {{HAND_POSITION, HAND_REACH}, {HAND_POSITION, HAND_GRASP}, {HAND_RETREAT, HAND_GRASP}};
  double least = INFINITY;
  for (int i = 0; i < 3; i++) {
    struct rod gives[2 * BODY_RODS_MAX], takes[2 * BODY_RODS_MAX];
    int n[2] = {arm_rods(r[0], &p->plan[0].hands, pose_of(&p->plan[0].hands, when[i][0]), 0, gives), arm_rods(r[1], &p->plan[1].hands, pose_of(&p->plan[1].hands, when[i][1]), -w->apart, takes)};
    least = fmin(least, body_rods_apart(gives, n[0], takes, n[1]));
  }
  return least;
}

// As it lies, across, and slanted; at the height of the bench's things and higher: the first that both arms reach is taken.
#define MEETS (TURNS * 3 * 3)

static struct primitive_wish meet(const struct primitive_wish *w, int i) {
  static const double turn[] = {0, 90, 45, -45}, up[] = {1, 2, 0.5}, ahead[] = {1, 1.15, 0.85};
  struct primitive_wish own = *w;
  if (i == 0) return own;
  own.turn = turn[i % TURNS] * M_PI_D / 180;
  own.meet[0] = ahead[i / TURNS % 3] * w->meet[0];
  own.meet[1] = up[i / (3 * TURNS)] * w->meet[1];
  return own;
}

// inside (may be NULL): the least by which arms meet where both hands fit on the part, 0: they fit nowhere.
static bool meets(const struct reacher *const r[2], const struct primitive_wish *w, int most, struct pair_plan *out, double *inside) {
  double best = -INFINITY;
  for (int i = 0; i < most; i++) {
    struct primitive_wish own = meet(w, i);
    for (int first = GIVES; first <= BESIDE; first++) {
      if (!both(r, &own, (enum first)first, out)) continue;
      double apart = arms_apart(r, &own, out);
      if (apart >= APART) return true;
      best = fmax(best, apart);
    }
  }
  if (inside) *inside = best > -INFINITY ? APART - best : 0;
  return false;
}

static bool meets_alone(const struct reacher *const r[2], const struct primitive_wish *w, struct pair_plan *out) {
  for (int i = 0; i < MEETS; i++) {
    struct primitive_wish own = meet(w, i);
    if (both(r, &own, ALONE, out)) return true;
  }
  return false;
}

// Why two cannot hand it over: it may be for want of room on the part alone. The nearest length that would do is looked for in steps.
static void say_crowded(const struct reacher *const r[2], const struct primitive_wish *w, double inside, struct pair_plan *out) {
  struct pair_plan found;
  if (!meets_alone(r, w, &found)) return;
  out->crowded = true;
  out->meets = inside;
  if (w->part.shape != PART_BOX) return;
  for (int n = 1; n * STEP <= PAIR_LONGEST && !(out->length > 0); n++)
    for (int way = -1; way <= 1 && !(out->length > 0); way += 2) {
      struct primitive_wish own = *w;
      own.part.size[0] += way * n * STEP;
      if (own.part.size[0] > STEP && own.part.size[0] <= PAIR_LONGEST && meets(r, &own, TURNS, &found, NULL)) out->length = own.part.size[0];
    }
}

bool pair_find(const struct reacher *const r[2], const struct primitive_wish *w, struct pair_plan *out) {
  if (w->kind == PRIMITIVE_HAND_OVER) {
    double inside = 0;
    out->possible = meets(r, w, MEETS, out, &inside);
    if (!out->possible) {
      both(r, w, ALONE, out);         // what is said is why the first place does not do
      say_crowded(r, w, inside, out);
    }
  } else {
    out->possible = both(r, w, ALONE, out);
  }
  if (!out->possible) return false;
  if (w->kind == PRIMITIVE_HAND_OVER) hand_over(r, out);
  else together(out);
  for (int k = 0; k < 2; k++) {
    double end = out->late[k] + out->plan[k].time;
    if (end > out->time) out->time = end;
  }
  return out->possible;
}
