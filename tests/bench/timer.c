// SPDX-License-Identifier: GPL-2.0
/*
 * Do what a user's program does, and print how many nanoseconds it takes: the median of several
 * runs.
 *
 *   timer read FILE SIZE [BYTES]     open FILE and read it in pieces of SIZE bytes; no more than
 *                                    BYTES
 *   timer grep FILE PREFIX           find the lines whose third word begins with PREFIX
 *   timer ask FILE TEXT [SIZE]       write TEXT to the opened FILE and read the answer, in pieces
 *                                    of SIZE bytes
 *   timer first FILE TEXT            the same, but only once
 *   timer once FILE TEXT             the same, with opening and closing FILE
 *   timer load FILE PARAMETERS       load a module (and remove it, which is not measured)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Short operations run more often, since other work disturbs them more. */
#define RUNS 3
#define SHORT_RUNS 9

static char buffer[1 << 20];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int opened(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		fail(path);
	return fd;
}

static void read_all(int fd, size_t size, size_t limit)
{
	size_t all = 0;
	ssize_t n;

	while (all < limit && (n = read(fd, buffer, size < limit - all ? size : limit - all)) != 0) {
		if (n < 0)
			fail("read");
		all += n;
	}
}

/* A line may be cut at the end of a piece: keep its beginning for the next piece. */
static long grep(int fd, const char *prefix)
{
	size_t kept = 0, length = strlen(prefix);
	long found = 0;
	ssize_t n;

	while ((n = read(fd, buffer + kept, 65536)) > 0) {
		char *line = buffer, *end = buffer + kept + n, *newline;

		while ((newline = memchr(line, '\n', end - line))) {
			found += newline - line > 19 && !strncmp(line + 19, prefix, length);
			line = newline + 1;
		}
		kept = end - line;
		memmove(buffer, line, kept);
	}
	return found;
}

static int compare(const void *a, const void *b)
{
	long long x = *(long long *)a, y = *(long long *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	long long runs[SHORT_RUNS];
	int times;

	if (argc < 4)
		return 2;
	times = strchr("ao", argv[1][0]) ? SHORT_RUNS : argv[1][0] == 'f' ? 1 : RUNS;
	for (int run = 0; run < times; run++) {
		const char *path = argv[2], *text = argv[3];
		long long begin = now();
		int fd;

		switch (argv[1][0]) {
		case 'r':
			fd = opened(path, O_RDONLY);
			read_all(fd, atol(text), argc > 4 ? atol(argv[4]) : (size_t)-1);
			break;
		case 'g':
			fd = opened(path, O_RDONLY);
			if (!grep(fd, text))
				return 1;
			break;
		case 'a':
		case 'f':
			fd = opened(path, O_RDWR);
			begin = now();
			if (write(fd, text, strlen(text)) < 0)
				fail("write");
			read_all(fd, argc > 4 ? atol(argv[4]) : 65536, -1);
			break;
		case 'o':
			fd = opened(path, O_RDWR);
			if (write(fd, text, strlen(text)) < 0)
				fail("write");
			read_all(fd, 65536, -1);
			close(fd);
			runs[run] = now() - begin;
			continue;
		case 'l': {
			char name[64] = {};
			const char *base = strrchr(path, '/');

			fd = opened(path, O_RDONLY | O_CLOEXEC);
			if (syscall(SYS_finit_module, fd, text, 0))
				fail("finit_module");
			runs[run] = now() - begin;
			close(fd);
			base = base ? base + 1 : path;
			memcpy(name, base, strcspn(base, "."));
			if (syscall(SYS_delete_module, name, 0))
				fail("delete_module");
			continue;
		}
		default:
			return 2;
		}
		runs[run] = now() - begin;
		close(fd);
	}
	qsort(runs, times, sizeof(runs[0]), compare);
	printf("%lld\n", runs[times / 2]);
	return 0;
}
