// Priority inheritance with backtracking for robots that turn.
//
// Each robot claims the cell it wants next, nearest to its goal first; whoever stands there inherits the priority and claims
// first. A robot that does not face its claim turns on the spot and keeps its cell; then those who wanted that cell wait. So the
// claims are PIBT's, each cell at most once and no swaps, and what is done of them is what can be done in this step.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "scheduler/traffic_state.h"

#define DEPTH_MAX 4000              // robots that inherit from each other in one chain
#define BUDGET    8                 // claims tried in a chain, for each robot there is
#define OPEN      9                 // its claim waits for whoever stands there: a claim of its cell would close a ring

struct pibt {
  int32_t *standing;                // (cells) robot in `from`, or TRAFFIC_NONE
  int32_t *claimed;                 // (cells) by a robot for the next step
  int32_t *claim;                   // (robots) cell, TRAFFIC_NONE: not decided
  uint8_t *moves;                   // (robots) 0 not looked at, 1 being looked at, 2 stays, 3 moves
  int32_t  robots;
};

struct pibt *pibt_create(int32_t cells, int32_t robots) {
  struct pibt *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  p->robots = robots;
  p->standing = malloc((size_t)cells * sizeof *p->standing);
  p->claimed = malloc((size_t)cells * sizeof *p->claimed);
  p->claim = malloc((size_t)robots * sizeof *p->claim);
  p->moves = malloc((size_t)robots * sizeof *p->moves);
  if (!p->standing || !p->claimed || !p->claim || !p->moves) {
    pibt_destroy(p);
    return NULL;
  }
  memset(p->standing, 0xFF, (size_t)cells * sizeof *p->standing);
  memset(p->claimed, 0xFF, (size_t)cells * sizeof *p->claimed);
  return p;
}

void pibt_destroy(struct pibt *p) {
  if (!p) return;
  free(p->standing);
  free(p->claimed);
  free(p->claim);
  free(p->moves);
  free(p);
}

struct act {
  struct traffic    *t;
  const struct pose *from;
  bool               first;         // the step that is done now: cells that are shut count
  uint64_t           salt;
  int32_t            tries;
};

struct choice { int32_t cell; int64_t key; };

static uint32_t mix(uint64_t x) {
  x ^= x >> 33;
  x *= UINT64_C(0xFF51AFD7ED558CCD);
  x ^= x >> 33;
  return (uint32_t)(x >> 16);
}

// Cells that robot i may claim, best first: cost to go after getting there, an empty cell before a taken one, straight on where it is known, then by lot.
static int choices(const struct act *a, int32_t i, struct choice *out) {
  const struct traffic *t = a->t;
  const struct pose *p = &a->from[i];
  const struct chain *c = &t->chain[i];
  bool goes = t->admitted[i] && p->reached < c->count;
  int n = 0;
  for (int e = 0; e < 4; e++) {
    int32_t by = t->cost[4 * p->cell + e];
    if (by == 0) continue;
    int32_t to = p->cell + t->ahead[e];
    if (a->first && t->shut[to]) continue;
    int turn = (e - p->facing) & 3;
    if (turn == 3) turn = 1;
    if (t->params.sideways) turn = 0;
    int64_t v = turn * TRAFFIC_UNIT + by;
    if (goes) v += chain_cost(&t->fields, c, to, e, p->reached);
    else if (t->room) v += TRAFFIC_UNIT * t->room[to];
    v = 4 * v + 2 * (t->pibt->standing[to] != TRAFFIC_NONE) + (t->straight && e != p->facing);
    out[n++] = (struct choice){to, v << 8 | (mix(a->salt + (uint64_t)i * 8 + (uint64_t)e) & 0xFF)};
  }
  int64_t stay = goes ? chain_cost(&t->fields, c, p->cell, p->facing, p->reached) + TRAFFIC_UNIT : 0;
  out[n++] = (struct choice){p->cell, (4 * stay) << 8};
  for (int k = 1; k < n; k++) {
    struct choice x = out[k];
    int j = k;
    for (; j > 0 && out[j - 1].key > x.key; j--) out[j] = out[j - 1];
    out[j] = x;
  }
  return n;
}

// True: robot i has a claim that can be kept. `pushed`: by whom, or TRAFFIC_NONE.
static bool decide(struct act *a, int32_t i, int32_t pushed, int depth) {
  struct pibt *p = a->t->pibt;
  struct choice choice[5];
  int n = choices(a, i, choice);
  int32_t here = a->from[i].cell;
  for (int k = 0; k < n; k++) {
    int32_t to = choice[k].cell;
    if (p->claimed[to] != TRAFFIC_NONE) continue;
    if (pushed != TRAFFIC_NONE && to == a->from[pushed].cell) continue;         // no swap
    int32_t j = p->standing[to];
    if (j != TRAFFIC_NONE && j != i && p->claim[j] == here) continue;
    if (j != TRAFFIC_NONE && j != i && p->moves[j] == OPEN && !a->t->params.rings) continue;
    p->claimed[to] = i;
    p->claim[i] = to;
    if (j == TRAFFIC_NONE || j == i || p->claim[j] != TRAFFIC_NONE) return true;
    p->moves[i] = OPEN;
    bool gives_way = depth < DEPTH_MAX && --a->tries > 0 && decide(a, j, i, depth + 1);
    p->moves[i] = 0;
    if (gives_way) return true;
    // j cannot make room: it stays
    p->claim[j] = to;
    p->claimed[to] = j;
    p->claim[i] = TRAFFIC_NONE;
  }
  return false;
}

