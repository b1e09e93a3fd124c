/* impatient.c: linked into a command for tests, which waits less long for servers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-http-client.h"

__attribute__ ((constructor)) static void
set_up (void)
{
  const AnnHttpLimits limits = { .max_retries = 2, .idle_timeout_ms = 700, .first_delay_ms = 2 };

  _ann_http_set_limits (&limits);
}
