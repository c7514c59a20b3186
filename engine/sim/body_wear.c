#include "engine/sim/body_wear.h"

#include "engine/sim/body_state.h"
#include "engine/sim/broken.h"
#include "robots/wear.h"

#define HOT_BAND   20.0             // K    below a winding's limit: its drive gives less
#define COOL_BAND  35.0             // K    all below that: as before; a guess

static void draw(struct body_rows *k, int r, int j) {
  size_t at = (size_t)j * (size_t)k->stride + (size_t)r;
  bool driven = k->kind.spec.drive[j] >= 0;
  double u = stream_unit(&k->wear[r]);
  k->threshold[at] = driven ? wear_threshold(&k->kind.spec.actuator[j], u) : 1e300;
}

bool wear_create(struct twin *t, struct body_rows *k) {
  int joints = k->kind.model.joint_count;
  k->threshold = arena_alloc(&t->arena, sizeof *k->threshold * (size_t)joints * (size_t)k->stride, 64);
  k->wear = ARENA_NEW(&t->arena, struct stream, k->stride);
  return k->threshold && k->wear;
}

void wear_begin(struct twin *t, struct body_rows *k, int r) {
  int32_t i = k->robot[r];
  const struct fleet_row *f = &t->fleet[t->robot[i].fleet];
  k->wear[r] = stream_make(t->options.seed, t->options.replication, t->layout->fleets[t->robot[i].fleet].name, "wear", (uint32_t)(i - f->first_robot));
  for (int j = 0; j < k->kind.model.joint_count; j++) draw(k, r, j);
}

// Does the joint carry the robot: a leg's, or the waist's?
static bool carries(const struct humanoid *h, int j) {
  for (int s = 0; s < 2; s++)
    for (int n = 0; n < h->leg[s].count; n++)
      if (h->leg[s].joint[n] == j) return true;
  for (int n = 0; n < h->waist_count; n++)
    if (h->waist[n] == j) return true;
  return false;
}

static void fails(struct twin *t, struct body_rows *k, int r, int j) {
  int32_t i = k->robot[r];
  if (robot_is_broken(t, i)) return;
  twin_note(t, NOTE_ROBOT, i, "R%u: joint %.40s is worn out", t->robot[i].number, k->kind.model.joint[j].name);
  FLEET_BOOK(t, &t->robot[i], worn, 1);
  k->damage[(size_t)j * (size_t)k->stride + (size_t)r] = 0;
  draw(k, r, j);
  robot_break(t, i, carries(&k->kind.humanoid, j) ? BREAK_LEG : BREAK_ARM);
}

// K from the nearest winding to its limit.
static double room(const struct body_rows *k, int r) {
  double least = 1e300;
  for (int j = 0; j < k->kind.model.joint_count; j++) {
    if (k->kind.spec.drive[j] < 0) continue;
    double left = k->kind.spec.actuator[j].winding_limit - k->winding[(size_t)j * (size_t)k->stride + (size_t)r];
    if (left < least) least = left;
  }
  return least;
}

void wear_look(struct twin *t, struct body_rows *k) {
  for (int r = 0; r < k->n; r++) {
    if (!k->here[r]) continue;
    struct robot *b = &t->robot[k->robot[r]];
    int j = wear_failed(k->damage, k->threshold, k->kind.model.joint_count, k->stride, r);
    if (j >= 0) fails(t, k, r, j);
    double left = room(k, r);
    bool hot = left < HOT_BAND || (b->hot && left < COOL_BAND);
    if (hot && !b->hot) twin_note(t, NOTE_ROBOT, k->robot[r], "R%u: a winding is hot, it walks more slowly", b->number);
    b->hot = hot;
  }
}
