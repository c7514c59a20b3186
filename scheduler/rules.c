#include "scheduler/rules.h"

#include <assert.h>
#include <stdbool.h>

#include "base/maths.h"

#define ATC_LOOKAHEAD 3.0           // k
#define ATC_WAIT      2.0           // b
#define ATC_UNDATED   1e-300
#define ATC_FAR       600.0          // k P of slack: e^-600 is still above the undated
#define WORK_MIN      1e-3          // s

static double at_least(double p) { return p > WORK_MIN ? p : WORK_MIN; }

static double apparent_cost(const struct index_jobs *jobs, int j, double mean) {
  double p = at_least(jobs->work[j]), rate = jobs->weight[j] / p, slack = jobs->due[j] - p - (1 + ATC_WAIT) * jobs->rest[j];
  if (slack > 1e300) return rate * ATC_UNDATED;
  double far = slack / (ATC_LOOKAHEAD * mean);
  return slack > 0 ? rate * m_exp(far < ATC_FAR ? -far : -ATC_FAR) : rate;
}

void dispatch_index(enum dispatch_index rule, const struct index_jobs *jobs, double *index) {
  double sum = 0;
  for (int j = 0; j < jobs->n; j++) {
    assert(jobs->work[j] >= 0);
    sum += at_least(jobs->work[j]);
  }
  for (int j = 0; j < jobs->n; j++) {
    switch (rule) {
      case INDEX_SPT: index[j] = jobs->work[j]; break;
      case INDEX_EDD: index[j] = jobs->due[j]; break;
      case INDEX_ATC: index[j] = -apparent_cost(jobs, j, sum / jobs->n); break;
    }
  }
}

static bool before(const double *index, int a, int b) { return index[a] < index[b] || (index[a] == index[b] && a < b); }

static void sink(const double *index, int *row, int i, int n) {
  for (int k; (k = 2 * i + 1) < n; i = k) {
    if (k + 1 < n && before(index, row[k + 1], row[k])) k++;
    if (!before(index, row[k], row[i])) return;
    int other = row[i];
    row[i] = row[k];
    row[k] = other;
  }
}

void dispatch_rank(const double *index, int n, int most, int *row) {
  for (int i = 0; i < n; i++) row[i] = i;
  for (int i = n / 2; i-- > 0;) sink(index, row, i, n);
  // the first of the heap goes behind it, again and again; then the end is turned round
  if (most > n) most = n;
  for (int k = 0; k < most; k++) {
    int first = row[0];
    row[0] = row[n - 1 - k];
    sink(index, row, 0, n - 1 - k);
    row[n - 1 - k] = first;
  }
  for (int a = 0, b = n - 1; a < b; a++, b--) {
    int other = row[a];
    row[a] = row[b];
    row[b] = other;
  }
}
