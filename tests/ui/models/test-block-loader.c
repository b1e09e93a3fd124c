/* test-block-loader.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "models/ann-block-loader.h"

/* Blocks are numbers. A gate holds workers, so that what is in flight is known. */
typedef struct {
  AnnBlockLoader *loader;
  GMutex mutex;
  GCond changed;
  gboolean is_closed;
  guint n_running;
  guint n_cancelled;
  GArray *started;     /* guint64, guarded by the mutex */
  gboolean is_offline; /* for blocks from 800 on; guarded by the mutex */
  guint n_arrived;
  gsize block_size;
  int n_alive; /* blocks and requests that were not freed */
} Gate;

static Gate gate;

typedef struct {
  guint64 block;
} Request;

static gpointer
make_request (const AnnBlockKey *key, gpointer owner)
{
  Request *request = g_new0 (Request, 1);

  g_assert_true (owner == &gate);
  request->block = key->block;
  g_atomic_int_inc (&gate.n_alive);

  return request;
}

static void
free_counted (gpointer data)
{
  g_atomic_int_dec_and_test (&gate.n_alive);
  g_free (data);
}

static gpointer
run (gpointer data, GCancellable *cancellable, GError **error)
{
  Request *request = data;
  Request *block;
  gboolean cancelled, is_offline;

  g_mutex_lock (&gate.mutex);
  g_array_append_val (gate.started, request->block);
  gate.n_running++;
  g_cond_broadcast (&gate.changed);
  while (gate.is_closed && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait_until (&gate.changed, &gate.mutex, g_get_monotonic_time () + 1000);
  gate.n_running--;
  cancelled = g_cancellable_set_error_if_cancelled (cancellable, error);
  is_offline = gate.is_offline && request->block >= 800 && request->block < 900;
  gate.n_cancelled += cancelled ? 1 : 0;
  g_mutex_unlock (&gate.mutex);

  if (cancelled)
    return NULL;
  if (is_offline)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Block %u did not come",
                   (guint) request->block);
      return NULL;
    }
  if (request->block >= 900)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "Block %u is broken",
                   (guint) request->block);
      return NULL;
    }

  block = g_new0 (Request, 1);
  block->block = request->block;
  g_atomic_int_inc (&gate.n_alive);

  return block;
}

static gsize
get_size (gconstpointer block)
{
  return gate.block_size;
}

static void
on_arrived (gpointer owner)
{
  gate.n_arrived++;
}

static void
set_up (gsize budget)
{
  static const AnnBlockLoaderFuncs funcs = { make_request, run,          free_counted,
                                             get_size,     free_counted, on_arrived };

  gate.is_closed = FALSE;
  gate.n_arrived = gate.n_cancelled = 0;
  gate.block_size = 1000;
  gate.started = g_array_new (FALSE, FALSE, sizeof (guint64));
  gate.loader = ann_block_loader_new (&funcs, &gate, budget);
  g_assert_cmpint (g_atomic_int_get (&gate.n_alive), ==, 0);
}

static guint
count_running (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&gate.mutex);

  return gate.n_running;
}

static void
tear_down (void)
{
  gpointer weak = gate.loader;

  ann_block_loader_stop (gate.loader);
  g_object_add_weak_pointer (G_OBJECT (gate.loader), &weak);
  g_object_unref (gate.loader);
  ann_ui_test_wait_until (weak == NULL && g_atomic_int_get (&gate.n_alive) == 0);
  g_array_unref (gate.started);
}

static void
set_gate (gboolean is_closed)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&gate.mutex);

  gate.is_closed = is_closed;
  g_cond_broadcast (&gate.changed);
}

static void
set_wanted (guint64 first, guint64 n)
{
  g_autofree AnnBlockKey *keys = g_new (AnnBlockKey, n + 1);

  for (guint64 i = 0; i < n; i++)
    keys[i] = (AnnBlockKey){ 1, first + i };
  ann_block_loader_set_wanted (gate.loader, keys, n, n);
}

