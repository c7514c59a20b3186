// takt view: the control room over a live run, a recording, or a layout that it runs itself.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/options.h"
#include "app/output.h"
#include "base/tree.h"
#include "viewer/viewer.h"

#define START_WAIT 10.0             // s for a live run to listen
#define STOP_WAIT  2.0              // s for it to end when asked to
#define DEFAULT_ADDRESS "127.0.0.1:7077"

struct arguments {
  double      frame;
  bool        frame_given;
  const char *out, *video, *size, *token_file, *select, *at, *heat, *page, *rows;
  double      zoom;
  bool        dark, paths;
  double      scale;
};

enum target { TARGET_ADDRESS, TARGET_RECORDING, TARGET_LAYOUT };

// A child of ours and the private folder it works in.
struct child { pid_t pid; char folder[64], path[96], words[96]; };   // words: what it says on stderr

static const char examples[] =
  "  takt view layouts/cell-sorting.yaml              run it and look at it\n"
  "  takt view run.takt                               scrub a recording\n"
  "  takt view 127.0.0.1:7077                         look at a run of takt live\n"
  "  takt view run.takt --frame 2h --out two.png      a picture, no display needed\n"
  "  takt view run.takt --frame 2h --out near.png --select R3 --zoom 120\n"
  "  takt view layouts/cell-sorting.yaml --frame 10min --out ten.png --dark --size 1920x1080\n";

static bool ends_with(const char *text, const char *end) {
  size_t n = strlen(text), k = strlen(end);
  return n >= k && strcmp(text + n - k, end) == 0;
}