// Which robot moves forward in this step: it faces its claim, and the cell is empty or gets so.
static bool goes_forward(struct act *a, int32_t i) {
  struct pibt *p = a->t->pibt;
  // follow the line of those ahead; it ends at a robot that stays, at an empty cell, or in a ring
  int32_t k = i, length = 0;
  bool moves;
  for (;;) {
    if (p->moves[k] >= 2) {
      moves = p->moves[k] == 3;
      break;
    }
    if (p->moves[k] == 1) {
      moves = true;                 // the ring closes: all of it turns
      break;
    }
    const struct pose *q = &a->from[k];
    int32_t to = p->claim[k];
    if (to == q->cell || (!a->t->params.sideways && to != q->cell + a->t->ahead[q->facing])) {
      p->moves[k] = 2;
      moves = false;
      break;
    }
    p->moves[k] = 1;
    int32_t j = p->standing[to];
    if (j == TRAFFIC_NONE) {
      moves = true;
      break;
    }
    k = j;
    length++;
    assert(length <= p->robots);
  }
  // back along the same line
  for (k = i; p->moves[k] == 1; k = p->standing[p->claim[k]]) {
    p->moves[k] = moves ? 3 : 2;
    if (p->standing[p->claim[k]] == TRAFFIC_NONE) break;
  }
  return p->moves[i] == 3;
}

void pibt_step(struct traffic *t, const struct pose *from, struct pose *to, bool first, uint64_t salt) {
  struct pibt *p = t->pibt;
  struct act a = {t, from, first, salt, 0};
  for (int32_t i = 0; i < t->n; i++) {
    assert(p->standing[from[i].cell] == TRAFFIC_NONE);
    p->standing[from[i].cell] = i;
    p->claim[i] = TRAFFIC_NONE;
    p->moves[i] = 0;
  }
  // who is held claims its own cell first
  for (int32_t i = 0; i < t->n; i++) {
    if (t->state[i] == TRAFFIC_OBEYS) continue;
    p->claim[i] = from[i].cell;
    p->claimed[from[i].cell] = i;
  }
  for (int32_t k = 0; k < t->n; k++) {
    int32_t i = t->order[k];
    if (p->claim[i] != TRAFFIC_NONE) continue;
    a.tries = BUDGET * 64;
    decide(&a, i, TRAFFIC_NONE, 0);
  }
  for (int32_t i = 0; i < t->n; i++) {
    const struct pose *q = &from[i];
    struct pose next = *q;
    int32_t claim = p->claim[i];
    if (claim != q->cell) {
      if (goes_forward(&a, i)) {
        next.cell = claim;
        if (t->params.sideways)
          for (next.facing = 0; q->cell + t->ahead[next.facing] != claim;) next.facing++;
      } else if (!t->params.sideways && claim != q->cell + t->ahead[q->facing]) {
        // one quarter turn towards the claim
        int e = 0;
        while (q->cell + t->ahead[e] != claim) e++;
        int turn = (e - q->facing) & 3;
        if (turn == 2) turn = mix(salt + (uint64_t)i) & 1 ? 1 : 3;
        next.facing = (uint8_t)((q->facing + turn) & 3);
      }
    } else if (!t->params.sideways && t->admitted[i] && next.reached < t->chain[i].count && t->state[i] == TRAFFIC_OBEYS) {
      // it has to stay: it may as well turn to where it wants to go
      int32_t best = chain_cost(&t->fields, &t->chain[i], q->cell, q->facing, q->reached);
      for (int turn = 1; turn <= 3; turn += 2) {
        int facing = (q->facing + turn) & 3;
        int32_t v = chain_cost(&t->fields, &t->chain[i], q->cell, facing, q->reached);
        if (v >= best) continue;
        best = v;
        next.facing = (uint8_t)facing;
      }
    }
    if (next.cell == chain_goal(&t->chain[i], next.reached)) next.reached++;
    to[i] = next;
  }
  for (int32_t i = 0; i < t->n; i++) {
    p->standing[from[i].cell] = TRAFFIC_NONE;
    p->claimed[from[i].cell] = TRAFFIC_NONE;
    p->claimed[p->claim[i]] = TRAFFIC_NONE;
  }
}
