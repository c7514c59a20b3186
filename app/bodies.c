#include "app/bodies.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/figure.h"
#include "app/limbs.h"
#include "engine/sim/body.h"
#include "engine/world/assets.h"

struct model { char name[64]; struct kind kind; struct figure figure; struct limbs_of limbs; };

struct bodies {
  int               count;
  struct model    **model;          // (count)
  int              *of_fleet;       // row of model, -1
  struct frame_body body[FRAME_BODIES_MAX];
  struct frame_limbs limbs[FRAME_BODIES_MAX];
  struct body_view    view;
  struct body_motion  motion[ROBOT_JOINTS_MAX + 1];
  struct skeleton_pose pose;
};

_Static_assert(BODY_POINTS_MAX <= SKELETON_POINTS, "what travels can be drawn");

static int model_of(struct bodies *b, const struct layout *l, int f, struct error *e) {
  char folder[1024], full[ASSET_NAME_MAX];
  const char *name = assets_name(l->fleets[f].model, l->fleets[f].revision, full);
  for (int k = 0; k < b->count; k++)
    if (!strcmp(b->model[k]->kind.folder, name) || !strcmp(b->model[k]->name, name)) return k;
  if (!assets_find(name, l->file, NULL, folder) || !kind_there(folder)) return -1;
  struct model *m = calloc(1, sizeof *m);
  if (!m) return -2;
  if (kind_load_body(&m->kind, folder, e) != STATUS_OK) {
    free(m);
    return -2;
  }
  snprintf(m->name, sizeof m->name, "%.63s", name);
  figure_make(&m->figure, &m->kind.humanoid, &m->kind.spec, true);
  limbs_of_make(&m->limbs, &m->kind);
  b->model[b->count] = m;
  return b->count++;
}

struct bodies *bodies_create(const struct layout *l, struct error *e) {
  struct bodies *b = calloc(1, sizeof *b);
  if (b) b->model = calloc((size_t)l->fleet_count + 1, sizeof *b->model);
  if (b) b->of_fleet = calloc((size_t)l->fleet_count + 1, sizeof *b->of_fleet);
  if (!b || !b->model || !b->of_fleet) {
    bodies_destroy(b);
    error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory to show bodies");
    return NULL;
  }
  for (int f = 0; f < l->fleet_count; f++) {
    b->of_fleet[f] = l->fleets[f].model && !l->fleets[f].people ? model_of(b, l, f, e) : -1;
    if (b->of_fleet[f] >= -1) continue;
    bodies_destroy(b);
    return NULL;
  }
  return b;
}

void bodies_destroy(struct bodies *b) {
  if (!b) return;
  for (int k = 0; b->model && k < b->count; k++) {
    kind_finish(&b->model[k]->kind);
    free(b->model[k]);
  }
  free(b->model);
  free(b->of_fleet);
  free(b);
}

// ---- the plan -----------------------------------------------------------------------------------------

void bodies_plan(void *bodies, int f, struct json *out) {
  const struct bodies *b = bodies;
  if (b->of_fleet[f] < 0) return;
  const struct skeleton *s = &b->model[b->of_fleet[f]]->figure.shape;
  int points = s->points < BODY_POINTS_MAX ? s->points : BODY_POINTS_MAX;
  json_key(out, "skeleton");
  json_object(out);
  json_key(out, "points");
  json_list(out);
  for (int i = 0; i < points; i++) json_text(out, s->point[i].name);
  json_list_end(out);
  json_key(out, "sides");
  json_list(out);
  for (int i = 0; i < points; i++) json_integer(out, s->point[i].side);
  json_list_end(out);
  json_key(out, "driven");
  json_list(out);
  for (int i = 0; i < points; i++) json_integer(out, s->point[i].driven);
  json_list_end(out);
  json_key(out, "bones");
  json_list(out);
  for (int i = 0; i < s->bones; i++) {
    if (s->bone[i].a >= points || s->bone[i].b >= points) continue;
    json_integer(out, s->bone[i].a);
    json_integer(out, s->bone[i].b);
    json_integer(out, s->bone[i].side);
    json_integer(out, s->bone[i].kind);
  }
  json_list_end(out);
  json_key(out, "head");
  json_integer(out, s->head < points ? s->head : -1);
  json_key(out, "head_radius");
  json_number(out, (double)s->head_radius);
  limbs_of_plan(&b->model[b->of_fleet[f]]->limbs, &b->model[b->of_fleet[f]]->kind, &b->model[b->of_fleet[f]]->figure, points, out);
  json_key(out, "ankles");
  json_list(out);
  json_integer(out, s->ankle[0]);
  json_integer(out, s->ankle[1]);
  json_list_end(out);
  json_object_end(out);
}

// ---- pictures -------------------------------------------------------------------------------------------

