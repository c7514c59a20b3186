#include "engine/world/library.h"

#include <dlfcn.h>
#include <elf.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void find(const char *file, const char *layout, char *path, size_t size) {
  const char *slash = layout ? strrchr(layout, '/') : NULL;
  if (file[0] != '/' && slash && snprintf(path, size, "%.*s%s", (int)(slash - layout) + 1, layout, file) < (int)size && access(path, R_OK) == 0) return;
  // a name without a slash would be looked for among the system's libraries
  snprintf(path, size, "%s%s", strchr(file, '/') ? "" : "./", file);
}

// The loader maps what the headers say, and a file cut short ends the program when it is touched: its parts must lie within it.
static bool cut_short(const char *path) {
  FILE *f = fopen(path, "rb");
  if (!f) return false;
  Elf64_Ehdr head;
  Elf64_Phdr part;
  bool read = fread(&head, sizeof head, 1, f) == 1 && !memcmp(head.e_ident, ELFMAG, SELFMAG) && head.e_ident[EI_CLASS] == ELFCLASS64, cut = false;
  long end = read && fseek(f, 0, SEEK_END) == 0 ? ftell(f) : 0;
  for (int k = 0; read && !cut && k < head.e_phnum; k++) {
    uint64_t at = head.e_phoff + (uint64_t)k * sizeof part;
    cut = head.e_phoff > (uint64_t)end || at + sizeof part > (uint64_t)end || fseek(f, (long)at, SEEK_SET) != 0 || fread(&part, sizeof part, 1, f) != 1;
    if (!cut && part.p_type == PT_LOAD) cut = part.p_offset > (uint64_t)end || part.p_filesz > (uint64_t)end - part.p_offset;
  }
  fclose(f);
  return cut;
}

// What is wrong with it, NULL: nothing.
static const char *fault_of(const struct policy *p, char *text, size_t size) {
  if (!p) return "takt_policy returned nothing";
  if (p->version != POLICY_VERSION) {
    snprintf(text, size, "it is made for version %u of the interface, this is version %d", p->version, POLICY_VERSION);
    return text;
  }
  if (!p->name || !p->decide) return "it has no name or no decide";
  if (!p->create != !p->destroy) return "it has one of create and destroy without the other";
  if (!(p->horizon >= 0) || isinf(p->horizon)) return "its horizon is not a time of 0 s or more";
  return NULL;
}

const struct policy *library_open(const char *file, const char *layout, struct error *e) {
  char path[1024], text[100];
  find(file, layout, path, sizeof path);
  bool there = access(path, R_OK) == 0;
  if (there && cut_short(path)) {
    error_at(e, STATUS_CONFLICT, layout ? layout : "", 0, 0, "policy %.100s: the file is cut short", file);
    return NULL;
  }
  void *h = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!h) {
    const char *why = dlerror();
    if (!strncmp(why, path, strlen(path)) && why[strlen(path)] == ':') why += strlen(path) + 2;
    error_at(e, there ? STATUS_CONFLICT : STATUS_IO, layout ? layout : "", 0, 0, "policy %.100s: %.200s", file, why);
    return NULL;
  }
  const struct policy *(*make)(void) = NULL;
  void *symbol = dlsym(h, "takt_policy");
  memcpy(&make, &symbol, sizeof make);        // ISO C has no cast from data to code
  const struct policy *p = symbol ? make() : NULL;
  const char *wrong = symbol ? fault_of(p, text, sizeof text) : "it has no function takt_policy";
  if (!wrong) return p;
  error_at(e, STATUS_CONFLICT, layout ? layout : "", 0, 0, "policy %.100s: %s", file, wrong);
  dlclose(h);
  return NULL;
}
