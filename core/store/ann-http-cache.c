/* ann-http-cache.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-http-cache.h"

#include "store/ann-disk-cache-private.h"

#include <string.h>

/* What becomes of a request: it is sent; it waits for the answer to the one before it that is of
 * the same object; it is answered.
 */
typedef enum {
  STATE_ASK,
  STATE_FOLLOW,
  STATE_ANSWERED,
  STATE_CACHED,
} State;

typedef struct {
  AnnHttpRequest *request;
  AnnCachedPart part;
  gboolean has_memory; /* the request does, of its caller */
  State state;
} Item;

/* The answer is what was kept. */
static void
take_part (Item *item)
{
  AnnHttpRequest *request = item->request;

  g_clear_pointer (&request->etag, g_free);
  if (item->has_memory)
    {
      memcpy (request->bytes, item->part.bytes, item->part.n_bytes);
    }
  else
    {
      g_free (request->bytes);
      request->bytes = g_steal_pointer (&item->part.bytes);
    }
  request->n_bytes = item->part.n_bytes;
  request->object_size = item->part.object_size;
  request->etag = g_steal_pointer (&item->part.etag);
  request->status = 200;
  request->if_none_match = NULL;
  item->state = STATE_CACHED;
}

/* Looks the request up; @tag is what its object is known to be, @previous the one before it. */
static void
prepare_item (Item *item, AnnHttpRequest *request, const char *tag, const Item *previous)
{
  *item = (Item){ .request = request, .has_memory = request->bytes != NULL };
  if (!_ann_disk_cache_look_up (request->url, request->range, request->limit, &item->part))
    return;

  if (tag != NULL && strcmp (tag, item->part.etag) == 0)
    take_part (item);
  else if (tag != NULL)
    _ann_cached_part_clear (&item->part);
  else if (previous != NULL && previous->part.etag != NULL && previous->state != STATE_CACHED
           && strcmp (previous->part.etag, item->part.etag) == 0
           && strcmp (previous->request->url, request->url) == 0)
    item->state = STATE_FOLLOW;
  else
    request->if_none_match = item->part.etag;
}

/* Sends what is to be asked for. */
static gboolean
ask (Item *items, gsize n, AnnTraffic *traffic, GCancellable *cancellable, GError **error)
{
  g_autofree AnnHttpRequest *requests = g_new (AnnHttpRequest, n);
  gsize n_requests = 0;
  gboolean is_done;

  for (gsize i = 0; i < n; i++)
    if (items[i].state == STATE_ASK)
      requests[n_requests++] = *items[i].request;
  is_done = _ann_http_perform (requests, n_requests, traffic, cancellable, error);

  n_requests = 0;
  for (gsize i = 0; i < n; i++)
    {
      if (items[i].state != STATE_ASK)
        continue;
      *items[i].request = requests[n_requests++];
      items[i].request->if_none_match = NULL;
      items[i].state = STATE_ANSWERED;
    }

  return is_done;
}

/* What was not changed is taken, and so is what follows it; the rest of that is asked for. */
static void
take_unchanged (Item *items, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      if (items[i].state == STATE_ANSWERED && items[i].request->error == NULL
          && items[i].request->status == 304 && items[i].part.bytes != NULL)
        take_part (&items[i]);
      else if (items[i].state == STATE_FOLLOW && items[i - 1].state == STATE_CACHED)
        take_part (&items[i]);
      else if (items[i].state == STATE_FOLLOW)
        items[i].state = STATE_ASK;
    }
}

static void
keep (const AnnHttpRequest *request)
{
  if (request->error == NULL && (request->status == 200 || request->status == 206))
    _ann_disk_cache_keep (request->url, request->range, request->etag, request->object_size,
                          request->bytes, request->n_bytes);
}

gboolean
_ann_http_cache_perform (AnnHttpRequest *requests,
                         char *const *tags,
                         gsize n,
                         AnnTraffic *traffic,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autofree Item *items = g_new (Item, n);
  gsize n_cached = 0;
  gboolean is_done;

  for (gsize i = 0; i < n; i++)
    prepare_item (&items[i], &requests[i], tags[i], i > 0 ? &items[i - 1] : NULL);

  is_done = ask (items, n, traffic, cancellable, error);
  if (is_done)
    {
      take_unchanged (items, n);
      is_done = ask (items, n, traffic, cancellable, error);
    }

  for (gsize i = 0; i < n; i++)
    {
      if (items[i].state == STATE_CACHED)
        n_cached++;
      else if (is_done)
        keep (&requests[i]);
      _ann_cached_part_clear (&items[i].part);
    }
  _ann_traffic_count_cached (traffic, n_cached);

  return is_done;
}
