#include "app/validate_cases.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// words of the layout language that many cases share
#define EXP(mean)              "exponential(" mean ")"
#define STATION(name, keys)    name ": {" keys "}\n"
#define MACHINE(name, time)    STATION(name, "kind: machine, time: " time)
#define BUFFER(name, room)     STATION(name, "kind: buffer, capacity: " room)
#define QUEUE(name)            STATION(name, "kind: buffer")
#define SOURCE(name, part)     STATION(name, "kind: source, makes: " part)
#define ARRIVALS(name, every)  STATION(name, "kind: source, makes: part, every: " every)
#define LOSING(name, every)    STATION(name, "kind: source, makes: part, when_full: lose, every: " every)
#define SINK(name)             STATION(name, "kind: sink")
#define RAW                    SOURCE("raw", "part")
#define OUT                    SINK("out")
#define UNRELIABLE(name, time, up, down) \
  STATION(name, "kind: machine, time: " time ", failures: {up: " EXP(up) ", down: " EXP(down) "}")
#define MM1(every, time)       ARRIVALS("src", every) QUEUE("q") MACHINE("m", time) OUT

#define E1     EXP("1 s")
#define HYPER4 "\"hyperexponential(0.887298334620742, 0.563508326896291 s, 4.436491673103709 s)\""   // mean 1, squared variation 4

#define RATE   "kpi.throughput_per_h / 3600"
#define CHAIN  "Markov chain, tests/markov.c"
#define ENDS   .seconds = 1e6, .warmup = 0, .replications = 2000
#define LINE   .seconds = 40000, .warmup = 1000, .replications = 20
#define LONG   .seconds = 150000, .warmup = 3000, .replications = 20
#define EXACT  .replications = 1

