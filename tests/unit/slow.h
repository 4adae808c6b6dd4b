/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SLOW_H
#define TESTS_SLOW_H

/* Is this a build that is many times slower: sanitizers, or no optimisation? */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
#define BENCH_IS_SLOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BENCH_IS_SLOW 1
#endif
#endif
#ifndef BENCH_IS_SLOW
#define BENCH_IS_SLOW 0
#endif

#endif
