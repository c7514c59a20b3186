#include "robots/library.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "robots/walker.h"

#define STRIDES    4                // strides of two steps in a reference walk
#define LOAD_SHARE 0.357            // of the robot's mass
#define TURN       3.1              // rad  of the longer reference turn
#define RAMP       0.1              // rad  of the reference ramp
#define RAMP_SPEED 0.8              // m/s
#define RISE_GUESS 2.0              // J/J  for a body that cannot walk the reference ramp
#define TICK       0.01             // s    of the reference walks: their mean power differs by less than 0.1 % from 5 ms'
#define GRID       (LIBRARY_SPEEDS * LIBRARY_LOADS)
#define FREE       28               // examples with arms free, and with a load
#define LOADED     36
#define EXAMPLES   (FREE + LOADED)
#define TASKS      (GRID + 2 + EXAMPLES)
#define COARSE     0.02             // s    tick of the examples: their energy differs by less than 0.3 % from 5 ms'

// Grid in Froude's speed sqrt(g l), so that a small robot's is slower; for a person's leg about 0, 0.4 .. 1.7 m/s. At KINK the step rate
// leaves its least value (robots/transition.c), and power over speed has a corner.
#define KINK 3
static const double shares[LIBRARY_SPEEDS] = {0, 0.13, 0.24, 0.35, 0.45, 0.55};

// One walk of many: what is left of it when its samples are gone.
struct example { struct walk_targets targets; struct step_plan plan; double load, time, energy; };

struct task { enum status status; struct error error; };
struct tasks { struct gait_library *l; struct task *task; struct example *example; int threads, thread, from, to; };    // task: of all threads (TASKS)

static double faults_of(const struct walk *w) {
  const struct walk_faults *f = &w->faults;
  return (double)(f->lift + f->sole + f->friction + f->yaw + f->torque + f->speed + f->joint + f->reach) / w->samples;
}

// Mean power from the landing of footstep a to that of footstep b.
static double power_between(const struct walk *w, int a, int b) {
  int from = (int)(w->plan.step[a].land / w->tick + 0.5), to = (int)(w->plan.step[b].land / w->tick + 0.5);
  double sum = 0;
  for (int k = from; k < to; k++) sum += w->sample[k].power;
  return sum / (to - from);
}

// Time of a walk's steps but for the closing one.
static double time_on(const struct step_plan *p) { return p->step[p->count - 3].lift - p->step[0].lift; }

// Length of a way whose middle steps are as long as the speed says: steps are scaled to fit the way.
static enum status length_for(const struct gait_library *l, int load, const struct gait_wish *wish, const struct walk_route *r, double *length, struct error *e) {
  double step = step_length_at(l->humanoid, wish, r->speed);
  *length = 2 * STRIDES * step;
  for (int i = 0; i < 3; i++) {
    struct walk_targets t;
    enum status status = walk_targets_make(&t, l->humanoid, (struct walk_feet){l->turning, l->ankle[load]}, r, e);
    if (status) return status;
    double longest = 0;
    for (int k = 1; k < t.count; k++) longest = t.target[k].place.x - t.target[k - 1].place.x > longest ? t.target[k].place.x - t.target[k - 1].place.x : longest;
    if (longest > 0) *length *= step / longest * (1 - 1e-9);
    walk_targets_finish(&t);
  }
  return STATUS_OK;
}

static struct walk_route route_of(const struct gait_library *l, int load, const struct v3 *point, int count) {
  struct walk_route r = walk_route_defaults(point, count);
  r.tick = TICK;
  r.load = l->load[load];
  r.load_pose = load ? LOAD_HELD_CLOSE : LOAD_NONE;
  return r;
}

// A long turn on the spot and a short one: what the steps between take, and the rest.
static enum status turning(struct gait_library *l, int load, struct error *e) {
  struct v3 point = {0, 0, 0};
  double energy[2], time[2];
  for (int i = 0; i < 2; i++) {
    struct walk_route r = route_of(l, load, &point, 1);
    struct walk w;
    r.heading_free = false;
    r.heading_end = i ? 0.5 : TURN;
    enum status status = walk_make(&w, l, &r, e);
    if (status) return status;
    energy[i] = w.cost.energy, time[i] = time_on(&w.plan);
    if (!i) l->limit[0][load] = faults_of(&w);
    l->stand[load] = w.sample[0].power;
    walk_finish(&w);
  }
  l->power[0][load] = (energy[0] - energy[1]) / (time[0] - time[1]);
  l->ends[0][load] = energy[0] - l->power[0][load] * time[0];
  return STATUS_OK;
}

