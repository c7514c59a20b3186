#include "engine/world/space.h"

#include <assert.h>
#include <chipmunk/chipmunk.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/maths.h"
#include "engine/world/floor.h"

#define SKIN       2e-6             // m    radius at which the floor's pieces are taken: as good as the things themselves
#define ITERATIONS 10               //      of the impulse solver, Chipmunk's default
#define CORNERS    32               //      of a piece

struct space {
  cpSpace  *space;
  int       walkers, shapes;
  cpBody  **body;                   // (walkers) NULL: not here
  cpShape **disc;                   // (walkers)
  bool     *here;                   // (walkers) in Chipmunk's space
  struct space_contact *contact; int count, capacity;
};

// ---- fixed shapes ---------------------------------------------------------------------------------------------

// What of the polygon lies inside the half-plane (Sutherland & Hodgman 1974); returns how many corners are left.
static int clip(const struct halfplane *h, const cpVect *in, int n, cpVect *out) {
  int kept = 0;
  for (int i = 0; i < n; i++) {
    cpVect a = in[i], b = in[(i + 1) % n];
    double da = h->n[0] * a.x + h->n[1] * a.y - h->c, db = h->n[0] * b.x + h->n[1] * b.y - h->c;
    if (da <= 0) out[kept++] = a;
    if ((da < 0 && db > 0) || (da > 0 && db < 0)) out[kept++] = cpv(a.x + (b.x - a.x) * da / (da - db), a.y + (b.y - a.y) * da / (da - db));
  }
  return kept;
}

static void add_piece(struct space *s, const struct floor *f, const struct piece *p) {
  cpVect corner[2][CORNERS + 8] = {{{p->box[0] - 1, p->box[1] - 1}, {p->box[2] + 1, p->box[1] - 1}, {p->box[2] + 1, p->box[3] + 1}, {p->box[0] - 1, p->box[3] + 1}}};
  int n = 4, at = 0;
  for (int k = 0; k < p->count && n >= 3 && n < CORNERS; k++, at = !at) n = clip(&f->planes[p->first + k], corner[at], n, corner[!at]);
  if (n < 3) return;
  cpSpaceAddShape(s->space, cpPolyShapeNew(cpSpaceGetStaticBody(s->space), n, corner[at], cpTransformIdentity, 0));
  s->shapes++;
}

static void add_rim(struct space *s, const struct layout *l) {
  const cpVect c[4] = {{0, 0}, {l->size[0], 0}, {l->size[0], l->size[1]}, {0, l->size[1]}};
  for (int i = 0; i < 4; i++) cpSpaceAddShape(s->space, cpSegmentShapeNew(cpSpaceGetStaticBody(s->space), c[i], c[(i + 1) % 4], 0));
  s->shapes += 4;
}

// ---- contacts -------------------------------------------------------------------------------------------------

// Called within a step for each pair that touches: only noted down. Memory that cannot be had loses the weakest claim to truth, a
// contact beyond the tens of thousands.
static void on_contact(cpArbiter *arbiter, cpSpace *space, cpDataPointer data) {
  (void)space;
  struct space *s = data;
  cpShape *x, *y;
  cpArbiterGetShapes(arbiter, &x, &y);
  intptr_t a = (intptr_t)cpShapeGetUserData(x) - 1, b = (intptr_t)cpShapeGetUserData(y) - 1;
  cpVect n = cpArbiterGetNormal(arbiter), j = cpArbiterTotalImpulse(arbiter);
  if (a < 0 && b < 0) return;
  if (s->count == s->capacity) {
    int larger = 2 * s->capacity + 256;
    struct space_contact *more = realloc(s->contact, sizeof *more * (size_t)larger);
    if (!more) return;
    s->contact = more;
    s->capacity = larger;
  }
  bool swap = a < 0 || (b >= 0 && b < a);
  struct space_contact *c = &s->contact[s->count++];
  c->a = (int32_t)(swap ? b : a);
  c->b = (int32_t)(swap ? a : b);
  c->normal[0] = swap ? -n.x : n.x;
  c->normal[1] = swap ? -n.y : n.y;
  c->impulse = m_sqrt(j.x * j.x + j.y * j.y);
}

static int by_ids(const void *x, const void *y) {
  const struct space_contact *p = x, *q = y;
  if (p->a != q->a) return p->a < q->a ? -1 : 1;
  if (p->b != q->b) return p->b < q->b ? -1 : 1;
  // one walker may touch several fixed things
  if (p->normal[0] != q->normal[0]) return p->normal[0] < q->normal[0] ? -1 : 1;
  if (p->normal[1] != q->normal[1]) return p->normal[1] < q->normal[1] ? -1 : 1;
  return (p->impulse > q->impulse) - (p->impulse < q->impulse);
}

// ---- making -----------------------------------------------------------------------------------------------------

