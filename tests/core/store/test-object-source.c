/* test-object-source.c: an object of a far store that is read by parts
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "counted-store.h"

#include <string.h>

/* More than is kept: 40 MiB, and a block that is not full. */
#define SIZE (((gsize) 40 << 20) + 1000)
#define BLOCK ((gsize) 64 << 10)
#define KEY "a/x.h5ad"

static guint8 *object_bytes; /* of SIZE */

typedef struct {
  CountedStore *store;
  AnnSource *source;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnStore) memory = _ann_memory_store_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (object_bytes, SIZE);
  g_autoptr (GBytes) small = g_bytes_new_static (object_bytes, 10);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GError) error = NULL;

  _ann_memory_store_add (memory, KEY, bytes);
  _ann_memory_store_add (memory, "small", small);
  _ann_memory_store_add (memory, "empty", empty);
  fixture->store = counted_store_new (g_steal_pointer (&memory));
  fixture->source = _ann_source_open_object (ANN_STORE (fixture->store), KEY, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->store->n_requests, ==, 1);
  counted_store_reset (fixture->store);
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&fixture->source);
  g_assert_finalize_object (fixture->store);
}

static void
assert_reads (Fixture *fixture, guint64 offset, gsize n)
{
  g_autofree guint8 *bytes = g_malloc (n);
  g_autoptr (GError) error = NULL;

  _ann_source_read (fixture->source, offset, bytes, n, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (memcmp (bytes, object_bytes + offset, n) == 0);
}

static void
assert_read_fails (Fixture *fixture, guint64 offset, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;
  guint8 byte;

  g_assert_false (_ann_source_read (fixture->source, offset, &byte, 1, NULL, &error));
  g_assert_error (error, domain, code);
}

static void
test_open (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *key;
    guint64 size;
  } objects[] = { { "small", 10 }, { "empty", 0 } };
  AnnStore *store = ANN_STORE (fixture->store);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (_ann_source_get_size (fixture->source), ==, SIZE);
  g_assert_true (_ann_source_is_remote (fixture->source));
  g_assert_null (_ann_source_get_path (fixture->source));

  for (gsize i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      g_autoptr (AnnSource) source = _ann_source_open_object (store, objects[i].key, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (_ann_source_get_size (source), ==, objects[i].size);
      g_assert_cmpstr (_ann_source_get_identity (source), !=,
                       _ann_source_get_identity (fixture->source));
    }

  g_assert_null (_ann_source_open_object (store, "a/y", NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* All of a small object came along, so that its size is known. */
  fixture->store->hides_size = TRUE;
  g_assert_null (_ann_source_open_object (store, KEY, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_object_unref (_ann_source_open_object (store, "small", NULL, NULL));
}

/* What is near what has been read costs nothing; the beginning came with the first request. */
static void
test_blocks (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  CountedStore *store = fixture->store;

  assert_reads (fixture, 0, 100);
  assert_reads (fixture, BLOCK - 10, 20);
  g_assert_cmpuint (store->n_requests, ==, 0);

  assert_reads (fixture, 10 * BLOCK + 5, 1);
  g_assert_cmpuint (store->n_requests, ==, 1);
  g_assert_cmpuint (store->n_bytes, ==, BLOCK);
  assert_reads (fixture, 10 * BLOCK, 100);
  assert_reads (fixture, 10 * BLOCK, BLOCK);
  g_assert_cmpuint (store->n_requests, ==, 1);

  /* Across the border of two blocks, neither of which is here: one request. */
  assert_reads (fixture, 21 * BLOCK - 3, 6);
  g_assert_cmpuint (store->n_requests, ==, 2);

  /* The last one is short. */
  assert_reads (fixture, SIZE - 5, 5);
  g_assert_cmpuint (store->n_bytes, ==, 3 * BLOCK + SIZE % BLOCK);
}

/* Large parts come as they are; all of a call in one call. */
static void
test_large (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree guint8 *a = g_malloc (BLOCK);
  g_autofree guint8 *b = g_malloc (3 * BLOCK);
  guint8 c[7], d[7];
  const AnnSourcePart parts[] = {
    { 300 * BLOCK + 1, BLOCK, a }, { 200 * BLOCK, 3 * BLOCK, b }, { 9, 7, c }, { 100 * BLOCK, 7, d }
  };
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_source_read_parts (fixture->source, parts, 4, NULL, &error));
  for (gsize i = 0; i < 4; i++)
    g_assert_true (memcmp (parts[i].bytes, object_bytes + parts[i].offset, parts[i].length) == 0);
  g_assert_cmpuint (fixture->store->n_calls, ==, 1);
  g_assert_cmpuint (fixture->store->n_requests, ==, 3);
  g_assert_cmpuint (fixture->store->n_bytes, ==, 5 * BLOCK);

  /* They are not kept. */
  assert_reads (fixture, 200 * BLOCK, 1);
  g_assert_cmpuint (fixture->store->n_requests, ==, 4);
}

static void
test_prefetch (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnSourcePart parts[] = { { 50 * BLOCK, 10, NULL },
                            { 70 * BLOCK - 1, 2, NULL },
                            { SIZE - 1, 100, NULL },
                            { G_MAXUINT64, 10, NULL } };
  AnnSourcePart all = { 0, SIZE, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_source_prefetch (fixture->source, parts, 4, NULL, &error));
  g_assert_cmpuint (fixture->store->n_calls, ==, 1);
  g_assert_cmpuint (fixture->store->n_requests, ==, 3);
  assert_reads (fixture, 50 * BLOCK + 100, 10);
  assert_reads (fixture, 69 * BLOCK, 2 * BLOCK);
  assert_reads (fixture, SIZE - 1, 1);
  g_assert_cmpuint (fixture->store->n_calls, ==, 1);

  /* More than is kept at once is not brought at once. */
  counted_store_reset (fixture->store);
  g_assert_true (_ann_source_prefetch (fixture->source, &all, 1, NULL, &error));
  g_assert_cmpuint (fixture->store->n_bytes, ==, 256 * BLOCK);
}

/* Memory has a limit: what was used longest ago goes. */
static void
test_kept (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  for (guint64 i = 2; i < 600; i++)
    assert_reads (fixture, i * BLOCK, 1);
  g_assert_cmpuint (fixture->store->n_requests, ==, 598);

  assert_reads (fixture, 599 * BLOCK, 1);
  assert_reads (fixture, (600 - 512) * BLOCK, 1);
  g_assert_cmpuint (fixture->store->n_requests, ==, 598);
  assert_reads (fixture, (599 - 512) * BLOCK, 1);
  g_assert_cmpuint (fixture->store->n_requests, ==, 599);

  /* That one's place was that of the one after (600 - 512), which has been used since. */
  assert_reads (fixture, (600 - 512) * BLOCK, 1);
  g_assert_cmpuint (fixture->store->n_requests, ==, 599);
  assert_reads (fixture, (601 - 512) * BLOCK, 1);
  g_assert_cmpuint (fixture->store->n_requests, ==, 600);
}

/* What the network says is passed on, and the next call tries again. */
static void
test_fails (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  guint8 a[4];
  g_autofree guint8 *b = g_malloc (BLOCK);
  const AnnSourcePart parts[] = { { 9 * BLOCK, 4, a }, { 100 * BLOCK, BLOCK, b } };
  g_autoptr (GError) error = NULL;

  fixture->store->fail_at = 0;
  assert_read_fails (fixture, 5 * BLOCK, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  assert_reads (fixture, 5 * BLOCK, 1);

  counted_store_reset (fixture->store);
  fixture->store->fail_at = 1;
  g_assert_false (_ann_source_read_parts (fixture->source, parts, 2, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_true (_ann_source_read_parts (fixture->source, parts, 2, NULL, &error));
  g_assert_true (memcmp (a, object_bytes + 9 * BLOCK, 4) == 0);
  g_assert_true (memcmp (b, object_bytes + 100 * BLOCK, BLOCK) == 0);
}

/* No error of a store blames the file that was open already. */
static void
test_gone (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnStore) full = fixture->store->inner;
  g_autoptr (GBytes) shorter = g_bytes_new_static (object_bytes, 7 * BLOCK + 1);
  AnnStore *less = _ann_memory_store_new ();

  fixture->store->inner = _ann_memory_store_new ();
  assert_read_fails (fixture, 5 * BLOCK, ANN_ERROR, ANN_ERROR_CHANGED);

  _ann_memory_store_add (less, KEY, shorter);
  g_set_object (&fixture->store->inner, less);
  assert_read_fails (fixture, 7 * BLOCK, ANN_ERROR, ANN_ERROR_CHANGED);

  g_set_object (&fixture->store->inner, full);
  assert_reads (fixture, 7 * BLOCK, 1);
  g_object_unref (less);
}

static void
cancel (gpointer data)
{
  g_cancellable_cancel (data);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  guint8 byte;

  fixture->store->before_read = cancel;
  fixture->store->data = cancellable;
  g_assert_false (_ann_source_read (fixture->source, 5 * BLOCK, &byte, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  fixture->store->before_read = NULL;
  assert_reads (fixture, 5 * BLOCK, 1);
}

/* Readers that want the same block at the same time. */
typedef struct {
  Fixture *fixture;
  GCancellable *cancellable;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  gboolean is_reading; /* the first is within the store */
  gboolean may_go_on;
} Meeting;

static void
hold (gpointer data)
{
  Meeting *meeting = data;

  pthread_mutex_lock (&meeting->lock);
  meeting->is_reading = TRUE;
  pthread_cond_broadcast (&meeting->changed);
  while (!meeting->may_go_on)
    pthread_cond_wait (&meeting->changed, &meeting->lock);
  pthread_mutex_unlock (&meeting->lock);
}

static gpointer
read_block (gpointer data)
{
  Meeting *meeting = data;
  GError *error = NULL;
  guint8 byte = 0;

  if (_ann_source_read (meeting->fixture->source, 5 * BLOCK, &byte, 1, meeting->cancellable,
                        &error))
    g_assert_cmpint (byte, ==, object_bytes[5 * BLOCK]);

  return error;
}

/* Starts a reader, and when it is within the store, others; gives what became of each. */
static void
meet (Meeting *meeting, GThread **threads, gsize n)
{
  pthread_mutex_init (&meeting->lock, NULL);
  pthread_cond_init (&meeting->changed, NULL);
  meeting->fixture->store->before_read = hold;
  meeting->fixture->store->data = meeting;

  threads[0] = g_thread_new ("first", read_block, meeting);
  pthread_mutex_lock (&meeting->lock);
  while (!meeting->is_reading)
    pthread_cond_wait (&meeting->changed, &meeting->lock);
  pthread_mutex_unlock (&meeting->lock);
  for (gsize i = 1; i < n; i++)
    threads[i] = g_thread_new ("other", read_block, meeting);
}

static void
let_go_on (Meeting *meeting)
{
  pthread_mutex_lock (&meeting->lock);
  meeting->may_go_on = TRUE;
  pthread_cond_broadcast (&meeting->changed);
  pthread_mutex_unlock (&meeting->lock);
}

static void
test_together (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  Meeting meeting = { .fixture = fixture };
  GThread *threads[4];

  meet (&meeting, threads, 4);
  g_usleep (20000);
  let_go_on (&meeting);
  for (gsize i = 0; i < 4; i++)
    g_assert_null (g_thread_join (threads[i]));
  g_assert_cmpuint (fixture->store->n_requests, ==, 1);
}

/* The one that asked fails: one of those who waited asks again. */
static void
test_together_fails (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  Meeting meeting = { .fixture = fixture };
  GThread *threads[4];
  guint n_failed = 0;

  fixture->store->fail_at = 0;
  meet (&meeting, threads, 4);
  g_usleep (20000);
  let_go_on (&meeting);
  for (gsize i = 0; i < 4; i++)
    {
      g_autoptr (GError) error = g_thread_join (threads[i]);

      n_failed += error != NULL;
    }
  g_assert_cmpuint (n_failed, ==, 1);
  g_assert_cmpuint (fixture->store->n_requests, ==, 2);
}

/* Who waits for another's request does not wait once he is cancelled. */
static void
test_together_cancelled (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  Meeting meeting = { .fixture = fixture };
  Meeting other = { .fixture = fixture };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread, *waiting;

  meet (&meeting, &thread, 1);
  other.cancellable = cancellable;
  waiting = g_thread_new ("other", read_block, &other);
  g_usleep (20000);
  g_cancellable_cancel (cancellable);
  error = g_thread_join (waiting);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  let_go_on (&meeting);
  g_assert_null (g_thread_join (thread));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  object_bytes = g_malloc (SIZE);
  for (gsize i = 0; i < SIZE; i++)
    object_bytes[i] = (guint8) (i * 7 + i / 251 + i / 65536);

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
  ADD ("/object-source/open", test_open);
  ADD ("/object-source/blocks", test_blocks);
  ADD ("/object-source/large", test_large);
  ADD ("/object-source/prefetch", test_prefetch);
  ADD ("/object-source/kept", test_kept);
  ADD ("/object-source/fails", test_fails);
  ADD ("/object-source/gone", test_gone);
  ADD ("/object-source/cancelled", test_cancelled);
  ADD ("/object-source/together", test_together);
  ADD ("/object-source/together-fails", test_together_fails);
  ADD ("/object-source/together-cancelled", test_together_cancelled);
#undef ADD

  result = g_test_run ();
  g_free (object_bytes);

  return result;
}
