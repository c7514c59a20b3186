#include "engine/world/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void find(const char *file, const char *layout, char *path, size_t size) {
  const char *slash = layout ? strrchr(layout, '/') : NULL;
  if (file[0] != '/' && slash && snprintf(path, size, "%.*s%s", (int)(slash - layout) + 1, layout, file) < (int)size && access(path, R_OK) == 0) return;
  // a name without a slash would be looked for among the system's libraries
  snprintf(path, size, "%s%s", strchr(file, '/') ? "" : "./", file);
}

const struct policy *library_open(const char *file, const char *layout, void **handle, struct error *e) {
  char path[1024];
  *handle = NULL;
  find(file, layout, path, sizeof path);
  void *h = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!h) {
    error_at(e, STATUS_IO, layout ? layout : "", 0, 0, "policy %.60s: %.90s", file, dlerror());
    return NULL;
  }
  const struct policy *(*make)(void) = NULL;
  void *symbol = dlsym(h, "takt_policy");
  memcpy(&make, &symbol, sizeof make);        // ISO C has no cast from data to code
  const struct policy *p = symbol ? make() : NULL;
  const char *wrong = NULL;
  char text[100];
  if (!symbol) wrong = "it has no function takt_policy";
  else if (!p) wrong = "takt_policy returned nothing";
  else if (p->version != POLICY_VERSION) {
    snprintf(text, sizeof text, "it is made for version %u of the interface, this is version %d", p->version, POLICY_VERSION);
    wrong = text;
  }
  else if (!p->name || !p->decide) wrong = "it has no name or no decide";
  if (!wrong) {
    *handle = h;
    return p;
  }
  error_at(e, STATUS_CONFLICT, layout ? layout : "", 0, 0, "policy %.60s: %s", file, wrong);
  dlclose(h);
  return NULL;
}

void library_close(void *handle) {
  if (handle) dlclose(handle);
}
