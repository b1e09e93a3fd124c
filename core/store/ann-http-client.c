/* ann-http-client.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-http-transfer-private.h"

#include "base/ann-worker-private.h"

#include <pthread.h>
#include <signal.h>

/* One thread for the process has all connections: libcurl's multi handle is its alone. Others put
 * requests into a queue, wake it, and wait until all of their call are answered. The lock guards
 * the queue and what callers and that thread tell each other; it is never held while something is
 * sent or read. pthread's locks, not GLib's: ThreadSanitizer knows them.
 *
 * The memory that an answer goes to is the caller's. So a caller that is cancelled waits too, but
 * only until the thread has let go of its requests, and that thread never waits for a network.
 */

#define MAX_DELAY_MS 8000

typedef struct _Call Call;

typedef struct {
  AnnHttpTransfer transfer;
  Call *call;
  int priority;
  guint64 serial;
  gint64 due;          /* while it waits to be repeated */
  GSequenceIter *iter; /* in the queue, or among those that wait to be repeated */
  CURL *easy;          /* while it is under way */
  gboolean is_done;
} Item;

/* On the caller's stack. */
struct _Call {
  Item *items;
  gsize n;
  gsize n_left;
  gboolean is_given_up;
  pthread_cond_t done;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLM *multi;
static const AnnHttpLimits usual_limits = {
  .max_requests = 16,
  .max_retries = 4,
  .connect_timeout_ms = 15000,
  .idle_timeout_ms = 30000,
  .first_delay_ms = 250,
};

/* under the lock */
static AnnHttpLimits limits;
static GSequence *queue;      /* of Item, the most urgent first */
static GPtrArray *to_give_up; /* of Call */
static guint64 last_serial;

/* of the network thread alone */
static GSequence *delayed; /* of Item, the one that is due next first */
static GPtrArray *under_way;
static GPtrArray *idle_easies;

static int
compare_urgency (gconstpointer a, gconstpointer b, G_GNUC_UNUSED gpointer user_data)
{
  const Item *one = a;
  const Item *other = b;

  if (one->priority != other->priority)
    return one->priority < other->priority ? -1 : 1;

  return one->serial < other->serial ? -1 : one->serial > other->serial;
}

static int
compare_due (gconstpointer a, gconstpointer b, G_GNUC_UNUSED gpointer user_data)
{
  const Item *one = a;
  const Item *other = b;

  return one->due < other->due ? -1 : one->due > other->due;
}

static void
unlink_item (Item *item)
{
  g_clear_pointer (&item->iter, g_sequence_remove);
}

/* Under the lock. */
static void
enqueue (Item *item)
{
  item->iter = g_sequence_insert_sorted (queue, item, compare_urgency, NULL);
}

/* --- The network thread --- */

/* Takes the handle of @item out of curl's hands, for the next one to use: with it goes what is
 * known of a connection, not the connection.
 */
static void
release_easy (Item *item)
{
  curl_multi_remove_handle (multi, item->easy);
  g_ptr_array_remove_fast (under_way, item);
  curl_easy_reset (item->easy);
  g_ptr_array_add (idle_easies, g_steal_pointer (&item->easy));
}

static CURL *
take_easy (void)
{
  return idle_easies->len > 0 ? g_ptr_array_steal_index_fast (idle_easies, idle_easies->len - 1)
                              : curl_easy_init ();
}

/* Under the lock. When it is free again after the last item of a call, that memory may be gone. */
static void
end_item (Item *item)
{
  Call *call = item->call;

  item->is_done = TRUE;
  _ann_traffic_end_waiting (item->transfer.traffic);
  if (--call->n_left == 0)
    pthread_cond_signal (&call->done);
}

/* Lets go of all that is open of @call. Those requests get a copy of @reason, if there is one. */
static void
give_up (Call *call, const GError *reason)
{
  g_autoptr (GError) copy = reason != NULL ? g_error_copy (reason) : NULL;

  gsize n_left = call->n_left; /* only this thread counts it down */

  for (gsize i = 0; n_left > 0; i++)
    {
      Item *item = &call->items[i];

      if (item->is_done)
        continue;
      if (item->easy != NULL)
        {
          release_easy (item);
          if (item->transfer.is_connected)
            item->transfer.request->n_lost++;
        }
      g_clear_error (&item->transfer.request->error);
      if (copy != NULL)
        item->transfer.request->error = g_error_copy (copy);

      n_left--;
      pthread_mutex_lock (&lock);
      unlink_item (item);
      end_item (item);
      pthread_mutex_unlock (&lock);
    }
}

/* Full jitter: requests that failed together are not repeated together. */
static gint64
get_delay (const AnnHttpTransfer *transfer)
{
  guint shift = MIN (transfer->n_failures - 1, 16);
  guint64 most = MIN ((guint64) transfer->limits.first_delay_ms << shift, MAX_DELAY_MS);

  return (gint64) transfer->retry_after * G_USEC_PER_SEC
         + g_random_int_range (0, (int) most + 1) * (gint64) 1000;
}

static void
delay (Item *item)
{
  item->due = g_get_monotonic_time () + get_delay (&item->transfer);
  item->iter = g_sequence_insert_sorted (delayed, item, compare_due, NULL);
}

/* What failed for good, or what a server in trouble says to the last, ends its call. */
static void
conclude (Item *item)
{
  AnnHttpRequest *request = item->transfer.request;
  g_autoptr (GError) reason = NULL;
  Call *call = item->call;
  gboolean is_open;

  if (request->error != NULL)
    reason = g_error_copy (request->error);
  else if (_ann_http_is_status_passing (request->status))
    _ann_http_set_status_error (&reason, request->status, item->transfer.host);

  /* The call, while others of it are open, does not end between these two. */
  pthread_mutex_lock (&lock);
  is_open = call->n_left > 1;
  end_item (item);
  pthread_mutex_unlock (&lock);

  if (reason != NULL && is_open)
    give_up (call, reason);
}

static void
finish (Item *item, CURLcode code)
{
  AnnHttpOutcome outcome = _ann_http_transfer_finish (&item->transfer, code);

  release_easy (item);
  switch (outcome)
    {
    case ANN_HTTP_RETRY:
      delay (item);
      break;
    case ANN_HTTP_REDIRECT:
      pthread_mutex_lock (&lock);
      enqueue (item);
      pthread_mutex_unlock (&lock);
      break;
    case ANN_HTTP_DONE:
    default:
      conclude (item);
      break;
    }
}

static gboolean
finish_complete (void)
{
  gboolean is_any = FALSE;
  CURLMsg *message;
  int n_left;

  while ((message = curl_multi_info_read (multi, &n_left)) != NULL)
    {
      CURL *easy = message->easy_handle;
      CURLcode code = message->data.result;
      AnnHttpTransfer *transfer = NULL;

      curl_easy_getinfo (easy, CURLINFO_PRIVATE, &transfer);
      finish ((Item *) transfer, code); /* its first member */
      is_any = TRUE;
    }

  return is_any;
}

static gboolean
finish_overdue (void)
{
  gint64 now = g_get_monotonic_time ();
  gboolean is_any = FALSE;

  for (guint i = under_way->len; i > 0; i--)
    {
      Item *item;

      /* the end of one may have been the end of others */
      if (i > under_way->len)
        continue;
      item = g_ptr_array_index (under_way, i - 1);
      if (item->transfer.deadline > now)
        continue;
      finish (item, CURLE_OPERATION_TIMEDOUT);
      is_any = TRUE;
    }

  return is_any;
}

/* Puts back into the queue what has waited long enough. */
static void
enqueue_due (void)
{
  gint64 now = g_get_monotonic_time ();

  while (!g_sequence_is_empty (delayed))
    {
      Item *item = g_sequence_get (g_sequence_get_begin_iter (delayed));

      if (item->due > now)
        return;
      unlink_item (item);
      pthread_mutex_lock (&lock);
      enqueue (item);
      pthread_mutex_unlock (&lock);
    }
}

/* (nullable): what should be sent now. What nobody waits for leaves room for what may come. */
static Item *
take_next (void)
{
  Item *item = NULL;
  guint max;

  pthread_mutex_lock (&lock);
  if (!g_sequence_is_empty (queue))
    {
      item = g_sequence_get (g_sequence_get_begin_iter (queue));
      max = limits.max_requests;
      if (item->priority > G_PRIORITY_DEFAULT)
        max -= max / 4;
      if (under_way->len < max)
        unlink_item (item);
      else
        item = NULL;
    }
  pthread_mutex_unlock (&lock);

  return item;
}

static void
send_waiting (void)
{
  Item *item;

  while ((item = take_next ()) != NULL)
    {
      CURL *easy = take_easy ();

      if (_ann_http_transfer_start (&item->transfer, easy))
        {
          item->easy = easy;
          g_ptr_array_add (under_way, item);
          curl_multi_add_handle (multi, easy);
        }
      else
        {
          g_ptr_array_add (idle_easies, easy);
          conclude (item);
        }
    }
}

static void
give_up_cancelled (void)
{
  for (;;)
    {
      Call *call = NULL;

      pthread_mutex_lock (&lock);
      while (call == NULL && to_give_up->len > 0)
        {
          call = g_ptr_array_steal_index_fast (to_give_up, to_give_up->len - 1);
          if (call->n_left == 0) /* its caller is about to leave */
            call = NULL;
        }
      pthread_mutex_unlock (&lock);

      if (call == NULL)
        return;
      give_up (call, NULL);
    }
}

/* Milliseconds until there is something to do, if nothing comes before. */
static int
get_poll_time (void)
{
  gint64 now = g_get_monotonic_time ();
  gint64 next = now + 3600 * (gint64) G_USEC_PER_SEC;

  for (guint i = 0; i < under_way->len; i++)
    next = MIN (next, ((Item *) g_ptr_array_index (under_way, i))->transfer.deadline);
  if (!g_sequence_is_empty (delayed))
    next = MIN (next, ((Item *) g_sequence_get (g_sequence_get_begin_iter (delayed)))->due);

  return (int) (MAX (next - now + 999, 0) / 1000);
}

static gpointer
network_main (G_GNUC_UNUSED gpointer data)
{
  sigset_t pipe_signal;
  int n_running;

  /* Some TLS libraries write to a connection that is closed. */
  sigemptyset (&pipe_signal);
  sigaddset (&pipe_signal, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &pipe_signal, NULL);

  for (;;)
    {
      give_up_cancelled ();
      enqueue_due ();
      send_waiting ();
      curl_multi_perform (multi, &n_running);

      /* What has ended makes room for the next. */
      if (!finish_complete () && !finish_overdue ())
        curl_multi_poll (multi, NULL, 0, get_poll_time (), NULL);
    }

  return NULL;
}

static void
start (void)
{
  curl_global_init (CURL_GLOBAL_DEFAULT);
  multi = curl_multi_init ();
  curl_multi_setopt (multi, CURLMOPT_PIPELINING, (long) CURLPIPE_MULTIPLEX);
  curl_multi_setopt (multi, CURLMOPT_MAXCONNECTS, 64L);

  queue = g_sequence_new (NULL);
  delayed = g_sequence_new (NULL);
  to_give_up = g_ptr_array_new ();
  under_way = g_ptr_array_new ();
  idle_easies = g_ptr_array_new ();
  limits = usual_limits;

  g_thread_unref (g_thread_new ("ann-network", network_main, NULL));
}

/* --- Callers --- */

/* In the thread that cancels. */
static void
on_cancelled (G_GNUC_UNUSED GCancellable *cancellable, gpointer data)
{
  Call *call = data;

  pthread_mutex_lock (&lock);
  if (call->n_left > 0)
    g_ptr_array_add (to_give_up, call);
  pthread_mutex_unlock (&lock);

  curl_multi_wakeup (multi);
}

static void
init_call (Call *call, AnnHttpRequest *requests, gsize n, AnnTraffic *traffic)
{
  int priority = _ann_worker_get_priority ();
  AnnHttpLimits now;

  pthread_mutex_lock (&lock);
  now = limits;
  pthread_mutex_unlock (&lock);

  *call = (Call){ .items = g_new0 (Item, n), .n = n, .n_left = n };
  pthread_cond_init (&call->done, NULL);
  for (gsize i = 0; i < n; i++)
    {
      call->items[i].call = call;
      call->items[i].priority = priority;
      _ann_http_transfer_init (&call->items[i].transfer, &requests[i], traffic, &now);
    }
}

static void
clear_call (Call *call)
{
  for (gsize i = 0; i < call->n; i++)
    _ann_http_transfer_clear (&call->items[i].transfer);
  g_free (call->items);
  pthread_cond_destroy (&call->done);
}

static void
wait_for_call (Call *call)
{
  _ann_worker_begin_wait ();
  pthread_mutex_lock (&lock);
  while (call->n_left > 0)
    pthread_cond_wait (&call->done, &lock);
  g_ptr_array_remove_fast (to_give_up, call);
  pthread_mutex_unlock (&lock);
  _ann_worker_end_wait ();
}

gboolean
_ann_http_perform (AnnHttpRequest *requests,
                   gsize n,
                   AnnTraffic *traffic,
                   GCancellable *cancellable,
                   GError **error)
{
  gulong cancelled_id = 0;
  Call call;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (n == 0)
    return TRUE;

  pthread_once (&once, start);
  init_call (&call, requests, n, traffic);

  /* Who sees that they wait may rely on their being in the queue when the next is chosen. */
  pthread_mutex_lock (&lock);
  _ann_traffic_begin_waiting (traffic, n);
  for (gsize i = 0; i < n; i++)
    {
      call.items[i].serial = ++last_serial;
      enqueue (&call.items[i]);
    }
  pthread_mutex_unlock (&lock);
  curl_multi_wakeup (multi);

  /* After they are in the queue: it may be called here and now. */
  if (cancellable != NULL)
    cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), &call, NULL);
  wait_for_call (&call);
  g_cancellable_disconnect (cancellable, cancelled_id);
  clear_call (&call);

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

void
_ann_http_request_clear (AnnHttpRequest *request)
{
  g_clear_pointer (&request->etag, g_free);
  g_clear_pointer (&request->modified, g_free);
  g_clear_pointer (&request->found, g_free);
  g_clear_pointer (&request->detail, g_free);
  g_clear_error (&request->error);
}

void
_ann_http_set_limits (const AnnHttpLimits *wanted)
{
  pthread_once (&once, start);

  pthread_mutex_lock (&lock);
  limits.max_requests = wanted->max_requests > 0 ? wanted->max_requests : usual_limits.max_requests;
  limits.max_retries = wanted->max_retries > 0 ? wanted->max_retries : usual_limits.max_retries;
  limits.connect_timeout_ms = wanted->connect_timeout_ms > 0 ? wanted->connect_timeout_ms
                                                             : usual_limits.connect_timeout_ms;
  limits.idle_timeout_ms = wanted->idle_timeout_ms > 0 ? wanted->idle_timeout_ms
                                                       : usual_limits.idle_timeout_ms;
  limits.first_delay_ms = wanted->first_delay_ms > 0 ? wanted->first_delay_ms
                                                     : usual_limits.first_delay_ms;
  pthread_mutex_unlock (&lock);
}