static enum status straight(struct gait_library *l, int speed, int load, struct error *e) {
  struct gait_wish wish = gait_wish_defaults(GAIT_WALK, l->speed[speed]);
  struct v3 point[2] = {{0, 0, 0}, {0, 0, 0}};
  struct walk_route r = route_of(l, load, point, 2);
  struct walk w;
  wish.load = l->load[load];
  wish.load_pose = r.load_pose;
  r.speed = l->speed[speed];
  enum status status = length_for(l, load, &wish, &r, &point[1].x, e);
  if (!status) status = walk_make(&w, l, &r, e);
  if (status) return status;
  l->power[speed][load] = power_between(&w, STRIDES, STRIDES + 2);
  l->ends[speed][load] = w.cost.energy - l->power[speed][load] * time_on(&w.plan);
  l->limit[speed][load] = faults_of(&w);
  walk_finish(&w);
  return STATUS_OK;
}

static enum status reference(struct gait_library *l, int speed, int load, struct error *e) {
  enum status status = speed ? straight(l, speed, load, e) : turning(l, load, e);
  if (!status) return STATUS_OK;

  // this body has no such walk, or cannot turn on the spot
  l->limit[speed][load] = 1;
  return speed != 1 && status == STATUS_RANGE ? STATUS_OK : status;
}

// Battery energy for potential energy: a ramp against the level.
static enum status ramp(struct gait_library *l, int down, struct error *e) {
  double energy[2], gained = 0;
  for (int i = 0; i < 2; i++) {
    struct gait_wish wish = gait_wish_defaults(GAIT_WALK, RAMP_SPEED);
    double length = 4 * step_length_at(l->humanoid, &wish, RAMP_SPEED) * (1 - 1e-9), s, c;
    m_sincos(RAMP, &s, &c);
    struct v3 point[2] = {{0, 0, 0}, {length, 0, i ? (down ? -length : length) * s / c : 0}};
    struct walk_route r = walk_route_defaults(point, 2);
    struct walk w;
    r.speed = RAMP_SPEED;
    r.tick = TICK;
    enum status status = walk_make(&w, l, &r, e);
    if (status == STATUS_RANGE) l->rise[down] = down ? 0 : RISE_GUESS;
    if (status) return status == STATUS_RANGE ? STATUS_OK : status;
    energy[i] = w.cost.energy;
    gained = l->humanoid->model->mass * GRAVITY * point[1].z;
    walk_finish(&w);
  }
  l->rise[down] = (energy[1] - energy[0]) / gained;
  return STATUS_OK;
}

// ---- examples -----------------------------------------------------------------------------------------

static double between(struct stream *s, double low, double high) { return low + (high - low) * stream_unit(s); }

// Two or three points, every second time near to each other, any headings, at any speed of the grid.
static enum status example_of(const struct gait_library *l, int i, struct example *out, struct error *e) {
  struct stream draw = stream_make(1, 0, "library", "walks", (uint32_t)i);
  double leg = l->humanoid->leg_length, heading = 0, s, c;
  struct v3 point[3] = {{0, 0, 0}};
  int n = 2 + (i % 3 == 0);
  for (int k = 1; k < n; k++) {
    double length = i % 2 ? between(&draw, 0.3, 2) * leg : between(&draw, 1, 4) * leg;
    m_sincos(heading, &s, &c);
    point[k] = v3_add(point[k - 1], v3(length * c, length * s, 0));
    heading += between(&draw, -1, 1);
  }
  struct walk_route r = walk_route_defaults(point, n);
  struct walk w;
  r.tick = COARSE;
  r.speed = between(&draw, l->speed[1], l->speed[LIBRARY_SPEEDS - 2]);
  r.heading_free = false;
  r.heading_start = between(&draw, -M_PI_D, M_PI_D);
  r.heading_end = between(&draw, -M_PI_D, M_PI_D);
  r.load = i < FREE ? 0 : between(&draw, 0, l->load[LIBRARY_LOADS - 1]);
  r.load_pose = i < FREE ? LOAD_NONE : LOAD_HELD_CLOSE;
  enum status status = walk_make(&w, l, &r, e);
  if (status) return status;
  *out = (struct example){w.targets, w.plan, r.load, w.time, w.cost.energy};
  w.targets = (struct walk_targets){.target = NULL};
  w.plan = (struct step_plan){.step = NULL};
  walk_finish(&w);
  return STATUS_OK;
}

