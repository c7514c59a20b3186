// Runs every group of tests, or the one that an argument names whole, or those whose names have an argument in them.
// --list prints the names, so that a script can run the groups side by side.
#include <stdio.h>
#include <string.h>

// One line for each test file: its name without test_ and .c. The longest stands first: side by side it is not waited for.
#define TEST_MAP(X)                 \
  X(random_lines)                   \
  X(base_ground)                    \
  X(base_units)                     \
  X(base_tree)                      \
  X(base_edit)                      \
  X(stream_frame)                   \
  X(apart)                          \
  X(between)                        \
  X(clear)                          \
  X(clear_state)                    \
  X(show)                           \
  X(stream_body)                    \
  X(base_maths)                     \
  X(base_random)                    \
  X(base_json)                      \
  X(stream_recording)               \
  X(stream_server)                  \
  X(live)                           \
  X(markov)                         \
  X(validate_cases)                 \
  X(routes)                         \
  X(layout)                         \
  X(layout_bad)                     \
  X(layout_examples)                \
  X(reach)                          \
  X(tables)                         \
  X(actuator)                       \
  X(battery)                        \
  X(bays)                           \
  X(heat)                           \
  X(wear)                           \
  X(spec)                           \
  X(optimus)                        \
  X(hold)                           \
  X(toll)                           \
  X(dispatch)                       \
  X(orders)                         \
  X(team)                           \
  X(steps)                          \
  X(rules)                          \
  X(reassign)                       \
  X(timetable)                      \
  X(prices)                         \
  X(lookahead)                      \
  X(policy)                         \
  X(able)                           \
  X(ahead)                          \
  X(assignment)                     \
  X(traffic)                        \
  X(orca)                           \
  X(space)                          \
  X(motion)                         \
  X(contacts)                       \
  X(pushes)                         \
  X(halls)                          \
  X(separation)                     \
  X(model)                          \
  X(dynamics)                       \
  X(urdf_bad)                       \
  X(shop)                           \
  X(line_balance)                   \
  X(layouts)                        \
  X(moves)                          \
  X(kinds)                          \
  X(crews)                          \
  X(corners)                        \
  X(broken)                         \
  X(update)                         \
  X(study)                          \
  X(viewer)                         \
  X(viewer_input)                   \
  X(heat_map)                       \
  X(skeleton)                       \
  X(split)                          \
  X(body)                           \
  X(statistics)                     \
  X(result)                         \
  X(digest)                         \
  X(random_nets)                    \
  X(pendulum)                       \
  X(slip)                           \
  X(jog)                            \
  X(leg)                            \
  X(trajectory)                     \
  X(gait)                           \
  X(balance)                        \
  X(impulse)                        \
  X(walk_push)                      \
  X(walk_divert)                      \
  X(feet_turn)                      \
  X(recover)                        \
  X(rise)                           \
  X(upset)                          \
  X(footing)                        \
  X(estop)                          \
  X(transition)                     \
  X(walker)                         \
  X(run)                            \
  X(pace)                           \
  X(grasp)                          \
  X(grip)                           \
  X(grip_close)                     \
  X(sight)                          \
  X(hands_reach)                    \
  X(hands)                          \
  X(hands_act)                      \
  X(hands_floor)                   \
  X(hands_run)                      \
  X(seeing)

#define X(name) int test_##name(void);
TEST_MAP(X)
#undef X

static const struct group { const char *name; int (*run)(void); } groups[] = {
#define X(name) {#name, test_##name},
  TEST_MAP(X)
#undef X
};

static int is_group(const char *name) {
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
    if (strcmp(groups[i].name, name) == 0) return 1;
  return 0;
}

static int wanted(const char *name, int argc, char **argv) {
  for (int i = 1; i < argc; i++)
    if (is_group(argv[i]) ? strcmp(name, argv[i]) == 0 : strstr(name, argv[i]) != NULL) return 1;
  return argc < 2;
}

int main(int argc, char **argv) {
  int failed = 0, run = 0;
  if (argc == 2 && strcmp(argv[1], "--list") == 0) {
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) puts(groups[i].name);
    return 0;
  }
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
    if (!wanted(groups[i].name, argc, argv)) continue;
    run++;
    if (groups[i].run() != 0) failed++;
  }
  if (run == 0) {
    fprintf(stderr, "takt-test: no group has such a name\n");
    return 2;
  }
  printf("%d groups, %d with failures\n", run, failed);
  return failed > 0;
}