const struct validate_case validate_cases[] = {
  // ---- saturated lines, exponential times, blocking after service --------------------------------
  {"line/2 stations, no buffer", RAW MACHINE("s1", E1) MACHINE("s2", E1) OUT, NULL, NULL, RATE, 2.0 / 3,
   "Hunt 1956, Oper. Res. 4:674: (b + 2)/(b + 3)", LINE},
  {"line/2 stations, buffer of 3", RAW MACHINE("s1", E1) BUFFER("b", "3") MACHINE("s2", E1) OUT, NULL, NULL, RATE, 5.0 / 6,
   "Hunt 1956: (b + 2)/(b + 3)", LINE},
  {"line/2 stations, buffer of 10", RAW MACHINE("s1", E1) BUFFER("b", "10") MACHINE("s2", E1) OUT, NULL, NULL, RATE, 12.0 / 13,
   "Hunt 1956: (b + 2)/(b + 3)", LINE},
  {"line/2 stations, means 1 and 0.8, buffer of 2", RAW MACHINE("s1", E1) BUFFER("b", "2") MACHINE("s2", EXP("0.8 s")) OUT, NULL, NULL,
   RATE, 0.8781532604, "M/M/1/K with K = b + 2: u1 (1 - r^K)/(1 - r^(K + 1)), r = u1/u2 (Hunt 1956)", LINE},
  {"line/3 stations, no buffer", RAW MACHINE("s1", E1) MACHINE("s2", E1) MACHINE("s3", E1) OUT, NULL, NULL, RATE, 22.0 / 39,
   "Hunt 1956: 22/39", LINE},
  {"line/3 stations, buffers of 2", RAW MACHINE("s1", E1) BUFFER("b1", "2") MACHINE("s2", E1) BUFFER("b2", "2") MACHINE("s3", E1) OUT,
   NULL, NULL, RATE, 0.7340166721, CHAIN "; Hillier & Boling 1967", LINE},
  {"line/3 stations, buffers of 1 and 4", RAW MACHINE("s1", E1) BUFFER("b1", "1") MACHINE("s2", E1) BUFFER("b2", "4") MACHINE("s3", E1) OUT,
   NULL, NULL, RATE, 0.7286245719, CHAIN, LINE},
  {"line/4 stations, no buffer", RAW MACHINE("s1", E1) MACHINE("s2", E1) MACHINE("s3", E1) MACHINE("s4", E1) OUT, NULL, NULL, RATE, 0.5147754893,
   CHAIN "; Hillier & Boling 1967", LINE},
  {"line/4 stations, buffers of 1",
   RAW MACHINE("s1", E1) BUFFER("b1", "1") MACHINE("s2", E1) BUFFER("b2", "1") MACHINE("s3", E1) BUFFER("b3", "1") MACHINE("s4", E1) OUT,
   NULL, NULL, RATE, 0.6311526854, CHAIN, LINE},
  {"line/5 stations, no buffer", RAW MACHINE("s1", E1) MACHINE("s2", E1) MACHINE("s3", E1) MACHINE("s4", E1) MACHINE("s5", E1) OUT,
   NULL, NULL, RATE, 0.4857981216, CHAIN, LINE},
  {"line/6 stations, buffers of 1",
   RAW MACHINE("s1", E1) BUFFER("b1", "1") MACHINE("s2", E1) BUFFER("b2", "1") MACHINE("s3", E1) BUFFER("b3", "1") MACHINE("s4", E1)
   BUFFER("b4", "1") MACHINE("s5", E1) BUFFER("b5", "1") MACHINE("s6", E1) OUT, NULL, NULL, RATE, 0.5918257796, CHAIN, LINE},
  {"line/3 stations, means 1, 0.8, 1.2, buffers of 1",
   RAW MACHINE("s1", E1) BUFFER("b1", "1") MACHINE("s2", EXP("0.8 s")) BUFFER("b2", "1") MACHINE("s3", EXP("1.2 s")) OUT, NULL, NULL,
   RATE, 0.6671699893, CHAIN, LINE},
  {"line/the same line reversed",
   RAW MACHINE("s1", EXP("1.2 s")) BUFFER("b1", "1") MACHINE("s2", EXP("0.8 s")) BUFFER("b2", "1") MACHINE("s3", E1) OUT, NULL, NULL,
   RATE, 0.6671699893, CHAIN "; equal by reversibility, Yamazaki & Sakasegawa 1975", LINE},
  {"line/3 stations, no buffer, share blocked of the first", RAW MACHINE("s1", E1) MACHINE("s2", E1) MACHINE("s3", E1) OUT, NULL, NULL,
   "stations.s1.blocked", 17.0 / 39, "1 - throughput: the first is never starved", LINE},
  {"line/3 stations, no buffer, share starved of the last", RAW MACHINE("s1", E1) MACHINE("s2", E1) MACHINE("s3", E1) OUT, NULL, NULL,
   "stations.s3.starved", 17.0 / 39, "1 - throughput: the last is never blocked", LINE},
  {"line/3 stations, buffers of 2, parts in the line",
   RAW MACHINE("s1", E1) BUFFER("b1", "2") MACHINE("s2", E1) BUFFER("b2", "2") MACHINE("s3", E1) OUT, NULL, NULL, "kpi.wip", 4.6334840982, CHAIN, LINE},
  {"line/3 stations, buffers of 2, lead time",
   RAW MACHINE("s1", E1) BUFFER("b1", "2") MACHINE("s2", E1) BUFFER("b2", "2") MACHINE("s3", E1) OUT, NULL, NULL, "kpi.lead_time_s", 6.3125052523,
   CHAIN " and Little 1961", LINE},
  {"line/5 fixed times, bottleneck 7 s",
   RAW MACHINE("s1", "5 s") BUFFER("b1", "2") MACHINE("s2", "3 s") MACHINE("s3", "7 s") BUFFER("b3", "1") MACHINE("s4", "6 s") MACHINE("s5", "2 s") OUT,
   NULL, NULL, RATE, 1.0 / 7, "the slowest station sets the pace: 1/7", .seconds = 7000, .warmup = 700, EXACT},

  // ---- other times ---------------------------------------------------------------------------------
  {"times/Erlang-2, 2 stations, no buffer",
   RAW MACHINE("s1", "\"erlang(2, 1 s)\"") MACHINE("s2", "\"erlang(2, 1 s)\"") OUT, NULL, NULL, RATE, 8.0 / 11,
   "1/E max(S1, S2) = 8/11 (Rao 1975)", LINE},
  {"times/Erlang-4, 3 stations, buffers of 1",
   RAW MACHINE("s1", "\"erlang(4, 1 s)\"") BUFFER("b1", "1") MACHINE("s2", "\"erlang(4, 1 s)\"") BUFFER("b2", "1") MACHINE("s3", "\"erlang(4, 1 s)\"") OUT,
   NULL, NULL, RATE, 0.8401739834, CHAIN, LINE},
  {"times/Erlang-8, 2 stations, buffer of 2",
   RAW MACHINE("s1", "\"erlang(8, 1 s)\"") BUFFER("b1", "2") MACHINE("s2", "\"erlang(8, 1 s)\"") OUT, NULL, NULL, RATE, 0.9541083905, CHAIN, LINE},
  {"times/hyperexponential, 2 stations, no buffer", RAW MACHINE("s1", HYPER4) MACHINE("s2", HYPER4) OUT, NULL, NULL, RATE, 0.6060606061,
   CHAIN "; 1/E max(S1, S2)", LINE},
  {"times/hyperexponential, 3 stations, buffers of 1",
   RAW MACHINE("s1", HYPER4) BUFFER("b1", "1") MACHINE("s2", HYPER4) BUFFER("b2", "1") MACHINE("s3", HYPER4) OUT, NULL, NULL, RATE, 0.5375153805,
   CHAIN, LINE},
  {"times/exponential, Erlang-3, hyperexponential, buffers of 2",
   RAW MACHINE("s1", E1) BUFFER("b1", "2") MACHINE("s2", "\"erlang(3, 1 s)\"") BUFFER("b2", "2") MACHINE("s3", HYPER4) OUT, NULL, NULL,
   RATE, 0.6939725582, CHAIN, LINE},
  {"times/uniform, 2 stations, no buffer", RAW MACHINE("s1", "\"uniform(0.5 s, 1.5 s)\"") MACHINE("s2", "\"uniform(0.5 s, 1.5 s)\"") OUT,
   NULL, NULL, RATE, 6.0 / 7, "1/E max = 6/7", LINE},
  {"times/triangular, 2 stations, no buffer",
   RAW MACHINE("s1", "\"triangular(0.8 s, 1 s, 1.6 s)\"") MACHINE("s2", "\"triangular(0.8 s, 1 s, 1.6 s)\"") OUT, NULL, NULL, RATE, 0.8130081301,
   "1/E max, E max = integral of 1 - F^2", LINE},
  {"times/normal, 2 stations, no buffer", RAW MACHINE("s1", "\"normal(10 s, 2 s)\"") MACHINE("s2", "\"normal(10 s, 2 s)\"") OUT, NULL, NULL,
   "kpi.throughput_per_h / 3600", 0.0898603458, "1/E max = 1/(m + s/sqrt(pi)); redrawing 5 s below the mean moves it by less than 1e-6", .seconds = 200000, .warmup = 1000, .replications = 20},
  {"times/lognormal, 2 stations, no buffer", RAW MACHINE("s1", "\"lognormal(1 s, 0.5 s)\"") MACHINE("s2", "\"lognormal(1 s, 0.5 s)\"") OUT,
   NULL, NULL, RATE, 0.7926202229, "1/E max, E max = 2 m Phi(s/sqrt 2), s^2 = ln(1 + 0.25)", LINE},
  {"times/gamma, 2 stations, no buffer", RAW MACHINE("s1", "\"gamma(2.5, 1 s)\"") MACHINE("s2", "\"gamma(2.5, 1 s)\"") OUT, NULL, NULL, RATE, 0.7465301956,
   "1/E max, E max = m (1 + G(k + 1/2)/(sqrt(pi) G(k + 1))), the Gini coefficient of gamma", LINE},
  {"times/Weibull, 2 stations, no buffer", RAW MACHINE("s1", "\"weibull(1.7, 1 s)\"") MACHINE("s2", "\"weibull(1.7, 1 s)\"") OUT, NULL, NULL, RATE, 0.8396254904,
   "1/E max, E max = c G(1 + 1/k) (2 - 2^(-1/k))", LINE},
  {"times/geometric, 2 stations, no buffer", RAW MACHINE("s1", "\"geometric(0.4, 1 s)\"") MACHINE("s2", "\"geometric(0.4, 1 s)\"") OUT, NULL, NULL,
   RATE, 0.2909090909, "1/E max, E max = 2/p - 1/(1 - (1 - p)^2)", LINE},

  // ---- unreliable machines -------------------------------------------------------------------------
  {"unreliable/one machine, operating time", RAW UNRELIABLE("m", "1 s", "100 s", "10 s") OUT, NULL, NULL, RATE, 1 / 1.1,
   "1/(T (1 + MTTR/MTBF)), Buzacott 1967", .seconds = 100000, .warmup = 1000, .replications = 20},
  {"unreliable/one machine, share down", RAW UNRELIABLE("m", "1 s", "100 s", "10 s") OUT, NULL, NULL, "stations.m.down", 1.0 / 11,
   "MTTR/(MTBF + MTTR)", .seconds = 100000, .warmup = 1000, .replications = 20},
  {"unreliable/Weibull up, uniform down",
   RAW STATION("m", "kind: machine, time: 3 s, failures: {up: \"weibull(2, 200 s)\", down: \"uniform(10 s, 50 s)\"}") OUT, NULL, NULL, RATE, 0.2850813542,
   "renewal reward: U/((U + D) T) for any distribution of up and down", .seconds = 200000, .warmup = 1000, .replications = 20},
  {"unreliable/calendar clock, resume",
   RAW STATION("m", "kind: machine, time: " E1 ", failures: {up: " EXP("50 s") ", down: " EXP("10 s") ", clock: calendar}") OUT, NULL, NULL,
   RATE, 5.0 / 6, "u MTBF/(MTBF + MTTR)", .seconds = 100000, .warmup = 1000, .replications = 20},
  {"unreliable/work restarts",
   RAW STATION("m", "kind: machine, time: 10 s, failures: {up: " EXP("20 s") ", down: 5 s, then: restart}") OUT, NULL, NULL, RATE, 0.0616597633,
   "Gaver 1962, J. R. Stat. Soc. B 24:73: 1/((e^(fT) - 1)(1/f + D))", .seconds = 200000, .warmup = 1000, .replications = 20},
  {"unreliable/the part is scrapped",
   RAW STATION("m", "kind: machine, time: 10 s, failures: {up: " EXP("20 s") ", down: 5 s, then: scrap}") OUT, NULL, NULL, "kpi.scrapped / kpi.made", 0.6487212707,
   "an attempt ends well with e^(-fT): e^(fT) - 1", .seconds = 200000, .warmup = 1000, .replications = 20},
  {"unreliable/2 machines, no buffer", RAW UNRELIABLE("s1", E1, "20 s", "5 s") UNRELIABLE("s2", E1, "20 s", "5 s") OUT, NULL, NULL, RATE, 0.5063291139,
   CHAIN "; Gershwin & Berman 1981", LINE},
  {"unreliable/2 unequal machines, buffer of 3",
   RAW UNRELIABLE("s1", E1, "50 s", "10 s") BUFFER("b", "3") UNRELIABLE("s2", EXP("0.8 s"), "12.5 s", "4 s") OUT, NULL, NULL, RATE, 0.6721452381,
   CHAIN "; Gershwin & Berman 1981", .seconds = 80000, .warmup = 1000, .replications = 20},
  {"unreliable/2 machines, buffer of 3, share down of the second",
   RAW UNRELIABLE("s1", E1, "50 s", "10 s") BUFFER("b", "3") UNRELIABLE("s2", EXP("0.8 s"), "12.5 s", "4 s") OUT, NULL, NULL,
   "stations.s2.down", 0.1720691810, CHAIN, .seconds = 80000, .warmup = 1000, .replications = 20},
  {"unreliable/3 machines, no buffer",
   RAW UNRELIABLE("s1", E1, "20 s", "4 s") UNRELIABLE("s2", E1, "20 s", "4 s") UNRELIABLE("s3", E1, "20 s", "4 s") OUT, NULL, NULL, RATE, 0.4347275281,
   CHAIN, LINE},
  {"unreliable/3 machines, buffers of 2",
   RAW UNRELIABLE("s1", E1, "20 s", "4 s") BUFFER("b1", "2") UNRELIABLE("s2", E1, "20 s", "4 s") BUFFER("b2", "2") UNRELIABLE("s3", E1, "20 s", "4 s") OUT,
   NULL, NULL, RATE, 0.5497723055, CHAIN, .seconds = 60000, .warmup = 1000, .replications = 20},

  // ---- assembly, disassembly -----------------------------------------------------------------------
#define FEEDERS2(time) SOURCE("ra", "a") SOURCE("rb", "b") MACHINE("fa", time) MACHINE("fb", time)
#define ASSEMBLY2(time) STATION("asm", "kind: assembly, needs: {a: 1, b: 1}, makes: product, time: " time)
  {"assembly/2 feeders, no buffer", FEEDERS2(E1) ASSEMBLY2(E1) OUT, "ra -> fa -> asm -> out\nrb -> fb -> asm\n", NULL, RATE, 0.5454545455, CHAIN, LINE},
  {"assembly/2 feeders, buffers of 2", FEEDERS2(E1) BUFFER("qa", "2") BUFFER("qb", "2") ASSEMBLY2(E1) OUT,
   "ra -> fa -> qa -> asm -> out\nrb -> fb -> qb -> asm\n", NULL, RATE, 0.7319991454, CHAIN, LINE},
  {"assembly/2 feeders, means 0.5 and 1, buffers of 1 and 3",
   SOURCE("ra", "a") SOURCE("rb", "b") MACHINE("fa", EXP("0.5 s")) MACHINE("fb", E1) BUFFER("qa", "1") BUFFER("qb", "3") ASSEMBLY2(EXP("0.8 s")) OUT,
   "ra -> fa -> qa -> asm -> out\nrb -> fb -> qb -> asm\n", NULL, RATE, 0.8936269124, CHAIN, LINE},
  {"assembly/2 Erlang-4 feeders, buffers of 1",
   FEEDERS2("\"erlang(4, 1 s)\"") BUFFER("qa", "1") BUFFER("qb", "1") ASSEMBLY2("\"erlang(4, 1 s)\"") OUT,
   "ra -> fa -> qa -> asm -> out\nrb -> fb -> qb -> asm\n", NULL, RATE, 0.8388399630, CHAIN, LINE},
  {"assembly/2 unreliable feeders, buffers of 1",
   SOURCE("ra", "a") SOURCE("rb", "b") UNRELIABLE("fa", E1, "20 s", "4 s") UNRELIABLE("fb", E1, "20 s", "4 s") BUFFER("qa", "1") BUFFER("qb", "1") ASSEMBLY2(E1) OUT,
   "ra -> fa -> qa -> asm -> out\nrb -> fb -> qb -> asm\n", NULL, RATE, 0.5464641878, CHAIN, LINE},
  {"assembly/3 feeders, no buffer",
   FEEDERS2(E1) SOURCE("rc", "c") MACHINE("fc", E1) STATION("asm", "kind: assembly, needs: {a: 1, b: 1, c: 1}, makes: product, time: " E1) OUT,
   "ra -> fa -> asm -> out\nrb -> fb -> asm\nrc -> fc -> asm\n", NULL, RATE, 0.48, CHAIN ": 12/25", LINE},
  {"assembly/4 feeders, buffers of 1",
   FEEDERS2(E1) SOURCE("rc", "c") MACHINE("fc", E1) SOURCE("rd", "d") MACHINE("fd", E1) BUFFER("qa", "1") BUFFER("qb", "1") BUFFER("qc", "1") BUFFER("qd", "1")
   STATION("asm", "kind: assembly, needs: {a: 1, b: 1, c: 1, d: 1}, makes: product, time: " E1) OUT,
   "ra -> fa -> qa -> asm -> out\nrb -> fb -> qb -> asm\nrc -> fc -> qc -> asm\nrd -> fd -> qd -> asm\n", NULL, RATE, 0.5857861409, CHAIN, LINE},
  {"assembly/2 feeders, then a packer, buffers of 1",
   FEEDERS2(E1) BUFFER("qa", "1") BUFFER("qb", "1") ASSEMBLY2(E1) BUFFER("qp", "1") MACHINE("pack", E1) OUT,
   "ra -> fa -> qa -> asm -> qp -> pack -> out\nrb -> fb -> qb -> asm\n", NULL, RATE, 0.6234252693, CHAIN, LINE},
  {"assembly/early, onto a base, fixed times",
   SOURCE("trays", "b") STATION("cells", "kind: source, makes: a, every: 3 s")
   STATION("asm", "kind: assembly, base: b, needs: {a: 4}, makes: product, take: early, time: 5 s") OUT,
   "trays -> asm -> out\ncells -> asm\n", NULL, RATE, 1.0 / 14,
   "by hand: full at C, the next cell waits from C+3 to C+5, the others come at C+8, C+11, C+14", .seconds = 14000, .warmup = 1400, EXACT},
  {"disassembly/one into four", RAW STATION("d", "kind: disassembly, time: " EXP("2 s") ", into: {a: 3, b: 1}") OUT, NULL, NULL, RATE, 2.0,
   "4 parts every mean time", .seconds = 60000, .warmup = 1000, .replications = 20},
  {"disassembly/then one machine, fixed times", RAW STATION("d", "kind: disassembly, time: 2 s, into: {a: 3}") MACHINE("m", "1.5 s") OUT, NULL, NULL,
   "stations.d.blocked", 3.0 / 5,
   "by hand: the last of three leaves 3 s after the work ends, when the machine is free again: cycle 5 s of which 3 s blocked", .seconds = 5000, .warmup = 500, EXACT},

  // ---- sorters, merges, priority -------------------------------------------------------------------
  {"sorter/2 ways by part, buffers of 1",
   SOURCE("raw", "{a: 0.5, b: 0.5}") STATION("sort", "kind: sorter, time: " E1) BUFFER("qa", "1") BUFFER("qb", "1") MACHINE("ma", E1) MACHINE("mb", E1) OUT,
   "raw -> sort\n{path: sort -> qa, part: a}\n{path: sort -> qb, part: b}\nqa -> ma -> out\nqb -> mb -> out\n", NULL, RATE, 0.8797468354, CHAIN, LINE},
  {"sorter/2 ways by share, buffers of 2",
   RAW STATION("sort", "kind: sorter, time: " EXP("0.5 s")) BUFFER("qa", "2") BUFFER("qb", "2") MACHINE("ma", EXP("0.8 s")) MACHINE("mb", E1) OUT,
   "raw -> sort\n{path: sort -> qa, share: 0.7}\n{path: sort -> qb, share: 0.3}\nqa -> ma -> out\nqb -> mb -> out\n", NULL, RATE, 1.4662543896, CHAIN, LINE},
  {"sorter/3 ways by part, no buffer",
   SOURCE("raw", "{a: 0.5, b: 0.3, c: 0.2}") STATION("sort", "kind: sorter, time: " EXP("0.5 s")) MACHINE("ma", E1) MACHINE("mb", E1) MACHINE("mc", EXP("2 s")) OUT,
   "raw -> sort\n{path: sort -> ma, part: a}\n{path: sort -> mb, part: b}\n{path: sort -> mc, part: c}\nma -> out\nmb -> out\nmc -> out\n",
   NULL, RATE, 1.0304045076, CHAIN, LINE},
  {"merge/2 into one, no buffer", SOURCE("r1", "part") SOURCE("r2", "part") MACHINE("f1", E1) MACHINE("f2", E1) MACHINE("m", EXP("0.5 s")) OUT,
   "r1 -> f1 -> m -> out\nr2 -> f2 -> m\n", NULL, RATE, 10.0 / 7, CHAIN ": 10/7", LINE},
  {"merge/2 unequal into a buffer of 2",
   SOURCE("r1", "part") SOURCE("r2", "part") MACHINE("f1", E1) MACHINE("f2", EXP("2 s")) BUFFER("q", "2") MACHINE("m", EXP("0.7 s")) OUT,
   "r1 -> f1 -> q -> m -> out\nr2 -> f2 -> q\n", NULL, RATE, 1.1941052386, CHAIN, LINE},
  {"merge/2 unequal, no buffer, share blocked of the slow one",
   SOURCE("r1", "part") SOURCE("r2", "part") MACHINE("f1", E1) MACHINE("f2", EXP("2 s")) MACHINE("m", EXP("0.7 s")) OUT,
   "r1 -> f1 -> m -> out\nr2 -> f2 -> m\n", NULL, "stations.f2.blocked", 0.2405235888, CHAIN, LINE},
#define PRIORITY_MERGE SOURCE("r1", "part") SOURCE("r2", "part") MACHINE("f1", E1) MACHINE("f2", E1) MACHINE("m", EXP("0.8 s")) OUT
#define PRIORITY_FLOW  "r1 -> f1\nr2 -> f2\n{path: f1 -> m, priority: 1}\n{path: f2 -> m, priority: 2}\nm -> out\n"
  {"merge/by priority, share blocked of the first served", PRIORITY_MERGE, PRIORITY_FLOW, NULL, "stations.f2.blocked", 0.3827845604, CHAIN, LINE},
  {"merge/by priority, share blocked of the last served", PRIORITY_MERGE, PRIORITY_FLOW, NULL, "stations.f1.blocked", 0.5406338636, CHAIN, LINE},

  // ---- queues --------------------------------------------------------------------------------------
  {"queue/M/M/1, load 0.5", MM1(EXP("2 s"), E1), NULL, NULL, "stations.q.wait_s", 1.0, "Erlang 1909: r/(u - l)", LONG},
  {"queue/M/M/1, load 0.8, parts in the line", MM1(EXP("1.25 s"), E1), NULL, NULL, "kpi.wip", 4.0, "r/(1 - r)", .seconds = 300000, .warmup = 5000, .replications = 20},
  {"queue/M/M/1 last in, first out",
   ARRIVALS("src", EXP("2 s")) STATION("q", "kind: buffer, order: lifo") MACHINE("m", E1) OUT, NULL, NULL, "stations.q.wait_s", 1.0,
   "the order of service does not change the mean wait", LONG},
  {"queue/two Poisson streams into one machine",
   ARRIVALS("s1", EXP("4 s")) ARRIVALS("s2", EXP("2.5 s")) QUEUE("q") MACHINE("m", E1) OUT, "s1 -> q -> m -> out\ns2 -> q\n", NULL, "kpi.lead_time_s", 1 / 0.35,
   "M/M/1: 1/(u - l1 - l2)", LONG},
  {"queue/M/M/3, load 0.8", ARRIVALS("src", EXP("1 s")) QUEUE("q") STATION("m", "kind: machine, servers: 3, time: " EXP("2.4 s")) OUT, NULL, NULL,
   "stations.q.wait_s", 2.5887640449, "Erlang 1917: C(c, a)/(c u - l)", LONG},
  {"queue/M/M/10, load 0.9", ARRIVALS("src", EXP("1 s")) QUEUE("q") STATION("m", "kind: machine, servers: 10, time: " EXP("9 s")) OUT, NULL, NULL,
   "stations.q.wait_s", 6.0185837170, "Erlang 1917: C(c, a)/(c u - l)", .seconds = 300000, .warmup = 5000, .replications = 20},
  {"queue/M/D/1", MM1(EXP("1.25 s"), "1 s"), NULL, NULL, "stations.q.wait_s", 2.0, "Pollaczek 1930, Khinchine 1932: l E S^2/(2 (1 - r))", LONG},
  {"queue/M/E4/1", MM1(EXP("1.25 s"), "\"erlang(4, 1 s)\""), NULL, NULL, "stations.q.wait_s", 2.5, "Pollaczek-Khinchine", LONG},
  {"queue/M/U/1", MM1(EXP("1.25 s"), "\"uniform(0.2 s, 1.8 s)\""), NULL, NULL, "stations.q.wait_s", 2.4266666667, "Pollaczek-Khinchine", LONG},
  {"queue/M/H2/1", MM1(EXP("2 s"), HYPER4), NULL, NULL, "stations.q.wait_s", 2.5, "Pollaczek-Khinchine", .seconds = 300000, .warmup = 5000, .replications = 20},
  {"queue/M/lognormal/1", MM1(EXP("2 s"), "\"lognormal(1 s, 1 s)\""), NULL, NULL, "stations.q.wait_s", 1.0, "Pollaczek-Khinchine", LONG},
  {"queue/M/gamma/1", MM1(EXP("2 s"), "\"gamma(0.5, 1 s)\""), NULL, NULL, "stations.q.wait_s", 1.5, "Pollaczek-Khinchine", LONG},
  {"queue/M/geometric/1, tries until it works", MM1(EXP("20 s"), "\"geometric(0.85, 10 s)\""), NULL, NULL, "stations.q.wait_s", 9.6638655462, "Pollaczek-Khinchine, E S^2 = (2 - p)/p^2 slots^2",
   .seconds = 1500000, .warmup = 20000, .replications = 20},
  {"queue/D/M/1", MM1("1.25 s", E1), NULL, NULL, "stations.q.wait_s", 1.6927308399, "GI/M/1, Kendall 1953: z/(u (1 - z)), z = e^(-u (1 - z) T)", LONG},
  {"queue/E2/M/1", MM1("\"erlang(2, 1.25 s)\"", E1), NULL, NULL, "stations.q.wait_s", 2.8439797670, "GI/M/1, Kendall 1953", LONG},
  {"queue/H2/M/1", MM1("\"hyperexponential(0.887298334620742, 1.12701665379258 s, 8.87298334620742 s)\"", E1), NULL, NULL, "stations.q.wait_s", 2.1622776602, "GI/M/1, Kendall 1953",
   .seconds = 300000, .warmup = 5000, .replications = 20},
  {"queue/M/M/1 with 5 places", LOSING("src", EXP("0.8 s")) BUFFER("q", "4") MACHINE("m", E1) OUT, NULL, NULL, RATE, 0.9111805013, "M/M/1/K: l (1 - P_K)", LINE},
  {"queue/M/M/1 with 5 places, lost for each made", LOSING("src", EXP("0.8 s")) BUFFER("q", "4") MACHINE("m", E1) OUT, NULL, NULL, "kpi.lost / kpi.made", 0.3718467396,
   "M/M/1/K: P_K/(1 - P_K)", LINE},
  {"queue/M/M/2 with 5 places", LOSING("src", EXP("0.5 s")) BUFFER("q", "3") STATION("m", "kind: machine, servers: 2, time: " E1) OUT, NULL, NULL, RATE, 1.6363636364, CHAIN, LINE},
  {"queue/Erlang loss, 5 servers", LOSING("src", EXP("0.25 s")) STATION("m", "kind: machine, servers: 5, time: " E1) OUT, NULL, NULL, RATE, 3.2037325039,
   "Erlang 1917: l (1 - B(c, a))", LINE},
  {"queue/Erlang loss, hyperexponential times", LOSING("src", EXP("0.25 s")) STATION("m", "kind: machine, servers: 5, time: " HYPER4) OUT, NULL, NULL, RATE, 3.2037325039,
   "the same by insensitivity, Sevastyanov 1957", LINE},
  {"queue/arrivals in batches of 3", STATION("src", "kind: source, makes: part, every: " EXP("5 s") ", batch: 3") QUEUE("q") MACHINE("m", E1) OUT, NULL, NULL, "kpi.wip",
   3.0, "M^X/M/1: r (X + 1)/(2 (1 - r)) (Gross & Harris)", LONG},
#define TWO_CLASSES STATION("s1", "kind: source, makes: a, every: " EXP("4 s")) STATION("s2", "kind: source, makes: b, every: " EXP("2 s")) QUEUE("q1") QUEUE("q2") MACHINE("m", E1) OUT
#define TWO_QUEUES  "s1 -> q1\ns2 -> q2\n{path: q1 -> m, priority: 2}\n{path: q2 -> m, priority: 1}\nm -> out\n"
  {"queue/priority, wait of the first class", TWO_CLASSES, TWO_QUEUES, NULL, "stations.q1.wait_s", 1.0, "Cobham 1954: W0/(1 - r1)", LONG},
  {"queue/priority, wait of the second class", TWO_CLASSES, TWO_QUEUES, NULL, "stations.q2.wait_s", 4.0, "Cobham 1954: W0/((1 - r1)(1 - r1 - r2))", LONG},
  {"queue/M/M/1 with breakdowns", ARRIVALS("src", EXP("2 s")) QUEUE("q") UNRELIABLE("m", E1, "10 s", "5 s") OUT, NULL, NULL, "stations.q.wait_s", 9.5000000000,
   "Avi-Itzhak & Naor 1963: Pollaczek-Khinchine of the completion time", .seconds = 400000, .warmup = 5000, .replications = 20},
  {"queue/two unequal machines, the fast one first", ARRIVALS("src", E1) QUEUE("q") MACHINE("fast", E1) MACHINE("slow", EXP("2.5 s")) OUT,
   "src -> q -> fast -> out\nq -> slow -> out\n", NULL, "kpi.wip", 2.9209245742, CHAIN "; Morrison 1991 has the closed form", LONG},
  {"queue/two in tandem", ARRIVALS("src", EXP("2 s")) QUEUE("q1") MACHINE("m1", E1) QUEUE("q2") MACHINE("m2", EXP("1.5 s")) OUT, NULL, NULL, "kpi.lead_time_s", 8.0,
   "Jackson 1957: sum of 1/(u - l)", LONG},
  {"queue/rework to the start",
   ARRIVALS("src", EXP("2.5 s")) QUEUE("q1") MACHINE("m1", E1) QUEUE("q2") STATION("m2", "kind: machine, time: " EXP("1.25 s") ", rework: {share: 0.2, to: q1}") OUT,
   NULL, NULL, "kpi.lead_time_s", 6.6666666667, "Jackson 1957: sum of L over l, l1 = l/(1 - q)", LONG},
  {"queue/sorter before two queues",
   ARRIVALS("src", EXP("2 s")) QUEUE("q") STATION("s", "kind: sorter, time: " E1) QUEUE("qa") QUEUE("qb") MACHINE("ma", EXP("2 s")) MACHINE("mb", EXP("2.5 s")) OUT,
   "src -> q -> s\n{path: s -> qa, share: 0.6}\n{path: s -> qb, share: 0.4}\nqa -> ma -> out\nqb -> mb -> out\n", NULL, "kpi.lead_time_s", 7.0000000000, "Jackson 1957", LONG},

  {"open/3 stations, arrivals are lost",
   LOSING("src", EXP("1.25 s")) BUFFER("b0", "1") MACHINE("s1", E1) BUFFER("b1", "1") MACHINE("s2", E1) BUFFER("b2", "1") MACHINE("s3", E1) OUT, NULL, NULL, RATE, 0.5447411243, CHAIN, LINE},

  // ---- constant work in process --------------------------------------------------------------------
  {"conwip/3 equal stations, 3 parts", RAW QUEUE("q1") MACHINE("s1", E1) QUEUE("q2") MACHINE("s2", E1) QUEUE("q3") MACHINE("s3", E1) OUT, NULL,
   "flow_limits: [{wip: 3, from: q1, to: s3}]\n", RATE, 0.6, "Buzen 1973, CACM 16:527: K/(K + N - 1)", LINE},
  {"conwip/3 unequal stations, 5 parts", RAW QUEUE("q1") MACHINE("s1", E1) QUEUE("q2") MACHINE("s2", EXP("0.7 s")) QUEUE("q3") MACHINE("s3", EXP("0.9 s")) OUT, NULL,
   "flow_limits: [{wip: 5, from: q1, to: s3}]\n", RATE, 0.8082709206, "Buzen 1973: G(K - 1)/G(K)", LINE},
  {"conwip/4 stations, 6 parts, lead time",
   RAW QUEUE("q1") MACHINE("s1", E1) QUEUE("q2") MACHINE("s2", EXP("0.5 s")) QUEUE("q3") MACHINE("s3", EXP("0.9 s")) QUEUE("q4") MACHINE("s4", EXP("0.6 s")) OUT, NULL,
   "flow_limits: [{wip: 6, from: q1, to: s4}]\n", "kpi.lead_time_s", 7.2229287573, "Buzen 1973 and Little 1961: K/throughput", LINE},
  {"conwip/fixed times, 2 parts", RAW MACHINE("s1", "10 s") QUEUE("q") MACHINE("s2", "10 s") QUEUE("q2") MACHINE("s3", "10 s") OUT, NULL,
   "flow_limits: [{wip: 2, from: s1, to: s3}]\n", RATE, 2.0 / 30, "two parts, 30 s each, that never meet", .seconds = 3000, .warmup = 300, EXACT},

  // ---- tending, operators, carriers ----------------------------------------------------------------
#define TENDED(i) SOURCE("r" i, "part") STATION("m" i, "kind: machine, time: " EXP("4 s") ", setup: {time: " E1 ", every: 1}, operator: {by: crew, during: setup}")
  {"tending/4 machines, 1 operator", TENDED("1") TENDED("2") TENDED("3") TENDED("4") OUT, "r1 -> m1 -> out\nr2 -> m2 -> out\nr3 -> m3 -> out\nr4 -> m4 -> out\n",
   "people: {crew: {count: 1}}\n", RATE, 0.6893203883, "machine repairmen, Palm 1947", LINE},
  {"tending/4 machines, 1 operator, share of time he works", TENDED("1") TENDED("2") TENDED("3") TENDED("4") OUT,
   "r1 -> m1 -> out\nr2 -> m2 -> out\nr3 -> m3 -> out\nr4 -> m4 -> out\n", "people: {crew: {count: 1}}\n", "robots.crew.working", 0.6893203883, "1 - P_0, Palm 1947", LINE},
  {"tending/6 machines, 2 operators", TENDED("1") TENDED("2") TENDED("3") TENDED("4") TENDED("5") TENDED("6") OUT,
   "r1 -> m1 -> out\nr2 -> m2 -> out\nr3 -> m3 -> out\nr4 -> m4 -> out\nr5 -> m5 -> out\nr6 -> m6 -> out\n", "robots: {crew: {count: 2}}\n", RATE, 1.1528438469,
   "machine repairmen, Palm 1947", LINE},
  {"tending/2 machines, 1 operator for all the work", SOURCE("r1", "part") SOURCE("r2", "part")
   STATION("m1", "kind: machine, time: 4 s, operator: {by: crew}") STATION("m2", "kind: machine, time: 4 s, operator: {by: crew}") OUT,
   "r1 -> m1 -> out\nr2 -> m2 -> out\n", "robots: {crew: {count: 1}}\n", RATE, 0.25, "one pair of hands: 1/T", .seconds = 4000, .warmup = 400, EXACT},
  {"carrying/1 robot, fixed handling", RAW OUT, "{path: raw -> out, by: robots}\n", "robots: {crew: {count: 1, handling: 4 s}}\n", RATE, 1.0 / 8,
   "a pick and a place of 4 s each", .seconds = 8000, .warmup = 800, EXACT},
  {"carrying/2 robots, exponential handling, from two sources", SOURCE("r1", "part") SOURCE("r2", "part") OUT,
   "{path: r1 -> out, by: robots}\n{path: r2 -> out, by: robots}\n", "robots: {crew: {count: 2, handling: exponential(2 s)}}\n", RATE, 0.5, "2 robots, 4 s a job", LINE},
  {"carrying/1 robot between two machines", RAW MACHINE("m1", "2 s") MACHINE("m2", "5 s") OUT, "raw -> m1\n{path: m1 -> m2, by: robots}\nm2 -> out\n",
   "robots: {crew: {count: 1, handling: 1 s}}\n", RATE, 1.0 / 7, "by hand: the room is kept from the call on: 2 s carried, 5 s worked", .seconds = 7000, .warmup = 700, EXACT},

  {"carrying/a queue for one robot", ARRIVALS("src", EXP("4 s")) QUEUE("q") OUT, "src -> q\n{path: q -> out, by: robots}\n",
   "robots: {crew: {count: 1, handling: exponential(1 s)}}\n", "kpi.lead_time_s", 3.5, "M/E2/1, Pollaczek-Khinchine: a pick and a place are one Erlang-2 service", LONG},
  {"battery/90 min of work, 50 min of charging", RAW OUT, "{path: raw -> out, by: robots}\n",
   "robots: {crew: {count: 1, handling: exponential(5 s), runs: 90 min, charges: 50 min}}\n", RATE, 0.0642857143,
   "what is used is charged again: R/((R + C) T), wherever the charge begins and ends", .seconds = 631170, .warmup = 20000, .replications = 20},
  {"battery/share of time at the charger", RAW OUT, "{path: raw -> out, by: robots}\n",
   "robots: {crew: {count: 1, handling: exponential(5 s), runs: 90 min, charges: 50 min}}\n", "robots.crew.charging", 0.3571428571,
   "C/(R + C)", .seconds = 631170, .warmup = 20000, .replications = 20},
  {"falls/2 in 100 jobs of 84 s, 5 min each", RAW OUT, "{path: raw -> out, by: robots}\n",
   "robots: {crew: {count: 1, handling: 42 s, falls: {share: 0.02, for: 5 min}}}\n", RATE, 0.0111111111, "1/(T + p D) = 1/90", .seconds = 2000000, .warmup = 1000, .replications = 20},

  // ---- scrap, rework, quality, OEE -----------------------------------------------------------------
  {"scrap/3 stations, buffers of 1", RAW MACHINE("s1", E1) BUFFER("b1", "1") STATION("s2", "kind: machine, time: " EXP("0.5 s") ", scrap: 0.1") BUFFER("b2", "1") MACHINE("s3", E1) OUT,
   NULL, NULL, RATE, 0.7353307937, CHAIN, LINE},
  {"scrap/one machine, scrapped for each good one", RAW STATION("m", "kind: machine, time: 1 s, scrap: 0.04") OUT, NULL, NULL, "kpi.scrapped / kpi.made", 1.0 / 24, "q/(1 - q)", LINE},
  {"rework/through the machine again", RAW BUFFER("q", "2") STATION("m", "kind: machine, time: 2 s, rework: {share: 0.2, to: again}") QUEUE("again") MACHINE("mend", "0.5 s") OUT,
   "raw -> q -> m -> out\nagain -> mend -> out\n", NULL, "stations.m.made / stations.mend.made", 5.0, "1/q parts for each reworked one", LINE},
  {"inspection/what passes", SOURCE("raw", "{a: 0.8, b: 0.2}") STATION("look", "kind: inspection, time: 1 s, finds: {b: 0.9}, false_alarm: 0.05") OUT STATION("bin", "kind: sink, counts: scrapped"),
   "raw -> look\n{path: look -> out, when: pass}\n{path: look -> bin, when: fail}\n", NULL, RATE, 0.78, "0.8 (1 - 0.05) + 0.2 (1 - 0.9)", LINE},
  {"oee/failures, slow cycles and scrap", RAW STATION("m", "kind: machine, time: 10 s, ideal: 8 s, scrap: 0.02, failures: {up: " EXP("500 s") ", down: " EXP("50 s") "}") OUT, NULL, NULL,
   "stations.m.oee", 8 * 0.98 / 11, "ISO 22400-2: ideal time of good parts over planned time", .seconds = 400000, .warmup = 5000, .replications = 20},

  // ---- set-ups -------------------------------------------------------------------------------------
  {"setup/12 of a, 8 of b, in turn", SOURCE("raw", "[{a: 12}, {b: 8}]") STATION("m", "kind: machine, time: {a: 20 s, b: 35 s}, setup: {time: 90 s, when: part-changes}") OUT, NULL, NULL,
   "kpi.throughput_per_h", 20 * 3600.0 / 700, "by hand: 12 x 20 + 8 x 35 + 2 x 90 = 700 s for 20", .seconds = 70000, .warmup = 7000, EXACT},
  {"setup/share of time set up", SOURCE("raw", "[{a: 12}, {b: 8}]") STATION("m", "kind: machine, time: {a: 20 s, b: 35 s}, setup: {time: 90 s, when: part-changes}") OUT, NULL, NULL,
   "stations.m.setup", 180.0 / 700, "by hand: 2 x 90 of 700 s", .seconds = 70000, .warmup = 7000, EXACT},
  {"setup/random mix", SOURCE("raw", "{a: 0.7, b: 0.3}") STATION("m", "kind: machine, time: {a: 2 s, b: 3 s}, setup: {time: 1.5 s, when: part-changes}") OUT, NULL, NULL, RATE, 0.3412969283,
   "1/(E T + 2 p (1 - p) S)", LINE},
  {"setup/every 10 parts", RAW STATION("m", "kind: machine, time: 4 s, setup: {time: 20 s, every: 10}") OUT, NULL, NULL, RATE, 10.0 / 60, "n/(n T + S)",
   .seconds = 6000, .warmup = 600, EXACT},

  // ---- parallel servers, batches, blocking before service -----------------------------------------
  {"servers/2 in the middle, no buffer", RAW MACHINE("s1", EXP("0.5 s")) STATION("s2", "kind: machine, servers: 2, time: " E1) MACHINE("s3", EXP("0.5 s")) OUT, NULL, NULL, RATE, 1.2302602942, CHAIN, LINE},
  {"servers/1, 3, 2 with buffers of 2",
   RAW MACHINE("s1", EXP("0.4 s")) BUFFER("b1", "2") STATION("s2", "kind: machine, servers: 3, time: " E1) BUFFER("b2", "2") STATION("s3", "kind: machine, servers: 2, time: " EXP("0.7 s")) OUT,
   NULL, NULL, RATE, 2.1471675074, CHAIN, LINE},
  {"batch/furnace of 5, fixed time", RAW STATION("m", "kind: machine, batch: 5, time: 10 s") OUT, NULL, NULL, RATE, 0.5, "5 every 10 s", .seconds = 10000, .warmup = 1000, EXACT},
  {"batch/furnace of 4 after a machine", RAW MACHINE("s1", E1) STATION("m", "kind: machine, batch: 4, time: 2 s") OUT, NULL, NULL, RATE, 0.7789170092,
   "by hand: 4 Erlang stages, the first of which overlaps the furnace: 4/(2 + 3 + E max(X - 2, 0)) = 4/(5 + e^-2)", LINE},
  {"before-service/2 stations, no buffer", RAW STATION("s1", "kind: machine, blocking: before-service, time: " E1) MACHINE("s2", E1) OUT, NULL, NULL, RATE, 0.5,
   "they take turns: 1/(E S1 + E S2)", LINE},
  {"before-service/2 stations, buffer of 3", RAW STATION("s1", "kind: machine, blocking: before-service, time: " E1) BUFFER("b", "3") MACHINE("s2", E1) OUT, NULL, NULL, RATE, 0.8,
   "(b + 1)/(b + 2): one place fewer than after service", LINE},
  {"before-service/3 stations, buffers of 1",
   RAW STATION("s1", "kind: machine, blocking: before-service, time: " E1) BUFFER("b1", "1") STATION("s2", "kind: machine, blocking: before-service, time: " E1) BUFFER("b2", "1") MACHINE("s3", E1) OUT,
   NULL, NULL, RATE, 0.5777777778, CHAIN ": the part waits for its room in the server", LINE},

  // ---- conveyors -----------------------------------------------------------------------------------
  {"conveyor/capacity", RAW STATION("belt", "kind: conveyor, length: 20 m, speed: 0.5, pitch: 0.5") OUT, NULL, NULL, RATE, 1.0, "speed/pitch", .seconds = 1000, .warmup = 100, EXACT},
  {"conveyor/transit time", ARRIVALS("src", "10 s") STATION("belt", "kind: conveyor, length: 20 m, speed: 0.5, pitch: 0.5") OUT, NULL, NULL, "kpi.lead_time_s", 40.0, "length/speed",
   .seconds = 1000, .warmup = 100, EXACT},
  {"conveyor/parts on it", ARRIVALS("src", EXP("2 s")) QUEUE("q") STATION("belt", "kind: conveyor, length: 20 m, speed: 0.5, pitch: 0.01") OUT, NULL, NULL, "stations.belt.queue", 20.0,
   "Little 1961: l length/speed", LONG},

  // ---- shifts --------------------------------------------------------------------------------------
  {"shift/share of the week off", RAW STATION("m", "kind: machine, time: 61 s, shift: day") OUT, NULL,
   "shifts: {day: {start: 06:00, end: 14:00, days: Mon-Fri, breaks: [[10:00, 15 min]]}}\n", "stations.m.off_shift", 1 - 38.75 / 168, "5 x 7.75 h of 168 h",
   .seconds = 7 * 86400, .warmup = 7 * 86400, EXACT},
  {"shift/parts of a week", RAW STATION("m", "kind: machine, time: 61 s, shift: day") OUT, NULL,
   "shifts: {day: {start: 06:00, end: 14:00, days: Mon-Fri, breaks: [[10:00, 15 min]]}}\n", "kpi.made", 2286, "38.75 h hold 2286 times 61 s, work goes on where it stopped",
   .seconds = 7 * 86400, .warmup = 0, EXACT},

  // ---- runs that end -------------------------------------------------------------------------------
  {"ends/10 parts, 1 machine", STATION("raw", "kind: source, makes: part, limit: 10") MACHINE("m", E1) OUT, NULL, NULL, "kpi.makespan_s", 10, "n E S", ENDS},
  {"ends/10 parts, 3 servers", STATION("raw", "kind: source, makes: part, limit: 10") STATION("m", "kind: machine, servers: 3, time: " E1) OUT, NULL, NULL, "kpi.makespan_s", 4.1666666667,
   "(n - c)/c + H_c: minimum of exponentials", ENDS},
  {"ends/5 parts, 2 machines", STATION("raw", "kind: source, makes: part, limit: 5") MACHINE("m1", E1) QUEUE("q") MACHINE("m2", E1) OUT, NULL, NULL, "kpi.makespan_s", 7.4609375000,
   "absorbing Markov chain, tests/markov.c", ENDS},
  {"ends/flow shop of 3 jobs, 3 machines",
   STATION("raw", "kind: source, makes: [{a: 1}, {b: 1}, {c: 1}], limit: 3") MACHINE("m1", "{a: 3 s, b: 5 s, c: 2 s}") QUEUE("q1") MACHINE("m2", "{a: 4 s, b: 1 s, c: 6 s}") QUEUE("q2")
   MACHINE("m3", "{a: 2 s, b: 7 s, c: 3 s}") OUT, NULL, NULL, "kpi.makespan_s", 19, "by hand: a 3 7 9, b 8 9 16, c 10 16 19", .seconds = 1000, .warmup = 0, EXACT},
  {"ends/L = l W", STATION("src", "kind: source, makes: part, limit: 500, every: " EXP("1.1 s")) QUEUE("q") MACHINE("m", E1) OUT, NULL, NULL,
   "3600 * kpi.wip / kpi.throughput_per_h / kpi.lead_time_s", 1.0, "Little 1961: an identity of every run that begins and ends empty", .seconds = 1e6, .warmup = 0, EXACT},
};

