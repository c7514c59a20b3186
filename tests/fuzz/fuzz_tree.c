// Fuzzer of base/tree: YAML and JSON reading, setting and removing values in a text.
//
// The first byte chooses what is done. For an edit, the first line behind it is the path and the
// second the value. Reading must end with a status and sound marks; an edit that is accepted must
// give a text that reads, with a value at the path (or none after a removal).
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_node(const struct node *n, size_t size, int depth) {
  assert(depth <= 64);
  assert(n->mark.line >= 1);
  assert(n->mark.column >= 1);
  assert(n->mark.begin <= n->mark.end);
  assert(n->mark.end <= size);
  assert(n->key == NULL || n->key_mark.end <= n->mark.begin);
  assert(n->size == strlen(n->text));
  uint32_t at = n->mark.begin;
  int count = 0;
  for (const struct node *c = n->first; c != NULL; c = c->next, count++) {
    assert(c->parent == n);
    assert((c->key != NULL) == (n->kind == NODE_MAP));
    assert((c->key ? c->key_mark.begin : c->mark.begin) >= at);
    at = c->mark.end;
    assert(at <= n->mark.end);
    check_node(c, size, depth + 1);
  }
  assert(count == n->count);
}

// Whether the text reads; *found tells whether something stands at path.
static bool check_text(const char *text, size_t size, bool json, const char *path, bool *found) {
  struct tree t;
  struct faults f;
  faults_init(&f, "fuzz", text, size);
  enum status s = json ? tree_read_json(&t, text, size, &f) : tree_read_yaml(&t, text, size, &f);
  assert((s == STATUS_OK) == (f.errors == 0));
  if (s == STATUS_OK) check_node(t.root, size, 0);
  if (path != NULL && s == STATUS_OK) *found = tree_find(&t, path) != NULL;

  // every fault can be shown
  char shown[4096];
  FILE *out = fmemopen(shown, sizeof shown, "w");
  assert(out != NULL);
  faults_sort(&f);
  for (int i = 0; i < f.count && i < 5; i++) fault_print(&f, i, out);
  fclose(out);
  faults_finish(&f);
  tree_finish(&t);
  return s == STATUS_OK;
}

static void check_edit(const char *text, size_t size, bool removes) {
  const char *a = memchr(text, '\n', size);
  if (a == NULL) return;
  const char *b = memchr(a + 1, '\n', size - (size_t)(a + 1 - text));
  if (b == NULL) return;
  char *path = strndup(text, (size_t)(a - text)), *value = strndup(a + 1, (size_t)(b - a - 1));
  size -= (size_t)(b + 1 - text);

  // a copy of its own, so that a read behind the end is seen
  char *copy = malloc(size + 1);
  if (size > 0) memcpy(copy, b + 1, size);
  struct error e = {0};
  size_t new_size = 0;
  char *got = removes ? tree_remove(copy, size, path, &new_size, &e) : tree_set(copy, size, path, value, &new_size, &e);
  if (got != NULL) {
    bool found = false;
    assert(check_text(got, new_size, false, path, &found));
    // the next item of a list takes the index of one that is removed
    assert(found || removes);
  } else {
    assert(e.status != STATUS_OK);
    assert(e.text[0] != 0);
  }
  free(got);
  free(copy);
  free(path);
  free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  const char *text = (const char *)data + 1;
  bool found;
  switch (data[0] & 3) {
  case 0: check_text(text, size - 1, false, NULL, &found); break;
  case 1: check_text(text, size - 1, true, NULL, &found); break;
  case 2: check_edit(text, size - 1, false); break;
  case 3: check_edit(text, size - 1, true); break;
  }
  return 0;
}