// by what it is, not only by its name: a socket, a file that begins like a recording, any other file
static enum target target_of(const char *name) {
  struct stat st;
  if (stat(name, &st) != 0) {
    if (ends_with(name, ".yaml") || ends_with(name, ".yml")) return TARGET_LAYOUT;
    return ends_with(name, ".takt") || ends_with(name, ".mcap") ? TARGET_RECORDING : TARGET_ADDRESS;
  }
  if (S_ISSOCK(st.st_mode)) return TARGET_ADDRESS;
  char head[8] = {0};
  int fd = open(name, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? 0 : read(fd, head, sizeof head);
  if (fd >= 0) close(fd);
  if (n == 8 && memcmp(head, "\x89MCAP0\r\n", 8) == 0) return TARGET_RECORDING;
  return ends_with(name, ".takt") || ends_with(name, ".mcap") ? TARGET_RECORDING : TARGET_LAYOUT;
}

static double wall(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void nap(void) { nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL); }

static bool child_folder(struct child *c, const char *leaf) {
  snprintf(c->folder, sizeof c->folder, "/tmp/takt-view-XXXXXX");
  if (!mkdtemp(c->folder)) {
    fprintf(stderr, "takt view: no temporary folder: %s\n", strerror(errno));
    return false;
  }
  snprintf(c->path, sizeof c->path, "%s/%s", c->folder, leaf);
  snprintf(c->words, sizeof c->words, "%s/words", c->folder);
  return true;
}

static bool child_start(struct child *c, char *const argv[]) {
  pid_t parent = getpid();
  c->pid = fork();
  if (c->pid < 0) {
    fprintf(stderr, "takt view: cannot start a run: %s\n", strerror(errno));
    return false;
  }
  if (c->pid > 0) return true;
  // it ends with us, whatever happens; what it would print belongs to a run, not to a view
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(130);
  int null = open("/dev/null", O_WRONLY);
  if (null >= 0) dup2(null, STDOUT_FILENO);
  int words = open(c->words, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (words >= 0) dup2(words, STDERR_FILENO);
  execv("/proc/self/exe", argv);
  fprintf(stderr, "takt view: cannot start a run: %s\n", strerror(errno));
  _exit(5);
}

// what it said, once it turned out to matter
static void child_repeat(const struct child *c) {
  struct error e = {0};
  size_t size = 0;
  char *text = file_read(c->words, 1 << 20, &size, &e);
  if (text) fwrite(text, 1, size, stderr);
  free(text);
}

// its exit code once it has ended, -1 while it runs
static int child_code(struct child *c, bool wait) {
  int status;
  if (c->pid <= 0) return 0;
  pid_t pid;
  do pid = waitpid(c->pid, &status, wait ? 0 : WNOHANG); while (pid < 0 && errno == EINTR);
  if (pid == 0) return -1;
  c->pid = 0;
  return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 5;
}

static void child_stop(struct child *c) {
  if (c->pid > 0) kill(c->pid, SIGTERM);
  for (double end = wall() + STOP_WAIT; c->pid > 0 && wall() < end;) {
    if (child_code(c, false) >= 0) break;
    nap();
  }
  if (c->pid > 0) {
    kill(c->pid, SIGKILL);
    child_code(c, true);
  }
  unlink(c->path);
  unlink(c->words);
  rmdir(c->folder);
}

static int show(const struct viewer_options *o) {
  struct error e = {0};
  enum status s = viewer_run(o, &e);
  if (s == STATUS_OK) return 0;
  if (e.file[0]) fprintf(stderr, "takt view: %s: %s\n", e.file, e.text);
  else fprintf(stderr, "takt view: %s\n", e.text);
  return status_exit_code(s);
}

// a live run of our own on a private socket
static int show_live(struct viewer_options *o, const char *layout) {
  struct child c = {0};
  if (!child_folder(&c, "live")) return 4;
  char *argv[] = {"takt", "live", (char *)(uintptr_t)layout, "--listen", c.path, "-q", NULL};
  int code = child_start(&c, argv) ? -1 : 4;
  for (double end = wall() + START_WAIT; code < 0 && access(c.path, F_OK) != 0; nap()) {
    code = child_code(&c, false);
    if (code == 0) code = 5;        // it must not end before it is asked to
    if (wall() < end) continue;
    fprintf(stderr, "takt view: the run did not begin within %.0f s\n", START_WAIT);
    code = 4;
  }
  if (code < 0) {
    o->address = c.path;
    code = show(o);
  } else {
    child_repeat(&c);
  }
  child_stop(&c);
  return code;
}

// a run to a temporary recording, then the picture from that
static int show_run(struct viewer_options *o, const char *layout, bool whole) {
  struct child c = {0};
  char length[40];
  if (!child_folder(&c, "run.takt")) return 4;
  snprintf(length, sizeof length, "%.9g", o->frame_at < 1 ? 1 : o->frame_at);
  char *argv[16] = {"takt", "run", (char *)(uintptr_t)layout, "--record", c.path, "-q", "--replications", "1"};
  if (!whole) {
    argv[8] = "--warmup";
    argv[9] = "0";
    argv[10] = "--for";
    argv[11] = length;
  }
  int code = child_start(&c, argv) ? child_code(&c, true) : 4;
  // goals that are not met and deadlocks are worth a picture too
  if (code == 0 || code == 1) {
    o->recording = c.path;
    code = show(o);
  } else {
    child_repeat(&c);
  }
  child_stop(&c);
  return code;
}

static bool read_size(const char *text, int *w, int *h) {
  int n = 0;
  return sscanf(text, "%dx%d%n", w, h, &n) == 2 && text[n] == 0;
}

static bool read_point(const char *text, double at[2]) {
  int n = 0;
  return sscanf(text, "%lf,%lf%n", &at[0], &at[1], &n) == 2 && text[n] == 0 && at[0] > -1e5 && at[0] < 1e5 && at[1] > -1e5 && at[1] < 1e5;
}

// first line of the token file
static char *read_token(const char *path) {
  struct error e = {0};
  size_t size;
  char *text = file_read(path, 4096, &size, &e);
  if (!text) {
    fprintf(stderr, "takt view: %s: %s\n", path, e.text);
    return NULL;
  }
  text[strcspn(text, "\r\n")] = 0;
  return text;
}

int command_view(int argc, char **argv) {
  struct arguments a = {.scale = 1};
  struct option options[] = {
    {"frame", OPTION_TIME, &a.frame, "T", "draw the picture of this simulated time (with --out)", 0, 1e9, &a.frame_given},
    {"out", OPTION_TEXT, &a.out, "FILE.png", "where the picture goes", 0, 0, NULL},
    {"video", OPTION_TEXT, &a.video, "FILE", "x.y4m, or x.mp4 and others through ffmpeg; from --frame on, at most a minute long", 0, 0, NULL},
    {"size", OPTION_TEXT, &a.size, "WxH", "of the window or picture (1280x720)", 0, 0, NULL},
    {"scale", OPTION_NUMBER, &a.scale, "S", "size of type and panels, 0.75 to 3", 0.75, 3, NULL},
    {"select", OPTION_TEXT, &a.select, "NAME", "a robot (R3, sorters-3) or a station", 0, 0, NULL},
    {"zoom", OPTION_NUMBER, &a.zoom, "N", "pixels a metre, around --at or what is selected (the whole hall)", 0.5, 900, NULL},
    {"at", OPTION_TEXT, &a.at, "X,Y", "middle of the view, metres", 0, 0, NULL},
    {"heat", OPTION_TEXT, &a.heat, "MAP", "density, waits or speed over the floor, of the hour before", 0, 0, NULL},
    {"paths", OPTION_FLAG, &a.paths, NULL, "the ways of all robots", 0, 0, NULL},
    {"rows", OPTION_TEXT, &a.rows, "WHOSE", "robots or stations: the rows at the bottom", 0, 0, NULL},
    {"page", OPTION_TEXT, &a.page, "PAGE", "now, body or why: of the selected robot", 0, 0, NULL},
    {"dark", OPTION_FLAG, &a.dark, NULL, "dark colours", 0, 0, NULL},
    {"token-file", OPTION_TEXT, &a.token_file, "FILE", "proof for a run that asks for one", 0, 0, NULL},
  };
  const struct usage u = {"view", "[ADDRESS | RECORDING | LAYOUT] [options]", examples,
                          "The control room: what a line does, live or recorded. Without a name it looks for a run at " DEFAULT_ADDRESS
                          ". Press ? for the keys.", options, (int)(sizeof options / sizeof *options), 0, 1};
  const char *name = DEFAULT_ADDRESS;
  int names = 0;
  enum options_answer answer = options_read(&u, argc, argv, &name, &names);
  if (answer != OPTIONS_RUN) return answer == OPTIONS_HELP ? 0 : 2;
  struct viewer_options o = viewer_defaults();
  if (a.out && a.video) return usage_wrong(&u, "--out FILE.png draws a picture, --video a film: one at a time");
  if (output_spares(&u, "out", a.out, name, "what it shows") || output_spares(&u, "video", a.video, name, "what it shows")) return 2;
  if (a.frame_given != (a.out != NULL) && !a.video) return usage_wrong(&u, "--frame and --out belong together");
  if (a.size && !read_size(a.size, &o.width, &o.height)) return usage_wrong(&u, "--size is width x height, as 1280x720");
  if (a.at && !(o.at_given = read_point(a.at, o.at))) return usage_wrong(&u, "--at is two numbers, as 6.5,3");
  o.select = a.select;
  o.zoom = a.zoom;
  o.dark = a.dark;
  o.heat = a.heat;
  o.paths = a.paths;
  o.page = a.page;
  if (a.rows && strcmp(a.rows, "robots") && strcmp(a.rows, "stations")) return usage_wrong(&u, "--rows is robots or stations");
  o.stations = a.rows && !strcmp(a.rows, "stations");
  o.scale = a.scale;
  o.frame_out = a.out;
  o.video_out = a.video;
  if (a.frame_given) o.frame_at = a.frame;
  char *token = NULL;
  if (a.token_file && !(token = read_token(a.token_file))) return 4;
  o.token = token;
  int code;
  switch (target_of(name)) {
    case TARGET_LAYOUT: code = a.out ? show_run(&o, name, false) : a.video ? show_run(&o, name, true) : show_live(&o, name); break;
    case TARGET_RECORDING:
      o.recording = name;
      code = show(&o);
      break;
    default:
      o.address = name;
      code = show(&o);
  }
  free(token);
  return code;
}
