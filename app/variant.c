#include "app/variant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/commands.h"
#include "app/output.h"
#include "app/overrides.h"
#include "app/workers.h"
#include "base/digest.h"
#include "base/tree.h"
#include "engine/world/assets.h"
#include "robots/revision.h"

#define URDF_SIZE_MAX ((size_t)16 << 20)

// Bytes of a model, as far as they can be read: what cannot be read is refused when it is loaded.
static uint64_t put_model(uint64_t d, const struct layout *l, int f, const char *revision) {
  char name[ASSET_NAME_MAX], folder[1024], own[1024], path[2100];
  const char *model = l->fleets[f].model, *rest;
  size_t size;
  if (!model || !assets_find(assets_name(model, revision, name), l->file, NULL, folder)) return d;
  char *text = revision_text(folder, &size, NULL);
  if (text) d = digest_bytes(d, text, size);
  free(text);
  const char *at = revision_split(folder, own, &rest) ? own : folder, *slash = strrchr(at, '/');
  snprintf(path, sizeof path, "%s/%s.urdf", at, slash ? slash + 1 : at);
  text = file_read(path, URDF_SIZE_MAX, &size, NULL);
  if (text) d = digest_bytes(d, text, size);
  free(text);
  return d;
}

static void make_digest(struct variant *v) {
  const struct layout *l = &v->layout;
  uint64_t d = digest_bytes(digest_u64(DIGEST_START, l->digest, 1), TAKT_VERSION, strlen(TAKT_VERSION));
  for (int f = 0; f < l->fleet_count; f++) d = put_model(d, l, f, l->fleets[f].revision);
  for (int h = 0; h < l->happening_count; h++)
    if (l->happenings[h].kind == HAPPENING_UPDATE) d = put_model(d, l, l->happenings[h].fleet, l->happenings[h].revision);
  digest_text(d, v->digest);
}

int variant_open(struct variant *v, const char *path, const struct layout_override *set, int count, bool quiet) {
  *v = (struct variant){0};
  struct overrides all = {0};
  for (int k = 0; k < count; k++) overrides_put(&all, set[k].path, set[k].value);
  // how many replications there are is no part of what each of them is
  overrides_put(&all, "run.replications", "1");
  int code = overrides_read(&all, path, &v->layout, quiet);
  overrides_finish(&all);
  if (code) return code;
  if (!arena_init(&v->arena, (size_t)1 << 28) || !result_index_make(&v->index, &v->layout, &v->arena)) {
    fprintf(stderr, "takt: %s has too many stations for this machine's memory\n", path);
    return 5;
  }
  make_digest(v);
  return 0;
}

int variant_load(struct variant *v, const struct variant *like, int threads) {
  struct error e = {0};
  enum fidelity f = v->layout.run.fidelity;
  bool bodies = f != FIDELITY_BODY;
  if (v->kinds || !bodies) return 0;
  if (like && like->kinds && kinds_cover(like->kinds, &v->layout, NULL)) {
    v->kinds = like->kinds;
    v->borrows = true;
    return 0;
  }
  v->kinds = kinds_load(&v->layout, NULL, threads, &e);
  return v->kinds ? 0 : output_error(NULL, &e);
}

void variant_close(struct variant *v) {
  if (!v->borrows) kinds_destroy(v->kinds);
  if (v->arena.base) arena_finish(&v->arena);
  layout_finish(&v->layout);
  *v = (struct variant){0};
}

struct store_config variant_config(const struct variant *v, const char *path, const char *settings) {
  const struct run *r = &v->layout.run;
  struct store_config c = {.layout = path, .settings = settings, .fidelity = fidelity_name(r->fidelity), .seed = r->seed,
                           .warmup_s = ns_to_seconds(r->warmup), .length_s = ns_to_seconds(r->length)};
  memcpy(c.digest, v->digest, sizeof c.digest);
  digest_text(v->layout.digest, c.layout_digest);
  return c;
}

// "time", "parts", "deadlock"
static const char *ended_word(const struct kept *k) { return k->state == TWIN_DEADLOCK ? "deadlock" : k->state == TWIN_PARTS ? "parts" : "time"; }

struct store_run variant_run(const struct variant *v, uint32_t number, const struct kept *k) {
  return (struct store_run){.replication = number, .seed = v->layout.run.seed, .digest = k->digest, .events = k->events, .ended = ended_word(k), .why = k->why,
                            .warmup_s = ns_to_seconds(k->warmup), .window_s = ns_to_seconds(k->window), .row = k->row};
}