static void
check_block (guint64 number)
{
  const Request *block = ann_block_loader_find (gate.loader, 1, number, NULL);

  g_assert_nonnull (block);
  g_assert_cmpuint (block->block, ==, number);
}

static void
test_load (void)
{
  set_up (1 << 20);
  g_assert_null (ann_block_loader_find (gate.loader, 1, 3, NULL));
  set_wanted (3, 20);
  ann_ui_test_wait_until (ann_block_loader_is_idle (gate.loader));

  for (guint64 i = 3; i < 23; i++)
    check_block (i);
  g_assert_null (ann_block_loader_find (gate.loader, 2, 3, NULL));
  g_assert_cmpuint (gate.n_arrived, >=, 1);
  g_assert_cmpuint (gate.n_arrived, <=, 20);

  /* What is there is not fetched again. */
  set_wanted (3, 20);
  g_assert_true (ann_block_loader_is_idle (gate.loader));
  g_assert_cmpuint (ann_block_loader_get_n_started (gate.loader), ==, 20);
  tear_down ();
}

/* What nobody wants any more is not started, or cancelled; what is still wanted goes on. */
static void
test_stale (void)
{
  set_up (1 << 20);
  set_gate (TRUE);
  set_wanted (0, 100);
  ann_ui_test_wait_until (count_running () > 0);
  g_assert_cmpuint (ann_block_loader_get_n_started (gate.loader), <, 10);

  set_wanted (0, 1);
  set_gate (FALSE);
  ann_ui_test_wait_until (ann_block_loader_is_idle (gate.loader));
  check_block (0);
  for (guint64 i = 1; i < 100; i++)
    g_assert_null (ann_block_loader_find (gate.loader, 1, i, NULL));

  g_mutex_lock (&gate.mutex);
  g_assert_cmpuint (gate.started->len, <, 10);
  for (guint i = 0, n = 0; i < gate.started->len; i++)
    {
      n += g_array_index (gate.started, guint64, i) == 0 ? 1 : 0;
      g_assert_cmpuint (n, <=, 1); /* block 0 was not given up and begun again */
    }
  g_mutex_unlock (&gate.mutex);
  tear_down ();
}

/* The late ones are not begun before the others are there and the table has been told, and then not
 * one after the other.
 */
static void
test_late (void)
{
  const AnnBlockKey keys[] = { { 1, 0 }, { 1, 1 }, { 1, 2 }, { 1, 3 } };

  set_up (1 << 20);
  set_gate (TRUE);
  ann_block_loader_set_wanted (gate.loader, keys, 4, 2);
  ann_ui_test_wait_until (count_running () == 2);
  ann_ui_test_drain ();
  g_assert_cmpuint (ann_block_loader_get_n_started (gate.loader), ==, 2);

  set_gate (FALSE);
  ann_ui_test_wait_until (ann_block_loader_get_n_started (gate.loader) > 2);
  g_assert_cmpuint (ann_block_loader_get_n_started (gate.loader), ==, 4);
  g_assert_cmpuint (gate.n_arrived, >, 0);
  check_block (0);
  check_block (1);
  ann_ui_test_wait_until (ann_block_loader_is_idle (gate.loader));
  check_block (3);
  tear_down ();
}

/* A block that comes after all of its kind have become worthless is not kept. */
static void
test_clear (void)
{
  set_up (1 << 20);
  set_wanted (0, 2);
  ann_ui_test_wait_until (ann_block_loader_is_idle (gate.loader));
  set_gate (TRUE);
  set_wanted (5, 2);
  ann_ui_test_wait_until (count_running () > 0);

  ann_block_loader_clear (gate.loader);
  g_assert_cmpuint (ann_block_loader_get_size (gate.loader), ==, 0);
  set_gate (FALSE);
  ann_ui_test_wait_until (count_running () == 0 && g_atomic_int_get (&gate.n_alive) == 0);
  ann_ui_test_drain ();
  for (guint64 i = 0; i < 10; i++)
    g_assert_null (ann_block_loader_find (gate.loader, 1, i, NULL));

  set_wanted (5, 2);
  ann_ui_test_wait_until (ann_block_loader_is_idle (gate.loader));
  check_block (5);
  tear_down ();
}