// The library's first space says hello on stdout, where only results may go.
static cpSpace *new_space(void) {
  fflush(stdout);
  int out = dup(STDOUT_FILENO), hole = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (out >= 0 && hole >= 0) dup2(hole, STDOUT_FILENO);
  cpSpace *s = cpSpaceNew();
  fflush(stdout);
  if (out >= 0 && hole >= 0) dup2(out, STDOUT_FILENO);
  if (out >= 0) close(out);
  if (hole >= 0) close(hole);
  return s;
}

struct space *space_create(const struct layout *l, int walkers, struct error *e) {
  struct space *s = calloc(1, sizeof *s);
  struct floor f = {0};
  if (!s) goto failed;
  s->walkers = walkers;
  s->body = calloc((size_t)walkers + 1, sizeof *s->body);
  s->disc = calloc((size_t)walkers + 1, sizeof *s->disc);
  s->here = calloc((size_t)walkers + 1, sizeof *s->here);
  s->capacity = 256;
  s->contact = malloc(sizeof *s->contact * (size_t)s->capacity);
  s->space = new_space();
  if (!s->body || !s->disc || !s->here || !s->contact || !s->space) goto failed;
  cpSpaceSetIterations(s->space, ITERATIONS);
  // who touches again after a step apart has a contact of its own: a remembered one would begin with the impulse that it had
  cpSpaceSetCollisionPersistence(s->space, 1);
  cpCollisionHandler *h = cpSpaceAddDefaultCollisionHandler(s->space);
  h->postSolveFunc = on_contact;
  h->userData = s;
  if (floor_init(&f, l, NONE, SKIN, NULL, e) != STATUS_OK) {
    floor_finish(&f);
    space_destroy(s);
    return NULL;
  }
  for (int i = 0; i < f.piece_count; i++)
    if (f.pieces[i].thing != THING_ZONE) add_piece(s, &f, &f.pieces[i]);
  floor_finish(&f);
  add_rim(s, l);
  return s;
failed:
  error_at(e, STATUS_MEMORY, l->file, 0, 0, "no memory for the space of the hall");
  space_destroy(s);
  return NULL;
}

static void free_shape(cpSpace *space, cpShape *shape, void *data) {
  (void)data;
  cpSpaceRemoveShape(space, shape);
  cpShapeFree(shape);
}

static void drop_shape(cpShape *shape, void *space) { cpSpaceAddPostStepCallback(space, (cpPostStepFunc)free_shape, shape, NULL); }

void space_destroy(struct space *s) {
  if (!s) return;
  if (s->space) {
    for (int32_t i = 0; i < s->walkers; i++) space_leave(s, i);
    cpSpaceEachShape(s->space, drop_shape, s->space);
    cpSpaceFree(s->space);
  }
  free(s->body);
  free(s->disc);
  free(s->here);
  free(s->contact);
  free(s);
}

void space_enter(struct space *s, int32_t i, double mass, double radius, const double at[2]) {
  assert(i >= 0 && i < s->walkers);
  assert(!s->body[i]);
  s->body[i] = cpBodyNew(mass, INFINITY);
  cpBodySetPosition(s->body[i], cpv(at[0], at[1]));
  s->disc[i] = cpCircleShapeNew(s->body[i], radius, cpvzero);
  cpShapeSetUserData(s->disc[i], (cpDataPointer)(intptr_t)(i + 1));
}

void space_leave(struct space *s, int32_t i) {
  if (!s->body || !s->body[i]) return;
  space_away(s, i);
  cpShapeFree(s->disc[i]);
  cpBodyFree(s->body[i]);
  s->body[i] = NULL;
  s->disc[i] = NULL;
}

bool space_has(const struct space *s, int32_t i) { return s->body[i] != NULL; }

void space_put(struct space *s, int32_t i, const double at[2], const double velocity[2]) {
  assert(s->body[i]);
  cpBodySetPosition(s->body[i], cpv(at[0], at[1]));
  cpBodySetVelocity(s->body[i], cpv(velocity[0], velocity[1]));
  if (s->here[i]) return;
  cpSpaceAddBody(s->space, s->body[i]);
  cpSpaceAddShape(s->space, s->disc[i]);
  s->here[i] = true;
}

void space_away(struct space *s, int32_t i) {
  if (!s->here[i]) return;
  cpSpaceRemoveShape(s->space, s->disc[i]);
  cpSpaceRemoveBody(s->space, s->body[i]);
  s->here[i] = false;
}

const struct space_contact *space_step(struct space *s, double dt, int *count) {
  s->count = 0;
  cpSpaceStep(s->space, dt);
  qsort(s->contact, (size_t)s->count, sizeof *s->contact, by_ids);
  *count = s->count;
  return s->contact;
}

int space_shapes(const struct space *s) { return s->shapes; }