struct power_at { const struct gait_library *l; double load; };

static double power_at(void *context, double speed) {
  const struct power_at *p = context;
  return gait_library_power(p->l, speed, p->load);
}

// Terms of a walk, and what steady walking and standing take of it.
static double plain(const struct gait_library *l, struct walk_terms *t, const struct step_plan *p, const struct step_target *from,
                    const struct step_target *target, double time, double load) {
  struct power_at context = {l, load};
  double base;
  walk_terms_of(t, &base, l->humanoid, p, from, target, power_at, &context);
  return base + gait_library_stand(l, load) * (time - t->steps);
}

static void fit_examples(struct gait_library *l, struct example *example) {
  struct walk_example row[EXAMPLES];
  for (int loaded = 0; loaded < 2; loaded++) {
    int n = 0;
    for (int i = loaded ? FREE : 0; i < (loaded ? EXAMPLES : FREE); i++) {
      struct example *x = &example[i];
      if (!x->targets.count) continue;
      row[n].load = x->load;
      row[n].energy = x->energy;
      row[n].left = x->energy - plain(l, &row[n].terms, &x->plan, &x->targets.from, x->targets.target, x->time, x->load);
      n++;
    }
    walk_terms_fit(l->term[loaded], row, n, loaded);
  }
}

// ---- all of it ----------------------------------------------------------------------------------------

static void *run(void *context) {
  struct tasks *t = context;
  for (int i = t->from + t->thread; i < t->to; i += t->threads) {
    struct task *k = &t->task[i];
    if (i < GRID) k->status = reference(t->l, i / LIBRARY_LOADS, i % LIBRARY_LOADS, &k->error);
    else if (i < GRID + 2) k->status = ramp(t->l, i - GRID, &k->error);
    else k->status = example_of(t->l, i - GRID - 2, &t->example[i - GRID - 2], &k->error);

    // an example that this body cannot walk is none
    if (i >= GRID + 2 && k->status == STATUS_RANGE) k->status = STATUS_OK;
  }
  return NULL;
}

// Tasks from .. to - 1 on their threads.
static enum status run_all(struct gait_library *l, struct example *example, int from, int to, int threads, struct error *e) {
  struct tasks work[64];
  pthread_t thread[64];
  bool started[64] = {false};
  enum status status = STATUS_OK;
  struct task *task = calloc(TASKS, sizeof *task);
  if (!task) return error_at(e, STATUS_MEMORY, l->humanoid->model->name, 0, 0, "a library of walks");
  threads = threads < 1 ? 1 : threads > 64 ? 64 : threads;
  for (int i = threads - 1; i >= 0; i--) {
    work[i] = (struct tasks){l, task, example, threads, i, from, to};
    if (i) started[i] = pthread_create(&thread[i], NULL, run, &work[i]) == 0;
    if (!started[i]) run(&work[i]);
  }
  for (int i = 1; i < threads; i++)
    if (started[i]) pthread_join(thread[i], NULL);
  for (int i = from; i < to; i++) {
    const struct task *k = &task[i];
    if (k->status && !status) {
      if (e) *e = k->error;
      status = k->status;
    }
  }
  free(task);
  return status;
}

enum status gait_library_make(struct gait_library *l, const struct humanoid *h, const struct robot_spec *s, int threads, struct error *e) {
  memset(l, 0, sizeof *l);
  l->humanoid = h;
  l->spec = s;
  struct posture posture;
  posture_find(&posture, h, LOAD_NONE);
  enum status status = stand_find(&l->standing, h, h->model, &posture, e);
  if (status) return status;
  for (int i = 0; i < LIBRARY_SPEEDS; i++) l->speed[i] = shares[i] * m_sqrt(GRAVITY * h->leg_length);
  for (int k = 2; k < LIBRARY_LOADS; k++) l->load[k] = LOAD_SHARE * h->model->mass * (k - 1) / (LIBRARY_LOADS - 2);
  l->turning = turning_of(h, h->hip_half);
  for (int k = 0; k < LIBRARY_LOADS; k++) {
    l->ankle[k] = k ? l->ankle[k - 1] : l->standing.ankle_x;
    struct robot_model loaded;
    struct stand stand;
    status = posture_load(&loaded, h, l->load[k], e);
    if (status) return status;
    posture_find(&posture, h, k ? LOAD_HELD_CLOSE : LOAD_NONE);
    if (stand_find(&stand, h, &loaded, &posture, NULL) == STATUS_OK) l->ankle[k] = stand.ankle_x;
    posture_load_finish(&loaded);
  }
  status = run_all(l, NULL, 0, GRID + 2, threads, e);