static void
test_errors (void)
{
  const GError *error = NULL;

  set_up (1 << 20);
  set_wanted (899, 2);
  ann_ui_test_wait_until (ann_block_loader_is_idle (gate.loader));
  check_block (899);
  g_assert_null (ann_block_loader_find (gate.loader, 1, 900, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
  g_assert_null (ann_block_loader_find (gate.loader, 1, 901, &error));
  g_assert_null (error);
  tear_down ();
}

static void
set_offline (gboolean is_offline)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&gate.mutex);

  gate.is_offline = is_offline;
}

/* What failed on the way is asked for again when that is wanted, and not before; what is broken is
 * broken.
 */
static void
test_retry (void)
{
  const GError *error = NULL;
  guint64 n_started;

  set_up (1 << 20);
  set_offline (TRUE);
  set_wanted (798, 4);
  ann_ui_test_wait_until (ann_block_loader_is_idle (gate.loader));
  check_block (799);
  g_assert_null (ann_block_loader_find (gate.loader, 1, 800, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_error (ann_block_loader_get_failure (gate.loader), G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpuint (ann_block_loader_get_n_failures (gate.loader), ==, 2);

  n_started = ann_block_loader_get_n_started (gate.loader);
  set_wanted (798, 4);
  ann_ui_test_wait_until (ann_block_loader_is_idle (gate.loader));
  g_assert_cmpuint (ann_block_loader_get_n_started (gate.loader), ==, n_started);

  set_offline (FALSE);
  g_assert_true (ann_block_loader_retry (gate.loader));
  g_assert_no_error (ann_block_loader_get_failure (gate.loader));
  ann_ui_test_wait_until (ann_block_loader_is_idle (gate.loader));
  g_assert_cmpuint (ann_block_loader_get_n_started (gate.loader), ==, n_started + 2);
  check_block (800);
  check_block (801);

  set_wanted (900, 1);
  ann_ui_test_wait_until (ann_block_loader_is_idle (gate.loader));
  g_assert_no_error (ann_block_loader_get_failure (gate.loader));
  g_assert_false (ann_block_loader_retry (gate.loader));
  tear_down ();
}

/* The budget holds, the blocks on the screen stay, the oldest go first. */
static void
test_budget (void)
{
  set_up (20000);
  for (guint64 i = 0; i < 40; i++)
    {
      set_wanted (i * 5, 5);
      ann_ui_test_wait_until (ann_block_loader_is_idle (gate.loader));
      g_assert_cmpuint (ann_block_loader_get_size (gate.loader), <=, 20000);
      for (guint64 k = 0; k < 5; k++)
        check_block (i * 5 + k);
      if (i > 0)
        check_block (i * 5 - 1);
      if (i > 10)
        g_assert_null (ann_block_loader_find (gate.loader, 1, 0, NULL));
    }

  /* More than the budget on the screen at once. */
  set_wanted (500, 60);
  ann_ui_test_wait_until (ann_block_loader_is_idle (gate.loader));
  for (guint64 k = 0; k < 60; k++)
    check_block (500 + k);
  tear_down ();
}

/* Ends while workers are busy: nothing is delivered, nothing leaks. */
static void
test_stop (void)
{
  set_up (1 << 20);
  set_gate (TRUE);
  set_wanted (0, 50);
  ann_ui_test_wait_until (count_running () > 0);
  tear_down ();
  g_assert_cmpuint (gate.n_arrived, ==, 0);
}

int
main (int argc, char **argv)
{
  ann_ui_test_init (&argc, &argv);
  g_test_add_func ("/block-loader/load", test_load);
  g_test_add_func ("/block-loader/stale", test_stale);
  g_test_add_func ("/block-loader/late", test_late);
  g_test_add_func ("/block-loader/clear", test_clear);
  g_test_add_func ("/block-loader/errors", test_errors);
  g_test_add_func ("/block-loader/retry", test_retry);
  g_test_add_func ("/block-loader/budget", test_budget);
  g_test_add_func ("/block-loader/stop", test_stop);

  return g_test_run ();
}