static void put3(int16_t out[3], const float m[3]) {
  for (int n = 0; n < 3; n++) out[n] = limbs_mm((double)m[n]);
}

static uint8_t part(double share, double scale) {
  double v = share * scale;
  return share < 0 ? BODY_UNKNOWN : (uint8_t)(v > 254 ? 254 : lrint(v));
}

// Footsteps around now: those it stands on and came from, and those it will make.
static void put_steps(struct frame_body *out, const struct body_view *v, double x, double y) {
  if (!v->walk) return;
  const struct step_plan *p = &v->walk->plan;
  int now = 0;
  double clock = v->walk->clock + v->time, sn, cs;
  m_sincos(v->turned, &sn, &cs);
  while (now < p->count && p->step[now].land <= clock) now++;
  int first = now > 6 ? now - 6 : 0;
  for (int i = first; i < p->count && out->steps < BODY_STEPS_MAX; i++) {
    const struct footstep *s = &p->step[i];
    double turns = (s->yaw + v->turned) / (2 * M_PI_D), ahead = cs * s->position.x - sn * s->position.y, left = sn * s->position.x + cs * s->position.y;
    if (i == now) out->ahead = out->steps;
    out->step[out->steps++] = (struct body_step){limbs_mm(ahead + v->origin.x - x), limbs_mm(left + v->origin.y - y),
                                                 (uint16_t)((int64_t)lrint((turns - floor(turns)) * 65536) & 65535), s->side == LEFT ? 1 : 2};
  }
  if (now >= p->count || now - first >= out->steps) out->ahead = out->steps;
}

static void put_body(struct bodies *b, const struct model *m, const struct twin *t, struct scene *s, int row, int n) {
  struct frame_body *out = &b->body[n];
  struct body_view *v = &b->view;
  body_look(t, (int32_t)s->robots.id[row] - 1, v);
  double x = (double)s->robots.pos[row][0], y = (double)s->robots.pos[row][1];
  // as the picture rounds it
  x = rint(x * 1000) / 1000;
  y = rint(y * 1000) / 1000;
  robot_forward(&m->kind.model, &v->base, v->q, NULL, b->motion);
  figure_pose(&m->figure, b->motion, v3(x, y, 0), 0, &b->pose);
  *out = (struct frame_body){.id = s->robots.id[row], .power = (uint16_t)(v->power > 65535 ? 65535 : v->power < 0 ? 0 : v->power),
                             .contact = (uint8_t)(v->contact[0] | v->contact[1] << 1)};
  out->points = (uint8_t)(m->figure.shape.points < BODY_POINTS_MAX ? m->figure.shape.points : BODY_POINTS_MAX);
  for (int i = 0; i < out->points; i++) {
    int j = m->figure.joint[i];
    put3(out->point[i], b->pose.point[i]);
    out->load[i] = j < 0 ? BODY_UNKNOWN : part(v->load[j], 100);
    out->heat[i] = j < 0 || v->load[j] < 0 ? BODY_UNKNOWN : part(v->heat[j] > 0 ? v->heat[j] : 0, 1);
  }
  for (int k = 0; k < 12; k++) put3(out->sole[k], b->pose.sole[k / 6][k % 6]);
  put3(out->com, b->pose.com);
  out->cop[0] = limbs_mm(v->cop[0] - x);
  out->cop[1] = limbs_mm(v->cop[1] - y);
  put_steps(out, v, x, y);
  // key poses give way to where the hands are
  struct v3 hand[2];
  if (limbs_of_hands(&m->limbs, &m->kind, b->motion, hand))
    for (int k = 0; k < 2; k++) s->robots.hand[row][k][0] = (float)hand[k].x, s->robots.hand[row][k][1] = (float)hand[k].y;
  limbs_of_body(&m->limbs, &m->kind, &m->figure, v, b->motion, x, y, out, &b->limbs[n]);
}

// Those that somebody looks at, then the first ones.
struct picture_bodies bodies_picture(struct bodies *b, const struct twin *t, struct scene *s, const struct looks *l) {
  struct picture_bodies out = {.body = b->body, .limbs = b->limbs};
  for (int first = 0; first < 2; first++)
    for (int row = 0; row < s->robots.n && out.n < FRAME_BODIES_MAX; row++) {
      int m = b->of_fleet[s->robots.fleet[row]];
      if (looks_has(l, s->robots.id[row]) == (bool)first) continue;
      int32_t i = (int32_t)s->robots.id[row] - 1;
      // the skeleton of its fleet; an update may have brought another body
      if (m >= 0 && body_stepped(t, i) && body_kind(t, i)->model.joint_count == b->model[m]->kind.model.joint_count) put_body(b, b->model[m], t, s, row, out.n++);
    }
  return out;
}