  // where no walk could be made, the nearest slower one's figures; turning has the slowest walk's
  for (int k = 0; k < LIBRARY_LOADS; k++)
    if (l->power[0][k] == 0) {
      l->power[0][k] = l->power[1][k], l->ends[0][k] = l->ends[1][k];
      l->stand[k] = l->stand[k] > 0 ? l->stand[k] : s->bus.electronics + s->enabled;
    }
  for (int i = 1; i < LIBRARY_SPEEDS; i++)
    for (int k = 0; k < LIBRARY_LOADS; k++)
      if (l->power[i][k] == 0) l->power[i][k] = l->power[i - 1][k], l->ends[i][k] = l->ends[i - 1][k];
  return status;
}

enum status gait_library_fit(struct gait_library *l, int threads, struct error *e) {
  struct example *example = calloc(EXAMPLES, sizeof *example);
  if (!example) return error_at(e, STATUS_MEMORY, l->humanoid->model->name, 0, 0, "a library of walks");
  enum status status = run_all(l, example, GRID + 2, TASKS, threads, e);
  if (!status) fit_examples(l, example);
  l->fitted = !status;
  for (int i = 0; i < EXAMPLES; i++) walk_targets_finish(&example[i].targets), step_plan_finish(&example[i].plan);
  free(example);
  return status;
}

enum status gait_library_jog(struct gait_library *l, double walk, double most, int threads, struct error *e) {
  struct jog_table j;
  l->jog.count = 0;
  enum status s = jog_table_make(&j, l, walk, most, threads, e);
  if (!s) l->jog = j;
  return s;
}

// Weight of grid value i of three for x, the parabola through them.
static double weight_of(const double *grid, int i, double x) {
  double weight = 1;
  for (int k = 0; k < 3; k++)
    if (k != i) weight *= (x - grid[k]) / (grid[i] - grid[k]);
  return weight;
}

// Of a row over the loads.
static double in_row(const struct gait_library *l, const double row[LIBRARY_LOADS], double load) {
  double there = load > 0 ? 0 : row[0];
  for (int k = 0; k < 3 && load > 0; k++) there += weight_of(&l->load[1], k, load) * row[1 + k];
  return there;
}

// A parabola through three speeds, never across the kink, and one through the three loads that are held.
static double in_grid(const struct gait_library *l, const double table[LIBRARY_SPEEDS][LIBRARY_LOADS], double speed, double load) {
  double v = speed < l->speed[LIBRARY_SPEEDS - 1] ? speed : l->speed[LIBRARY_SPEEDS - 1], value = 0;
  int from = v > l->speed[KINK] ? KINK : v > l->speed[1] ? 1 : 0;
  for (int i = 0; i < 3; i++) {
    value += weight_of(&l->speed[from], i, v) * in_row(l, table[from + i], load);
  }
  return value;
}

double gait_library_power(const struct gait_library *l, double speed, double load) { return in_grid(l, l->power, speed, load); }
double gait_library_ends(const struct gait_library *l, double speed, double load) { return in_grid(l, l->ends, speed, load); }

double gait_library_stand(const struct gait_library *l, double load) { return in_row(l, l->stand, load); }

struct walk_feet gait_library_feet(const struct gait_library *l, double load) { return (struct walk_feet){l->turning, in_row(l, l->ankle, load)}; }

double gait_library_energy(const struct gait_library *l, const struct step_plan *p, struct step_target from, const struct step_target *target, double time, double load) {
  struct walk_terms t;
  double energy = plain(l, &t, p, &from, target, time, load), weight = (l->humanoid->model->mass + load) * GRAVITY;
  for (int i = 0; i < 2; i++) energy += (i ? -1 : 1) * weight * t.rise[i] * l->rise[i];
  return energy + walk_terms_energy(l->term[load > 0], &t, load);
}

double gait_library_speed_max(const struct gait_library *l, double load) {
  int k = 0;
  while (k + 1 < LIBRARY_LOADS && (l->load[k] < load || (k == 0 && load > 0))) k++;
  for (int i = LIBRARY_SPEEDS - 1; i > 0; i--)
    if (l->limit[i][k] == 0) return l->speed[i];
  return 0;
}
