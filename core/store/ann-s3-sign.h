/* ann-s3-sign.h: signatures of requests to S3
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-sign-in.h"

G_BEGIN_DECLS

/* Adds what signs a request to @url to @headers ("Name: value", each for g_free()): the time, the
 * hash of the body (@body_sha256; %NULL: of nothing), the session token, and an Authorization by
 * the "AWS Signature Version 4" over these, the host and what is in @headers already. @time is
 * seconds since 1970.
 * @url is encoded, its host as the Host header has it. A sign-in with a token adds that instead.
 */
void _ann_s3_sign (AnnSignIn *sign_in,
                   const char *method,
                   const char *url,
                   const char *body_sha256,
                   const char *region,
                   gint64 time,
                   GPtrArray *headers);

G_END_DECLS