const int validate_case_count = (int)(sizeof validate_cases / sizeof *validate_cases);

// ---- a case as a layout --------------------------------------------------------------------------

struct text { char *out; size_t size, used; };

static void put(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct text *t, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  size_t left = t->used < t->size ? t->size - t->used : 0;
  int n = vsnprintf(left ? t->out + t->used : NULL, left, format, arguments);
  va_end(arguments);
  if (n > 0) t->used += (size_t)n;
}

// every line of `lines` behind a prefix
static void put_lines(struct text *t, const char *prefix, const char *lines) {
  for (const char *line = lines; *line;) {
    size_t n = strcspn(line, "\n");
    put(t, "%s%.*s\n", prefix, (int)n, line);
    line += n + (line[n] == '\n');
  }
}

size_t validate_case_layout(const struct validate_case *c, char *out, size_t size) {
  struct text t = {out, size, 0};
  put(&t, "takt: 1\nname: %s\nparts: {part: {}, a: {}, b: {}, c: {}, d: {}, product: {}}\nstations:\n", c->name);
  put_lines(&t, "  ", c->stations);
  put(&t, "flow:\n");
  if (c->flow) {
    put_lines(&t, "  - ", c->flow);
  } else {
    // a chain of the stations' names
    put(&t, "  - ");
    for (const char *line = c->stations; *line;) {
      size_t n = strcspn(line, "\n");
      put(&t, "%s%.*s", line == c->stations ? "" : " -> ", (int)strcspn(line, ":"), line);
      line += n + (line[n] == '\n');
    }
    put(&t, "\n");
  }
  if (c->extra) put(&t, "%s", c->extra);
  put(&t, "run: {for: %.0f s, warmup: %.0f s}\n", c->seconds, c->warmup);
  return t.used < t.size ? t.used : 0;
}
