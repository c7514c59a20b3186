#include "engine/sim/upset.h"

#include "engine/sim/body_state.h"

void body_push(struct twin *t, int32_t i, const double impulse[2], double height) {
  assert(height >= 0);
  if (!body_stepped(t, i)) return;
  struct body_rows *k = rows_of(t, i);
  int r = t->body->row_of[i];
  if (!k->here[r]) return;
  double share = height / k->kind.library.standing.com_height;
  for (int n = 0; n < 2; n++) k->push[r][n] += impulse[n] * share;
}
